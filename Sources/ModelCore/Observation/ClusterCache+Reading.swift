internal import FoundationEssentials
internal import Kubernetes

// What comes out: models, what the planner looks at, what creating depends on.

extension K8s.Deployment {
  /// The names that it takes in the whole cluster: what Aibrix routes by.
  var heldNames: Set<String> {
    guard let name = metadata.labels?[ModelKeys.modelName], !name.isEmpty else {
      return Set([metadata.name].compactMap { $0 })
    }
    return [name]
  }

  /// Whether nothing changed that is compared with what was asked for: status and version do not count.
  func hasSameContent(as other: K8s.Deployment) -> Bool {
    metadata.uid == other.metadata.uid && metadata.labels == other.metadata.labels
      && metadata.annotations == other.metadata.annotations
      && metadata.deletionTimestamp == other.metadata.deletionTimestamp && spec == other.spec
  }
}

extension ClusterCache {
  /// What a model is read from; `nil` where its Deployment is gone.
  func source(of id: ModelID, last: Model?) -> ModelReader.Source? {
    guard let deployment = deployments[id] else { return nil }
    let sets = (setsByOwner[deployment.metadata.uid ?? ""] ?? []).compactMap { replicaSets[$0] }
    let pods = pods(of: deployment)
    return ModelReader.Source(
      deployment: deployment, replicaSets: sets, pods: pods,
      // Before the list is there, an absent Service would be told as a missing one.
      services: knows(.services, in: id.namespace)
        ? services(for: id, labels: deployment.spec?.template?.metadata?.labels ?? [:]) : nil,
      events: pods.filter { !$0.isReady }.flatMap {
        podEvents.events(ofPod: $0.metadata.uid ?? "")
      }, last: last)
  }

  /// The pods of a Deployment's ReplicaSets.
  func pods(of deployment: K8s.Deployment) -> [K8s.Pod] {
    (setsByOwner[deployment.metadata.uid ?? ""] ?? []).flatMap { key in
      (podsBySet[replicaSets[key]?.metadata.uid ?? ""] ?? []).compactMap { pods[$0] }
    }
  }

  /// Whose a model is: what its Deployment says, or else its pods.
  func organization(of id: ModelID) -> String? {
    deployments[id].flatMap {
      ReconcilePlanner.completed($0).metadata.labels?[ModelKeys.organization]
    }
  }

  /// What the planner looks at; `nil` where the Deployment is gone.
  package func observed(_ id: ModelID) -> ObservedModel? {
    guard let deployment = deployments[id] else { return nil }
    var observed = ObservedModel(deployment: deployment)
    let name = ObjectKey(namespace: id.namespace, name: id.name)
    let namespace = id.namespace
    observed.service = lookUp(.services, services[name], in: namespace)
    observed.claim = lookUp(.claims, claims[named(name, ModelKeys.claimName)], in: namespace)
    observed.secret = lookUp(
      .secrets, secrets[named(name, ModelKeys.tokenSecretName)], in: namespace)
    observed.serviceMonitor = lookUp(.serviceMonitors, serviceMonitors[name], in: namespace)
    observed.servesServiceMonitors = servesServiceMonitors
    return observed
  }

  private func named(_ key: ObjectKey, _ name: (String) -> String) -> ObjectKey {
    ObjectKey(namespace: key.namespace, name: name(key.name))
  }

  private func lookUp<Value>(
    _ kind: Kind, _ value: Value?, in namespace: String
  ) -> Observed<Value> {
    if let value { return .present(value) }
    return knows(kind, in: namespace) ? .absent : .unknown
  }

  /// Whether an object of this kind that is not here is not there.
  func knows(_ kind: Kind, in namespace: String) -> Bool {
    listed.contains(kind) && scopes[kind].map { $0 == namespace } ?? true
  }

  /// When a model's status changes by time alone, if it does: the kubelet forgets a crash loop ten minutes into a run.
  func dueTime(of id: ModelID, after now: Date) -> Date? {
    guard let deployment = deployments[id] else { return nil }
    var due: Date?
    for pod in pods(of: deployment) where !pod.isReady {
      for status in pod.status?.containerStatuses ?? []
      where status.restartCount >= 2 && !status.ready {
        guard let since = status.state?.running?.startedAt else { continue }
        let time = since.addingTimeInterval(601)
        if time > now { due = due.map { min($0, time) } ?? time }
      }
    }
    return due
  }

  /// Models whose objects changed since the last call, and those whose plans have to be made again.
  mutating func takeDirty() -> (models: Set<ModelID>, plans: Set<ModelID>, creation: Bool) {
    defer {
      dirtyModels = []
      dirtyPlans = []
      isCreationDirty = false
    }
    return (dirtyModels, dirtyPlans, isCreationDirty)
  }

  /// The objects that belong to no model any more. Only what changed since the last call is looked at.
  ///
  /// - Parameter organization: `nil` is every one.
  mutating func currentOrphans(organization: String?) -> [Orphan] {
    for id in dirtyChildren {
      let found = orphans(of: id, organization)
      orphans[id] = found.isEmpty ? nil : found
    }
    dirtyChildren = []
    return orphans.values.flatMap { $0 }
  }

  private func orphans(of id: ModelID, _ organization: String?) -> [Orphan] {
    let uid = deployments[id]?.metadata.uid
    let key = ObjectKey(namespace: id.namespace, name: id.name)
    let children: [(ResourceKind, K8s.ObjectMeta?)] = [
      (K8s.Service.resourceKind, services[key]?.metadata),
      (.serviceMonitor, serviceMonitors[key]?.metadata),
      (K8s.PersistentVolumeClaim.resourceKind, claims[named(key, ModelKeys.claimName)]?.metadata),
      (K8s.Secret.resourceKind, secrets[named(key, ModelKeys.tokenSecretName)]?.metadata),
    ]
    return children.compactMap { kind, metadata in
      guard let metadata,
        let owner = metadata.labels?[ModelKeys.organization],
        organization == nil || owner == organization,
        Orphan.isOrphan(metadata, kind, of: id, owner, deploymentUID: uid)
      else { return nil }
      return Orphan(
        kind: kind, name: metadata.name ?? "", uid: metadata.uid ?? "", model: id,
        organization: owner)
    }
  }

  /// What a create form has to know.
  func creation(gpus: GPUOverview) -> CreationContext {
    var validation = ValidationContext()
    validation.takenNames = takenNames
    if listed.contains(.storageClasses) {
      validation.storageClasses = Set(storageClasses.keys)
      validation.defaultStorageClass =
        storageClasses.values.filter(\.isDefault).compactMap(\.metadata.name).min()
    }
    if listed.contains(.definitions) {
      validation.hasAibrix = definitions.contains(Self.aibrixDefinition)
      validation.hasGPUOperator = definitions.contains(Self.gpuOperatorDefinition)
    }
    var context = CreationContext(validation: validation, gpus: gpus)
    if listed.contains(.nodes) {
      context.validation.largestNodeGPUs = inventory.largestNode()
      context.validation.gpuMemory = inventory.memoryByProduct
      context.nodes = inventory.all
      // Pods that are not seen hold GPUs, too.
      guard listed.contains(.pods), scopes[.pods] == nil else { return named(context) }
      context.mostFreeGPUsOnOneNode =
        nodes.keys.compactMap { inventory.node($0) }.filter(\.isAvailable).map(\.free).max() ?? 0
    }
    return named(context)
  }

  private func named(_ context: CreationContext) -> CreationContext {
    var context = context
    context.storageClasses = storageClasses.values.map {
      .init(name: $0.metadata.name ?? "", isDefault: $0.isDefault)
    }.sorted { $0.name < $1.name }
    return context
  }

  /// The definitions that the product asks for, by the name of their CustomResourceDefinition.
  static let aibrixDefinition = "podautoscalers.autoscaling.aibrix.ai"
  static let gpuOperatorDefinition = "clusterpolicies.nvidia.com"
  static let serviceMonitorDefinition = "servicemonitors.monitoring.coreos.com"
}
