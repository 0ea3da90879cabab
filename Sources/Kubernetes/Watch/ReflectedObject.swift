/// What a reflector needs of what it reads: an identity and a version.
package protocol ReflectedObject: Decodable, Sendable {
  var metadata: K8s.ObjectMeta { get }
  /// Reads the object where the scanner is. Throws ``ScanError`` where it is not of the shape of its kind.
  init(scanning scanner: inout JSONScanner) throws
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

  /// The key of the object with this metadata; what it does not say is empty.
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
