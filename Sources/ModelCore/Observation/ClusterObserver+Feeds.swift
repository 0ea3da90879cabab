internal import FoundationEssentials
internal import Kubernetes

/// One watched kind: how it is asked for, what is kept of it and where that goes.
struct Feed<Item: ReflectedObject, Kept: Sendable>: Sendable {
  let kind: ClusterCache.Kind
  var configuration: Reflector<Item, Kept>.Configuration
  let project: @Sendable (Item) -> Kept?
  let set: @Sendable (ObjectKey, Kept, inout ClusterCache) -> Void
  let remove: @Sendable (ObjectKey, inout ClusterCache) -> Void
}

extension ClusterObserver {
  private static let modelSelector = ModelKeys.modelName

  /// Watches and tells until the task is cancelled. Never throws: what is wrong is told.
  @concurrent
  package func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.tell() }
      group.addTask { await self.watchLink() }
      group.addTask { await self.watchIdentity() }
      group.addTask { await self.watchDefinitionsWithoutPermission() }
      addWorkloads(to: &group)
      addChildren(to: &group)
      addCluster(to: &group)
      addAutoscalers(to: &group)
    }
    await stopEventFeeds()
  }

  private nonisolated func addWorkloads(to group: inout DiscardingTaskGroup) {
    for kind in [ClusterCache.Kind.deployments, .strays] {
      let selector =
        kind == .deployments
        ? Self.modelSelector
        : "\(ModelKeys.managedBy)=\(ModelKeys.manager),!\(Self.modelSelector)"
      let feed = Feed<K8s.Deployment, K8s.Deployment>(
        kind: kind,
        configuration: .init(kind: K8s.Deployment.resourceKind, labelSelector: selector),
        project: { $0.trimmed },
        set: { _, deployment, cache in cache.set(deployment, from: kind) },
        remove: { key, cache in
          cache.removeDeployment(ModelID(namespace: key.namespace, name: key.name), from: kind)
        })
      group.addTask { await self.run(feed) }
    }
    let sets = Feed<K8s.ReplicaSet, K8s.ReplicaSet>(
      kind: .replicaSets,
      configuration: .init(
        kind: K8s.ReplicaSet.resourceKind, labelSelector: Self.modelSelector),
      project: { $0.trimmed }, set: { _, set, cache in cache.set(set) },
      remove: { $1.removeReplicaSet($0) })
    let pods = Feed<WatchedPod, KeptPod>(
      kind: .pods, configuration: .init(kind: K8s.Pod.resourceKind), project: { KeptPod($0) },
      set: { key, pod, cache in cache.set(pod, for: key) }, remove: { $1.removePod($0) })
    group.addTask { await self.run(sets) }
    group.addTask { await self.run(pods) }
  }

  private nonisolated func addChildren(to group: inout DiscardingTaskGroup) {
    let services = Feed<K8s.Service, K8s.Service>(
      kind: .services, configuration: .init(kind: K8s.Service.resourceKind),
      project: { $0.trimmed }, set: { _, service, cache in cache.set(service) },
      remove: { $1.removeService($0) })
    let claims = Feed<K8s.PersistentVolumeClaim, K8s.PersistentVolumeClaim>(
      kind: .claims,
      configuration: .init(
        kind: K8s.PersistentVolumeClaim.resourceKind, labelSelector: Self.modelSelector),
      project: { $0.trimmed }, set: { _, claim, cache in cache.set(claim) },
      remove: { $1.removeClaim($0) })
    var secrets = Feed<K8s.PartialObjectMetadata, K8s.PartialObjectMetadata>(
      kind: .secrets,
      configuration: .init(kind: K8s.Secret.resourceKind, labelSelector: Self.modelSelector),
      project: { $0.trimmed }, set: { _, secret, cache in cache.set(secret) },
      remove: { $1.removeSecret($0) })
    secrets.configuration.listAccept = K8s.PartialObjectMetadata.listAccept
    secrets.configuration.watchAccept = K8s.PartialObjectMetadata.watchAccept
    let monitors = Feed<CustomObject, CustomObject>(
      kind: .serviceMonitors,
      configuration: .init(kind: .serviceMonitor, labelSelector: Self.modelSelector),
      project: { $0.trimmed }, set: { _, monitor, cache in cache.set(monitor) },
      remove: { $1.removeServiceMonitor($0) })
    group.addTask { await self.run(services) }
    group.addTask { await self.run(claims) }
    group.addTask { [secrets] in await self.run(secrets) }
    group.addTask { await self.run(monitors) }
  }

  private nonisolated func addCluster(to group: inout DiscardingTaskGroup) {
    let nodes = Feed<K8s.Node, K8s.Node>(
      kind: .nodes, configuration: .init(kind: K8s.Node.resourceKind), project: { $0.trimmed },
      set: { _, node, cache in cache.set(node) }, remove: { $1.removeNode($0.name) })
    let classes = Feed<K8s.StorageClass, K8s.StorageClass>(
      kind: .storageClasses, configuration: .init(kind: K8s.StorageClass.resourceKind),
      project: { $0 }, set: { _, storageClass, cache in cache.set(storageClass) },
      remove: { $1.removeStorageClass($0.name) })
    let wanted: Set<String> = [
      ClusterCache.aibrixDefinition, ClusterCache.gpuOperatorDefinition,
      ClusterCache.serviceMonitorDefinition,
    ]
    var definitions = Feed<K8s.PartialObjectMetadata, Bool>(
      kind: .definitions, configuration: .init(kind: .customResourceDefinition),
      project: { wanted.contains($0.metadata.name ?? "") ? true : nil },
      set: { key, _, cache in cache.setDefinition(key.name, isThere: true) },
      remove: { $1.setDefinition($0.name, isThere: false) })
    definitions.configuration.listAccept = K8s.PartialObjectMetadata.listAccept
    definitions.configuration.watchAccept = K8s.PartialObjectMetadata.watchAccept
    group.addTask { await self.run(nodes) }
    group.addTask { await self.run(classes) }
    group.addTask { [definitions] in await self.run(definitions) }
  }

  private nonisolated func addAutoscalers(to group: inout DiscardingTaskGroup) {
    let kinds: [(ClusterCache.Kind, ResourceKind)] = [
      (.horizontalAutoscalers, .horizontalPodAutoscaler), (.podAutoscalers, .podAutoscaler),
    ]
    for (kind, resource) in kinds {
      let feed = Feed<AutoscalerObject, ObjectKey>(
        kind: kind, configuration: .init(kind: resource), project: { $0.target },
        set: { key, target, cache in
          cache.setAutoscaler(.init(kind: resource.kind, key: key), target: target)
        },
        remove: { key, cache in
          cache.setAutoscaler(.init(kind: resource.kind, key: key), target: nil)
        })
      group.addTask { await self.run(feed) }
    }
  }

  // MARK: Running one feed

  /// Follows one kind; where all namespaces may not be listed, the configured one is followed instead.
  @concurrent
  private func run<Item, Kept>(_ feed: Feed<Item, Kept>) async {
    var feed = feed
    feed.configuration.watchSilence = settings.watchSilence
    let control = await control(of: feed.kind)
    while !Task.isCancelled {
      let refused = WakeSignal()
      let reflector = Reflector<Item, Kept>(
        api: api, configuration: feed.configuration, clock: clock, control: control,
        project: feed.project)
      let current = feed
      await withTaskGroup { group in
        group.addTask { await reflector.run { await self.take($0, of: current, refused: refused) } }
        group.addTask { await refused.wait() }
        await group.next()
        group.cancelAll()
      }
      feed.configuration.namespace = settings.namespace
    }
  }

  private func control(of kind: ClusterCache.Kind) -> ReflectorControl {
    let control = ReflectorControl()
    controls[kind] = control
    return control
  }

  private func take<Item, Kept>(
    _ output: ReflectorOutput<Kept>, of feed: Feed<Item, Kept>, refused: WakeSignal
  ) {
    switch output {
    case .changed(let entries):
      for (key, object) in entries {
        if let object { feed.set(key, object, &cache) } else { feed.remove(key, &cache) }
      }
      board.contact(feed.kind, at: clock.steady())
      if feed.kind == .definitions { definitionsChanged() }
    case .removed(let keys):
      for key in keys { feed.remove(key, &cache) }
      board.contact(feed.kind, at: clock.steady())
    case .current:
      board.contact(feed.kind, at: clock.steady())
    case .resumed(let version):
      noteResumption(at: version)
    case .state(let state):
      if case .forbidden(let missing) = state, feed.configuration.kind.isNamespaced,
        feed.configuration.namespace == nil, !board.hasListed(feed.kind)
      {
        board.narrow(feed.kind, to: settings.namespace, refused: missing)
        cache.scopes[feed.kind] = settings.namespace
        refused.signal()
        return
      }
      stateChanged(of: feed.kind, to: state)
    }
    changed.signal()
  }

  private func stateChanged(of kind: ClusterCache.Kind, to state: ReflectorState) {
    let wasListed = board.hasListed(kind)
    board.set(kind, state)
    if !wasListed, kind == .deployments, state == .live { identitySignal.signal() }
    if state == .live || state == .absent { cache.setListed(kind, board.hasListed(kind)) }
    if kind == .serviceMonitors { cache.servesServiceMonitors = board.hasListed(kind) }
    // What was said while the pods were being read was provisional.
    if !wasListed, board.hasListed(kind), [.pods, .replicaSets].contains(kind) {
      cache.dirtyModels.formUnion(cache.deployments.keys)
    }
    if case .forbidden = state, [.pods, .replicaSets].contains(kind) {
      cache.dirtyModels.formUnion(cache.deployments.keys)
    }
  }

  /// A definition came or was established: the kinds that it brings may be served now.
  private func definitionsChanged() {
    for kind in [ClusterCache.Kind.serviceMonitors, .podAutoscalers]
    where board.state(kind) == .absent {
      controls[kind]?.retry()
    }
  }
}
