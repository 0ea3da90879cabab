internal import Kubernetes

extension APIServer {
  /// The subresource `scale` of an object.
  func scale(_ resource: ResourceDefinition, _ key: ObjectKey) throws(Refusal) -> JSONValue {
    scale(of: try get(resource, key), resource)
  }

  private func scale(of object: StoredObject, _ resource: ResourceDefinition) -> JSONValue {
    let paths = resource.scale ?? ResourceDefinition.Scale()
    var status: JSONValue = [
      "replicas": .integer(object.json[path: paths.statusReplicas]?.integerValue ?? 0)
    ]
    if let path = paths.selector, let selector = object.json[path: path] {
      status["selector"] = .string(
        selector.stringValue ?? SelectorText.pairs(selector["matchLabels"]).joined(separator: ","))
    }
    let replicas = object.json[path: paths.replicas]?.integerValue ?? 0
    var metadata: JSONValue = [
      "name": .string(object.key.name), "uid": .string(object.uid),
      "resourceVersion": .string(String(object.revision)),
      "creationTimestamp": object.json["metadata", "creationTimestamp"] ?? .null,
    ]
    if !object.key.namespace.isEmpty { metadata["namespace"] = .string(object.key.namespace) }
    return [
      "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
      // Go leaves a zero out.
      "spec": replicas == 0 ? [:] : ["replicas": .integer(replicas)], "status": status,
    ]
  }

  /// Sets the number of replicas that an object asks for.
  func setScale(
    _ resource: ResourceDefinition, _ key: ObjectKey, to scale: JSONValue, _ request: WriteRequest
  ) throws(Refusal) -> JSONValue {
    let paths = resource.scale ?? ResourceDefinition.Scale()
    let replicas = scale.integer("spec", "replicas") ?? 0
    guard replicas >= 0 else {
      let definition = ResourceDefinition(
        kind: ResourceKind(group: "autoscaling", version: "v1", kind: "Scale", plural: "scales"),
        singular: "scale")
      throw .invalid(definition, key.name, [.notNegative("spec.replicas", replicas)])
    }
    let object = try update(
      resource, key, subresource: .scale, request
    ) { current throws(Refusal) in
      let version = scale.resourceVersion
      guard version.isEmpty || version == String(current.revision) else {
        throw .modified(resource, key.name)
      }
      var object = current.json
      object[path: paths.replicas] = .integer(replicas)
      return object
    }
    return self.scale(of: object, resource)
  }
}
