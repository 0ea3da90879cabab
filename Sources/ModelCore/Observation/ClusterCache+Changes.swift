internal import FoundationEssentials
internal import Kubernetes

// What comes in: each change finds the models that it concerns through the indexes.

// MARK: Deployments

extension ClusterCache {

  /// - Parameter source: which watch tells it; a Deployment whose labels change moves from one to the other.
  mutating func set(_ deployment: K8s.Deployment, from source: Kind = .deployments) {
    let id = ModelID(
      namespace: deployment.metadata.namespace ?? "", name: deployment.metadata.name ?? "")
    let old = deployments[id]
    // Else nothing is forgotten that is not put back: what depends on the names alone would be made again at every change.
    if let old, old.heldNames != deployment.heldNames || old.metadata.uid != deployment.metadata.uid
    {
      forget(old, id)
    }
    deployments[id] = deployment
    deploymentSources[id] = source
    if let uid = deployment.metadata.uid { modelByUID[uid] = id }
    modelsByNamespace[id.namespace, default: []].insert(id)
    for name in deployment.heldNames {
      holdersByName[name, default: []].insert(id)
      nameChanged(name)
    }
    dirtyModels.insert(id)
    if old?.metadata.uid != deployment.metadata.uid { dirtyChildren.insert(id) }
    if old.map({ !$0.hasSameContent(as: deployment) }) ?? true { dirtyPlans.insert(id) }
  }

  mutating func removeDeployment(_ id: ModelID, from source: Kind = .deployments) {
    guard deploymentSources[id] == source, let old = deployments.removeValue(forKey: id) else {
      return
    }
    deploymentSources[id] = nil
    forget(old, id)
    dirtyModels.insert(id)
    dirtyPlans.insert(id)
    dirtyChildren.insert(id)
  }

  fileprivate mutating func forget(_ deployment: K8s.Deployment, _ id: ModelID) {
    if let uid = deployment.metadata.uid { modelByUID[uid] = nil }
    modelsByNamespace.remove(id, from: id.namespace)
    for name in deployment.heldNames {
      holdersByName.remove(id, from: name)
      nameChanged(name)
    }
  }

  private mutating func nameChanged(_ name: String) {
    let holder = holdersByName[name]?.min().map { "Deployment \($0)" }
    guard takenNames[name] != holder else { return }
    takenNames[name] = holder
    isCreationDirty = true
  }

  // MARK: ReplicaSets and pods

  mutating func set(_ set: K8s.ReplicaSet) {
    let key = ObjectKey(set.metadata)
    guard replicaSets[key] != set else { return }
    removeReplicaSet(key)
    replicaSets[key] = set
    guard let owner = set.metadata.controller?.uid else { return }
    setsByOwner[owner, default: []].insert(key)
    if let uid = set.metadata.uid { ownerBySet[uid] = owner }
    touch(ownerUID: owner)
  }

  mutating func removeReplicaSet(_ key: ObjectKey) {
    guard let old = replicaSets.removeValue(forKey: key) else { return }
    if let uid = old.metadata.uid { ownerBySet[uid] = nil }
    guard let owner = old.metadata.controller?.uid else { return }
    setsByOwner.remove(key, from: owner)
    touch(ownerUID: owner)
  }

  mutating func set(_ pod: K8s.Pod) {
    let key = ObjectKey(pod.metadata)
    let old = pods[key]
    guard old != pod else { return }
    let pod = pod.sharing(with: old ?? kin(of: pod))
    if let old { forget(old, key) }
    pods[key] = pod
    inventory.set(pod)
    if old?.spec?.nodeName != pod.spec?.nodeName || old?.hasEnded != pod.hasEnded {
      isCreationDirty = true
    }
    guard let set = pod.metadata.controller?.uid else { return }
    podsBySet[set, default: []].insert(key)
    if let node = pod.spec?.nodeName { modelPodsByNode[node, default: []].insert(key) }
    touch(setUID: set)
  }

  /// Another pod of the same ReplicaSet.
  private func kin(of pod: K8s.Pod) -> K8s.Pod? {
    guard let set = pod.metadata.controller?.uid, let key = podsBySet[set]?.first else {
      return nil
    }
    return pods[key]
  }

  /// A pod as the watch tells it.
  mutating func set(_ kept: KeptPod, for key: ObjectKey) {
    place(kept.placement, for: key)
    if let pod = kept.pod {
      set(pod)
    } else if pods[key] != nil {
      forgetPod(key)
    }
  }

  private mutating func place(_ placement: KeptPod.Placement?, for key: ObjectKey) {
    let old = placements[key]
    guard old != placement else { return }
    placements[key] = placement
    for (placement, sign) in [(old, -1), (placement, 1)] {
      guard let placement else { continue }
      inventory.count(placement.load, on: placement.node, sign: sign)
      // On other nodes it changes little that is told, and pods come and go there all the time.
      if inventory.node(placement.node)?.allocatable.isEmpty == false { isCreationDirty = true }
    }
  }

  mutating func removePod(_ key: ObjectKey) {
    place(nil, for: key)
    forgetPod(key)
  }

  private mutating func forgetPod(_ key: ObjectKey) {
    guard let old = pods.removeValue(forKey: key) else { return }
    forget(old, key)
    if let uid = old.metadata.uid {
      inventory.removePod(uid: uid)
      podEvents.remove(pod: uid)
    }
    isCreationDirty = true
    if let set = old.metadata.controller?.uid { touch(setUID: set) }
  }

  fileprivate mutating func forget(_ pod: K8s.Pod, _ key: ObjectKey) {
    if let set = pod.metadata.controller?.uid { podsBySet.remove(key, from: set) }
    if let node = pod.spec?.nodeName { modelPodsByNode.remove(key, from: node) }
  }

  fileprivate mutating func touch(setUID: String) {
    if let owner = ownerBySet[setUID] { touch(ownerUID: owner) }
  }

  fileprivate mutating func touch(ownerUID: String) {
    if let id = modelByUID[ownerUID] { dirtyModels.insert(id) }
  }

  // MARK: Nodes

  mutating func set(_ node: K8s.Node) {
    let name = node.metadata.name ?? ""
    guard nodes[name] != node else { return }
    nodes[name] = node
    inventory.set(node)
    nodeChanged(name)
  }

  mutating func removeNode(_ name: String) {
    guard nodes.removeValue(forKey: name) != nil else { return }
    inventory.removeNode(name)
    nodeChanged(name)
  }

  fileprivate mutating func nodeChanged(_ name: String) {
    isCreationDirty = true
    for pod in modelPodsByNode[name] ?? [] {
      if let set = pods[pod]?.metadata.controller?.uid { touch(setUID: set) }
    }
  }
}

// MARK: Services

extension ClusterCache {
  mutating func set(_ service: K8s.Service) {
    let key = ObjectKey(service.metadata)
    let old = services[key]
    guard old != service else { return }
    if let old { forget(old, key) }
    services[key] = service
    if let pair = SelectorPair(service) { servicesBySelector[pair, default: []].insert(key) }
    touchModels(of: service)
  }

  mutating func removeService(_ key: ObjectKey) {
    guard let old = services.removeValue(forKey: key) else { return }
    forget(old, key)
    touchModels(of: old)
  }

  private mutating func forget(_ service: K8s.Service, _ key: ObjectKey) {
    if let pair = SelectorPair(service) { servicesBySelector.remove(key, from: pair) }
    touchModels(of: service)
  }

  private mutating func touchModels(of service: K8s.Service) {
    let key = ObjectKey(service.metadata)
    touchChild(of: ModelID(namespace: key.namespace, name: key.name))
    guard let selector = service.spec?.selector, !selector.isEmpty else { return }
    if let name = selector[ModelKeys.modelName] {
      dirtyModels.formUnion((holdersByName[name] ?? []).filter { $0.namespace == key.namespace })
    } else if let models = modelsByNamespace[key.namespace] {
      dirtyModels.formUnion(models)
    }
  }

  /// The Services that may select pods with these labels, and the one of this name.
  func services(for id: ModelID, labels: [String: String]) -> [K8s.Service] {
    var keys = Set([ObjectKey(namespace: id.namespace, name: id.name)])
    for (key, value) in labels {
      let pair = SelectorPair(namespace: id.namespace, key: key, value: value)
      keys.formUnion(servicesBySelector[pair] ?? [])
    }
    return keys.sorted().compactMap { services[$0] }
  }
}

extension ClusterCache.SelectorPair {
  /// One pair of the selector that every pod that it selects must carry; the telling one where it is there.
  init?(_ service: K8s.Service) {
    guard let selector = service.spec?.selector,
      let pair = selector.first(where: { $0.key == ModelKeys.modelName })
        ?? selector.min(by: { $0.key < $1.key })
    else { return nil }
    self.init(namespace: service.metadata.namespace ?? "", key: pair.key, value: pair.value)
  }
}

// MARK: The other children

extension ClusterCache {
  mutating func set(_ claim: K8s.PersistentVolumeClaim) {
    let key = ObjectKey(claim.metadata)
    guard claims[key] != claim else { return }
    claims[key] = claim
    touchChild(named: key, suffix: "-storage")
  }

  mutating func removeClaim(_ key: ObjectKey) {
    guard claims.removeValue(forKey: key) != nil else { return }
    touchChild(named: key, suffix: "-storage")
  }

  mutating func set(_ secret: K8s.PartialObjectMetadata) {
    let key = ObjectKey(secret.metadata)
    guard secrets[key] != secret else { return }
    secrets[key] = secret
    touchChild(named: key, suffix: "-hf-token")
  }

  mutating func removeSecret(_ key: ObjectKey) {
    guard secrets.removeValue(forKey: key) != nil else { return }
    touchChild(named: key, suffix: "-hf-token")
  }

  mutating func set(_ monitor: CustomObject) {
    let key = ObjectKey(monitor.metadata)
    guard serviceMonitors[key] != monitor else { return }
    serviceMonitors[key] = monitor
    touchChild(named: key, suffix: "")
  }

  mutating func removeServiceMonitor(_ key: ObjectKey) {
    guard serviceMonitors.removeValue(forKey: key) != nil else { return }
    touchChild(named: key, suffix: "")
  }

  private mutating func touchChild(named key: ObjectKey, suffix: String) {
    guard key.name.hasSuffix(suffix) else { return }
    touchChild(
      of: ModelID(namespace: key.namespace, name: String(key.name.dropLast(suffix.count))))
  }

  private mutating func touchChild(of id: ModelID) {
    dirtyChildren.insert(id)
    guard deployments[id] != nil else { return }
    dirtyPlans.insert(id)
    dirtyModels.insert(id)
  }

  /// A kind was listed for the first time, or is not known any more: its absences mean something else now.
  mutating func setListed(_ kind: Kind, _ isListed: Bool) {
    guard listed.contains(kind) != isListed else { return }
    if isListed { listed.insert(kind) } else { listed.remove(kind) }
    switch kind {
    case .services, .claims, .serviceMonitors, .secrets: dirtyPlans.formUnion(deployments.keys)
    case .storageClasses, .definitions, .nodes: isCreationDirty = true
    default: break
    }
  }
}

// MARK: What creating depends on

extension ClusterCache {
  mutating func set(_ storageClass: K8s.StorageClass) {
    storageClasses[storageClass.metadata.name ?? ""] = storageClass
    isCreationDirty = true
  }

  mutating func removeStorageClass(_ name: String) {
    storageClasses[name] = nil
    isCreationDirty = true
  }

  mutating func setDefinition(_ name: String, isThere: Bool) {
    if isThere { definitions.insert(name) } else { definitions.remove(name) }
    isCreationDirty = true
  }

  mutating func setAutoscaler(_ autoscaler: Autoscaler, target: ObjectKey?) {
    autoscalers[autoscaler] = target
  }
}

// MARK: Events of pods

extension ClusterCache {
  mutating func set(_ event: K8s.Event) {
    guard let pod = podEvents.set(event) else { return }
    touchPod(namespace: event.metadata.namespace ?? "", name: pod)
  }

  mutating func removeEvent(_ key: ObjectKey) { podEvents.remove(event: key) }

  private mutating func touchPod(namespace: String, name: String) {
    let key = ObjectKey(namespace: namespace, name: name)
    if let set = pods[key]?.metadata.controller?.uid { touch(setUID: set) }
  }
}

extension Dictionary {
  /// Takes an element out of one of the sets, and the set away when it is empty.
  fileprivate mutating func remove<Element: Hashable>(_ element: Element, from key: Key)
  where Value == Set<Element> {
    guard var set = removeValue(forKey: key) else { return }
    set.remove(element)
    if !set.isEmpty { self[key] = set }
  }
}
