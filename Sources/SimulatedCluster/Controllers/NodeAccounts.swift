internal import Kubernetes

/// What each node has, what its pods ask of it, and whom it lets in.
final class NodeAccounts {
  private struct Node {
    var json: JSONValue
    var allocatable: [String: Int128]
    var used: [String: Int128] = [:]
    var pods: Set<String> = []
  }

  /// Why no node took a pod, in the scheduler's words.
  struct Misfit: Error {
    var text: String
  }

  private var nodes: [String: Node] = [:]
  /// What each counted pod asks, and of which node, by UID.
  private var counted: [String: (node: String, requests: [String: Int128])] = [:]

  var count: Int { nodes.count }

  /// Notes a change of a node; `true` where more pods may fit than before.
  func observe(node change: Change) -> Bool {
    let name = change.key.name
    guard change.kind != .deleted else {
      nodes[name] = nil
      return false
    }
    let allocatable = (change.object.json["status", "allocatable"]?.objectValue ?? [:])
      .compactMapValues { $0.text.flatMap { Quantity($0) }?.nanos }
    let isKnown = nodes[name] != nil
    let isSame =
      nodes[name].map {
        $0.allocatable == allocatable && $0.json["spec"] == change.object.json["spec"]
          && $0.json["metadata", "labels"] == change.object.json["metadata", "labels"]
          && $0.json.condition("Ready")?["status"]
            == change.object.json.condition("Ready")?["status"]
      } ?? false
    nodes[name, default: Node(json: [:], allocatable: [:])].json = change.object.json
    nodes[name]?.allocatable = allocatable
    if !isKnown {
      // Its pods may have been seen before it.
      for (uid, entry) in counted where entry.node == name { charge(uid, entry.requests, to: name) }
    }
    return !isSame
  }

  /// Notes a change of a pod; `true` where it gave room back.
  func observe(pod change: Change) -> Bool {
    let pod = change.object
    if change.kind == .deleted || pod.json.isFinishedPod { return remove(pod.uid) }
    if !pod.json.nodeName.isEmpty { add(pod) }
    return false
  }

  func add(_ pod: StoredObject) {
    guard counted[pod.uid] == nil else { return }
    let requests = pod.json.podRequests
    counted[pod.uid] = (pod.json.nodeName, requests)
    charge(pod.uid, requests, to: pod.json.nodeName)
  }

  private func charge(_ uid: String, _ requests: [String: Int128], to node: String) {
    guard nodes[node]?.pods.insert(uid).inserted == true else { return }
    for (name, value) in requests { nodes[node]?.used[name, default: 0] += value }
  }

  private func remove(_ uid: String) -> Bool {
    guard let entry = counted.removeValue(forKey: uid) else { return false }
    guard nodes[entry.node]?.pods.remove(uid) != nil else { return false }
    for (name, value) in entry.requests { nodes[entry.node]?.used[name, default: 0] -= value }
    return true
  }

  /// The node with the most room among those that take a pod.
  func place(_ pod: JSONValue) -> Result<String, Misfit> {
    guard !nodes.isEmpty else {
      return .failure(Misfit(text: "no nodes available to schedule pods"))
    }
    let requests = pod.podRequests
    var reasons: [String: Int] = [:]
    var preemptible = 0
    var best: (name: String, score: Double)?
    for (name, node) in nodes {
      if let why = refusal(pod, node) {
        reasons[why, default: 0] += 1
        continue
      }
      let lacking = shortages(requests, node)
      guard lacking.isEmpty else {
        for why in lacking { reasons[why, default: 0] += 1 }
        preemptible += 1
        continue
      }
      let score = score(requests, node)
      if best.map({ score > $0.score || (score == $0.score && name < $0.name) }) ?? true {
        best = (name, score)
      }
    }
    if let best { return .success(best.name) }
    return .failure(Misfit(text: text(reasons, preemptible: preemptible)))
  }

  private func text(_ reasons: [String: Int], preemptible: Int) -> String {
    let list = reasons.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
    var hopeless: [String] = []
    if preemptible > 0 {
      hopeless.append("\(preemptible) No preemption victims found for incoming pod")
    }
    if count > preemptible {
      hopeless.append("\(count - preemptible) Preemption is not helpful for scheduling")
    }
    return "0/\(count) nodes are available: \(list). preemption: 0/\(count) nodes are available: "
      + "\(hopeless.sorted().joined(separator: ", "))."
  }

  /// Why a node does not let a pod in at all.
  private func refusal(_ pod: JSONValue, _ node: Node) -> String? {
    let tolerations = pod.items("spec", "tolerations")
    if node.json["spec", "unschedulable"]?.boolValue == true,
      !Taints.isTolerated(Taints.unschedulable, tolerations)
    {
      return "node(s) were unschedulable"
    }
    for taint in node.json.items("spec", "taints")
    where taint.string("effect") != "PreferNoSchedule" && !Taints.isTolerated(taint, tolerations) {
      return "node(s) had untolerated taint {\(taint.string("key")): \(taint.string("value"))}"
    }
    let labels = node.json.labels
    let selector = (pod["spec", "nodeSelector"]?.objectValue ?? [:])
    let fits =
      selector.allSatisfy { labels[$0.key] == $0.value }
      && NodeAffinity.matches(pod["spec", "affinity", "nodeAffinity"], node.json)
    return fits ? nil : "node(s) didn't match Pod's node affinity/selector"
  }

  private func shortages(_ requests: [String: Int128], _ node: Node) -> [String] {
    var result: [String] = []
    if Int128(node.pods.count + 1) * 1_000_000_000 > node.allocatable["pods"] ?? 0 {
      result.append("Too many pods")
    }
    for (name, wanted) in requests where wanted > 0 {
      if (node.used[name] ?? 0) + wanted > node.allocatable[name] ?? 0 {
        result.append("Insufficient \(name)")
      }
    }
    return result
  }

  /// The share of a node that stays free, as the scheduler spreads pods; CPU pods go to nodes without GPUs where there are.
  private func score(_ requests: [String: Int128], _ node: Node) -> Double {
    var score = 0.0
    for name in Set(requests.keys).union(["cpu", "memory"]) {
      guard let total = node.allocatable[name], total > 0 else { continue }
      score += 1 - Double((node.used[name] ?? 0) + (requests[name] ?? 0)) / Double(total)
    }
    return score
  }
}

/// Taints of nodes and tolerations of pods.
enum Taints {
  static let unschedulable: JSONValue = [
    "key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule",
  ]

  static func isTolerated(_ taint: JSONValue, _ tolerations: [JSONValue]) -> Bool {
    tolerations.contains { toleration in
      let effect = toleration.string("effect")
      guard effect.isEmpty || effect == taint.string("effect") else { return false }
      let key = toleration.string("key")
      if key.isEmpty { return toleration.string("operator") == "Exists" }
      guard key == taint.string("key") else { return false }
      return toleration.string("operator") == "Exists"
        || toleration.string("value") == taint.string("value")
    }
  }
}

/// The required part of a pod's node affinity.
enum NodeAffinity {
  static func matches(_ affinity: JSONValue?, _ node: JSONValue) -> Bool {
    guard let required = affinity?["requiredDuringSchedulingIgnoredDuringExecution"] else {
      return true
    }
    return required.items("nodeSelectorTerms").contains { term in
      let byLabel = LabelSelector(object: ["matchExpressions": term["matchExpressions"] ?? []])
      let byField = term.items("matchFields").allSatisfy { field in
        let isNamed = field.items("values").contains(.string(node.name))
        return field.string("operator") == "NotIn" ? !isNamed : isNamed
      }
      return byLabel.matches(node.labels) && byField
    }
  }
}
