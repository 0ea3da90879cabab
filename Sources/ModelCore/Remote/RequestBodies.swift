internal import Kubernetes

extension CreateRequest {
  /// The specification's body of a create: what is absent is left out, so that the server's defaults count.
  ///
  /// It holds the token: it is sent and never shown.
  var body: JSONValue {
    var value: JSONValue = [
      "name": .string(name), "image": .string(image),
      "command": .array(command.map(JSONValue.string)),
    ]
    value["display_name"] = displayName.map(JSONValue.string)
    value["description"] = modelDescription.map(JSONValue.string)
    value["gpu_count"] = gpuCount.map { .integer(Int64($0)) }
    value["initial_delay_seconds"] = initialDelaySeconds.map { .integer(Int64($0)) }
    value["storage_size"] = storageSize.map { .integer(Int64($0)) }
    value["storage_class"] = resolvedStorageClass.map(JSONValue.string)
    value["hugging_face_token"] = huggingFaceToken.map { .string($0.reveal()) }
    if !tags.isEmpty { value["tags"] = .array(tags.map(JSONValue.string)) }
    return value
  }
}

extension YAMLRequest {
  /// The specification's body of a create from YAML.
  var body: JSONValue {
    var value: JSONValue = ["name": .string(name), "yaml_content": .string(yaml)]
    value["display_name"] = displayName.map(JSONValue.string)
    value["description"] = modelDescription.map(JSONValue.string)
    if !tags.isEmpty { value["tags"] = .array(tags.map(JSONValue.string)) }
    return value
  }
}

extension ModelChange {
  /// The specification's body of an update: an absent field stays as it is.
  var metadataBody: JSONValue {
    var value: JSONValue = [:]
    value["display_name"] = displayName.map(JSONValue.string)
    value["description"] = modelDescription.map(JSONValue.string)
    value["tags"] = tags.map { .array($0.map(JSONValue.string)) }
    return value
  }
}
