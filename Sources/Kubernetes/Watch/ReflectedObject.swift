/// What a reflector needs of what it reads: an identity and a version.
package protocol ReflectedObject: Decodable, Sendable {
  var metadata: K8s.ObjectMeta { get }
}

/// Which object of a kind.
package struct ObjectKey: Hashable, Sendable, Comparable {
  /// Empty for kinds without namespaces.
  package var namespace: String
  package var name: String

  package init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  package init(_ metadata: K8s.ObjectMeta) {
    namespace = metadata.namespace ?? ""
    name = metadata.name ?? ""
  }

  package static func < (a: ObjectKey, b: ObjectKey) -> Bool {
    (a.namespace, a.name) < (b.namespace, b.name)
  }
}

extension K8s {
  /// The metadata of an object of any kind, without the rest: what the server sends for
  /// `as=PartialObjectMetadata`.
  package struct PartialObjectMetadata: ReflectedObject, Encodable, Equatable {
    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    /// Asks for a list without what the objects hold: of Secrets nothing else may be fetched.
    package static let listAccept =
      "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    /// The same for one object.
    package static let objectAccept =
      "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
    /// The same for the events of a watch.
    package static let watchAccept = objectAccept
  }
}

/// An object that may not read as its kind: one odd object must not make a whole list unreadable.
struct Lenient<Item: ReflectedObject>: Decodable, Sendable {
  private struct MetadataOnly: Decodable {
    var metadata: K8s.ObjectMeta
  }

  var metadata: K8s.ObjectMeta
  /// `nil` where the object is not of the shape of its kind.
  var item: Item?

  init(from decoder: any Decoder) throws {
    if let item = try? Item(from: decoder) {
      self.item = item
      metadata = item.metadata
    } else {
      metadata = try MetadataOnly(from: decoder).metadata
    }
  }
}
