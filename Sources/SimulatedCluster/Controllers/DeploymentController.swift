internal import Kubernetes

/// Rolls out Deployments: a ReplicaSet for each template, scaled up and down by the strategy.
final class DeploymentController: Controller {
  static let component = "deployment-controller"
  static let revisionKey = "deployment.kubernetes.io/revision"
  private static let desiredKey = "deployment.kubernetes.io/desired-replicas"
  private static let maximumKey = "deployment.kubernetes.io/max-replicas"

  let context: ControllerContext
  /// When a rollout last got further, by the UID of its Deployment.
  var lastProgress: [String: Duration] = [:]
  /// ReplicaSets that no controller claims.
  private var orphans: [ObjectKey: StoredObject] = [:]

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    switch change.resource {
    case BuiltIn.deployments:
      if change.kind == .deleted { lastProgress[change.object.uid] = nil }
      return [change.object.reference]
    case BuiltIn.replicaSets:
      let isOrphan =
        change.kind != .deleted && change.object.json.controllerReference == nil
        && !change.object.json.isBeingDeleted
      orphans[change.key] = isOrphan ? change.object : nil
      return owners(change, in: change.key.namespace)
    case BuiltIn.pods where change.kind == .deleted:
      // A strategy of Recreate waits for the last old pod.
      return podOwner(change)
    default: return []
    }
  }

  private func owners(_ change: Change, in namespace: String) -> [ObjectReference] {
    [change.object.json, change.previous?.json].compactMap { set in
      guard let owner = set?.controllerReference, owner.string("kind") == "Deployment" else {
        return nil
      }
      return ObjectReference(
        resource: BuiltIn.deployments,
        key: ObjectKey(namespace: namespace, name: owner.string("name")))
    }
  }

  private func podOwner(_ change: Change) -> [ObjectReference] {
    guard let owner = change.object.json.controllerReference,
      let set = context.store.object(
        BuiltIn.replicaSets, change.key.namespace, owner.string("name")),
      let deployment = set.json.controllerReference
    else { return [] }
    return [
      ObjectReference(
        resource: BuiltIn.deployments,
        key: ObjectKey(namespace: change.key.namespace, name: deployment.string("name")))
    ]
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let deployment = context.object(item) else { return nil }
    adopt(deployment)
    var sets = context.controlled(by: deployment, BuiltIn.replicaSets)
    guard !deployment.json.isBeingDeleted else {
      return updateStatus(deployment, sets, current: current(deployment, sets))
    }
    var new = current(deployment, sets)
    let isPaused = deployment.json["spec", "paused"]?.boolValue == true
    if new == nil, !isPaused {
      new = createSet(deployment, sets)
      if let new { sets.append(new) }
    } else if let new, !isPaused {
      setRevision(of: new, sets, deployment)
    }
    guard let new else { return updateStatus(deployment, sets, current: nil) }
    let old = sets.filter { $0.key != new.key }
    if isPaused {
      scale(new, to: wanted(deployment), deployment)
    } else if deployment.json.string("spec", "strategy", "type") == "Recreate" {
      recreate(deployment, new, old)
    } else {
      roll(deployment, new, old)
    }
    removeHistory(deployment, old)
    sets = context.controlled(by: deployment, BuiltIn.replicaSets)
    return updateStatus(
      deployment, sets, current: sets.first { $0.key == new.key })
  }

  private func adopt(_ deployment: StoredObject) {
    guard !orphans.isEmpty, !deployment.json.isBeingDeleted else { return }
    let selector = LabelSelector(object: deployment.json["spec", "selector"])
    for set in orphans.values
    where set.key.namespace == deployment.key.namespace && selector.matches(set.json.labels) {
      context.change(set.reference) { json in
        guard json.controllerReference == nil else { return }
        json["metadata", "ownerReferences"] = .array(
          json.ownerReferences + [ControllerContext.ownerReference(deployment)])
      }
    }
  }

  func wanted(_ deployment: StoredObject) -> Int {
    Int(deployment.json.integer("spec", "replicas") ?? 1)
  }
}

// MARK: ReplicaSets

extension DeploymentController {
  /// The ReplicaSet of the template as it is now.
  private func current(_ deployment: StoredObject, _ sets: [StoredObject]) -> StoredObject? {
    let template = PodTemplateHash.normalized(deployment.json["spec", "template"])
    return sets.filter { PodTemplateHash.normalized($0.json["spec", "template"]) == template }
      .min {
        $0.json.string("metadata", "creationTimestamp")
          < $1.json.string("metadata", "creationTimestamp")
      }
  }

  private func createSet(_ deployment: StoredObject, _ sets: [StoredObject]) -> StoredObject? {
    let template = deployment.json["spec", "template"] ?? [:]
    let collisions = deployment.json.integer("status", "collisionCount") ?? 0
    let hash = PodTemplateHash.text(template, collisions: collisions)
    let label = PodTemplateHash.label
    var podTemplate = template
    podTemplate["metadata", "labels", label] = .string(hash)
    var selector = deployment.json["spec", "selector"] ?? [:]
    selector["matchLabels", label] = .string(hash)
    let isRecreate = deployment.json.string("spec", "strategy", "type") == "Recreate"
    let oldPods = sets.reduce(0) { $0 + Int($1.json.integer("status", "replicas") ?? 0) }
    let room = max(0, wanted(deployment) + surge(deployment) - oldPods)
    let replicas = isRecreate && oldPods > 0 ? 0 : min(wanted(deployment), room)
    let revision = nextRevision(sets)
    let set: JSONValue = [
      "metadata": [
        "name": .string("\(deployment.key.name)-\(hash)"),
        "labels": podTemplate["metadata", "labels"] ?? [:],
        "annotations": annotations(deployment, revision: revision),
        "ownerReferences": [ControllerContext.ownerReference(deployment)],
      ],
      "spec": [
        "replicas": .integer(Int64(replicas)), "selector": selector, "template": podTemplate,
      ],
    ]
    do {
      let created = try context.create(
        BuiltIn.replicaSets, in: deployment.key.namespace, set, .template)
      lastProgress[deployment.uid] = context.clock.elapsed
      noteRevision(revision, deployment)
      noteProgress(
        deployment, "NewReplicaSetCreated", "Created new replica set \"\(created.key.name)\"")
      if replicas > 0 { recordScaling(deployment, created, from: 0, to: replicas) }
      return created
    } catch  where error.reason == "AlreadyExists" {
      // The name belongs to another template: count it into the hash and try again.
      context.change(deployment.reference) {
        $0["status", "collisionCount"] = .integer(collisions + 1)
      }
      return nil
    } catch {
      context.change(deployment.reference) { json in
        json.setCondition(
          "Progressing", "False", reason: "ReplicaSetCreateError",
          message: "Failed to create new replica set: \(error.message)", at: context.now,
          updates: true)
      }
      return nil
    }
  }

  private func annotations(_ deployment: StoredObject, revision: Int) -> JSONValue {
    var annotations = deployment.json.annotations
    annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
    annotations[Self.revisionKey] = .string(String(revision))
    annotations[Self.desiredKey] = .string(String(wanted(deployment)))
    annotations[Self.maximumKey] = .string(String(wanted(deployment) + surge(deployment)))
    return .object(annotations)
  }

  private func revision(_ object: StoredObject) -> Int {
    object.json.annotations[Self.revisionKey]?.stringValue.flatMap { Int($0) } ?? 0
  }

  private func nextRevision(_ sets: [StoredObject]) -> Int { (sets.map(revision).max() ?? 0) + 1 }

  /// A template that is used again, as after an undo, is the newest revision again.
  private func setRevision(
    of new: StoredObject, _ sets: [StoredObject], _ deployment: StoredObject
  ) {
    let newest = sets.filter { $0.key != new.key }.map(revision).max() ?? 0
    let revision = max(newest + 1, self.revision(new))
    context.change(new.reference) { json in
      let wanted = annotations(deployment, revision: revision).objectValue ?? [:]
      for (key, value) in wanted { json["metadata", "annotations", key] = value }
    }
    noteRevision(revision, deployment)
    if deployment.json.condition("Progressing") == nil {
      noteProgress(
        deployment, "FoundNewReplicaSet", "Found new replica set \"\(new.key.name)\"")
    }
  }

  private func noteRevision(_ revision: Int, _ deployment: StoredObject) {
    context.change(deployment.reference) {
      $0["metadata", "annotations", Self.revisionKey] = .string(String(revision))
    }
  }

  private func noteProgress(_ deployment: StoredObject, _ reason: String, _ message: String) {
    context.change(deployment.reference) {
      $0.setCondition(
        "Progressing", "True", reason: reason, message: message, at: context.now, updates: true)
    }
  }

  private func removeHistory(_ deployment: StoredObject, _ old: [StoredObject]) {
    let limit = Int(deployment.json.integer("spec", "revisionHistoryLimit") ?? 10)
    let unused = old.filter {
      $0.json.integer("spec", "replicas") == 0 && ($0.json.integer("status", "replicas") ?? 0) == 0
        && !$0.json.isBeingDeleted
    }
    guard unused.count > limit else { return }
    for set in unused.sorted(by: { revision($0) < revision($1) }).prefix(unused.count - limit) {
      context.delete(set.reference)
    }
  }
}

// MARK: Strategies

extension DeploymentController {
  private func bound(_ deployment: StoredObject, _ name: String, roundsUp: Bool) -> Int {
    let value = deployment.json["spec", "strategy", "rollingUpdate", name]
    if let number = value?.integerValue { return Int(number) }
    guard let text = value?.stringValue, let percent = Int(text.prefix { $0 != "%" }) else {
      return 0
    }
    let product = percent * wanted(deployment)
    return roundsUp ? (product + 99) / 100 : product / 100
  }

  func surge(_ deployment: StoredObject) -> Int {
    guard deployment.json.string("spec", "strategy", "type") == "RollingUpdate" else { return 0 }
    return bound(deployment, "maxSurge", roundsUp: true)
  }

  func maxUnavailable(_ deployment: StoredObject) -> Int {
    guard deployment.json.string("spec", "strategy", "type") == "RollingUpdate",
      wanted(deployment) > 0
    else { return 0 }
    let unavailable = bound(deployment, "maxUnavailable", roundsUp: false)
    // Both bounds at zero would never get anywhere.
    return unavailable == 0 && surge(deployment) == 0 ? 1 : min(unavailable, wanted(deployment))
  }

  private func recreate(_ deployment: StoredObject, _ new: StoredObject, _ old: [StoredObject]) {
    for set in old where set.json.integer("spec", "replicas") != 0 {
      scale(set, to: 0, deployment)
    }
    let isWaiting = old.contains { set in
      context.controlled(by: set, BuiltIn.pods).contains { !$0.json.isFinishedPod }
    }
    guard !isWaiting else { return }
    scale(new, to: wanted(deployment), deployment)
  }

  private func roll(_ deployment: StoredObject, _ new: StoredObject, _ old: [StoredObject]) {
    func asked(_ set: StoredObject) -> Int { Int(set.json.integer("spec", "replicas") ?? 0) }
    func available(_ set: StoredObject) -> Int {
      Int(set.json.integer("status", "availableReplicas") ?? 0)
    }
    let wanted = wanted(deployment)
    let total = old.reduce(asked(new)) { $0 + asked($1) }
    if asked(new) > wanted {
      scale(new, to: wanted, deployment)
    } else if asked(new) < wanted {
      let room = wanted + surge(deployment) - total
      if room > 0 { scale(new, to: min(wanted, asked(new) + room), deployment) }
    }
    let active = old.filter { asked($0) > 0 }
      .sorted { revision($0) < revision($1) }
    guard !active.isEmpty else { return }
    let newAsked = asked(context.object(new.reference) ?? new)
    let minimum = wanted - maxUnavailable(deployment)
    let newUnavailable = max(0, newAsked - available(new))
    var budget = active.reduce(newAsked) { $0 + asked($1) } - minimum - newUnavailable
    // As long as what is on its way down or up uses all that may be missing, nothing more goes.
    guard budget > 0 else { return }
    // Pods that do not work go first, for they are not missed.
    var asking = Dictionary(uniqueKeysWithValues: active.map { ($0.key, asked($0)) })
    for set in active where budget > 0 {
      let broken = min(budget, max(0, asked(set) - available(set)))
      guard broken > 0 else { continue }
      asking[set.key] = asked(set) - broken
      scale(set, to: asked(set) - broken, deployment)
      budget -= broken
    }
    let availableNow = active.reduce(available(new)) { $0 + available($1) }
    var surplus = availableNow - minimum
    for set in active where surplus > 0 {
      let count = asking[set.key] ?? 0
      let gone = min(count, surplus)
      guard gone > 0 else { continue }
      scale(set, to: count - gone, deployment)
      surplus -= gone
    }
  }

  private func scale(_ set: StoredObject, to count: Int, _ deployment: StoredObject) {
    let before = Int(set.json.integer("spec", "replicas") ?? 0)
    context.changeSpec(set.reference) { json in
      json["spec", "replicas"] = .integer(Int64(count))
      json["metadata", "annotations", Self.desiredKey] = .string(String(wanted(deployment)))
      json["metadata", "annotations", Self.maximumKey] = .string(
        String(wanted(deployment) + surge(deployment)))
    }
    if before != count { recordScaling(deployment, set, from: before, to: count) }
  }

  private func recordScaling(
    _ deployment: StoredObject, _ set: StoredObject, from old: Int, to new: Int
  ) {
    context.events.record(
      deployment, "ScalingReplicaSet",
      "Scaled \(new > old ? "up" : "down") replica set \(set.key.name) from \(old) to \(new)",
      by: Self.component)
  }
}
