internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes

extension APICall {
  private static let patchTypes = [
    "application/json-patch+json", "application/merge-patch+json",
    "application/strategic-merge-patch+json", "application/apply-patch+yaml",
  ]

  func patch(_ body: RequestBodyText, type header: String) throws(Refusal) -> Response {
    let type = header.split(separator: ";").first.map(\.trimmed) ?? ""
    // Nothing is known of the lists in custom resources, so they have no strategic merge.
    let isCustom = resource.schema == nil
    let accepted = Self.patchTypes.filter {
      !(isCustom && $0 == "application/strategic-merge-patch+json")
    }
    guard accepted.contains(type) else { throw .unsupportedMediaType(accepted: accepted) }
    if type == "application/apply-patch+yaml" {
      return try apply(try body.yaml(of: resource.kind.kind))
    }
    let patch = try body.patch()
    let request = try write("PatchOptions")
    if query["force"] != nil {
      throw .invalidOptions(
        "PatchOptions", .forbidden("force", "may not be specified for non-apply patch"))
    }
    if subresource == .scale {
      let changed = try patched(server.scale(resource, key), patch, type)
      return Response(try server.setScale(resource, key, to: changed, request))
    }
    let object = try server.update(
      resource, key, subresource: subresource, request
    ) { current throws(Refusal) in
      try checked(try patched(current.json, patch, type), over: current)
    }
    return answer(object)
  }

  /// What a patch makes of an object must be an object of the same kind still.
  private func checked(
    _ object: JSONValue, over current: StoredObject
  ) throws(Refusal) -> JSONValue {
    if !object.uid.isEmpty, object.uid != current.uid {
      throw .invalid(
        resource, current.key.name,
        [.invalid("metadata.uid", .string(object.uid), "field is immutable")])
    }
    do {
      _ = try server.decoded(object, as: resource, WriteRequest(fieldManager: ""))
    } catch {
      let text = "Invalid value: \(JSONValue.string(object.jsonText).jsonText): \(error.message)"
      throw Refusal(
        code: 422, reason: "Invalid", message: " \"\" is invalid: patch: \(text)",
        details: [
          "causes": [
            ["reason": "FieldValueInvalid", "message": .string(text), "field": "patch"]
          ]
        ])
    }
    return object
  }

  private func patched(
    _ object: JSONValue, _ patch: JSONValue, _ type: String
  ) throws(Refusal) -> JSONValue {
    switch type {
    case "application/merge-patch+json": return object.merging(patch: patch)
    case "application/json-patch+json": return try JSONPatch.apply(patch, to: object)
    default:
      return try StrategicMergePatch.apply(patch, to: object, schema: resource.schema ?? .any)
    }
  }

  private func apply(_ manifest: JSONValue) throws(Refusal) -> Response {
    var request = try write("PatchOptions")
    // Who applies must say who it is; the user agent does not count.
    request.fieldManager = query["fieldManager"] ?? ""
    let (object, isNew) = try server.apply(
      resource, key, manifest, subresource: subresource, request)
    return answer(object, status: isNew ? .created : .ok)
  }
}
