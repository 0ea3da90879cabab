internal import FoundationEssentials
internal import Kubernetes

extension ClusterCache {
  /// What the details pane shows of a model, without its events.
  func details(of id: ModelID, log: EventLog, now: Date) -> ModelDetails {
    var details = ModelDetails(id: id)
    details.eventsUnavailable = log.unavailable
    guard let deployment = deployments[id] else {
      details.objects = [.init(kind: "Deployment", name: id.name, state: "gone")]
      return details
    }
    let pods = pods(of: deployment).sorted { ObjectKey($0.metadata) < ObjectKey($1.metadata) }
    let sets = replicaSets(of: deployment)
    details.pods = pods.map { line(of: $0, now: now) }
    details.conditions = conditions(of: deployment, sets)
    details.objects = objects(of: id, deployment, sets)
    details.events = log.lines(of: scope(of: id, deployment, sets, pods))
    return details
  }

  private func replicaSets(of deployment: K8s.Deployment) -> [K8s.ReplicaSet] {
    (setsByOwner[deployment.metadata.uid ?? ""] ?? []).sorted().compactMap { replicaSets[$0] }
  }

  private func scope(
    of id: ModelID, _ deployment: K8s.Deployment, _ sets: [K8s.ReplicaSet], _ pods: [K8s.Pod]
  ) -> EventLog.Scope {
    let claim = claims[ObjectKey(namespace: id.namespace, name: ModelKeys.claimName(of: id.name))]
    let service = services[ObjectKey(namespace: id.namespace, name: id.name)]
    let metadata =
      [deployment.metadata] + sets.map(\.metadata) + pods.map(\.metadata)
      + [claim?.metadata, service?.metadata].compactMap { $0 }
    return EventLog.Scope(
      uids: Set(metadata.compactMap(\.uid)), sets: sets.compactMap(\.metadata.name))
  }

  // MARK: Pods

  private func line(of pod: K8s.Pod, now: Date) -> ModelDetails.Pod {
    var line = ModelDetails.Pod(
      name: pod.metadata.name ?? "", phase: pod.status?.phase ?? "Unknown")
    line.isReady = pod.isReady
    line.node = pod.spec?.nodeName
    line.restarts = (pod.status?.containerStatuses ?? []).reduce(0) {
      $0.addingClamped($1.restartCount)
    }
    line.createdAt = pod.metadata.creationTimestamp
    if pod.metadata.deletionTimestamp != nil {
      line.state = "stopping"
    } else {
      let events = EventIndex(podEvents.events(ofPod: pod.metadata.uid ?? ""))
      line.state = PodState(pod: pod, events: events, now: now, inventory: inventory).reason
    }
    return line
  }

  // MARK: Conditions

  private func conditions(
    of deployment: K8s.Deployment, _ sets: [K8s.ReplicaSet]
  ) -> [ModelDetails.Condition] {
    let refusals = sets.flatMap { $0.status?.conditions ?? [] }.filter {
      $0.type == "ReplicaFailure" && $0.isTrue
    }
    let own = deployment.status?.conditions ?? []
    let all = own + refusals.filter { refusal in !own.contains { $0.type == refusal.type } }
    return all.map {
      ModelDetails.Condition(
        type: $0.type, status: $0.status, reason: $0.reason ?? "", message: $0.message ?? "",
        since: $0.lastTransitionTime)
    }
  }

  // MARK: Objects

  private func objects(
    of id: ModelID, _ deployment: K8s.Deployment, _ sets: [K8s.ReplicaSet]
  ) -> [ModelDetails.Object] {
    var objects = [
      ModelDetails.Object(kind: "Deployment", name: id.name, state: Self.state(of: deployment))
    ]
    for set in sets where (set.status?.replicas ?? 0) > 0 || (set.spec?.replicas ?? 0) > 0 {
      objects.append(
        .init(
          kind: "ReplicaSet", name: set.metadata.name ?? "",
          state: "\(set.status?.readyReplicas ?? 0) of \(set.spec?.replicas ?? 0) ready"))
    }
    let wanted = WantedChildren(deployment)
    if let observed = observed(id) {
      objects += children(of: id, observed, wanted)
    }
    let target = ObjectKey(namespace: id.namespace, name: id.name)
    for (autoscaler, scaled) in autoscalers.sorted(by: { $0.key.key < $1.key.key })
    where scaled == target {
      objects.append(
        .init(kind: autoscaler.kind, name: autoscaler.key.name, state: "sets the replicas"))
    }
    return objects
  }

  private static func state(of deployment: K8s.Deployment) -> String {
    let count =
      "\(deployment.status?.readyReplicas ?? 0) of \(deployment.spec?.replicas ?? 1) ready"
    if deployment.metadata.deletionTimestamp != nil { return "\(count), being deleted" }
    return deployment.spec?.paused == true ? "\(count), paused" : count
  }

  private func children(
    of id: ModelID, _ observed: ObservedModel, _ wanted: WantedChildren
  ) -> [ModelDetails.Object] {
    var objects: [ModelDetails.Object] = []
    func add<Value>(
      _ kind: String, _ name: String, _ value: Observed<Value>, isWanted: Bool,
      _ state: (Value) -> String
    ) {
      switch value {
      case .present(let object): objects.append(.init(kind: kind, name: name, state: state(object)))
      case .absent where isWanted: objects.append(.init(kind: kind, name: name, state: "missing"))
      case .unknown:
        // Why it is not known is said in its place, whether it should be there or not.
        if isWanted || kind == "Service" {
          objects.append(.init(kind: kind, name: name, state: "not known"))
        }
      default: break
      }
    }
    add("Service", id.name, observed.service, isWanted: wanted.isManaged) { Self.state(of: $0) }
    add(
      "PersistentVolumeClaim", ModelKeys.claimName(of: id.name), observed.claim,
      isWanted: wanted.hasVolume
    ) { Self.state(of: $0) }
    add(
      "Secret", ModelKeys.tokenSecretName(of: id.name), observed.secret, isWanted: wanted.hasToken
    ) { _ in "present" }
    if observed.servesServiceMonitors {
      add("ServiceMonitor", id.name, observed.serviceMonitor, isWanted: wanted.isManaged) { _ in
        "present"
      }
    }
    return objects
  }

  private static func state(of service: K8s.Service) -> String {
    let ports = (service.spec?.ports ?? []).map { ":\($0.port)" }.joined(separator: " ")
    return "\(service.spec?.type ?? "ClusterIP") \(ports)"
  }

  private static func state(of claim: K8s.PersistentVolumeClaim) -> String {
    let size =
      claim.status?.capacity?["storage"]?.text ?? claim.spec?.resources?.requests?["storage"]?.text
    let words = [claim.status?.phase ?? "Pending", size, claim.spec?.storageClassName]
    let text = words.compactMap { $0 }.joined(separator: " ")
    return claim.metadata.deletionTimestamp == nil ? text : "\(text), being deleted"
  }
}

/// Which children a Deployment's own annotations ask for.
private struct WantedChildren {
  var isManaged = false
  var hasVolume = false
  var hasToken = false

  init(_ deployment: K8s.Deployment) {
    guard ReconcilePlanner.isManaged(deployment.metadata),
      let specification = try? ModelSpecification(deployment: deployment)
    else { return }
    isManaged = true
    hasVolume = specification.request.resolvedStorageSize > 0
    hasToken = specification.hasToken
  }
}
