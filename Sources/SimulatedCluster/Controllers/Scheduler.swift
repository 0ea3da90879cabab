internal import Kubernetes

/// Finds a node for each pod: resources, taints, node selectors, cordons, readiness and volumes.
final class Scheduler: Controller {
  private static let component = "default-scheduler"

  private let context: ControllerContext
  private let nodes = NodeAccounts()
  /// Pods that no node had room for: looked at again when something changes in their favour.
  private var waiting: Set<ObjectReference> = []

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    switch change.resource {
    case BuiltIn.pods: return observePod(change)
    case BuiltIn.nodes:
      return nodes.observe(node: change) ? takeWaiting() : []
    case BuiltIn.claims, BuiltIn.storageClasses: return takeWaiting()
    default: return []
    }
  }

  private func observePod(_ change: Change) -> [ObjectReference] {
    let freed = nodes.observe(pod: change)
    let pod = change.object.json
    let isOpen =
      change.kind != .deleted && pod.nodeName.isEmpty && !pod.isBeingDeleted && !pod.isFinishedPod
    if !isOpen { waiting.remove(change.object.reference) }
    let isNew = isOpen && (change.kind == .added || change.previous?.json["spec"] != pod["spec"])
    return (freed ? takeWaiting() : []) + (isNew ? [change.object.reference] : [])
  }

  private func takeWaiting() -> [ObjectReference] {
    defer { waiting = [] }
    return Array(waiting)
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let pod = context.object(item), pod.json.nodeName.isEmpty, !pod.json.isBeingDeleted,
      ["", "default-scheduler"].contains(pod.json.string("spec", "schedulerName"))
    else { return nil }
    let storage = PodStorage(pod, context)
    if let refusal = storage.refusal {
      refuse(pod, "0/\(nodes.count) nodes are available: \(refusal).", hasPreemption: true)
      return nil
    }
    switch nodes.place(pod.json) {
    case .failure(let misfit): refuse(pod, misfit.text, hasPreemption: false)
    case .success(let node):
      if storage.bindsOnFirstUse(node: node) {
        // The volume comes first; its binding brings the pod back here.
        waiting.insert(item)
        return nil
      }
      bind(pod, to: node)
    }
    return nil
  }

  private func bind(_ pod: StoredObject, to node: String) {
    let bound = context.change(pod.reference) { json in
      guard json.nodeName.isEmpty else { return }
      json["spec", "nodeName"] = .string(node)
      json.setCondition(
        "PodScheduled", "True", reason: "", message: "", at: context.now)
    }
    guard let bound, bound.json.nodeName == node else { return }
    // Counted at once, so that the next pod of this round sees it.
    nodes.add(bound)
    context.events.record(
      bound, "Scheduled",
      "Successfully assigned \(pod.key.namespace)/\(pod.key.name) to \(node)", by: Self.component)
  }

  private func refuse(_ pod: StoredObject, _ text: String, hasPreemption: Bool) {
    waiting.insert(pod.reference)
    let message =
      hasPreemption
      ? "\(text) preemption: 0/\(nodes.count) nodes are available: \(nodes.count) Preemption is not "
        + "helpful for scheduling."
      : text
    context.change(pod.reference) {
      $0.setCondition(
        "PodScheduled", "False", reason: "Unschedulable", message: message, at: context.now)
    }
    context.events.record(
      pod, "FailedScheduling", message, isWarning: true, by: Self.component)
  }
}

/// What the scheduler knows of the claims of a pod.
private struct PodStorage {
  private let context: ControllerContext
  private var unbound: [StoredObject] = []
  /// Why no node can take the pod, whatever room it has.
  private(set) var refusal: String?

  init(_ pod: StoredObject, _ context: ControllerContext) {
    self.context = context
    for volume in pod.json.items("spec", "volumes") {
      guard let name = volume["persistentVolumeClaim", "claimName"]?.stringValue else { continue }
      guard let claim = context.store.object(BuiltIn.claims, pod.key.namespace, name) else {
        refusal = "persistentvolumeclaim \"\(name)\" not found"
        return
      }
      if claim.json.isBeingDeleted {
        refusal = "persistentvolumeclaim \"\(name)\" is being deleted"
        return
      }
      guard claim.json.string("status", "phase") != "Bound" else { continue }
      if Self.waitsForConsumer(claim, context) {
        unbound.append(claim)
      } else {
        refusal = "pod has unbound immediate PersistentVolumeClaims"
        return
      }
    }
  }

  private static func waitsForConsumer(
    _ claim: StoredObject, _ context: ControllerContext
  ) -> Bool {
    let name = claim.json.string("spec", "storageClassName")
    let found = context.store.object(BuiltIn.storageClasses, "", name)
    return found?.json.string("volumeBindingMode") == "WaitForFirstConsumer"
  }

  /// Asks for the volumes that are made where their first pod runs; `false` where there are none.
  func bindsOnFirstUse(node: String) -> Bool {
    for claim in unbound {
      context.change(claim.reference) {
        $0["metadata", "annotations", VolumeController.selectedNodeKey] = .string(node)
      }
    }
    return !unbound.isEmpty
  }
}
