package import FoundationEssentials
package import Kubernetes

/// Reads a model out of a Deployment and what belongs to it: ours, made from YAML, or anybody's.
package struct ModelReader: Sendable {
  /// The organization that the program works for, as its label says it; `nil` works for every one.
  package var organization: String?

  /// `nil` works for every organization.
  package init(organization: String?) { self.organization = organization }

  /// What a model is read from.
  package struct Source: Sendable {
    /// Whose model it is.
    package var deployment: K8s.Deployment
    /// Of the Deployment, of every revision that is known.
    package var replicaSets: [K8s.ReplicaSet]
    /// Of the ReplicaSets, also those that are ending.
    package var pods: [K8s.Pod]
    /// Services of the namespace that may lead to it; `nil` while they are not known.
    package var services: [K8s.Service]?
    /// Of its pods; those of pods that are ready may be left out.
    package var events: [K8s.Event]
    /// The model as it was read before, if it was.
    package var last: Model?

    /// Of what is left out there is none; only of Services it is not known.
    package init(
      deployment: K8s.Deployment, replicaSets: [K8s.ReplicaSet] = [], pods: [K8s.Pod] = [],
      services: [K8s.Service]? = nil, events: [K8s.Event] = [], last: Model? = nil
    ) {
      self.deployment = deployment
      self.replicaSets = replicaSets
      self.pods = pods
      self.services = services
      self.events = events
      self.last = last
    }
  }

  /// The model as it is now. `inventory` names the GPUs, `now` is what waiting times are measured by.
  package func model(from source: Source, inventory: GPUInventory, now: Date) -> Model {
    let deployment = source.deployment
    let metadata = deployment.metadata
    var model = Model(
      id: ModelID(namespace: metadata.namespace ?? "default", name: metadata.name ?? ""),
      uid: metadata.uid ?? "")
    model.resourceVersion = metadata.resourceVersion ?? ""
    readMetadata(metadata, into: &model)
    readTemplate(deployment, into: &model)
    readService(source, into: &model)
    readPods(source, inventory, into: &model)
    (model.status, model.reason) = ModelCondition.evaluate(
      deployment: deployment, replicaSets: source.replicaSets, pods: source.pods,
      events: source.events, now: now, inventory: inventory, last: source.last?.status)
    if model.status == .running, !model.isDeleting, let services = source.services,
      let problem = EndpointCheck(deployment: deployment, services: services, model: model).problem
    {
      model.reason = model.reason.isEmpty ? "degraded: \(problem)" : "\(model.reason); \(problem)"
    }
    return model
  }

  private func readMetadata(_ metadata: K8s.ObjectMeta, into model: inout Model) {
    let labels = metadata.labels ?? [:]
    let annotations = metadata.annotations ?? [:]
    model.organization = labels[ModelKeys.organization]
    model.isManaged = labels[ModelKeys.managedBy] == ModelKeys.manager
    let label = labels[ModelKeys.organization]
    let isOwn = label != nil && (organization == nil || label == organization)
    let hasAnnotations = annotations.keys.contains { $0.hasPrefix(ModelKeys.annotationPrefix) }
    model.isOurs = isOwn && (model.isManaged || hasAnnotations)
    model.displayName =
      annotations[ModelKeys.displayName].flatMap { $0.isEmpty ? nil : $0 } ?? model.name
    model.modelDescription = annotations[ModelKeys.description] ?? ""
    model.tags = annotations[ModelKeys.tags].map(ModelSpecification.tags) ?? []
    model.isDeleting = metadata.deletionTimestamp != nil
    model.createdAt = metadata.creationTimestamp
    model.updatedAt =
      annotations[ModelKeys.updatedAt].flatMap(Timestamp.parse) ?? metadata.creationTimestamp
    model.createdBy = annotations[ModelKeys.createdBy]
  }

  private func readTemplate(_ deployment: K8s.Deployment, into model: inout Model) {
    model.desiredReplicas = deployment.spec?.replicas ?? 1
    let containers = deployment.spec?.template?.spec?.containers ?? []
    // Sidecars may stand before it: the server is the one that asks for GPUs, or says what it serves.
    let commands = containers.map { ServerCommand(($0.command ?? []) + ($0.args ?? [])) }
    let index =
      commands.firstIndex { $0.invocations.contains(where: \.isRecognized) }
      ?? containers.firstIndex { container in
        (container.resources?.limits ?? [:]).keys.contains(where: GPUResource.isGPU)
      } ?? containers.indices.first
    guard let index else { return }
    let container = containers[index]
    model.image = container.image ?? ""
    model.command = (container.command ?? []) + (container.args ?? [])
    model.huggingFaceID = HuggingFaceID.find(in: commands[index].model)
    let label =
      deployment.metadata.labels?[ModelKeys.modelPort]
      ?? deployment.spec?.template?.metadata?.labels?[ModelKeys.modelPort]
    if let port = label.flatMap(Int.init), (1...65_535).contains(port) {
      model.port = port
    } else if case .number(let port) = commands[index].port {
      model.port = port
    } else {
      model.port = CreateRequest.Defaults.port
    }
  }

  /// The Service of the model's name, or else the first that selects its pods.
  private func readService(_ source: Source, into model: inout Model) {
    let labels = source.deployment.spec?.template?.metadata?.labels ?? [:]
    let candidates = (source.services ?? []).filter { $0.metadata.namespace == model.namespace }
    let selecting = candidates.filter { service in
      guard let selector = service.spec?.selector, !selector.isEmpty else { return false }
      return selector.allSatisfy { labels[$0.key] == $0.value }
    }
    let names = [model.name, source.deployment.metadata.labels?[ModelKeys.modelName] ?? model.name]
    let service =
      candidates.first {
        $0.metadata.name == names[0] && ($0.spec?.selector == nil || selecting.contains($0))
      }
      ?? selecting.first { $0.metadata.name == names[1] }
      ?? selecting.min { ($0.metadata.name ?? "") < ($1.metadata.name ?? "") }
    guard let service, let name = service.metadata.name else { return }
    let ports = service.spec?.ports ?? []
    let port =
      ports.first { $0.name == ModelKeys.servicePortName }
      ?? ports.first { $0.targetPort == .int(model.port) || $0.port == model.port } ?? ports.first
    model.serviceName = name
    model.endpoint =
      "http://\(name).\(model.namespace).svc.cluster.local:\(port?.port ?? model.port)"
  }

  private func readPods(_ source: Source, _ inventory: GPUInventory, into model: inout Model) {
    let view = RolloutView(
      deployment: source.deployment, replicaSets: source.replicaSets, pods: source.pods)
    let living = view.currentPods + view.oldPods
    let present = living + view.endingPods.filter { !living.contains($0) }
    model.readyReplicas = view.ready
    model.gpu = GPUAssignment(
      template: source.deployment.spec?.template?.spec, replicas: model.desiredReplicas,
      pods: present, inventory: inventory)
    model.nodes = Array(
      Set(present.filter { !$0.hasEnded }.compactMap(\.spec?.nodeName).filter { !$0.isEmpty })
    ).sorted()
    model.restarts = living.reduce(0) { sum, pod in
      pod.containers.reduce(sum) { $0.addingClamped($1.restartCount) }
    }
  }
}

/// The name of a model on the Hugging Face hub.
package enum HuggingFaceID {
  /// The name where the argument is one: `org/name`, not a path, not a URL, not a bucket.
  package static func find(in argument: String?) -> String? {
    guard let argument, argument.utf8.count <= 193 else { return nil }
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(isSegment) else { return nil }
    return argument
  }

  private static func isSegment(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 96,
      first != 45, first != 46, last != 45, last != 46
    else { return false }
    return text.utf8.allSatisfy { ShellLexer.isNameByte($0) || $0 == 45 || $0 == 46 }
  }
}
