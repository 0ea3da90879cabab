internal import Kubernetes

/// Whether a model's Service leads to its server, as far as the objects that are watched anyway tell.
///
/// Its selector and its target port are compared with the pod template; which pods are ready is known from the pods. So
/// no EndpointSlices are watched, which change with every pod of the cluster, and nothing is probed through the API
/// server. A server that is ready by its probe and answers wrongly is not found by this.
struct EndpointCheck {
  let deployment: K8s.Deployment
  let services: [K8s.Service]
  let model: Model

  /// Why the endpoint does not answer though a replica is ready; `nil` where nothing speaks against it.
  var problem: String? {
    guard let name = model.serviceName else { return missing }
    guard let service = services.first(where: { $0.metadata.name == name }) else { return nil }
    return portProblem(service, name)
  }

  private var missing: String {
    let names = [model.name, deployment.metadata.labels?[ModelKeys.modelName] ?? model.name]
    let named = services.first {
      names.contains($0.metadata.name ?? "") && $0.metadata.namespace == model.namespace
    }
    guard let named, let selector = named.spec?.selector, !selector.isEmpty else {
      return "no Service leads to it"
    }
    let labels = deployment.spec?.template?.metadata?.labels ?? [:]
    let wrong = selector.filter { labels[$0.key] != $0.value }.map { "\($0.key)=\($0.value)" }
    return
      "Service \(named.metadata.name ?? "") leads to none of its pods: they do not have the label "
      + wrong.sorted().joined(separator: ", ")
  }

  private func portProblem(_ service: K8s.Service, _ name: String) -> String? {
    let labels = deployment.metadata.labels ?? [:]
    // Where nobody says which port the server listens on, only a name can be wrong.
    let isKnown = labels[ModelKeys.modelPort].flatMap(Int.init) != nil
    let ports = service.spec?.ports ?? []
    guard !ports.isEmpty else { return nil }
    var targets: [String] = []
    for port in ports {
      switch port.targetPort {
      case .int(let number):
        if number == model.port || !isKnown { return nil }
        targets.append("port \(number)")
      case .string(let text):
        guard let number = containerPort(text) else {
          targets.append("port '\(text)', which no container has")
          continue
        }
        if number == model.port || !isKnown { return nil }
        targets.append("port \(number)")
      case nil:
        if port.port == model.port || !isKnown { return nil }
        targets.append("port \(port.port)")
      }
    }
    let listens = isKnown ? "; the server listens on \(model.port)" : ""
    return "Service \(name) leads to \(targets.joined(separator: ", "))\(listens)"
  }

  private func containerPort(_ name: String) -> Int? {
    let containers = deployment.spec?.template?.spec?.containers ?? []
    return containers.flatMap { $0.ports ?? [] }.first { $0.name == name }?.containerPort
  }
}
