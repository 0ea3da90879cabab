internal import FoundationEssentials

// What is read of every object. A member that a type gains has to be read here as well: a test compares with `Decodable`.

extension ReflectedObject {
  /// Reads the object through `Decodable`: for kinds of which there are few.
  package init(scanning scanner: inout JSONScanner) throws {
    let text = Data(try scanner.raw())
    do {
      self = try JSONCoding.decoder.decode(Self.self, from: text)
    } catch {
      throw scanner.shapeError(JSONCoding.problem(error))
    }
  }
}

extension JSONScanner {
  /// The members that every object has: `metadata`, and what the body takes.
  package mutating func resource(
    _ body: (inout JSONScanner, JSONKey) throws -> Void
  ) throws -> K8s.ObjectMeta {
    var metadata: K8s.ObjectMeta?
    try members { scanner, key in
      switch key {
      case "metadata": metadata = try K8s.ObjectMeta(scanning: &scanner)
      default: try body(&scanner, key)
      }
    }
    guard let metadata else { throw shapeError("an object has metadata") }
    return metadata
  }
}

extension K8s.ObjectMeta {
  /// Reads it where the scanner is. Throws ``ScanError`` where a member is of the wrong type.
  package init(scanning scanner: inout JSONScanner) throws {
    var meta = K8s.ObjectMeta()
    try scanner.members { scanner, key in
      switch key {
      case "name": meta.name = try scanner.uniqueString()
      case "namespace": meta.namespace = try scanner.string()
      case "uid": meta.uid = try scanner.uniqueString()
      case "resourceVersion": meta.resourceVersion = try scanner.uniqueString()
      case "generation": meta.generation = try scanner.int64()
      case "creationTimestamp": meta.creationTimestamp = try scanner.date()
      case "deletionTimestamp": meta.deletionTimestamp = try scanner.date()
      case "labels": meta.labels = try scanner.stringDictionary()
      case "annotations":
        meta.annotations = try scanner.dictionary {
          // The copy of the whole object that client-side apply keeps is never read.
          if case "kubectl.kubernetes.io/last-applied-configuration" = $0 { false } else { true }
        } _: {
          try $0.string()
        }
      case "ownerReferences":
        meta.ownerReferences = try scanner.array { try $0.object(K8s.OwnerReference.init) }
      case "finalizers": meta.finalizers = try scanner.stringArray()
      default: try scanner.skip()
      }
    }
    self = meta
  }
}

extension K8s.OwnerReference {
  /// Reads it where the scanner is. Throws ``ScanError`` where the kind, version, name or UID is missing.
  package init(scanning scanner: inout JSONScanner) throws {
    var (version, kind, name, uid) = (String?.none, String?.none, String?.none, String?.none)
    var (controller, blocks) = (Bool?.none, Bool?.none)
    try scanner.members { scanner, key in
      switch key {
      case "apiVersion": version = try scanner.string()
      case "kind": kind = try scanner.string()
      case "name": name = try scanner.string()
      case "uid": uid = try scanner.string()
      case "controller": controller = try scanner.bool()
      case "blockOwnerDeletion": blocks = try scanner.bool()
      default: try scanner.skip()
      }
    }
    guard let version, let kind, let name, let uid else {
      throw scanner.shapeError("an owner has a kind, a name and a UID")
    }
    self.init(
      apiVersion: version, kind: kind, name: name, uid: uid, controller: controller,
      blockOwnerDeletion: blocks)
  }
}

extension K8s.Condition {
  /// Reads it where the scanner is. Throws ``ScanError`` where its type or status is missing.
  package init(scanning scanner: inout JSONScanner) throws {
    var (type, status) = (String?.none, String?.none)
    var condition = K8s.Condition(type: "", status: "")
    try scanner.members { scanner, key in
      switch key {
      case "type": type = try scanner.string()
      case "status": status = try scanner.string()
      case "reason": condition.reason = try scanner.string()
      case "message": condition.message = try scanner.string()
      case "lastTransitionTime": condition.lastTransitionTime = try scanner.date()
      case "lastUpdateTime": condition.lastUpdateTime = try scanner.date()
      default: try scanner.skip()
      }
    }
    guard let type, let status else { throw scanner.shapeError("a condition has a type") }
    condition.type = type
    condition.status = status
    self = condition
  }
}

extension K8s.PartialObjectMetadata {
  package init(scanning scanner: inout JSONScanner) throws {
    self.init(metadata: try scanner.resource { scanner, _ in try scanner.skip() })
  }
}

extension K8s.LabelSelector {
  init(scanning scanner: inout JSONScanner) throws {
    var selector = K8s.LabelSelector()
    try scanner.members { scanner, key in
      switch key {
      case "matchLabels": selector.matchLabels = try scanner.stringDictionary()
      case "matchExpressions":
        selector.matchExpressions = try scanner.array { try $0.object(Requirement.init) }
      default: try scanner.skip()
      }
    }
    self = selector
  }
}

extension K8s.LabelSelector.Requirement {
  init(scanning scanner: inout JSONScanner) throws {
    var (key, word, values) = (String?.none, String?.none, [String]?.none)
    try scanner.members { scanner, member in
      switch member {
      case "key": key = try scanner.string()
      case "operator": word = try scanner.string()
      case "values": values = try scanner.stringArray()
      default: try scanner.skip()
      }
    }
    guard let key, let word else { throw scanner.shapeError("a requirement has a key") }
    self.init(key: key, operator: word, values: values)
  }
}

// MARK: - Events

extension K8s.Event {
  package init(scanning scanner: inout JSONScanner) throws {
    var about: K8s.ObjectReference?
    var event = K8s.Event(metadata: K8s.ObjectMeta(), involvedObject: K8s.ObjectReference())
    event.metadata = try scanner.resource { scanner, key in
      switch key {
      case "involvedObject": about = try K8s.ObjectReference(scanning: &scanner)
      case "reason": event.reason = try scanner.string()
      case "message": event.message = try scanner.string()
      case "type": event.type = try scanner.string()
      case "count": event.count = try scanner.int()
      case "firstTimestamp": event.firstTimestamp = try scanner.date()
      case "lastTimestamp": event.lastTimestamp = try scanner.date()
      case "eventTime": event.eventTime = try scanner.date()
      case "series": event.series = try scanner.object(Series.init)
      default: try scanner.skip()
      }
    }
    guard let about else { throw scanner.shapeError("an event is about an object") }
    event.involvedObject = about
    self = event
  }
}

extension K8s.Event.Series {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var (count, last) = (Int?.none, Date?.none)
    try scanner.members { scanner, key in
      switch key {
      case "count": count = try scanner.int()
      case "lastObservedTime": last = try scanner.date()
      default: try scanner.skip()
      }
    }
    self.init(count: count, lastObservedTime: last)
  }
}

extension K8s.ObjectReference {
  fileprivate init(scanning scanner: inout JSONScanner) throws {
    var reference = K8s.ObjectReference()
    try scanner.members { scanner, key in
      switch key {
      case "apiVersion": reference.apiVersion = try scanner.string()
      case "kind": reference.kind = try scanner.string()
      case "namespace": reference.namespace = try scanner.string()
      case "name": reference.name = try scanner.string()
      case "uid": reference.uid = try scanner.string()
      case "fieldPath": reference.fieldPath = try scanner.string()
      default: try scanner.skip()
      }
    }
    self = reference
  }
}
