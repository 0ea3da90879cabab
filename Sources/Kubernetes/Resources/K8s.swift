/// The name space of Kubernetes' own kinds, so that `K8s.Service` and `K8s.Event` never collide with ours.
///
/// Fields have the API's own names. Source of what they mean, also where they are missing: Kubernetes' API reference.
package enum K8s {}

/// A kind of object and where the API server serves it.
package struct ResourceKind: Hashable, Sendable {
  /// The API group; empty for the core group.
  package var group: String
  package var version: String
  /// The name in manifests, e.g. `Deployment`.
  package var kind: String
  /// The name in URLs, e.g. `deployments`.
  package var plural: String
  package var isNamespaced: Bool

  package init(
    group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true
  ) {
    self.group = group
    self.version = version
    self.kind = kind
    self.plural = plural
    self.isNamespaced = isNamespaced
  }

  /// Whether every API server serves it: what is of another group may be off, or not installed.
  package var isEverServed: Bool { group.isEmpty || group == "apps" }

  /// `v1` or `apps/v1`: what stands in `apiVersion`.
  package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// The path below the server's address: of the collection, or of one object.
  ///
  /// - Parameter namespace: `nil` means all namespaces (of a collection) or a cluster-scoped kind.
  package func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
    var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
    if isNamespaced, let namespace { path += "/namespaces/\(namespace.percentEncodedSegment)" }
    path += "/\(plural)"
    if let name { path += "/\(name.percentEncodedSegment)" }
    if let subresource { path += "/\(subresource)" }
    return path
  }
}

extension String {
  /// The text with everything but RFC 3986's unreserved characters percent-encoded.
  package var percentEncodedSegment: String {
    var result = ""
    for byte in utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}

/// An object with a typed shape. What the product does not read is not decoded, and is lost when such a value is
/// encoded: never write back what was read this way; send patches or applied manifests instead.
package protocol Resource: ReflectedObject, Codable, Equatable {
  /// The kind that the type stands for, and its path.
  static var resourceKind: ResourceKind { get }
  var metadata: K8s.ObjectMeta { get set }
}

extension Resource {
  /// The object as JSON with `apiVersion` and `kind`.
  package func manifest() throws -> JSONValue {
    var value = try JSONCoding.value(of: self)
    value["apiVersion"] = .string(Self.resourceKind.apiVersion)
    value["kind"] = .string(Self.resourceKind.kind)
    return value
  }
}

/// An object of a kind that the product has no type for; everything it holds is kept.
package struct UnstructuredObject: Hashable, Sendable, Codable {
  package var json: JSONValue

  package init(_ json: JSONValue) { self.json = json }

  package init(from decoder: any Decoder) throws { json = try JSONValue(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  /// Empty where the object has none; so are `kind`, `name`, `uid` and `resourceVersion`.
  package var apiVersion: String { json["apiVersion"]?.stringValue ?? "" }
  package var kind: String { json["kind"]?.stringValue ?? "" }
  package var name: String { json["metadata", "name"]?.stringValue ?? "" }
  package var namespace: String? { json["metadata", "namespace"]?.stringValue }
  package var uid: String { json["metadata", "uid"]?.stringValue ?? "" }
  package var resourceVersion: String { json["metadata", "resourceVersion"]?.stringValue ?? "" }
}
