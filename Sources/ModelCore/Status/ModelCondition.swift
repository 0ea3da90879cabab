package import FoundationEssentials
package import Kubernetes

/// What a model is doing: one of the specification's six words, and why, in words an operator can act on.
///
/// One pure function for every face. A reason holds no durations: it changes only when something happened, so that a
/// quiet cluster is a quiet screen.
package enum ModelCondition {
  /// Derives the status from the Deployment and what belongs to it.
  ///
  /// - Parameters:
  ///   - replicaSets: those that the Deployment controls; others are ignored.
  ///   - pods: those of the ReplicaSets; others are ignored where the ReplicaSets are known.
  ///   - events: of the Deployment, its ReplicaSets and pods; empty where they are not known.
  ///   - inventory: lets a reason name the nearest miss. What is free changes with other models' pods: evaluate what is
  ///     pending again when the inventory changed.
  ///   - last: the status before, which a model that is being deleted keeps.
  package static func evaluate(
    deployment: K8s.Deployment, replicaSets: [K8s.ReplicaSet], pods: [K8s.Pod],
    events: [K8s.Event], now: Date, inventory: GPUInventory? = nil, last: ModelStatus? = nil
  ) -> (status: ModelStatus, reason: String) {
    let view = RolloutView(deployment: deployment, replicaSets: replicaSets, pods: pods)
    let assessment = Assessment(
      view: view, events: EventIndex(events), now: now, inventory: inventory)
    if view.isDeleting {
      return (last ?? assessment.result().status, assessment.deletionReason())
    }
    return assessment.result()
  }
}

/// A Deployment with its ReplicaSets and pods sorted by what they mean now.
struct RolloutView {
  let deployment: K8s.Deployment
  /// The ReplicaSet of the template as it is now; `nil` until the controller made it.
  let current: K8s.ReplicaSet?
  /// Pods of ``current`` that are not being deleted, by name.
  let currentPods: [K8s.Pod]
  /// Pods of earlier ReplicaSets that are not being deleted.
  let oldPods: [K8s.Pod]
  /// Pods on their way out.
  let endingPods: [K8s.Pod]

  init(deployment: K8s.Deployment, replicaSets: [K8s.ReplicaSet], pods: [K8s.Pod]) {
    self.deployment = deployment
    let uid = deployment.metadata.uid
    let owned = replicaSets.filter { set in
      uid == nil || set.metadata.controller.map { $0.uid == uid } ?? true
    }
    let newest = owned.max { Self.age($0) < Self.age($1) }
    let isDeleting = deployment.metadata.deletionTimestamp != nil
    let own = Set(owned.compactMap(\.metadata.uid))
    let mine = pods.filter { pod in
      guard let controller = pod.metadata.controller else { return own.isEmpty }
      return own.isEmpty || own.contains(controller.uid)
    }.sorted { ($0.metadata.name ?? "") < ($1.metadata.name ?? "") }
    // Of a model that is being deleted all pods are ending; they tell what it was.
    let living = mine.filter { isDeleting || $0.metadata.deletionTimestamp == nil }
    let isCurrent: (K8s.Pod) -> Bool = { pod in
      guard let newest, let controller = pod.metadata.controller else { return true }
      return controller.uid == newest.metadata.uid
    }
    current = newest
    currentPods = living.filter(isCurrent)
    oldPods = living.filter { !isCurrent($0) }
    endingPods = mine.filter { $0.metadata.deletionTimestamp != nil }
  }

  /// Newest last: by the Deployment controller's revision, then by time.
  private static func age(_ set: K8s.ReplicaSet) -> (Int, Double, String) {
    let revision = set.metadata.annotations?["deployment.kubernetes.io/revision"].flatMap {
      Int($0)
    }
    return (
      revision ?? 0, set.metadata.creationTimestamp?.timeIntervalSince1970 ?? 0,
      set.metadata.name ?? ""
    )
  }

  var isDeleting: Bool { deployment.metadata.deletionTimestamp != nil }
  var desired: Int { deployment.spec?.replicas ?? 1 }
  var hasPods: Bool { !currentPods.isEmpty || !oldPods.isEmpty }

  /// The controller has not looked at the last change yet: what its status says is about something older.
  var isBehind: Bool {
    guard let generation = deployment.metadata.generation else { return false }
    return (deployment.status?.observedGeneration ?? 0) < generation
  }

  /// Ready replicas of any version. The Deployment's own count is used where no pod is known.
  var ready: Int {
    guard hasPods || !endingPods.isEmpty else { return deployment.status?.readyReplicas ?? 0 }
    return (currentPods + oldPods).count { $0.isReady }
  }

  func condition(_ type: String) -> K8s.Condition? {
    deployment.status?.conditions?.first { $0.type == type }
  }
}

extension K8s.Pod {
  func condition(_ type: String) -> K8s.Condition? {
    status?.conditions?.first { $0.type == type }
  }

  var isReady: Bool { condition("Ready")?.isTrue ?? false }
  var hasEnded: Bool { status?.phase == "Failed" || status?.phase == "Succeeded" }
}

/// Events by the object that they are about, latest first.
struct EventIndex {
  private var byObject: [String: [K8s.Event]] = [:]

  init(_ events: [K8s.Event]) {
    for event in events {
      guard let key = Self.key(event.involvedObject) else { continue }
      byObject[key, default: []].append(event)
    }
    for key in byObject.keys {
      byObject[key]?.sort {
        ($0.lastSeen ?? .distantPast, $0.metadata.name ?? "")
          > ($1.lastSeen ?? .distantPast, $1.metadata.name ?? "")
      }
    }
  }

  private static func key(_ reference: K8s.ObjectReference) -> String? {
    reference.uid ?? reference.name.map { "\(reference.kind ?? "")/\($0)" }
  }

  func events(of pod: K8s.Pod) -> [K8s.Event] {
    var found = pod.metadata.uid.flatMap { byObject[$0] } ?? []
    if let name = pod.metadata.name { found += byObject["Pod/\(name)"] ?? [] }
    return found
  }

  func latest(of pod: K8s.Pod, reasons: Set<String>) -> K8s.Event? {
    events(of: pod).first { reasons.contains($0.reason ?? "") }
  }
}
