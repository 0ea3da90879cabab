import ModelCore
import TerminalUI

/// The texts of cells that need more than a member of the model. Each gives its forms, longest first.
enum CellText {
  /// `+ running`, `! crash_loop_back_off`, and what else is going on with it.
  static func status(_ model: Model, _ context: CellContext) -> [String] {
    let word = model.status.rawValue
    let short = model.status.shortWord
    if model.isDeleting { return ["- \(word)/deleting", "- deleting"] }
    let glyph = model.status.glyph
    if !model.drift.isEmpty {
      return ["\(glyph) \(word)/drift", "\(glyph) \(word)*", "\(glyph) \(short)*"]
    }
    return ["\(glyph) \(word)", "\(glyph) \(short)"]
  }

  /// `8×H200`; `2/8×H200` while not all are placed; `-` for a model without GPUs.
  static func gpu(_ model: Model, _ context: CellContext) -> [String] {
    let gpu = model.gpu
    guard gpu.requested > 0 || gpu.assigned > 0 else { return ["-"] }
    let times = context.glyphs == .ascii ? "x" : "×"
    let wanted = max(gpu.requested, gpu.assigned)
    // Without its pods nothing is known of its place; without the nodes nothing of the product there.
    if context.hidesPods(of: model) { return ["?/\(wanted)"] }
    let count = gpu.assigned < wanted ? "\(gpu.assigned)/\(wanted)" : "\(wanted)"
    let products = gpu.products.map(shortProduct)
    guard let first = products.first else {
      let isUnknown = gpu.assigned > 0 && context.unread.why(.nodes) != nil
      return isUnknown ? ["\(count)\(times)?"] : [count]
    }
    if products.count > 1 {
      let parts = products.map { product in
        let held = gpu.placements.filter { $0.product.map(shortProduct) == product }
        return "\(held.reduce(0) { $0 + $1.count })\(times)\(product)"
      }
      return [parts.joined(separator: "+"), "\(count)\(times)mixed"]
    }
    let family = String(first.prefix { $0 != "-" })
    return ["\(count)\(times)\(first)", "\(count)\(times)\(family)"]
  }

  /// `NVIDIA-H200` is `H200`, `Tesla-T4` is `T4`.
  static func shortProduct(_ product: String) -> String {
    for prefix in ["NVIDIA-", "Tesla-", "AMD-"]
    where product.hasPrefix(prefix) && product.count > prefix.count {
      return shortProduct(String(product.dropFirst(prefix.count)))
    }
    return product
  }

  /// The first node and how many more.
  static func node(_ model: Model, _ context: CellContext) -> [String] {
    if context.hidesPods(of: model) { return ["?"] }
    guard let first = model.nodes.first else { return ["-"] }
    let more = model.nodes.count - 1
    guard more > 0 else { return [first] }
    return ["\(first) +\(more)", "\(first)+\(more)"]
  }

  /// The URL, without what every model has in common where there is no room, down to the port.
  static func endpoint(_ model: Model, _ context: CellContext) -> [String] {
    guard let endpoint = model.endpoint else {
      return [context.unread.why(.services, in: model.namespace) == nil ? "-" : "?"]
    }
    let host = model.serviceName ?? model.name
    return [
      endpoint, "\(host).\(model.namespace).svc:\(model.port)",
      "\(host).\(model.namespace):\(model.port)", "\(host):\(model.port)", ":\(model.port)",
    ]
  }

  static func ready(_ model: Model, _ context: CellContext) -> [String] {
    [context.hidesSpec ? "?" : "\(model.readyReplicas)/\(model.desiredReplicas)"]
  }

  static func reason(_ model: Model, _ context: CellContext) -> [String] {
    [context.hidesSpec ? "?" : model.reason]
  }

  static func restarts(_ model: Model, _ context: CellContext) -> [String] {
    [context.hidesPods(of: model) ? "?" : "\(model.restarts)"]
  }

  /// The image without its registry and without its repository's owner where there is no room.
  static func image(_ model: Model, _ context: CellContext) -> [String] {
    guard !model.image.isEmpty else { return [context.hidesSpec ? "?" : "-"] }
    let parts = model.image.split(separator: "/")
    return (0..<parts.count).map { parts[$0...].joined(separator: "/") }
  }
}

extension CellContext {
  /// Whether it is not known what a model's Deployment asks for and has.
  var hidesSpec: Bool { unread.why(.deployments) != nil }

  /// Whether a model's pods, or the ReplicaSets that lead to them, are not known.
  func hidesPods(of model: Model) -> Bool {
    unread.why(.pods, in: model.namespace) != nil
      || unread.why(.replicaSets, in: model.namespace) != nil
  }
}

extension ModelStatus {
  /// One ASCII character, so that a status is told twice and never by colour.
  var glyph: String {
    let glyphs = Glyphs.ascii
    return switch self {
    case .running: glyphs.running
    case .creating: glyphs.creating
    case .pending: glyphs.pending
    case .failed: glyphs.failed
    case .crashLoopBackOff: glyphs.crashing
    case .stopped: glyphs.stopped
    }
  }

  /// What needs somebody first sorts first.
  var urgency: Int {
    switch self {
    case .failed: 0
    case .crashLoopBackOff: 1
    case .pending: 2
    case .creating: 3
    case .running: 4
    case .stopped: 5
    }
  }
}
