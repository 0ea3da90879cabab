internal import FoundationEssentials
internal import Kubernetes

/// The scheduler's message about a pod that fits nowhere, taken apart.
///
/// `0/4 nodes are available: 3 Insufficient nvidia.com/gpu, 1 node(s) were unschedulable. preemption: ...`
struct SchedulerMessage: Equatable {
  /// So many nodes were refused for one reason.
  struct Refusal: Equatable {
    var nodes: Int
    /// The resource, where there is too little of one.
    var resource: String?
    var text: String

    /// GPUs are what the operator can count; other resources come next, then rules about nodes.
    var rank: Int { resource.map { GPUResource.isGPU($0) ? 0 : 1 } ?? 2 }
  }

  private(set) var total: Int?
  /// In the order of the message.
  private(set) var refusals: [Refusal] = []
  private let text: String

  init(_ message: String) {
    text = Excerpt.line(message, limit: 2_000)
    guard let mark = text.firstIndex(ofText: " nodes are available: ") else { return }
    let counts = text[..<mark].split(separator: "/")
    total = counts.count == 2 ? Int(counts[1]) : nil
    var rest = String(text[mark...].dropFirst(" nodes are available: ".count))
    if let preemption = rest.firstIndex(ofText: " preemption: ") {
      rest = String(rest[..<preemption])
    }
    refusals = Self.parts(of: rest).compactMap(Self.refusal)
  }

  /// Splits at `, ` where a number follows: the reasons themselves may hold commas.
  private static func parts(of text: String) -> [String] {
    var parts: [String] = []
    for piece in text.split(separator: ", ") {
      if piece.first?.isNumber == true || parts.isEmpty {
        parts.append(String(piece))
      } else {
        parts[parts.count - 1] += ", " + piece
      }
    }
    return parts
  }

  private static func refusal(_ part: String) -> Refusal? {
    var text = part
    while text.last == "." || text.last == " " { text.removeLast() }
    guard let blank = text.firstIndex(of: " "), let nodes = Int(text[..<blank]) else { return nil }
    let reason = String(text[text.index(after: blank)...])
    let mark = "Insufficient "
    if reason.hasPrefix(mark) {
      return Refusal(nodes: nodes, resource: String(reason.dropFirst(mark.count)), text: reason)
    }
    return Refusal(nodes: nodes, resource: nil, text: reason)
  }

  // MARK: In words

  /// Names the resource that lacks, how much is asked for, and the nearest miss.
  func inWords(for spec: K8s.PodSpec?, inventory: GPUInventory?) -> String {
    let missing = "persistentvolumeclaim \""
    if let start = text.firstIndex(ofText: missing), text.firstIndex(ofText: "not found") != nil {
      let name = text[start...].dropFirst(missing.count).prefix { $0 != "\"" }
      return "its volume claim \(Excerpt.line(String(name), limit: 80)) is missing"
    }
    guard let total, !refusals.isEmpty else {
      return text.isEmpty ? "waiting for the scheduler" : "no node fits: \(Excerpt.line(text))"
    }
    if total == 0 { return "no node fits: the cluster has no nodes" }
    let ordered = refusals.sorted { ($0.rank, -$0.nodes, $0.text) < ($1.rank, -$1.nodes, $1.text) }
    let words = ordered.prefix(4).map { phrase($0, of: total, spec: spec) }
    let more = ordered.count > 4 ? "; and \(ordered.count - 4) more" : ""
    return "no node fits: " + words.joined(separator: "; ") + more
      + nearestMiss(spec: spec, inventory: inventory)
  }

  private func phrase(_ refusal: Refusal, of total: Int, spec: K8s.PodSpec?) -> String {
    let nodes = "\(refusal.nodes) of \(total)"
    if let resource = refusal.resource {
      let asked = Self.asked(resource, spec).map { " (\($0) asked for)" } ?? ""
      return "too little \(resource) on \(nodes) \(total == 1 ? "node" : "nodes")\(asked)"
    }
    let text = refusal.text
    if text.hasPrefix("node(s) were unschedulable") { return "\(nodes) cordoned" }
    for mark in ["had untolerated taint", "had taint"] {
      if let start = text.firstIndex(ofText: mark) {
        let taint = Self.taint(in: text[start...])
        return "\(nodes) tainted" + (taint.map { " \($0)" } ?? "")
      }
    }
    if text.firstIndex(ofText: "had no available volume zone") != nil
      || text.firstIndex(ofText: "volume node affinity conflict") != nil
    {
      return "\(nodes) cannot reach its volume"
    }
    if text.firstIndex(ofText: "unbound immediate PersistentVolumeClaims") != nil {
      return "its volume claim is not bound yet"
    }
    if text.firstIndex(ofText: "didn't match Pod's node affinity") != nil {
      return "\(nodes) excluded by node selector or affinity"
    }
    if text == "Too many pods" { return "\(nodes) full (too many pods)" }
    return "\(nodes): \(Excerpt.line(text, limit: 100))"
  }

  private static func asked(_ resource: String, _ spec: K8s.PodSpec?) -> String? {
    if GPUResource.isGPU(resource) {
      return GPUResource.requests(of: spec)[resource].map(String.init)
    }
    let quantities = (spec?.containers ?? []).compactMap { container in
      container.resources?.requests?[resource] ?? container.resources?.limits?[resource]
    }
    return quantities.count == 1 ? quantities[0].text : nil
  }

  /// `{key: value}` or `{key=value:effect}`: the key says enough.
  private static func taint(in text: Substring) -> String? {
    guard let open = text.firstIndex(of: "{") else { return nil }
    let key = text[text.index(after: open)...].prefix { !"}=: ".contains($0) }
    return key.isEmpty ? nil : Excerpt.line(String(key), limit: 60)
  }

  /// How near the largest node comes.
  private func nearestMiss(spec: K8s.PodSpec?, inventory: GPUInventory?) -> String {
    guard let inventory,
      let resource = refusals.compactMap(\.resource).first(where: GPUResource.isGPU),
      let largest = inventory.largestNode(resource: resource)
    else { return "" }
    if largest == 0 { return "; no ready node offers \(resource)" }
    let asked = GPUResource.requests(of: spec)[resource] ?? 0
    if asked > largest { return "; the largest node has \(largest)" }
    let free = inventory.mostFree(resource: resource)
    return "; the most that one node has free is \(free)"
  }
}
