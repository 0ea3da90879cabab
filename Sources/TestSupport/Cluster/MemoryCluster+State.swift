internal import FoundationEssentials
internal import Kubernetes

/// Where an object is: its collection over all namespaces, and its key in it.
struct Place: Hashable {
  var collection: String
  var namespace: String?
  var name: String

  init(collection: String, namespace: String?, name: String) {
    self.collection = collection
    self.namespace = namespace
    self.name = name
  }

  init(kind: ResourceKind, namespace: String?, name: String) {
    self.init(collection: kind.path(namespace: nil), namespace: namespace, name: name)
  }

  var key: String { "\(namespace ?? "")/\(name)" }
  var plural: String { String(collection.split(separator: "/").last ?? "") }
}

/// Label and field selectors, as far as the product uses them.
struct Selector {
  var labels: [String]
  var fields: [String]

  init(_ request: APIRequest) {
    func terms(_ name: String) -> [String] {
      request.query.first { $0.name == name }?.value.split(separator: ",").map(String.init) ?? []
    }
    labels = terms("labelSelector")
    fields = terms("fieldSelector")
  }

  func matches(_ object: JSONValue) -> Bool {
    labels.allSatisfy { term in
      let labels = object["metadata", "labels"]
      if term.hasPrefix("!") { return labels?[String(term.dropFirst())] == nil }
      let parts = term.split(separator: "=", maxSplits: 1).map(String.init)
      let value = labels?[parts[0]]?.stringValue
      return parts.count == 1 ? value != nil : value == parts[1]
    }
      && fields.allSatisfy { term in
        let parts = term.split(separator: "=", maxSplits: 1).map(String.init)
        let path = parts[0].split(separator: ".").map(String.init)
        return parts.count == 2 && object[path: path]?.stringValue == parts[1]
      }
  }
}

extension MemoryCluster.State {
  func find(_ place: Place) -> JSONValue? { objects[place.collection]?[place.key] }

  @discardableResult
  mutating func store(_ object: JSONValue, at place: Place, kind: ResourceKind?) -> JSONValue {
    var object = object
    let old = find(place)
    version += 1
    if object["metadata", "uid"] == nil {
      object["metadata", "uid"] = .string("uid-\(nextUID)")
      nextUID += 1
    }
    if object["metadata", "creationTimestamp"] == nil {
      object["metadata", "creationTimestamp"] = .string(Timestamp.format(now))
    }
    if let namespace = place.namespace { object["metadata", "namespace"] = .string(namespace) }
    object["metadata", "resourceVersion"] = .string(String(version))
    if let kind {
      object["apiVersion"] = .string(kind.apiVersion)
      object["kind"] = .string(kind.kind)
    }
    let isEnding = object["metadata", "deletionTimestamp"] != nil
    if isEnding, object["metadata", "finalizers"]?.arrayValue?.isEmpty ?? true {
      drop(place)
      return object
    }
    objects[place.collection, default: [:]][place.key] = object
    publish(.init(version: version, collection: place.collection, old: old, new: object))
    return object
  }

  mutating func drop(_ place: Place) {
    guard let old = objects[place.collection]?.removeValue(forKey: place.key) else { return }
    version += 1
    publish(.init(version: version, collection: place.collection, old: old, new: nil))
    collectGarbage()
  }

  /// Deletes what has owners of which none is there any more.
  private mutating func collectGarbage() {
    let uids = Set(
      objects.values.flatMap(\.values).compactMap { $0["metadata", "uid"]?.stringValue })
    for (collection, entries) in objects {
      for object in entries.values {
        let owners =
          object["metadata", "ownerReferences"]?.arrayValue?.compactMap { $0["uid"]?.stringValue }
          ?? []
        guard !owners.isEmpty, !owners.contains(where: uids.contains) else { continue }
        delete(
          Place(
            collection: collection, namespace: object["metadata", "namespace"]?.stringValue,
            name: object.name))
      }
    }
  }

  /// Deletes, or only marks where a finalizer holds the object.
  mutating func delete(_ place: Place) {
    guard var object = find(place) else { return }
    guard object["metadata", "finalizers"]?.arrayValue?.isEmpty == false else { return drop(place) }
    object["metadata", "deletionTimestamp"] = .string(Timestamp.format(now))
    store(object, at: place, kind: nil)
  }

  // MARK: Watches

  private mutating func publish(_ change: MemoryCluster.Change) {
    history.append(change)
    for watch in watches.values where watch.collection == change.collection {
      if let line = Self.line(change, for: watch) { watch.continuation.yield(line) }
    }
  }

  private static func line(
    _ change: MemoryCluster.Change, for watch: MemoryCluster.Watch
  ) -> Data? {
    func isIn(_ object: JSONValue?) -> Bool {
      guard let object, watch.selector.matches(object) else { return false }
      return watch.namespace == nil
        || object["metadata", "namespace"]?.stringValue == watch.namespace
    }
    let type: String
    var object: JSONValue?
    switch (isIn(change.old), isIn(change.new)) {
    case (false, true): (type, object) = ("ADDED", change.new)
    case (true, true): (type, object) = ("MODIFIED", change.new)
    case (true, false):
      (type, object) = ("DELETED", change.old)
      object?["metadata", "resourceVersion"] = .string(String(change.version))
    case (false, false): return nil
    }
    guard let object else { return nil }
    let shown = watch.isPartial ? Self.partial(object) : object
    return try? JSONValue.object(["type": .string(type), "object": shown]).encoded()
  }

  mutating func watch(
    _ request: APIRequest, _ continuation: AsyncThrowingStream<Data, any Error>.Continuation
  ) throws -> Int {
    let address = try Address(request)
    try checkServed(address)
    let from = Int(request.query.first { $0.name == "resourceVersion" }?.value ?? "") ?? version
    let watch = MemoryCluster.Watch(
      collection: address.collection, namespace: address.namespace, selector: Selector(request),
      isPartial: request.accept?.contains("PartialObjectMetadata") ?? false,
      continuation: continuation)
    let number = nextWatch
    nextWatch += 1
    if from < compacted {
      let status: JSONValue = [
        "kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version",
      ]
      continuation.yield(try JSONValue.object(["type": "ERROR", "object": status]).encoded())
      continuation.finish()
      return number
    }
    for change in history where change.version > from && change.collection == watch.collection {
      if let line = Self.line(change, for: watch) { continuation.yield(line) }
    }
    watches[number] = watch
    return number
  }

  static func partial(_ object: JSONValue) -> JSONValue {
    [
      "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
      "metadata": object["metadata"] ?? [:],
    ]
  }
}
