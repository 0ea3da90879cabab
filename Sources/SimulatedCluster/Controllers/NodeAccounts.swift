internal import Kubernetes

/// What each node has, what its pods ask of it, and whom it lets in.
final class NodeAccounts {
  /// What matters of a node, taken out of its JSON once.
  private struct Node {
    var allocatable: [String: Int64] = [:]
    var podLimit = 0
    var used: [String: Int64] = [:]
    var pods: Set<String> = []
    var isCordoned = false
    var isReady = false
    /// Those that keep pods away.
    var taints: [JSONValue] = []
    var labels: [String: JSONValue] = [:]
    var json: JSONValue = [:]

    mutating func read(_ node: JSONValue) {
      json = node
      allocatable = (node["status", "allocatable"]?.objectValue ?? [:])
        .compactMapValues { $0.text.flatMap { Quantity($0) }?.milli }
      podLimit = Int((allocatable["pods"] ?? 0) / 1000)
      isCordoned = node["spec", "unschedulable"]?.boolValue == true
      isReady = node.condition("Ready")?.string("status") == "True"
      taints = node.items("spec", "taints").filter { $0.string("effect") != "PreferNoSchedule" }
      labels = node.labels
    }
  }

  /// Why no node took a pod, in the scheduler's words.
  struct Misfit: Error {
    var text: String
  }

  private var nodes: [String: Node] = [:]
  private var names: [String] = []
  /// Where the search for the next pod begins.
  private var start = 0
  /// How many nodes that fit are compared: on large clusters the scheduler looks no further.
  private static let sample = 100
  /// What each counted pod asks, and of which node, by UID.
  private var counted: [String: (node: String, requests: [String: Int64])] = [:]

  var count: Int { nodes.count }

  /// Notes a change of a node; `true` where more pods may fit than before.
  func observe(node change: Change) -> Bool {
    let name = change.key.name
    guard change.kind != .deleted else {
      nodes[name] = nil
      names.removeAll { $0 == name }
      return false
    }
    let old = nodes[name]
    nodes[name, default: Node()].read(change.object.json)
    if old == nil {
      names.insert(name, at: names.insertionIndex { $0 < name })
      // Its pods may have been seen before it.
      for (uid, entry) in counted where entry.node == name { charge(uid, entry.requests, to: name) }
    }
    guard let old, let new = nodes[name] else { return true }
    return old.allocatable != new.allocatable || old.isCordoned != new.isCordoned
      || old.isReady != new.isReady || old.taints != new.taints || old.labels != new.labels
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

  private func charge(_ uid: String, _ requests: [String: Int64], to node: String) {
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
    let wishes = Wishes(pod)
    var reasons: [String: Int] = [:]
    var preemptible = 0
    var fitting = 0
    var best: (name: String, score: Double)?
    start %= names.count
    for offset in 0..<names.count where fitting < Self.sample {
      let name = names[(start + offset) % names.count]
      guard let node = nodes[name] else { continue }
      if let why = refusal(wishes, node) {
        reasons[why, default: 0] += 1
        continue
      }
      let lacking = shortages(wishes, node)
      guard lacking.isEmpty else {
        for why in lacking { reasons[why, default: 0] += 1 }
        preemptible += 1
        continue
      }
      fitting += 1
      let score = score(wishes, node)
      if best.map({ score > $0.score || (score == $0.score && name < $0.name) }) ?? true {
        best = (name, score)
      }
    }
    if names.count > Self.sample { start += 1 }
    if let best { return .success(best.name) }
    return .failure(Misfit(text: text(reasons, preemptible: preemptible)))
  }

  /// What a pod asks for, taken out of its JSON once.
  private struct Wishes {
    let requests: [(name: String, amount: Int64)]
    let tolerations: [JSONValue]
    let selector: [String: JSONValue]
    let affinity: JSONValue?

    init(_ pod: JSONValue) {
      requests = pod.podRequests.filter { $0.value > 0 }.map { ($0.key, $0.value) }
      tolerations = pod.items("spec", "tolerations")
      selector = pod["spec", "nodeSelector"]?.objectValue ?? [:]
      affinity = pod["spec", "affinity", "nodeAffinity"]
    }
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
  private func refusal(_ pod: Wishes, _ node: Node) -> String? {
    if node.isCordoned, !Taints.isTolerated(Taints.unschedulable, pod.tolerations) {
      return "node(s) were unschedulable"
    }
    for taint in node.taints where !Taints.isTolerated(taint, pod.tolerations) {
      return "node(s) had untolerated taint {\(taint.string("key")): \(taint.string("value"))}"
    }
    let fits =
      pod.selector.allSatisfy { node.labels[$0.key] == $0.value }
      && (pod.affinity == nil || NodeAffinity.matches(pod.affinity, node.json))
    return fits ? nil : "node(s) didn't match Pod's node affinity/selector"
  }

  private func shortages(_ pod: Wishes, _ node: Node) -> [String] {
    var result: [String] = []
    if node.pods.count >= node.podLimit { result.append("Too many pods") }
    for (name, wanted) in pod.requests
    where (node.used[name] ?? 0) + wanted > node.allocatable[name] ?? 0 {
      result.append("Insufficient \(name)")
    }
    return result
  }

  /// How much of a node stays free, as the scheduler spreads pods.
  private func score(_ pod: Wishes, _ node: Node) -> Double {
    func free(_ name: String, _ wanted: Int64) -> Double {
      guard let total = node.allocatable[name], total > 0 else { return 0 }
      return 1 - Double((node.used[name] ?? 0) + wanted) / Double(total)
    }
    var score = 1 - Double(node.pods.count) / Double(max(1, node.podLimit))
    for (name, wanted) in pod.requests { score += free(name, wanted) }
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
