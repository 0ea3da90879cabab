internal import Kubernetes
internal import NIOCore
internal import Synchronization

/// Which collection an object is in: its group and plural name. Versions of a kind share a collection.
struct ResourceID: Hashable, Sendable {
  var group: String
  var plural: String

  init(_ group: String, _ plural: String) {
    self.group = group
    self.plural = plural
  }
}

/// Where in a collection an object is; the namespace is empty for kinds without one.
struct ObjectKey: Hashable, Sendable {
  var namespace: String
  var name: String
}

/// One version of one object. Immutable: a change stores another one.
final class StoredObject: Sendable {
  let resource: ResourceID
  let key: ObjectKey
  let uid: String
  let revision: Int64
  let json: JSONValue
  private let encoding = Mutex<ByteBuffer?>(nil)

  init(resource: ResourceID, key: ObjectKey, revision: Int64, json: JSONValue) {
    self.resource = resource
    self.key = key
    self.revision = revision
    self.uid = json.uid
    self.json = json
  }

  /// The object as JSON text; made once, because a list and every watch send the same bytes.
  var encoded: ByteBuffer {
    encoding.withLock { cached in
      if let cached { return cached }
      let buffer = json.buffer
      cached = buffer
      return buffer
    }
  }

  /// The same object at another revision: what a deletion event carries.
  func at(revision: Int64, _ other: JSONValue? = nil) -> StoredObject {
    var json = other ?? json
    json["metadata", "resourceVersion"] = .string(String(revision))
    return StoredObject(resource: resource, key: key, revision: revision, json: json)
  }
}

/// One step of the cluster's history.
struct Change: Sendable {
  enum Kind: Sendable { case added, modified, deleted }

  var kind: Kind
  /// The object after the change; of a deletion its last state, at the deletion's revision.
  var object: StoredObject
  var previous: StoredObject?

  var resource: ResourceID { object.resource }
  var key: ObjectKey { object.key }
  var revision: Int64 { object.revision }
}
