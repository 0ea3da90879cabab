internal import FoundationEssentials
internal import Kubernetes

/// How each watched kind is doing, and what that makes of the whole. Pure.
struct FeedBoard: Sendable {
  typealias Kind = ClusterCache.Kind

  private struct Feed: Sendable {
    var state: ReflectorState
    /// The last answer, event or bookmark.
    var contact: Date?
    var hasListed = false
  }

  /// Without these there is no status of a model.
  private static let essential: [Kind] = [.deployments, .replicaSets, .pods]

  private var feeds: [Kind: Feed] = [:]
  /// A kind that may not be listed in all namespaces, and is in one.
  private struct Narrowing: Sendable {
    var namespace: String
    /// What was refused.
    var refused: String
  }

  private var narrowed: [Kind: Narrowing] = [:]

  /// Notes a kind's state. Returns whether it has been listed since, for the first time.
  mutating func set(_ kind: Kind, _ state: ReflectorState) {
    feeds[kind, default: Feed(state: state)].state = state
    if state == .live { feeds[kind]?.hasListed = true }
    if state == .absent { feeds[kind]?.hasListed = false }
  }

  mutating func contact(_ kind: Kind, at time: Date) { feeds[kind]?.contact = time }

  /// All that is watched was still true: the server answered on the same connection.
  mutating func contactAll(at time: Date) {
    for (kind, feed) in feeds where feed.state == .live { feeds[kind]?.contact = time }
  }

  mutating func narrow(_ kind: Kind, to namespace: String, refused: String) {
    narrowed[kind] = Narrowing(namespace: namespace, refused: refused)
  }

  /// The one namespace that is seen, where Deployments may not be listed in all of them.
  var scope: String? { narrowed[.deployments]?.namespace }

  /// Whether objects of this kind are known wherever they are.
  func seesAll(_ kind: Kind) -> Bool { hasListed(kind) && narrowed[kind] == nil }

  /// What is not read, and why.
  var unread: UnreadKinds {
    var unread = UnreadKinds()
    for (kind, name) in Self.readable {
      if case .forbidden(let missing) = state(kind) {
        unread.set(name, why: "no permission to \(missing)")
      } else if !hasListed(kind) {
        unread.set(name, why: "not read yet")
      } else if let narrowing = narrowed[kind] {
        unread.set(
          name, why: "no permission to \(narrowing.refused)", except: narrowing.namespace)
      }
    }
    return unread
  }

  private static let readable: [(Kind, UnreadKinds.Kind)] = [
    (.replicaSets, .replicaSets), (.pods, .pods), (.nodes, .nodes), (.services, .services),
    (.claims, .claims), (.secrets, .secrets), (.storageClasses, .storageClasses),
  ]

  func state(_ kind: Kind) -> ReflectorState? { feeds[kind]?.state }
  func hasListed(_ kind: Kind) -> Bool { feeds[kind]?.hasListed ?? false }

  /// Whether a kind has been read, or was asked for and cannot be.
  func isSettled(_ kind: Kind) -> Bool {
    guard let feed = feeds[kind] else { return false }
    if feed.hasListed { return true }
    if case .loading = feed.state { return false }
    return true
  }

  /// Whether that is so for every kind that is watched all the time.
  var isSettled: Bool { Kind.allCases.allSatisfy { $0 == .events || isSettled($0) } }

  /// Kinds that wait for a next attempt, or for something that may have changed.
  var waiting: [Kind] {
    feeds.filter { entry in
      switch entry.value.state {
      case .live, .loading: false
      case .stale, .forbidden, .absent: true
      }
    }.map(\.key)
  }

  var live: [Kind] { feeds.filter { $0.value.state == .live }.map(\.key) }

  // MARK: The whole

  var connection: Connection {
    if case .forbidden(let missing) = state(.deployments) { return .forbidden(missing: missing) }
    let states = Self.essential.compactMap(state)
    let stale = states.compactMap { state -> (Date, String, Int, Date)? in
      if case .stale(let since, let error, let attempt, let next) = state {
        return (since, error, attempt, next)
      }
      return nil
    }
    let hasData = feeds[.deployments]?.contact != nil
    if let first = stale.min(by: { $0.3 < $1.3 }) {
      guard hasData else { return .connecting(attempt: first.2 + 1, error: first.1) }
      return .disconnected(
        since: stale.map(\.0).min() ?? first.0, error: first.1, nextAttempt: first.3)
    }
    let loading = states.compactMap { state -> Int? in
      if case .loading(let objects) = state { return objects }
      return nil
    }
    guard !loading.isEmpty || states.count < Self.essential.count else { return .live }
    return hasData ? .loading(objects: loading.reduce(0, +)) : .connecting(attempt: 1, error: nil)
  }

  /// When all that is shown was last known to be current.
  var asOf: Date? {
    let behind = Self.essential.compactMap { feeds[$0] }.filter {
      if case .forbidden = $0.state { return false }
      return $0.state != .live
    }
    if behind.isEmpty { return feeds.values.compactMap(\.contact).max() }
    return behind.compactMap(\.contact).min()
  }

  /// What may not be read or cannot be read, and what that means.
  func notices(now: Date) -> [String] {
    var notices: [String] = []
    if let narrowing = narrowed[.deployments] {
      notices.append(
        "no permission to \(narrowing.refused): only namespace \(narrowing.namespace) is shown")
    }
    for kind in Kind.allCases {
      guard let feed = feeds[kind], let meaning = Self.meaning[kind] else { continue }
      if let narrowing = narrowed[kind], scope == nil, feed.hasListed {
        notices.append(
          "no permission to \(narrowing.refused): outside of namespace \(narrowing.namespace) "
            + meaning)
      }
      switch feed.state {
      case .forbidden(let missing): notices.append("no permission to \(missing): \(meaning)")
      // Behind the others that long: after an outage they do not all come back in the same instant.
      case .stale(let since, let error, let attempt, _)
      where attempt > 2 && now.timeIntervalSince(since) > 12 && connection == .live
        && !Self.essential.contains(kind):
        notices.append("\(meaning): \(error)")
      default: break
      }
    }
    return notices
  }

  private static let meaning: [Kind: String] = [
    .replicaSets: "pods cannot be told by version",
    .pods: "status and GPUs are those of the Deployments alone",
    .nodes: "GPU products and totals are unknown",
    .services: "endpoints are unknown",
    .claims: "volumes are not checked",
    .secrets: "token Secrets are not checked",
    .serviceMonitors: "ServiceMonitors are not checked",
    .storageClasses: "storage classes are unknown",
  ]
}
