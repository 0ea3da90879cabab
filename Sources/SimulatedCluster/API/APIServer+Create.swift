internal import FoundationEssentials
internal import Kubernetes

extension APIServer {
  /// Creates an object, as POST and the first apply do.
  ///
  /// - Parameter namespace: of the request; empty for kinds without one.
  func create(
    _ resource: ResourceDefinition, in namespace: String, _ body: JSONValue,
    _ request: WriteRequest
  ) throws(Refusal) -> StoredObject {
    var object =
      request.isFromTemplate ? body.ofKind(resource) : try decoded(body, as: resource, request)
    try settle(&object, resource, namespace)
    if object.name.isEmpty {
      let prefix = object.string("metadata", "generateName")
      guard !prefix.isEmpty else {
        throw .invalid(
          resource, "", [.required("metadata.name", "name or generateName is required")])
      }
      object["metadata", "name"] = .string(prefix + Self.randomSuffix())
    }
    try checkNamespace(resource, namespace)
    object["metadata", "uid"] = .string(UUID().uuidString.lowercased())
    object["metadata", "creationTimestamp"] = timestamp
    object["metadata", "deletionTimestamp"] = nil
    object["metadata", "deletionGracePeriodSeconds"] = nil
    object["metadata", "selfLink"] = nil
    object["metadata", "generation"] = resource.hasGeneration ? 1 : nil
    if resource.hasStatus { object["status"] = nil }
    if !request.isFromTemplate { resource.rules.setDefaults(&object) }
    try resource.rules.prepareForCreate(&object, in: self)
    // Nothing can be wrong with the name that a controller makes, but its length.
    var errors = MetadataRules.validate(object, resource)
    if !request.isFromTemplate { errors += resource.rules.validate(object) }
    guard errors.isEmpty else { throw .invalid(resource, object.name, errors) }
    request.track(&object, old: nil, resource, at: timestamp)
    return try insert(object, resource, request)
  }

  /// Stores a new object whose content is settled.
  func insert(
    _ object: JSONValue, _ resource: ResourceDefinition, _ request: WriteRequest
  ) throws(Refusal) -> StoredObject {
    if request.isDryRun {
      let key = ObjectKey(namespace: object.namespace, name: object.name)
      guard store.object(resource.id, key) == nil else {
        throw .alreadyExists(resource, object.name)
      }
      return StoredObject(resource: resource.id, key: key, revision: 0, json: object)
    }
    guard let stored = store.insert(resource.id, object) else {
      throw .alreadyExists(resource, object.name)
    }
    return stored
  }

  /// The body as an object of its kind: refused where a field has the wrong type, without fields that do not exist.
  func decoded(
    _ body: JSONValue, as resource: ResourceDefinition, _ request: WriteRequest
  ) throws(Refusal) -> JSONValue {
    guard case .object = body else {
      throw .badRequest(
        "the object provided is unrecognized (must be of type \(resource.kind.kind))")
    }
    try checkKind(body, resource)
    var checker = SchemaCheck(resource)
    let object = try checker.check(body)
    if request.fieldValidation == .strict, !checker.unknownFields.isEmpty {
      throw .badRequest(
        "\(resource.kind.kind) in version \"\(resource.kind.version)\" cannot be handled as a "
          + "\(resource.kind.kind): strict decoding error: "
          + checker.unknownFields.map { "unknown field \"\($0)\"" }.joined(separator: ", "))
    }
    return object.ofKind(resource)
  }

  private func checkKind(
    _ body: JSONValue, _ resource: ResourceDefinition
  ) throws(Refusal) {
    let kind = body["kind"]?.stringValue ?? resource.kind.kind
    let version = body["apiVersion"]?.stringValue ?? resource.kind.apiVersion
    guard kind != resource.kind.kind || version != resource.kind.apiVersion else { return }
    if resource.schema == nil {
      throw .badRequest(
        "the API version in the data (\(version)) does not match the expected API version "
          + "(\(resource.kind.apiVersion))")
    }
    guard registry.definition(apiVersion: version, kind: kind) != nil else {
      throw .badRequest(
        "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme "
          + "\"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"")
    }
    let number = version.split(separator: "/").last ?? ""
    let group = resource.kind.group.isEmpty ? "core" : resource.kind.group
    throw .badRequest(
      "\(kind) in version \"\(number)\" cannot be handled as a \(resource.kind.kind): converting "
        + "(\(number).\(kind)) to (\(group).\(resource.kind.kind)): unknown conversion")
  }

  /// Checks and sets the namespace of an object that is created.
  private func settle(
    _ object: inout JSONValue, _ resource: ResourceDefinition, _ namespace: String
  ) throws(Refusal) {
    if object["metadata"] == nil { object["metadata"] = [:] }
    if !object.string("metadata", "resourceVersion").isEmpty {
      throw Refusal(
        code: 500, reason: "", message: "resourceVersion should not be set on objects to be created"
      )
    }
    guard resource.kind.isNamespaced else {
      object["metadata", "namespace"] = nil
      return
    }
    let own = object.namespace
    guard own.isEmpty || own == namespace else {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    object["metadata", "namespace"] = .string(namespace)
  }

  /// Refuses what is created in a namespace that is not there or on its way out.
  private func checkNamespace(
    _ resource: ResourceDefinition, _ namespace: String
  ) throws(Refusal) {
    guard resource.kind.isNamespaced else { return }
    guard let definition = registry.definition(BuiltIn.namespaces) else { return }
    guard let object = store.object(BuiltIn.namespaces, "", namespace) else {
      throw .notFound(definition, namespace)
    }
    if object.json.isBeingDeleted {
      throw .forbidden(
        resource, "",
        "unable to create new content in namespace \(namespace) because it is being terminated")
    }
  }

  /// Five characters as the server appends to `generateName`: no vowels, so that no words come out.
  static func randomSuffix(_ length: Int = 5) -> String {
    let characters = Array("bcdfghjklmnpqrstvwxz2456789")
    return String((0..<length).map { _ in characters[Int.random(in: 0..<characters.count)] })
  }
}

extension JSONValue {
  /// The value with the kind and version of a definition.
  fileprivate func ofKind(_ resource: ResourceDefinition) -> JSONValue {
    var object = self
    object["kind"] = .string(resource.kind.kind)
    object["apiVersion"] = .string(resource.kind.apiVersion)
    return object
  }
}
