package import Kubernetes

extension ManifestBundle {
  /// The objects as they are sent: the Deployment first, all in the model's namespace, with the labels by which modeldeck
  /// and Aibrix know them.
  ///
  /// A label is added where it is absent and never changed: another value is an error of the bundle. What the cluster
  /// writes, and left there by `kubectl get -o yaml`, is taken out. For bundles without errors.
  package func manifests() -> [JSONValue] {
    let first = objects.filter { $0.kind == K8s.Deployment.resourceKind }
    let others = objects.filter { $0.kind != K8s.Deployment.resourceKind }
    return (first + others).map(manifest)
  }

  /// The same as they may be shown: without what Secrets hold.
  package func shownManifests() -> [JSONValue] {
    let manifests = manifests()
    let mask = SecretMask(manifests: manifests)
    return manifests.map(mask.masked)
  }

  private func manifest(_ object: Object) -> JSONValue {
    var value = object.node.json
    value["status"] = nil
    value["metadata", "creationTimestamp"] = nil
    value["metadata", "namespace"] = .string(namespace)
    add(ownLabels, to: &value, at: ["metadata", "labels"])
    switch object.kind.kind {
    case "Deployment":
      value["spec", "template", "metadata", "creationTimestamp"] = nil
      let port = ModelKeys.modelPort
      add([port: String(servingPort)], to: &value, at: ["metadata", "labels"])
      add(ownLabels, to: &value, at: ["spec", "template", "metadata", "labels"])
      add([port: String(servingPort)], to: &value, at: ["spec", "template", "metadata", "labels"])
      add([ModelKeys.modelName: modelName], to: &value, at: ["spec", "selector", "matchLabels"])
    case "Service":
      add([ModelKeys.modelName: modelName], to: &value, at: ["spec", "selector"])
    default: break
    }
    return value
  }

  private var ownLabels: [String: String] {
    [ModelKeys.modelName: modelName, ModelKeys.organization: context.organization]
  }

  private func add(_ labels: [String: String], to value: inout JSONValue, at path: [String]) {
    for (key, text) in labels {
      let old = value[path: path + [key]]
      if old == nil || old == .null { value[path: path + [key]] = .string(text) }
    }
  }
}
