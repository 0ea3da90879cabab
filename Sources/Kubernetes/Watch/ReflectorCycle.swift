internal import FoundationEssentials

/// A reflector's state between two requests: the machine, and which objects the caller has.
struct ReflectorCycle<Projected: Sendable>: Sendable {
  /// The one thing to be at next.
  enum Next: Sendable {
    case list(continueToken: String?, limit: Int?)
    case watch(resourceVersion: String)
    case wait(Duration)
  }

  typealias Deliver = @Sendable (ReflectorOutput<Projected>) async -> Void

  private var machine: ReflectorMachine
  private var generator: any RandomNumberGenerator & Sendable
  /// What was handed over and is still there.
  private var known: Set<ObjectKey> = []
  /// What the list under way has named so far.
  private var seen: Set<ObjectKey> = []

  init(machine: ReflectorMachine, generator: any RandomNumberGenerator & Sendable) {
    self.machine = machine
    self.generator = generator
  }

  /// Tells the machine what happened, and does of its actions what needs no request.
  mutating func take(
    _ input: ReflectorMachine.Input, now: Date, _ deliver: Deliver
  ) async -> Next? {
    var next: Next?
    for action in machine.handle(input, now: now, using: &generator) {
      switch action {
      case .beginList: seen = []
      case .endList:
        let gone = known.subtracting(seen)
        seen = []
        known.subtract(gone)
        if !gone.isEmpty { await deliver(.removed(gone.sorted())) }
      case .report(let state): await deliver(.state(state))
      case .current: await deliver(.current)
      case .resumed(let version): await deliver(.resumed(resourceVersion: version))
      case .list(let token, let limit): next = .list(continueToken: token, limit: limit)
      case .watch(let version): next = .watch(resourceVersion: version)
      case .wait(let duration): next = .wait(duration)
      }
    }
    return next
  }

  /// Notes a page. What is of no interest is handed over only where it was of interest before.
  mutating func listed(
    _ objects: [(key: ObjectKey, object: Projected?)]
  ) -> ReflectorOutput<Projected>? {
    var told: [(key: ObjectKey, object: Projected?)] = []
    told.reserveCapacity(objects.count)
    for entry in objects where note(entry) {
      told.append(entry)
      if entry.object != nil { seen.insert(entry.key) }
    }
    return told.isEmpty ? nil : .changed(told)
  }

  mutating func changed(
    _ entry: (key: ObjectKey, object: Projected?)
  ) -> ReflectorOutput<Projected>? {
    note(entry) ? .changed([entry]) : nil
  }

  mutating func removed(_ key: ObjectKey) -> ReflectorOutput<Projected>? {
    known.remove(key) == nil ? nil : .removed([key])
  }

  private mutating func note(_ entry: (key: ObjectKey, object: Projected?)) -> Bool {
    guard entry.object == nil else {
      known.insert(entry.key)
      return true
    }
    return known.remove(entry.key) != nil
  }
}
