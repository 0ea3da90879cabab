import ModelCore

/// What an action does to models, in words: pods, GPUs, and whether what is asked for fits.
struct ActionConsequences {
  let action: ModelAction
  let models: [Model]
  let replicas: Int?
  let state: DashboardState

  /// With a label each.
  var lines: [(label: String, text: String)] {
    switch action {
    case .delete where state.isRemote:
      [("With it", "pods, volumes and what is on them; which they are is \(RemoteModels.notTold)")]
    case .stop: [("Pods", ending), ("GPUs", Self.returned(models)), ("Then", afterStop)]
    case .start: [("GPUs", needed(models.map { ($0, 1) }, atLeast: true)), ("Then", afterStart)]
    case .restart:
      [("Pods", restarting), ("GPUs", sameGPUs)]
    case .scale: scaling
    case .tag: [("Pods", "none restarts")]
    case .delete: [("Pods", ending), ("GPUs", Self.returned(models)), ("With it", goes)]
    }
  }

  // MARK: Pods

  private var pods: Int { models.reduce(0) { $0 + $1.desiredReplicas } }
  private static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  private var ending: String {
    let serving = models.reduce(0) { $0 + $1.readyReplicas }
    let end = pods == 1 ? "1 ends" : "\(pods) end"
    return serving > 0 ? "\(end), \(serving) of them serving now" : end
  }

  private var restarting: String {
    "\(Self.count(pods, "new pod")), made before the old ones end; after them where a volume can be on one node only, "
      + "and then nothing serves meanwhile"
  }

  private var sameGPUs: String {
    let asked = models.reduce(0) { $0 + $1.gpu.requested }
    return asked == 0 ? "none" : "the same number as now: \(asked)"
  }

  private var afterStop: String {
    "status stopped; the volume stays, and Start brings back as many replicas as now"
  }

  private var afterStart: String { "as many replicas as before it was stopped" }

  private var goes: String {
    models.count == 1
      ? "its Service, volume, Secret and monitor" : "their Services, volumes, Secrets and monitors"
  }

  // MARK: GPUs

  /// `16 returned (H200)`
  static func returned(_ models: [Model]) -> String {
    let held = models.reduce(0) { $0 + $1.gpu.assigned }
    guard held > 0 else {
      let asked = models.reduce(0) { $0 + $1.gpu.requested }
      return asked > 0 ? "none held, \(asked) asked for" : "none"
    }
    var products: [String] = []
    for product in models.flatMap(\.gpu.products).map(CellText.shortProduct)
    where !products.contains(product) { products.append(product) }
    return "\(held) returned" + (products.isEmpty ? "" : " (\(products.joined(separator: ", ")))")
  }

  private func needed(_ wanted: [(model: Model, replicas: Int)], atLeast: Bool) -> String {
    let sum = wanted.reduce(0) { $0 + $1.model.gpu.perReplica * $1.replicas }
    guard sum > 0 else { return "none needed" }
    let largest = wanted.map(\.model.gpu.perReplica).max() ?? 0
    let words = atLeast ? "at least \(sum)" : "\(sum)"
    let each = largest < sum ? ", \(largest) on one node" : ""
    return "\(words) needed\(each): \(fit(sum, largest: largest))"
  }

  /// Whether there is room now, as far as that is known.
  private func fit(_ sum: Int, largest: Int) -> String {
    guard let most = state.creation?.mostFreeGPUsOnOneNode,
      case .totals(let totals) = state.gpus, totals.isUseKnown
    else { return "whether they are free is not known" }
    let free = max(0, totals.total - totals.used)
    if largest > most {
      return "no node has \(largest) free now (\(most) at most, \(free) in all), so pods wait"
    }
    return sum > free ? "\(free) are free now, so some pods wait" : "\(free) are free now"
  }

  private var scaling: [(label: String, text: String)] {
    guard let replicas else {
      return [("Now", now)]
    }
    let less = models.filter { $0.desiredReplicas > replicas }
    let more = models.filter { $0.desiredReplicas < replicas }
    var lines: [(label: String, text: String)] = [("Now", now)]
    if !less.isEmpty {
      let pods = less.reduce(0) { $0 + $1.desiredReplicas - replicas }
      let gpus = less.reduce(0) { $0 + ($1.desiredReplicas - replicas) * $1.gpu.perReplica }
      lines.append(("Less", "\(Self.count(pods, "pod")) fewer, \(gpus) GPUs returned"))
      if replicas == 0 { lines.append(("Then", afterStop)) }
    }
    if !more.isEmpty {
      let pods = more.reduce(0) { $0 + replicas - $1.desiredReplicas }
      lines.append(("More", "\(Self.count(pods, "pod")) more"))
      lines.append(
        ("GPUs", needed(more.map { ($0, replicas - $0.desiredReplicas) }, atLeast: false)))
    }
    if less.isEmpty, more.isEmpty { lines.append(("Then", "nothing changes")) }
    return lines
  }

  private var now: String {
    guard models.count == 1 else { return "\(pods) replicas of \(models.count) models" }
    return "\(Self.count(pods, "replica")), \(models[0].readyReplicas) ready, "
      + "\(Self.count(models[0].gpu.perReplica, "GPU")) each"
  }
}
