package import Kubernetes

/// What a pod needs of a node before the scheduler puts it there.
package struct FitRequest: Equatable, Sendable {
  /// By resource name; all on one node.
  package var gpus: [String: Int]
  /// Thousandths of a core.
  package var cpuMilli: Int
  /// Bytes.
  package var memory: Int
  /// What of the taints does not keep it away.
  package var tolerations: [K8s.Toleration]
  /// Labels that a node must have, with their values; empty for any.
  package var nodeSelector: [String: String]

  /// What the scheduler looks at in a pod's specification.
  package init(podSpec: K8s.PodSpec) {
    gpus = GPUResource.requests(of: podSpec)
    let load = PodLoad(podSpec)
    cpuMilli = load.cpuMilli
    memory = load.memory
    tolerations = podSpec.tolerations ?? []
    nodeSelector = podSpec.nodeSelector ?? [:]
  }

  /// What one replica of the model needs: read from the pod that the manifests would make.
  package init(_ request: CreateRequest) {
    self.init(podSpec: ModelManifests.podSpec(of: request))
  }

  /// Of all resources together.
  package var totalGPUs: Int { gpus.values.reduce(0) { $0.addingClamped($1) } }
}

/// Where a pod could go now, and why not elsewhere: what the scheduler would find.
///
/// Source: Kubernetes, "Taints and Tolerations" and the scheduler's filters NodeResourcesFit, NodeUnschedulable,
/// TaintToleration and NodeAffinity; NVIDIA's k8s-device-plugin, "Shared Access to GPUs" and GPU Feature Discovery's labels.
package struct GPUFit: Equatable, Sendable {
  /// What is true of one node.
  package struct Place: Equatable, Sendable {
    /// Whether the node takes it.
    package enum Verdict: Equatable, Sendable {
      /// It takes the pod now.
      case fits
      /// The scheduler may put it there, and it would not get what was meant: a share of a GPU, or slices of one.
      case fitsShared(String)
      /// It does not, and why; the reason that lasts longest.
      case excluded(Reason, String)
    }
    /// In the order of how lasting it is: what passes by itself comes last.
    package enum Reason: Int, Comparable, Sendable {
      case notReady, cordoned, tainted, selector, otherGPUs, tooSmall, busy, full
      package static func < (a: Reason, b: Reason) -> Bool { a.rawValue < b.rawValue }
    }

    /// Its name.
    package var node: String
    /// What the scheduler would say of it right now.
    package var verdict: Verdict
    /// Of the resource that is asked for.
    package var free: Int
    /// Of the resource that is asked for, used or not.
    package var total: Int
    /// As GPU Feature Discovery has it; `nil` where no label says it.
    package var product: String?
    /// Of one GPU, in MiB.
    package var memoryMiB: Int?
  }

  /// What was asked for.
  package let request: FitRequest
  /// Best first: what takes it with the fewest GPUs left over, then shared ones, then the others by what keeps them away.
  package let places: [Place]

  /// `nodes` by name, as ``GPUInventory/all`` has them; nodes that only pods tell of are left out.
  package init(of request: FitRequest, on nodes: [String: GPUInventory.Node]) {
    self.request = request
    places = nodes.compactMap { name, node in
      node.isKnown ? Self.place(name, node, request) : nil
    }.sorted { a, b in
      let (left, right) = (Self.rank(a), Self.rank(b))
      return left != right ? left.lexicographicallyPrecedes(right) : a.node < b.node
    }
  }

  /// Nodes that take it now.
  package var fitting: [Place] { places.filter { $0.verdict == .fits } }
  /// Nodes where it would get a share or slices.
  package var shared: [Place] {
    places.filter { if case .fitsShared = $0.verdict { true } else { false } }
  }

  // MARK: One node

  private static func rank(_ place: Place) -> [Int] {
    switch place.verdict {
    case .fits: [0, 0, place.free]
    case .fitsShared: [1, 0, place.free]
    case .excluded(let reason, _): [2, -reason.rawValue, -place.free]
    }
  }

  private static func place(
    _ name: String, _ node: GPUInventory.Node, _ request: FitRequest
  ) -> Place {
    let resource = request.gpus.keys.min() ?? GPUResource.nvidia
    var place = Place(
      node: name, verdict: .fits, free: node.free(resource),
      total: node.allocatable[resource] ?? 0, product: node.products[resource],
      memoryMiB: node.memoryMiB)
    if let (reason, text) = exclusion(node, request, place) {
      place.verdict = .excluded(reason, text)
    } else if let caveat = caveat(node, request) {
      place.verdict = .fitsShared(caveat)
    }
    return place
  }

  private static func exclusion(
    _ node: GPUInventory.Node, _ request: FitRequest, _ place: Place
  ) -> (Place.Reason, String)? {
    if !node.isReady { return (.notReady, "not ready") }
    if node.isCordoned { return (.cordoned, "cordoned") }
    if let taint = node.taints.first(where: { !isTolerated($0, by: request.tolerations) }) {
      let value = taint.value.flatMap { $0.isEmpty ? nil : "=\($0)" } ?? ""
      return (.tainted, "tainted \(taint.key)\(value):\(taint.effect)")
    }
    if let wanted = request.nodeSelector.sorted(by: { $0.key < $1.key })
      .first(where: { node.labels[$0.key] != $0.value })
    {
      return (.selector, "has not the label \(wanted.key)=\(wanted.value)")
    }
    for (resource, count) in request.gpus.sorted(by: { $0.key < $1.key }) {
      let total = node.allocatable[resource] ?? 0
      if total == 0, let other = otherGPUs(node, instead: resource) { return (.otherGPUs, other) }
      if total < count {
        return (.tooSmall, total == 0 ? "has no \(resource)" : "has \(total) GPU\(total.s) in all")
      }
      let free = node.free(resource)
      if free < count {
        return (.busy, free == 0 ? "all \(total) in use" : "\(free) of \(total) free")
      }
    }
    return shortage(node, request)
  }

  /// CPU, memory and pods, where the node says what it has.
  private static func shortage(
    _ node: GPUInventory.Node, _ request: FitRequest
  ) -> (Place.Reason, String)? {
    if let room = node.room.cpuMilli, room - node.load.cpuMilli < request.cpuMilli {
      let free = max(0, room - node.load.cpuMilli)
      return (.full, "\(cores(free)) CPU free, \(cores(request.cpuMilli)) asked for")
    }
    if let room = node.room.memory, room - node.load.memory < request.memory {
      let free = max(0, room - node.load.memory)
      return (.full, "\(gibibytes(free)) memory free, \(gibibytes(request.memory)) asked for")
    }
    if let room = node.room.pods, node.load.pods >= room {
      return (.full, "has its \(room) pods")
    }
    return nil
  }

  private static func cores(_ milli: Int) -> String {
    milli % 1_000 == 0 ? "\(milli / 1_000)" : "\(milli / 1_000).\(milli % 1_000 / 100)"
  }

  private static func gibibytes(_ bytes: Int) -> String {
    let tenths = bytes / (1 << 30) * 10 + bytes % (1 << 30) * 10 / (1 << 30)
    return tenths % 10 == 0 ? "\(tenths / 10) GiB" : "\(tenths / 10).\(tenths % 10) GiB"
  }

  /// What a node has instead of the GPUs that are asked for.
  private static func otherGPUs(_ node: GPUInventory.Node, instead wanted: String) -> String? {
    let others = node.allocatable.filter { $0.key != wanted && $0.value > 0 }
      .sorted { $0.key < $1.key }
    guard !others.isEmpty else { return nil }
    let list = others.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    return "offers \(list), and \(wanted) is asked for"
  }

  /// Why a pod that fits would not get whole GPUs there.
  private static func caveat(_ node: GPUInventory.Node, _ request: FitRequest) -> String? {
    guard let (resource, count) = request.gpus.min(by: { $0.key < $1.key }), count > 0 else {
      return nil
    }
    if resource == GPUResource.nvidia, let profile = node.migProfile {
      return count == 1
        ? "a MIG slice (\(profile)), not a whole GPU"
        : "MIG slices (\(profile)): one server uses one of them"
    }
    guard let replicas = node.replicas(of: resource) else { return nil }
    let way = node.sharingStrategy == "mps" ? "MPS" : "time-sliced"
    let each = replicas > 1 ? ", \(replicas) to each GPU" : ""
    return count == 1
      ? "a share of a GPU and of its memory (\(way)\(each))"
      : "shares (\(way)\(each)): several may be of one GPU"
  }

  /// Source: Kubernetes, "Taints and Tolerations": an empty key with `Exists` tolerates all, an empty effect every effect.
  private static func isTolerated(_ taint: K8s.Node.Taint, by tolerations: [K8s.Toleration]) -> Bool
  {
    guard taint.effect == "NoSchedule" || taint.effect == "NoExecute" else { return true }
    return tolerations.contains { toleration in
      if let effect = toleration.effect, !effect.isEmpty, effect != taint.effect { return false }
      let key = toleration.key ?? ""
      if toleration.operator == "Exists" { return key.isEmpty || key == taint.key }
      return key == taint.key && (toleration.value ?? "") == (taint.value ?? "")
    }
  }
}

extension GPUFit {
  /// The GPUs of one product that are asked for, on all nodes.
  package struct Stock: Equatable, Sendable {
    /// As GPU Feature Discovery labels it.
    package var product: String
    /// On nodes that a pod of the model could go to.
    package var free: Int
    /// Used or not, on the nodes that ``free`` is counted on.
    package var total: Int
    /// In all, on nodes that are not ready, cordoned, tainted, or left out by the selector.
    package var unavailable: Int

    /// Nothing unless it is given.
    package init(product: String, free: Int = 0, total: Int = 0, unavailable: Int = 0) {
      self.product = product
      self.free = free
      self.total = total
      self.unavailable = unavailable
    }
  }

  /// By product, the one with the most free first.
  package var stocks: [Stock] {
    guard request.totalGPUs > 0 else { return [] }
    var stocks: [String: Stock] = [:]
    for place in places where place.total > 0 {
      guard let product = place.product else { continue }
      var stock = stocks[product] ?? Stock(product: product)
      if case .excluded(let reason, _) = place.verdict, reason < .otherGPUs {
        stock.unavailable = stock.unavailable.addingClamped(place.total)
      } else {
        stock.free = stock.free.addingClamped(place.free)
        stock.total = stock.total.addingClamped(place.total)
      }
      stocks[product] = stock
    }
    return stocks.values.sorted { ($1.free, $0.product) < ($0.free, $1.product) }
  }
}

// MARK: In words

extension GPUFit {
  /// The answer in one sentence: where it fits, or the nearest miss.
  package var summary: String {
    let count = request.totalGPUs
    if let best = fitting.first {
      let names = fitting.prefix(3).map { place in
        count == 0 ? place.node : "\(place.node) (\(place.free) free)"
      }
      let more = fitting.count > 3 ? " and \(fitting.count - 3) more" : ""
      let product = count > 0 ? best.product.map { ", \($0)" } ?? "" : ""
      let only = fitting.count == 1 ? product : ""
      return "fits now on \(fitting.count) node\(fitting.count.s): "
        + names.joined(separator: ", ") + more + only
    }
    if let place = shared.first, case .fitsShared(let caveat) = place.verdict {
      let more = shared.count > 1 ? " and \(shared.count - 1) more" : ""
      return "fits now only as \(caveat): \(place.node)\(more)"
    }
    return miss
  }

  private var miss: String {
    let count = request.totalGPUs
    guard !places.isEmpty else { return "the cluster has no nodes" }
    if count == 0 {
      return "no node takes it now: \(reasons)"
    }
    let usable = places.filter { place in
      guard case .excluded(let reason, _) = place.verdict else { return false }
      return reason >= .tooSmall && place.total > 0
    }
    let largest = usable.map(\.total).max() ?? 0
    let free = usable.reduce(0) { $0.addingClamped($1.free) }
    let most = usable.map(\.free).max() ?? 0
    let others = reasons
    let rest = others.isEmpty ? "" : "; \(others)"
    if largest == 0 { return "no node has GPUs that it could use: \(others)" }
    if largest < count {
      let name = usable.filter { $0.total == largest }.map(\.node).min() ?? ""
      return "no node has \(count) GPUs: the largest, \(name), has \(largest) in all\(rest)"
    }
    if free == 0 {
      let total = usable.reduce(0) { $0.addingClamped($1.total) }
      return "no GPU is free now: all \(total) are in use\(rest)"
    }
    if most >= count {
      return "no node takes it now: \(others)"
    }
    return "no node has \(count) free GPU\(count.s) now: \(free) free in total, at most \(most) "
      + "on one node\(rest)"
  }

  /// Why the nodes that could not be counted are left out, by reason: `2 not ready, 1 cordoned`.
  private var reasons: String {
    var counts: [(Place.Reason, Int)] = []
    for place in places {
      guard case .excluded(let reason, _) = place.verdict else { continue }
      if reason == .busy || (reason == .tooSmall && request.totalGPUs > 0) { continue }
      if let index = counts.firstIndex(where: { $0.0 == reason }) {
        counts[index].1 += 1
      } else {
        counts.append((reason, 1))
      }
    }
    return counts.sorted { $0.0 < $1.0 }.map { reason, count in
      switch reason {
      case .notReady: "\(count) not ready"
      case .cordoned: "\(count) cordoned"
      case .tainted: "\(count) tainted"
      case .selector: "\(count) without the label"
      case .otherGPUs: "\(count) with other GPUs"
      case .full: "\(count) without CPU, memory or pods left"
      case .busy, .tooSmall: "\(count) too small"
      }
    }.joined(separator: ", ")
  }
}

extension GPUFit.Place {
  /// What is to be said of the node: `fits`, or why not.
  package var text: String {
    switch verdict {
    case .fits: "fits"
    case .fitsShared(let caveat): "only \(caveat)"
    case .excluded(_, let why): why
    }
  }
}

extension Int {
  /// The ending of a plural.
  fileprivate var s: String { self == 1 ? "" : "s" }
}
