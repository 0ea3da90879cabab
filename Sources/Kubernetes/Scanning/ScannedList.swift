internal import FoundationEssentials

/// One page of a list as a reflector takes it: projected object by object, so that no more than one is there at once.
struct ScannedList<Projected> {
  var resourceVersion: String?
  var continueToken: String?
  var entries: [(key: ObjectKey, object: Projected?)] = []

  /// - Parameters:
  ///   - type: what the items are read as; one that does not read so counts as of no interest.
  ///   - project: what to keep of an object.
  init<Item: ReflectedObject>(
    _ body: Data, of type: Item.Type, strings: StringCache, project: (Item) -> Projected?
  ) throws {
    self.init()
    try JSONScanner.scan(body, strings: strings) { scanner in
      var hasMetadata = false
      try scanner.members { scanner, key in
        switch key {
        case "metadata":
          hasMetadata = true
          try readMetadata(&scanner)
        case "items":
          // An empty list is `null` in the JSON of some servers.
          if try scanner.null() { break }
          try scanner.elements { scanner in
            let object = try LenientObject<Item>(scanning: &scanner)
            entries.append((ObjectKey(object.metadata), object.item.flatMap(project)))
          }
        default: try scanner.skip()
        }
      }
      guard hasMetadata else { throw scanner.shapeError("a list has metadata") }
    }
  }

  private init() {}

  private mutating func readMetadata(_ scanner: inout JSONScanner) throws {
    try scanner.members { scanner, key in
      switch key {
      case "resourceVersion": resourceVersion = try scanner.uniqueString()
      case "continue": continueToken = try scanner.uniqueString()
      default: try scanner.skip()
      }
    }
  }
}

/// An object that may not read as its kind: one odd object must not make a whole list unreadable.
struct LenientObject<Item: ReflectedObject> {
  var metadata: K8s.ObjectMeta
  /// `nil` where the object is not of the shape of its kind.
  var item: Item?

  init(scanning scanner: inout JSONScanner) throws {
    self = try scanner.read { scanner in
      try LenientObject(item: Item(scanning: &scanner))
    } orElse: { scanner in
      try LenientObject(metadataOf: &scanner)
    }
  }

  private init(item: Item) {
    metadata = item.metadata
    self.item = item
  }

  private init(metadataOf scanner: inout JSONScanner) throws {
    var metadata: K8s.ObjectMeta?
    try scanner.members { scanner, key in
      switch key {
      case "metadata": metadata = try K8s.ObjectMeta(scanning: &scanner)
      default: try scanner.skip()
      }
    }
    guard let metadata else { throw scanner.shapeError("an object has metadata") }
    self.metadata = metadata
  }
}

/// One line of a watch.
struct ScannedEvent<Item: ReflectedObject> {
  /// `nil` for a type of event that is not known.
  var event: WatchEvent<LenientObject<Item>>?

  init(_ line: Data, strings: StringCache) throws {
    self.init()
    try JSONScanner.scan(line, strings: strings) { scanner in
      var type: String?
      var object: Data?
      try scanner.members { scanner, key in
        switch key {
        case "type":
          type = try scanner.string()
        case "object":
          if let type {
            event = try Self.event(type, &scanner)
          } else {
            // Servers tell the type first; who does not is understood too.
            object = Data(try scanner.raw())
          }
        default: try scanner.skip()
        }
      }
      guard let type else { throw scanner.shapeError("an event has a type") }
      if let object {
        event = try JSONScanner.scan(object) { try Self.event(type, &$0) }
      }
    }
  }

  private init() {}

  private static func event(
    _ type: String, _ scanner: inout JSONScanner
  ) throws -> WatchEvent<LenientObject<Item>>? {
    switch type {
    case "ADDED": return .added(try LenientObject(scanning: &scanner))
    case "MODIFIED": return .modified(try LenientObject(scanning: &scanner))
    case "DELETED": return .deleted(try LenientObject(scanning: &scanner))
    case "BOOKMARK":
      let version = try K8s.PartialObjectMetadata(scanning: &scanner).metadata.resourceVersion
      return .bookmark(resourceVersion: version ?? "")
    case "ERROR":
      let text = Data(try scanner.raw())
      return .error(try JSONCoding.decoder.decode(K8s.Status.self, from: text))
    default:
      try scanner.skip()
      return nil
    }
  }
}
