internal import FoundationEssentials
internal import Kubernetes

/// What the reconciler remembers of one model between two ticks. Pure.
///
/// Two things are kept apart: a failure, which holds the whole model back for a while, and a fight, where the same field
/// is wrong again right after it was repaired, which holds back that field alone. A fight is told once.
struct ReconcileRecord: Sendable, Equatable {
  /// What was done comes back by the watches within this; until then the same is not done again.
  private static let settling: TimeInterval = 2
  /// So often the same repair is done as fast as it is asked for: a person may well try it out.
  private static let patience = 6
  /// A field that stayed right for so long is not being fought about.
  private static let calm: TimeInterval = 60
  /// Between two attempts at a field that is fought about.
  private static let truce = RetryPolicy(base: .seconds(20), cap: .seconds(3_600))

  /// One field of one object; the object itself where it was missing.
  private struct Subject: Hashable, Sendable {
    var kind: ResourceKind
    var field: String?
  }

  private struct Repair: Sendable, Equatable {
    var count = 0
    var last: Date
    var notBefore: Date
    var hasTold = false
    /// The server itself answered with another value: admission changes it.
    var isRefused = false

    /// Whether it was repaired so long ago that another time is another matter.
    func isOver(at now: Date) -> Bool {
      now.timeIntervalSince(last) > max(calm, 2 * notBefore.timeIntervalSince(last))
    }
  }

  private var failures = 0
  private var notBefore: Date?
  private var failure: String?
  private var obstacles: [String] = []
  private var repairs: [Subject: Repair] = [:]

  init() {}

  /// Obstacles that were not there before.
  mutating func news(in obstacles: [String]) -> [String] {
    defer { self.obstacles = obstacles }
    return obstacles.filter { !self.obstacles.contains($0) }
  }

  /// Which of the actions may be done now, each about the fields that may.
  func due(_ actions: [ReconcileAction], at now: Date) -> [ReconcileAction] {
    if let notBefore, now < notBefore { return [] }
    return actions.compactMap { action in
      Self.restricted(action) { field in
        repairs[Subject(kind: action.kind, field: field)].map { now >= $0.notBefore } ?? true
      }
    }
  }

  /// The action about the fields that pass; `nil` where none does.
  private static func restricted(
    _ action: ReconcileAction, _ isIncluded: (String?) -> Bool
  ) -> ReconcileAction? {
    switch action.intent {
    case .create:
      return isIncluded(nil) ? action : nil
    case .repair(let fields):
      let included = fields.filter(isIncluded)
      return included.isEmpty ? nil : action.about(included)
    }
  }

  private static func subjects(_ action: ReconcileAction) -> [Subject] {
    switch action.intent {
    case .create: [Subject(kind: action.kind)]
    case .repair(let fields): fields.map { Subject(kind: action.kind, field: $0) }
    }
  }

  /// Notes that the model as a whole is as it should be: what was done has come in.
  mutating func settled() {
    for (subject, repair) in repairs where repair.count <= Self.patience && !repair.isRefused {
      repairs[subject]?.notBefore = .distantPast
    }
    failures = 0
    failure = nil
    notBefore = nil
    obstacles = []
  }

  /// What there is to tell of a repair: what was done, and about what there turned out to be a fight. Repairs in a fight that was told
  /// are not told any more.
  struct News: Sendable, Equatable {
    var repaired: [ReconcileAction] = []
    var contested: [ReconcileAction] = []
  }

  /// Notes what was repaired (or turned out to be right already), and what the server did not store so.
  mutating func repaired(
    _ actions: [ReconcileAction], refused: [ReconcileAction], at now: Date,
    using generator: inout some RandomNumberGenerator
  ) -> News {
    failures = 0
    failure = nil
    notBefore = nil
    var news = News()
    for action in actions {
      var fought: Set<Subject> = []
      var silent: Set<Subject> = []
      for subject in Self.subjects(action) {
        let wasTold = repairs[subject].map { $0.hasTold && !$0.isOver(at: now) } ?? false
        if note(subject, isRefused: false, at: now, using: &generator) { fought.insert(subject) }
        if wasTold { silent.insert(subject) }
      }
      news.repaired += Self.selected(action) { !silent.contains($0) }
      news.contested += Self.selected(action) { fought.contains($0) }
    }
    for action in refused {
      var new: Set<Subject> = []
      for subject in Self.subjects(action)
      where note(subject, isRefused: true, at: now, using: &generator) {
        new.insert(subject)
      }
      news.contested += Self.selected(action) { new.contains($0) }
    }
    return news
  }

  private static func selected(
    _ action: ReconcileAction, _ isIncluded: (Subject) -> Bool
  ) -> [ReconcileAction] {
    let kind = action.kind
    return restricted(action) { isIncluded(Subject(kind: kind, field: $0)) }.map { [$0] } ?? []
  }

  /// Returns whether there is a fight that has not been told.
  private mutating func note(
    _ subject: Subject, isRefused: Bool, at now: Date,
    using generator: inout some RandomNumberGenerator
  ) -> Bool {
    var repair = repairs[subject] ?? Repair(last: now, notBefore: now)
    if repair.isOver(at: now), !repair.isRefused { repair = Repair(last: now, notBefore: now) }
    repair.count += 1
    repair.last = now
    repair.isRefused = isRefused
    let rounds = isRefused ? repair.count : repair.count - Self.patience
    var wait = Self.settling
    if rounds > 0 { wait = max(wait, Self.truce.delay(attempt: rounds, using: &generator).seconds) }
    repair.notBefore = now.addingTimeInterval(wait)
    let isNews = rounds > 0 && !repair.hasTold
    if rounds > 0 { repair.hasTold = true }
    repairs[subject] = repair
    return isNews
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

  /// Nothing has been wrong for so long that it may be forgotten.
  func isForgotten(at now: Date) -> Bool {
    repairs.values.allSatisfy { $0.isOver(at: now) }
  }
}
