internal import FoundationEssentials
internal import Kubernetes

/// What the reconciler remembers of one model between two ticks. Pure.
///
/// Two things are kept apart: a failure, which holds the whole model back for a while, and a fight, where the same
/// field is wrong again right after it was repaired, which holds back that repair alone.
struct ReconcileRecord: Sendable, Equatable {
  /// What was done comes back by the watches within this; until then the same is not done again.
  private static let settling: TimeInterval = 2
  /// So often the same repair is done as fast as it is asked for: a person may well try it out.
  private static let patience = 5
  /// A field that stayed right for so long is not being fought about.
  private static let calm: TimeInterval = 60

  /// The same repair, done again.
  private struct Repair: Sendable, Equatable {
    var count: Int
    var last: Date
    var notBefore: Date
    var hasTold = false
  }

  private struct Signature: Hashable, Sendable {
    var kind: ResourceKind
    var intent: ReconcileAction.Intent

    init(_ action: ReconcileAction) {
      kind = action.kind
      intent = action.intent
    }
  }

  private var failures = 0
  private var notBefore: Date?
  private var failure: String?
  private var obstacles: [String] = []
  private var repairs: [Signature: Repair] = [:]
  private var tolerated: [ResourceKind: ReconcileAction.Intent] = [:]

  init() {}

  /// Obstacles that were not there before.
  mutating func news(in obstacles: [String]) -> [String] {
    defer { self.obstacles = obstacles }
    return obstacles.filter { !self.obstacles.contains($0) }
  }

  /// Which of the actions may be done now.
  func due(_ actions: [ReconcileAction], at now: Date) -> [ReconcileAction] {
    if let notBefore, now < notBefore { return [] }
    return actions.filter { action in
      guard tolerated[action.kind] != action.intent else { return false }
      return repairs[Signature(action)].map { now >= $0.notBefore } ?? true
    }
  }

  /// Notes that the model as a whole is as it should be: what was done has come in.
  mutating func settled() {
    for (signature, repair) in repairs where repair.count <= Self.patience {
      repairs[signature]?.notBefore = .distantPast
    }
    failures = 0
    failure = nil
    notBefore = nil
    obstacles = []
  }

  /// Notes what was repaired. Returns those about which there is a fight that has not been told.
  mutating func repaired(
    _ actions: [ReconcileAction], at now: Date, policy: RetryPolicy,
    using generator: inout some RandomNumberGenerator
  ) -> [ReconcileAction] {
    failures = 0
    failure = nil
    notBefore = nil
    var told: [ReconcileAction] = []
    for action in actions {
      let signature = Signature(action)
      var repair = repairs[signature] ?? Repair(count: 0, last: now, notBefore: now)
      let pause = max(Self.calm, 2 * repair.notBefore.timeIntervalSince(repair.last))
      if now.timeIntervalSince(repair.last) > pause {
        repair = Repair(count: 0, last: now, notBefore: now)
      }
      repair.count += 1
      repair.last = now
      var wait = Self.settling
      if repair.count > Self.patience {
        wait = max(
          wait, policy.delay(attempt: repair.count - Self.patience, using: &generator).seconds)
        if !repair.hasTold { told.append(action) }
        repair.hasTold = true
      }
      repair.notBefore = now.addingTimeInterval(wait)
      repairs[signature] = repair
    }
    return told
  }

  /// Notes that something failed. Returns whether that is news.
  mutating func failed(
    _ text: String, at now: Date, policy: RetryPolicy,
    using generator: inout some RandomNumberGenerator
  ) -> Bool {
    failures += 1
    notBefore = now.addingTimeInterval(
      policy.delay(attempt: failures, using: &generator).seconds)
    defer { failure = text }
    return failure != text
  }

  /// From now on these differences stand: the server itself answers with them.
  mutating func tolerate(_ actions: [ReconcileAction]) {
    for action in actions { tolerated[action.kind] = action.intent }
  }

  /// Nothing has been wrong for so long that it may be forgotten.
  func isForgotten(at now: Date) -> Bool {
    tolerated.isEmpty
      && repairs.values.allSatisfy { repair in
        let pause = max(Self.calm, 2 * repair.notBefore.timeIntervalSince(repair.last))
        return now.timeIntervalSince(repair.last) > pause
      }
  }
}
