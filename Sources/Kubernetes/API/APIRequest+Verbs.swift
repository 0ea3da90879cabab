internal import FoundationEssentials

// Every request the product sends is built here, and tested without a network.
extension APIRequest {
  /// Reads one object. `namespace` is `nil` for kinds without namespaces.
  package static func get(_ kind: ResourceKind, _ name: String, namespace: String?) -> APIRequest {
    APIRequest(
      .get, kind.path(namespace: namespace, name: name),
      purpose: "get \(kind.label(name, namespace))")
  }

  /// Reads one page of a list, or all of it where `options` has no limit. `namespace` `nil` means all namespaces.
  package static func list(
    _ kind: ResourceKind, namespace: String?, options: ListOptions
  ) -> APIRequest {
    APIRequest(
      .get, kind.path(namespace: namespace), query: options.query,
      purpose: "list \(kind.plural)\(scope(kind, namespace))")
  }

  /// Follows the changes after the options' `resourceVersion`; bookmarks are asked for.
  ///
  /// - Parameter timeoutSeconds: after how many seconds the server is to end it; `nil` leaves that to the server.
  package static func watch(
    _ kind: ResourceKind, namespace: String?, options: ListOptions, timeoutSeconds: Int?
  ) -> APIRequest {
    var query = options.query
    query.append(.init("watch", "true"))
    query.append(.init("allowWatchBookmarks", "true"))
    if let timeoutSeconds { query.append(.init("timeoutSeconds", String(timeoutSeconds))) }
    return APIRequest(
      .get, kind.path(namespace: namespace), query: query,
      purpose: "watch \(kind.plural)\(scope(kind, namespace))")
  }

  /// Creates an object (POST). Throws `EncodingError` where it holds a number that JSON cannot write, as all writes do.
  package static func create(
    _ kind: ResourceKind, _ object: JSONValue, namespace: String?, options: WriteOptions
  ) throws -> APIRequest {
    APIRequest(
      .post, kind.path(namespace: namespace), query: options.query, body: try object.encoded(),
      contentType: "application/json",
      purpose: "create \(kind.label(name(of: object), namespace))")
  }

  /// Replaces an object as a whole (PUT); the `resourceVersion` in it, where there is one, must be the server's.
  package static func update(
    _ kind: ResourceKind, _ object: JSONValue, namespace: String?, options: WriteOptions
  ) throws -> APIRequest {
    APIRequest(
      .put, kind.path(namespace: namespace, name: name(of: object)), query: options.query,
      body: try object.encoded(), contentType: "application/json",
      purpose: "update \(kind.label(name(of: object), namespace))")
  }

  /// Server-side apply: makes the object, or takes the fields that are in it for the options' field manager.
  package static func apply(
    _ kind: ResourceKind, _ object: JSONValue, namespace: String?, options: WriteOptions
  ) throws -> APIRequest {
    var query = options.query
    query.append(.init("force", options.force ? "true" : "false"))
    return APIRequest(
      .patch, kind.path(namespace: namespace, name: name(of: object)), query: query,
      // JSON is YAML, so the server's only content type for apply takes it.
      body: try object.encoded(), contentType: "application/apply-patch+yaml",
      purpose: "apply \(kind.label(name(of: object), namespace))")
  }

  /// Changes an object, or a subresource such as `status`, by a JSON merge patch (RFC 7396).
  package static func mergePatch(
    _ kind: ResourceKind, _ name: String, namespace: String?, patch: JSONValue,
    subresource: String?, options: WriteOptions
  ) throws -> APIRequest {
    APIRequest(
      .patch, kind.path(namespace: namespace, name: name, subresource: subresource),
      query: options.query, body: try patch.encoded(),
      contentType: "application/merge-patch+json", purpose: "patch \(kind.label(name, namespace))")
  }

  /// Deletes an object. The options go in the body.
  package static func delete(
    _ kind: ResourceKind, _ name: String, namespace: String?, options: DeleteOptions
  ) throws -> APIRequest {
    var body = try JSONCoding.value(of: options)
    body["apiVersion"] = "v1"
    body["kind"] = "DeleteOptions"
    return APIRequest(
      .delete, kind.path(namespace: namespace, name: name), body: try body.encoded(),
      contentType: "application/json", purpose: "delete \(kind.label(name, namespace))")
  }

  private static func name(of object: JSONValue) -> String {
    object["metadata", "name"]?.stringValue ?? ""
  }

  private static func scope(_ kind: ResourceKind, _ namespace: String?) -> String {
    guard kind.isNamespaced else { return "" }
    return namespace.map { " in namespace \($0)" } ?? " in all namespaces"
  }
}

extension ResourceKind {
  /// How an object of this kind is named to a person: `Service jan-models/llama-7b`.
  package func label(_ name: String, _ namespace: String?) -> String {
    "\(kind) \(namespace.map { "\($0)/" } ?? "")\(name)"
  }
}
