package import Kubernetes

extension Model {
  /// The model as the specification shows it; what is not known is left out.
  ///
  /// Every face that answers in JSON uses this one: the HTTP API and `-o json`.
  package var json: JSONValue {
    var value: JSONValue = [
      "id": .string(name),
      "display_name": .string(displayName),
      "status": .string(status.rawValue),
      "namespace": .string(namespace),
      "deployment_name": .string(name),
      "tags": .array(tags.map(JSONValue.string)),
      "managed": .bool(isManaged),
    ]
    value["organization_id"] = organization.map(OrganizationID.json)
    value["description"] = modelDescription.isEmpty ? nil : .string(modelDescription)
    value["huggingface_id"] = huggingFaceID.map(JSONValue.string)
    // As the specification shows it: the Service's name also before there is one, and of a manifest without any.
    value["service_name"] = .string(serviceName ?? name)
    value["endpoint_url"] = endpoint.map(JSONValue.string)
    value["created_at"] = createdAt.map { .string(Timestamp.format($0)) }
    value["updated_at"] = (updatedAt ?? createdAt).map { .string(Timestamp.format($0)) }
    if isManaged { value["requirements"] = requirements }
    return value
  }

  /// The specification's constants, and the GPUs that one replica asks for.
  private var requirements: JSONValue {
    var value: JSONValue = [
      "cpu": .string(CreateRequest.Defaults.cpuRequest),
      "memory": .string(CreateRequest.Defaults.memoryRequest),
    ]
    if gpu.perReplica > 0 {
      value["gpu"] = [
        "min_vram": "8Gi", "preferred_vram": "16Gi", "gpu_type": "nvidia",
        "min_gpus": .integer(Int64(gpu.perReplica)), "max_gpus": .integer(Int64(gpu.perReplica)),
      ]
    }
    return value
  }
}

/// The bodies in which the specification answers.
package enum SpecificationJSON {
  /// `{"model": ...}`
  package static func answer(_ model: Model) -> JSONValue { ["model": model.json] }

  /// `{"models": [...], "total": n}`
  ///
  /// - Parameter total: where `models` is only a part.
  package static func answer(_ models: [Model], total: Int? = nil) -> JSONValue {
    [
      "models": .array(models.map(\.json)), "total": .integer(Int64(total ?? models.count)),
    ]
  }

  /// `{"error": "..."}`
  package static func error(_ text: String) -> JSONValue { ["error": .string(text)] }

  /// `{"message": "Model llama-7b deleted successfully"}`
  package static func deleted(_ name: String) -> JSONValue {
    ["message": .string("Model \(name) deleted successfully")]
  }
}
