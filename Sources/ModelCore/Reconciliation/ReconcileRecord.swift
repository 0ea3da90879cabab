internal import FoundationEssentials
internal import Kubernetes

/// What the reconciler remembers of one model between two ticks. Pure.
struct ReconcileRecord: Sendable, Equatable {
  /// A look at what was just done is given this long to come in by the watches.
  private static let settling: TimeInterval = 5
  /// A field that stays right for so long is not being fought about.
  private static let calm: TimeInterval = 600

  private var attempt = 0
  private var last: Date?
  private var lastActions: [ReconcileAction] = []
  private var notBefore: Date?
  private var failure: String?
  private var obstacles: [String] = []
  private var tolerated: [ReconcileAction] = []
  private var hasToldContest = false

  init() {}

  /// Obstacles that were not there before.
  mutating func news(in obstacles: [String]) -> [String] {
    defer { self.obstacles = obstacles }
    return obstacles.filter { !self.obstacles.contains($0) }
  }

  /// Whether these actions may be done now.
  func isDue(_ actions: [ReconcileAction], at now: Date) -> Bool {
    guard let notBefore, now < notBefore else { return true }
    // After a failure, or in a fight over a field, the back-off holds. Else only the same thing waits for its effect.
    return attempt <= 1 && failure == nil && actions != lastActions
  }

  /// Notes that actions were done. Returns how long until the next.
  mutating func attempted(
    _ actions: [ReconcileAction], failed: Bool, at now: Date, policy: RetryPolicy,
    using generator: inout some RandomNumberGenerator
  ) -> Duration {
    let isCalm = last.map { now.timeIntervalSince($0) > Self.calm } ?? true
    attempt = isCalm ? 1 : attempt + 1
    if !failed {
      failure = nil
      if isCalm { hasToldContest = false }
    }
    last = now
    lastActions = actions
    let wait: Duration =
      !failed && attempt == 1
      ? .seconds(Self.settling)
      : policy.delay(attempt: failed ? attempt : attempt - 1, using: &generator)
    notBefore = now.addingTimeInterval(max(wait.seconds, failed ? 0 : Self.settling))
    return wait
  }

  /// Whether this failure has not been told.
  mutating func isNews(failure text: String) -> Bool {
    defer { failure = text }
    return failure != text
  }

  mutating func contestIsNews() -> Bool {
    defer { hasToldContest = true }
    return !hasToldContest
  }

  /// From now on this difference stands: the server itself answers with it.
  mutating func tolerate(_ actions: [ReconcileAction]) {
    tolerated.removeAll { old in actions.contains { $0.kind == old.kind } }
    tolerated += actions
  }

  func tolerates(_ action: ReconcileAction) -> Bool {
    tolerated.contains { $0.kind == action.kind && $0.intent == action.intent }
  }

  /// Nothing has been wrong for so long that it may be forgotten.
  func isForgotten(at now: Date) -> Bool {
    tolerated.isEmpty && (last.map { now.timeIntervalSince($0) > Self.calm } ?? true)
  }
}
