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
    /// Ready and not cordoned.
    package fileprivate(set) var isAvailable = false
    /// Whether the node itself was seen, and not only pods that are bound to it.
    fileprivate var isKnown = false

    /// GPUs of all resources that no pod holds; never less than zero.
    package var free: Int {
      allocatable.reduce(0) { $0.addingClamped(max(0, $1.value - (used[$1.key] ?? 0))) }
    }
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

  package init() {}

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
    let isReady = node.status?.conditions?.first { $0.type == "Ready" }?.isTrue ?? false
    entry.isAvailable = isReady && node.spec?.unschedulable != true
    entry.allocatable = [:]
    entry.products = [:]
    let labels = node.metadata.labels ?? [:]
    for (resource, quantity) in node.status?.allocatable ?? [:] where GPUResource.isGPU(resource) {
      entry.allocatable[resource] = GPUResource.count(of: quantity)
      entry.products[resource] = GPUResource.label(of: resource, labels: labels)
    }
    account(entry, sign: 1)
    nodes[name] = entry
  }

  package mutating func removeNode(_ name: String) {
    guard var entry = nodes[name] else { return }
    account(entry, sign: -1)
    entry.isKnown = false
    entry.allocatable = [:]
    entry.products = [:]
    entry.isAvailable = false
    // Its pods outlive it for a while; they count again when it comes back.
    nodes[name] = entry.used.isEmpty ? nil : entry
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

  package mutating func removePod(uid: String) {
    guard let holding = holdings.removeValue(forKey: uid) else { return }
    change(holding, sign: -1)
  }

  package mutating func removeAllPods() {
    for holding in holdings.values { change(holding, sign: -1) }
    holdings = [:]
  }

  private mutating func change(_ holding: Holding, sign: Int) {
    var entry = nodes[holding.node] ?? Node()
    account(entry, sign: -1)
    for (resource, count) in holding.gpus {
      let used = (entry.used[resource] ?? 0).addingClamped(sign * count)
      entry.used[resource] = used > 0 ? used : nil
    }
    account(entry, sign: 1)
    nodes[holding.node] = entry.used.isEmpty && !entry.isKnown ? nil : entry
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
      .map { max(0, ($0.allocatable[resource] ?? 0) - ($0.used[resource] ?? 0)) }.max() ?? 0
  }
}
