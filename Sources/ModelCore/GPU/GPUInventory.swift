package import Kubernetes

/// The GPUs of the cluster's nodes and who holds them, kept up to date one node and one pod at a time.
///
/// Used is what pods that have not ended ask for on the node that they are bound to; what a node offers is its
/// `allocatable`, never its `capacity`, which also counts broken devices.
package struct GPUInventory: Equatable, Sendable {
  /// The GPUs of one node.
  package struct Node: Equatable, Sendable {
    /// By resource name; what a ready node offers.
    package fileprivate(set) var allocatable: [String: Int] = [:]
    /// The product by resource name.
    package fileprivate(set) var products: [String: String] = [:]
    /// By resource name; what pods on it ask for.
    package fileprivate(set) var used: [String: Int] = [:]
    package fileprivate(set) var isReady = false
    package fileprivate(set) var isCordoned = false
    package fileprivate(set) var taints: [K8s.Node.Taint] = []
    package fileprivate(set) var labels: [String: String] = [:]
    /// What it offers apart from GPUs; a member is `nil` where it does not say.
    package fileprivate(set) var room = Room()
    /// What pods on it ask for apart from GPUs.
    package fileprivate(set) var load = Load()
    /// Whether the node itself was seen, and not only pods that are bound to it.
    package fileprivate(set) var isKnown = false

    /// Ready and not cordoned.
    package var isAvailable: Bool { isReady && !isCordoned }

    /// GPUs of all resources that no pod holds; never less than zero.
    package var free: Int {
      allocatable.keys.reduce(0) { $0.addingClamped(free($1)) }
    }

    /// GPUs of one resource that no pod holds; never less than zero.
    package func free(_ resource: String) -> Int {
      max(0, (allocatable[resource] ?? 0) - (used[resource] ?? 0))
    }

    fileprivate var isUnused: Bool { used.isEmpty && load == Load() }
  }

  /// What a node offers beside GPUs.
  package struct Room: Equatable, Sendable {
    /// Thousandths of a core; `nil` where the node does not say.
    package var cpuMilli: Int?
    /// Bytes.
    package var memory: Int?
    /// How many pods it takes; `nil` where it does not say.
    package var pods: Int?
  }

  /// What the pods of a node ask for beside GPUs, and how many they are.
  package struct Load: Equatable, Sendable {
    /// Thousandths of a core.
    package var cpuMilli = 0
    /// Bytes.
    package var memory = 0
    /// Also those that ask for nothing.
    package var pods = 0
  }

  private struct Holding: Equatable, Sendable {
    var node: String
    var gpus: [String: Int]
  }

  private var nodes: [String: Node] = [:]
  private var holdings: [String: Holding] = [:]
  private var totalByProduct: [String: Int] = [:]
  private var usedByProduct: [String: Int] = [:]
  private var unavailable = 0

  /// No nodes, no pods.
  package init() {}

  /// The GPUs of these; what the pods ask for apart from GPUs is not counted, see ``count(_:on:sign:)``.
  package init(nodes: [K8s.Node], pods: [K8s.Pod]) {
    for node in nodes { set(node) }
    for pod in pods { set(pod) }
  }

  // MARK: Changes

  /// Takes a node as it is now.
  package mutating func set(_ node: K8s.Node) {
    guard let name = node.metadata.name else { return }
    var entry = nodes[name] ?? Node()
    account(entry, sign: -1)
    entry.isKnown = true
    entry.isReady = node.status?.conditions?.first { $0.type == "Ready" }?.isTrue ?? false
    entry.isCordoned = node.spec?.unschedulable == true
    // What not being ready and being cordoned do is said in other words.
    entry.taints = (node.spec?.taints ?? []).filter {
      ![
        "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable",
        "node.kubernetes.io/unschedulable",
      ].contains($0.key)
    }
    entry.allocatable = [:]
    entry.products = [:]
    let labels = node.metadata.labels ?? [:]
    entry.labels = labels
    let allocatable = node.status?.allocatable ?? [:]
    entry.room = Room(
      cpuMilli: allocatable["cpu"].map { Int(clamping: $0.milli) },
      memory: allocatable["memory"].map { Int(clamping: $0.roundedUp) },
      pods: allocatable["pods"].map { Int(clamping: $0.roundedUp) })
    for (resource, quantity) in allocatable where GPUResource.isGPU(resource) {
      entry.allocatable[resource] = GPUResource.count(of: quantity)
      entry.products[resource] = GPUResource.label(of: resource, labels: labels)
    }
    account(entry, sign: 1)
    nodes[name] = entry
  }

  /// The node is gone; what its pods hold is kept as long as they are there. An unknown one changes nothing.
  package mutating func removeNode(_ name: String) {
    guard var entry = nodes[name] else { return }
    account(entry, sign: -1)
    entry.isKnown = false
    entry.allocatable = [:]
    entry.products = [:]
    entry.isReady = false
    entry.isCordoned = false
    entry.taints = []
    entry.labels = [:]
    entry.room = Room()
    // Its pods outlive it for a while; they count again when it comes back.
    nodes[name] = entry.isUnused ? nil : entry
  }

  /// Takes a pod as it is now: bound or not, ended or not.
  package mutating func set(_ pod: K8s.Pod) {
    guard let uid = pod.metadata.uid else { return }
    var holding: Holding?
    let phase = pod.status?.phase
    if let node = pod.spec?.nodeName, !node.isEmpty, phase != "Succeeded", phase != "Failed" {
      let gpus = GPUResource.requests(of: pod.spec)
      if !gpus.isEmpty { holding = Holding(node: node, gpus: gpus) }
    }
    guard holding != holdings[uid] else { return }
    removePod(uid: uid)
    guard let holding else { return }
    holdings[uid] = holding
    change(holding, sign: 1)
  }

  /// The pod is gone, and its GPUs are free. What else it took is for ``count(_:on:sign:)``.
  package mutating func removePod(uid: String) {
    guard let holding = holdings.removeValue(forKey: uid) else { return }
    change(holding, sign: -1)
  }

  private mutating func change(_ holding: Holding, sign: Int) {
    var entry = nodes[holding.node] ?? Node()
    account(entry, sign: -1)
    for (resource, count) in holding.gpus {
      let used = (entry.used[resource] ?? 0).addingClamped(sign * count)
      entry.used[resource] = used > 0 ? used : nil
    }
    account(entry, sign: 1)
    nodes[holding.node] = entry.isUnused && !entry.isKnown ? nil : entry
  }

  /// Counts what a pod takes of a node apart from GPUs, or takes it out again.
  package mutating func count(_ load: PodLoad, on node: String, sign: Int) {
    var entry = nodes[node] ?? Node()
    entry.load.cpuMilli = entry.load.cpuMilli.addingClamped(sign * load.cpuMilli)
    entry.load.memory = entry.load.memory.addingClamped(sign * load.memory)
    entry.load.pods += sign
    nodes[node] = entry.isUnused && !entry.isKnown ? nil : entry
  }

  /// Adds a node's part to the totals, or takes it out again.
  private mutating func account(_ node: Node, sign: Int) {
    for (resource, count) in node.allocatable {
      guard node.isAvailable else {
        unavailable = unavailable.addingClamped(sign * count)
        continue
      }
      let product = node.products[resource] ?? resource
      totalByProduct[product, default: 0] += sign * count
      usedByProduct[product, default: 0] += sign * (node.used[resource] ?? 0)
      if totalByProduct[product] == 0 && usedByProduct[product] == 0 {
        totalByProduct[product] = nil
        usedByProduct[product] = nil
      }
    }
  }

  // MARK: What is there

  /// The GPUs of the whole cluster by product.
  package var totals: GPUTotals {
    GPUTotals(
      products: totalByProduct.keys.sorted().map { name in
        GPUTotals.Product(
          name: name, total: totalByProduct[name] ?? 0, used: usedByProduct[name] ?? 0)
      },
      unavailable: unavailable)
  }

  /// All nodes by name, also those that only pods tell of.
  package var all: [String: Node] { nodes }

  /// A node that has GPUs, or pods that hold some.
  package func node(_ name: String) -> Node? { nodes[name] }

  /// The product of a node's GPUs of a resource; `nil` where no label says it.
  package func product(ofNode name: String, resource: String) -> String? {
    nodes[name]?.products[resource]
  }

  /// The most GPUs of a resource that one available node has in all, used or not; `nil` while no node is known.
  package func largestNode(resource: String = GPUResource.nvidia) -> Int? {
    let known = nodes.values.filter(\.isKnown)
    guard !known.isEmpty else { return nil }
    return known.filter(\.isAvailable).map { $0.allocatable[resource] ?? 0 }.max() ?? 0
  }

  /// The most GPUs of a resource that one available node has free.
  package func mostFree(resource: String = GPUResource.nvidia) -> Int {
    nodes.values.filter(\.isAvailable)
      .map { $0.free(resource) }.max() ?? 0
  }

  /// The memory of one GPU in MiB by product, of the GPUs that models ask for on available nodes; the least where nodes differ.
  package var memoryByProduct: [String: Int] {
    var result: [String: Int] = [:]
    for node in nodes.values where node.isAvailable && node.allocatable[GPUResource.nvidia] ?? 0 > 0
    {
      guard let memory = node.memoryMiB, let product = node.products[GPUResource.nvidia] else {
        continue
      }
      result[product] = min(result[product] ?? memory, memory)
    }
    return result
  }
}
