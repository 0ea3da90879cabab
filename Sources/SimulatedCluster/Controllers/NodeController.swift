internal import Kubernetes

/// Watches the health of nodes: taints those that are down, marks their pods not ready, and evicts these after a while.
final class NodeController: Controller {
  private static let component = "node-controller"
  private static let notReady = "node.kubernetes.io/not-ready"
  private static let unreachable = "node.kubernetes.io/unreachable"
  private static let unschedulable = "node.kubernetes.io/unschedulable"

  private let context: ControllerContext
  private var downSince: [String: Duration] = [:]

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    change.resource == BuiltIn.nodes ? [change.object.reference] : []
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let node = context.object(item) else {
      downSince[item.key.name] = nil
      deletePods(of: item.key.name)
      return nil
    }
    let state = node.json.condition("Ready")?.string("status") ?? "Unknown"
    setTaints(item, state)
    guard state != "True" else {
      if downSince.removeValue(forKey: item.key.name) != nil {
        context.events.record(
          node, "NodeReady", "Node \(node.key.name) status is now: NodeReady", by: "kubelet",
          host: node.key.name)
      }
      return nil
    }
    if downSince[item.key.name] == nil {
      downSince[item.key.name] = context.clock.elapsed
      context.events.record(
        node, "NodeNotReady", "Node \(node.key.name) status is now: NodeNotReady",
        by: Self.component)
      markPods(of: item.key.name)
    }
    return evict(node.key.name)
  }

  private func setTaints(_ item: ObjectReference, _ state: String) {
    context.change(item) { node in
      let own = [Self.notReady, Self.unreachable, Self.unschedulable]
      var taints = node.items("spec", "taints").filter { !own.contains($0.string("key")) }
      if state != "True" {
        let key = state == "False" ? Self.notReady : Self.unreachable
        for effect in ["NoSchedule", "NoExecute"] {
          taints.append(["key": .string(key), "effect": .string(effect)])
        }
      }
      if node["spec", "unschedulable"]?.boolValue == true {
        taints.append(["key": .string(Self.unschedulable), "effect": "NoSchedule"])
      }
      let old = node.items("spec", "taints")
      // The times at which they were added are kept, and make no difference.
      guard Set(old.map(Self.identity)) != Set(taints.map(Self.identity)) else { return }
      node["spec", "taints"] = taints.isEmpty ? nil : .array(taints)
    }
  }

  private static func identity(_ taint: JSONValue) -> [String] {
    [taint.string("key"), taint.string("value"), taint.string("effect")]
  }

  private func pods(of node: String) -> [StoredObject] {
    context.store.objects(BuiltIn.pods).objects.filter { $0.json.nodeName == node }
  }

  private func markPods(of node: String) {
    for pod in pods(of: node) where pod.json.isReadyPod {
      context.change(pod.reference) {
        $0.setCondition("Ready", "False", reason: "", message: "", at: context.now)
      }
      context.events.record(
        pod, "NodeNotReady", "Node is not ready", isWarning: true, by: Self.component)
    }
  }

  /// Deletes the pods that have stayed longer on a node that is down than they tolerate.
  private func evict(_ node: String) -> Duration? {
    guard let since = downSince[node] else { return nil }
    let toleration = Duration.seconds(300)
    let left = since + context.clock.scaled(toleration) - context.clock.elapsed
    if left > .zero { return left * (toleration / context.clock.scaled(toleration)) }
    for pod in pods(of: node) where !pod.json.isBeingDeleted {
      context.events.record(
        pod, "TaintManagerEviction",
        "Marking for deletion Pod \(pod.key.namespace)/\(pod.key.name)",
        by: "taint-eviction-controller")
      context.delete(pod.reference)
    }
    return nil
  }

  /// A node is gone for good, and its pods with it.
  private func deletePods(of node: String) {
    for pod in pods(of: node) {
      context.delete(pod.reference, DeletionRequest(gracePeriodSeconds: 0))
    }
  }
}
