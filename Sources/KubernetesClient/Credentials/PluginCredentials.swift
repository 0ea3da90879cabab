internal import FoundationEssentials
internal import Kubernetes
internal import Logging
internal import Synchronization

/// The credentials of one plugin: kept until shortly before they end, and fetched once for all who wait for them.
final class PluginCredentials: Sendable {
  /// Credentials that a plugin gave, and how they came.
  struct Issued: Sendable {
    var number: Int
    var credential: ExecCredential
    var issuedAt: Date
    var hadTerminal: Bool

    /// From when on new ones are fetched: a little before these end.
    var renewAt: Date? {
      guard let end = credential.expiresAt else { return nil }
      let left = end.timeIntervalSince(issuedAt)
      // What is over already may be so by our clock alone: the server decides, and the plugin is not run all the time.
      guard left > 0 else { return issuedAt.addingTimeInterval(30) }
      return end.addingTimeInterval(-min(60, left / 5))
    }
  }

  private typealias Outcome = Result<Issued, PluginFailure>

  private struct State {
    var current: Issued?
    /// The number of what the server refused.
    var refused: Int?
    var count = 0
    var run: Task<Void, Never>?
    var timer: Task<Void, Never>?
    var waiters: [Int: CheckedContinuation<Issued, any Error>] = [:]
    var nextWaiter = 0
    /// Failures and refusals in a row.
    var troubles = 0
    var failure: PluginFailure?
    var blockedUntil: ContinuousClock.Instant?
    /// The terminal may be taken: not again by itself, once the user did not finish what a plugin asked.
    var mayTakeTerminal = true
    var isClosed = false
  }

  let plugin: ExecPlugin
  private let runner: PluginRunner
  private let state = Mutex(State())
  private let changed: @Sendable () -> Void

  /// - Parameter changed: called when there are new credentials, or none could be had.
  init(_ runner: PluginRunner, changed: @escaping @Sendable () -> Void) {
    plugin = runner.plugin
    self.runner = runner
    self.changed = changed
  }

  /// When the credentials at hand end.
  var expiresAt: Date? { state.withLock { $0.current?.credential.expiresAt } }
  /// Whether it ever gave any.
  var hasIssued: Bool { state.withLock { $0.current != nil } }
  /// Why there are none, where the last run failed.
  var failure: PluginFailure? { state.withLock { $0.failure } }

  /// Credentials that have not ended and were not refused; waits for the plugin where there are none.
  func credentials() async throws -> Issued {
    switch next(.now) {
    case .success(let issued?): return issued
    case .success(nil): return try await wait()
    case .failure(let failure): throw failure
    }
  }

  private func next(_ now: Date) -> Result<Issued?, PluginFailure> {
    state.withLock { state in
      if state.isClosed { return .failure(PluginFailure("was ended with the session")) }
      let usable = Self.usable(state, now)
      let isDue = usable?.renewAt.map { $0 <= now } ?? (usable == nil)
      guard isDue else { return .success(usable) }
      let isBlocked = state.blockedUntil.map { $0 > .now } ?? false
      if state.run == nil, !isBlocked { start(&state, isEarly: usable != nil) }
      if let usable { return .success(usable) }
      if state.run == nil, let failure = state.failure { return .failure(failure) }
      if state.run == nil { return .failure(PluginFailure("is run again in a moment")) }
      return .success(nil)
    }
  }

  /// What the server may still take: known, not refused, and not over.
  private static func usable(_ state: State, _ now: Date) -> Issued? {
    guard let current = state.current, state.refused != current.number else { return nil }
    guard let end = current.credential.expiresAt, end <= now else { return current }
    // Over when it came: as long as nobody refuses it, it is as good as what comes next.
    return end <= current.issuedAt && current.renewAt.map { $0 > now } ?? false ? current : nil
  }

  /// The server refused these; the next that asks gets others. Returns whether there will be others at once.
  func refuse(_ number: Int) -> Bool {
    state.withLock { state in
      guard let current = state.current, current.number == number else { return true }
      guard state.refused != number else { return state.run != nil }
      state.refused = number
      // Refused as soon as they came: asking for more of them is of no use for a while.
      if Date.now.timeIntervalSince(current.issuedAt) < 30, state.troubles > 0 {
        if current.hadTerminal { state.mayTakeTerminal = false }
        Self.block(&state)
        return false
      }
      state.troubles += 1
      return true
    }
  }

  /// Whether these are a client certificate.
  func gaveCertificate(_ number: Int) -> Bool {
    state.withLock { $0.current?.number == number && $0.current?.credential.certificate != nil }
  }

  /// The server took them.
  func accept(_ number: Int) {
    state.withLock { state in
      // A renewal that fails meanwhile is still in trouble.
      guard state.current?.number == number, state.troubles > 0, state.failure == nil else {
        return
      }
      state.troubles = 0
      state.mayTakeTerminal = true
    }
  }

  /// A person asks: where there are no credentials the plugin runs at once, and may have the terminal again.
  func retryNow() {
    state.withLock { state in
      state.mayTakeTerminal = true
      state.blockedUntil = nil
      guard state.run == nil, !state.isClosed, Self.usable(state, .now) == nil else { return }
      start(&state, isEarly: false)
    }
  }

  /// Whether the user can be asked.
  var canAsk: Bool { runner.terminal != nil && plugin.interactiveMode != .never }

  /// Ends a plugin that runs, with all that it started, and fails who waits for it.
  func close() async {
    let run = state.withLock { state in
      state.isClosed = true
      state.timer?.cancel()
      state.run?.cancel()
      return state.run
    }
    await run?.value
  }

  private static func block(_ state: inout State) {
    state.troubles += 1
    let seconds = min(30, 1 << min(5, state.troubles))
    state.blockedUntil = .now + .seconds(seconds)
  }
}

// MARK: Running

extension PluginCredentials {
  /// Begins the one run. Called with the lock held.
  private func start(_ state: inout State, isEarly: Bool) {
    let mayTakeTerminal = state.mayTakeTerminal && runner.terminal != nil
    // Nobody is torn out of their work before there is a need.
    if isEarly, plugin.interactiveMode == .always { return }
    if plugin.interactiveMode == .always, !mayTakeTerminal, runner.terminal != nil,
      state.failure != nil
    {
      return
    }
    let refused = state.current.flatMap { $0.number == state.refused ? $0 : nil }
    // Twice in vain without the terminal: the plugin does not notice that it has to ask.
    let isTrialOver = refused.map { !$0.hadTerminal } ?? false && state.troubles > 1
    let plan = Plan(
      refused: refused?.credential, mayTakeTerminal: mayTakeTerminal && !isEarly,
      hasTrial: !isTrialOver)
    state.run = Task { @concurrent [weak self, runner] in
      let outcome: Result<(ExecCredential, hadTerminal: Bool), PluginFailure>
      do throws(PluginFailure) {
        outcome = .success(try await Self.fetch(runner, plan))
      } catch {
        outcome = .failure(error)
      }
      self?.finish(outcome)
    }
  }

  /// How one run is gone about.
  private struct Plan: Sendable {
    var refused: ExecCredential?
    var mayTakeTerminal: Bool
    /// It is run without the terminal first.
    var hasTrial: Bool
  }

  /// Without the terminal where that will do: a plugin that needs nobody must not take the screen away.
  private static func fetch(
    _ runner: PluginRunner, _ plan: Plan
  ) async throws(PluginFailure) -> (ExecCredential, hadTerminal: Bool) {
    switch runner.plugin.interactiveMode {
    case .never:
      return (try await runner.runQuietly(isTrial: false), false)
    case .always:
      return (try await runner.runWithTerminal(), true)
    case .ifAvailable:
      guard plan.hasTrial || !plan.mayTakeTerminal else {
        return (try await runner.runWithTerminal(), true)
      }
      do throws(PluginFailure) {
        let credential = try await runner.runQuietly(isTrial: plan.mayTakeTerminal)
        // The same as what was refused: it has to ask the user for something new.
        if !plan.mayTakeTerminal || credential != plan.refused { return (credential, false) }
      } catch {
        if error.isPermanent || !plan.mayTakeTerminal || Task.isCancelled { throw error }
        runner.logger.info(
          "the credential plugin gave nothing without a terminal",
          metadata: ["problem": "\(error.problem)"])
      }
      return (try await runner.runWithTerminal(), true)
    }
  }

  private func finish(
    _ outcome: Result<(ExecCredential, hadTerminal: Bool), PluginFailure>
  ) {
    let (waiters, answer) = state.withLock { state in
      state.run = nil
      let waiters = Array(state.waiters.values)
      state.waiters = [:]
      switch outcome {
      case .success(let (credential, hadTerminal)):
        state.count += 1
        let isSame =
          state.refused == state.current?.number && state.current?.credential == credential
        let issued = Issued(
          number: state.count, credential: credential, issuedAt: .now, hadTerminal: hadTerminal)
        state.current = issued
        state.refused = nil
        state.failure = nil
        state.blockedUntil = nil
        if isSame { state.troubles = max(1, state.troubles) }
        setTimer(&state)
        return (waiters, Outcome.success(issued))
      case .failure(let failure):
        state.failure = failure
        if failure.hadTerminal { state.mayTakeTerminal = false }
        Self.block(&state)
        setTimer(&state)
        return (waiters, Outcome.failure(failure))
      }
    }
    changed()
    for waiter in waiters { waiter.resume(with: answer.mapError { $0 as any Error }) }
  }

  /// Renews in time although no request may ask for it: watches run for many minutes.
  private func setTimer(_ state: inout State) {
    state.timer?.cancel()
    guard !state.isClosed, plugin.interactiveMode != .always,
      let due = state.current?.renewAt
    else { return }
    let blockedUntil = state.blockedUntil
    state.timer = Task { [weak self] in
      while !Task.isCancelled {
        let left = due.timeIntervalSinceNow
        let blocked = blockedUntil.map { ContinuousClock.now.duration(to: $0) } ?? .zero
        if left <= 0, blocked <= .zero { break }
        // In pieces: the clock may be set meanwhile.
        let pause = max(blocked, .seconds(min(60, max(0.05, left))))
        guard (try? await Task.sleep(for: pause)) != nil else { return }
      }
      guard let self, !Task.isCancelled else { return }
      self.renewEarly()
    }
  }

  private func renewEarly() {
    state.withLock { state in
      let isBlocked = state.blockedUntil.map { $0 > .now } ?? false
      guard state.run == nil, !state.isClosed, !isBlocked else { return }
      start(&state, isEarly: true)
    }
  }

  private func wait() async throws -> Issued {
    let number = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let answer: Result<Issued, any Error>? = state.withLock { state in
          if Task.isCancelled { return .failure(CancellationError()) }
          if state.run == nil {
            // It ended just now.
            if let current = Self.usable(state, .now) { return .success(current) }
            return .failure(state.failure ?? PluginFailure("is run again in a moment"))
          }
          state.waiters[number] = continuation
          return nil
        }
        if let answer { continuation.resume(with: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
      waiter?.resume(throwing: CancellationError())
    }
  }
}
