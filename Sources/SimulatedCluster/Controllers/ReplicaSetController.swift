internal import Kubernetes

/// Keeps as many pods of a ReplicaSet as it asks for.
final class ReplicaSetController: Controller {
  private static let component = "replicaset-controller"
  /// Pods that one look at a ReplicaSet creates at most.
  private static let burst = 500

  private let context: ControllerContext
  /// Pods that no controller claims, by namespace: a ReplicaSet whose selector matches adopts them.
  private var orphans: [ObjectKey: StoredObject] = [:]

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    switch change.resource {
    case BuiltIn.replicaSets: return [change.object.reference]
    case BuiltIn.pods:
      let isOrphan =
        change.kind != .deleted && change.object.json.controllerReference == nil
        && !change.object.json.isBeingDeleted
      orphans[change.key] = isOrphan ? change.object : nil
      return [change.object.json, change.previous?.json].compactMap { pod in
        guard let owner = pod?.controllerReference, owner.string("kind") == "ReplicaSet" else {
          return nil
        }
        return ObjectReference(
          resource: BuiltIn.replicaSets,
          key: ObjectKey(namespace: change.key.namespace, name: owner.string("name")))
      }
    default: return []
    }
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let set = context.object(item) else { return nil }
    adopt(set)
    let pods = context.controlled(by: set, BuiltIn.pods)
    let active = pods.filter { !$0.json.isFinishedPod && !$0.json.isBeingDeleted }
    var failure: String?
    if !set.json.isBeingDeleted {
      let wanted = Int(set.json.integer("spec", "replicas") ?? 1)
      if active.count < wanted {
        failure = create(min(wanted - active.count, Self.burst), of: set)
      } else if active.count > wanted {
        remove(active.count - wanted, of: active, set)
      }
    }
    updateStatus(item, set, failure: failure)
    return failure == nil ? nil : .seconds(5)
  }

  private func adopt(_ set: StoredObject) {
    guard !orphans.isEmpty, !set.json.isBeingDeleted else { return }
    let selector = LabelSelector(object: set.json["spec", "selector"])
    for pod in orphans.values
    where pod.key.namespace == set.key.namespace && selector.matches(pod.json.labels) {
      context.change(pod.reference) { json in
        guard json.controllerReference == nil else { return }
        json["metadata", "ownerReferences"] = .array(
          json.ownerReferences + [ControllerContext.ownerReference(set)])
      }
    }
  }

  /// Creates pods; returns what the server refused them with.
  private func create(_ count: Int, of set: StoredObject) -> String? {
    let template = set.json["spec", "template"] ?? [:]
    var metadata: JSONValue = [
      "generateName": .string("\(set.key.name)-"),
      "ownerReferences": [ControllerContext.ownerReference(set)],
    ]
    metadata["labels"] = template["metadata", "labels"]
    metadata["annotations"] = template["metadata", "annotations"]
    let pod: JSONValue = ["metadata": metadata, "spec": template["spec"] ?? [:]]
    for _ in 0..<count {
      do {
        let created = try context.create(BuiltIn.pods, in: set.key.namespace, pod, .template)
        context.events.record(
          set, "SuccessfulCreate", "Created pod: \(created.key.name)", by: Self.component)
      } catch {
        context.events.record(
          set, "FailedCreate", "Error creating: \(error.message)", isWarning: true,
          by: Self.component)
        return error.message
      }
    }
    return nil
  }

  /// Deletes the pods that are least missed: without a node, not ready, youngest.
  private func remove(_ count: Int, of pods: [StoredObject], _ set: StoredObject) {
    func rank(_ pod: StoredObject) -> (Int, Int, Int, String) {
      (
        pod.json.nodeName.isEmpty ? 0 : 1, pod.json.podPhase == "Pending" ? 0 : 1,
        pod.json.isReadyPod ? 1 : 0, pod.key.name
      )
    }
    for pod in pods.sorted(by: { rank($0) < rank($1) }).prefix(count) {
      context.delete(pod.reference)
      context.events.record(
        set, "SuccessfulDelete", "Deleted pod: \(pod.key.name)", by: Self.component)
    }
  }

  private func updateStatus(_ item: ObjectReference, _ set: StoredObject, failure: String?) {
    let pods = context.controlled(by: set, BuiltIn.pods)
      .filter { !$0.json.isFinishedPod && !$0.json.isBeingDeleted }
    let ready = pods.filter(\.json.isReadyPod).count
    context.change(item) { json in
      var status: JSONValue = [
        "replicas": .integer(Int64(pods.count)),
        "observedGeneration": .integer(set.json.generation),
      ]
      if !pods.isEmpty { status["fullyLabeledReplicas"] = .integer(Int64(pods.count)) }
      if ready > 0 {
        status["readyReplicas"] = .integer(Int64(ready))
        status["availableReplicas"] = .integer(Int64(ready))
      }
      status["conditions"] = json["status", "conditions"]
      json["status"] = status
      if let failure {
        json.setCondition(
          "ReplicaFailure", "True", reason: "FailedCreate", message: failure, at: context.now)
      } else {
        json.removeCondition("ReplicaFailure")
        if json.conditions.isEmpty { json["status", "conditions"] = nil }
      }
    }
  }
}
