package import FoundationEssentials
package import Kubernetes

/// Makes managed models what they were asked to be, again and again.
///
/// It never asks what happened: it takes the open plans, which the observer keeps up to date, and carries them out.
/// Where there are none nothing is sent. Two of them, in two dashboards, do no harm: every action can be done twice.
package actor Reconciler {
  package struct Settings: Sendable {
    /// Between two looks at everything.
    package var interval: Duration = .seconds(10)
    /// Changes that come together are looked at together.
    package var debounce: Duration = .milliseconds(300)
    /// Never writes.
    package var isReadOnly = false
    /// How long a create may take from its Secret to its Deployment.
    package var orphanAge: TimeInterval = 600
    package var policy = RetryPolicy(base: .seconds(2), cap: .seconds(300))

    package init(interval: Duration = .seconds(10), isReadOnly: Bool = false) {
      self.interval = interval
      self.isReadOnly = isReadOnly
    }
  }

  private let settings: Settings
  private let observer: ClusterObserver
  private let executor: ReconcileExecutor
  private let busy: BusyModels
  private let access: AccessReviewer?
  private let clock: WallClock
  private let ticker: any Ticker
  private let wake = WakeSignal()
  private var generator: any RandomNumberGenerator & Sendable
  private var records: [ModelID: ReconcileRecord] = [:]
  private var subscribers: [Int: AsyncStream<ReconcileReport>.Continuation] = [:]
  private var nextSubscriber = 0

  /// - Parameters:
  ///   - busy: that of the `ModelOperations` of the same program.
  ///   - access: what is known to be refused is not tried, and said once.
  package init(
    api: any ClusterAPI, observer: ClusterObserver, settings: Settings = Settings(),
    busy: BusyModels = BusyModels(), access: AccessReviewer? = nil, clock: WallClock = .system,
    ticker: any Ticker = DispatchTicker(),
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.settings = settings
    self.observer = observer
    self.busy = busy
    self.access = access
    self.clock = clock
    self.ticker = ticker
    self.generator = generator
    executor = ReconcileExecutor(api: api)
  }

  /// What it does from now on; the last hundred reports are kept for who is slow.
  package func reports() -> AsyncStream<ReconcileReport> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ReconcileReport.self, bufferingPolicy: .bufferingNewest(100))
    let number = nextSubscriber
    nextSubscriber += 1
    subscribers[number] = continuation
    continuation.onTermination = { _ in Task { await self.unsubscribe(number) } }
    return stream
  }

  private func unsubscribe(_ number: Int) { subscribers[number] = nil }

  /// Reconciles until the task is cancelled: at every tick of the timer, and early when something changed.
  package func run() async {
    guard !settings.isReadOnly else { return }
    ticker.start(every: settings.interval) { @Sendable [wake] in wake.signal() }
    defer { ticker.stop() }
    let kick = await observer.planSignal()
    await withTaskGroup { group in
      group.addTask { [wake, clock, debounce = settings.debounce] in
        while !Task.isCancelled {
          await kick.wait()
          try? await clock.sleep(debounce)
          wake.signal()
        }
      }
      while !Task.isCancelled {
        await wake.wait()
        guard !Task.isCancelled else { break }
        await tick()
      }
      group.cancelAll()
    }
    for subscriber in subscribers.values { subscriber.finish() }
  }

  // MARK: One tick

  /// Looks at all open plans once. One tick at a time: `run` waits for it.
  package func tick() async {
    guard !settings.isReadOnly else { return }
    let plans = await observer.openPlans
    let open = Set(plans.map(\.model))
    let now = clock.now()
    for id in records.keys where !open.contains(id) {
      records[id]?.settled()
      if records[id]?.isForgotten(at: now) == true { records[id] = nil }
    }
    for plan in plans {
      guard !Task.isCancelled else { return }
      await handle(plan)
    }
    await sweep()
  }

  private func handle(_ plan: ReconcilePlan) async {
    let id = plan.model
    var record = records[id] ?? ReconcileRecord()
    let (allowed, refusals) = await permitted(plan)
    let obstacles = record.news(in: plan.obstacles + refusals)
    if !obstacles.isEmpty {
      report(ReconcileReport(model: id, drift: obstacles, outcome: .blocked))
    }
    let actions = record.due(allowed, at: clock.now())
    guard !actions.isEmpty, !busy.contains(id) else {
      records[id] = record
      return
    }
    note(await executor.execute(actions, of: plan), id: id, in: &record)
    records[id] = record
  }

  /// The actions that may be tried, and why not the others.
  private func permitted(_ plan: ReconcilePlan) async -> (actions: [ReconcileAction], [String]) {
    guard let access else { return (plan.actions, []) }
    let board = await access.board
    var allowed: [ReconcileAction] = []
    var refusals: [String] = []
    for action in plan.actions {
      let rights = ModelRights.repairing(action, in: plan.model.namespace)
      if let refusal = board.refusal(of: rights) {
        refusals.append("\(action.drift), which is not repaired: \(refusal)")
      } else {
        allowed.append(action)
      }
    }
    return (allowed, refusals)
  }

  private func note(
    _ result: ReconcileExecutor.Result, id: ModelID, in record: inout ReconcileRecord
  ) {
    let now = clock.now()
    let fought = record.repaired(
      result.repaired + result.unneeded, at: now, policy: settings.policy, using: &generator)
    if !result.repaired.isEmpty {
      report(
        ReconcileReport(model: id, drift: result.repaired.map(\.drift), outcome: .repaired))
    }
    record.tolerate(result.contested)
    let contested = result.contested + fought
    if !contested.isEmpty {
      report(ReconcileReport(model: id, drift: contested.map(\.drift), outcome: .contested))
    }
    if let (drift, error) = result.failure,
      record.failed(error, at: now, policy: settings.policy, using: &generator)
    {
      report(ReconcileReport(model: id, drift: drift, outcome: .failed(error)))
    }
  }

  /// Removes token Secrets whose create died before it came to the Deployment.
  private func sweep() async {
    for secret in await observer.orphanedTokens(olderThan: settings.orphanAge) {
      let id = ModelID(
        namespace: secret.metadata.namespace ?? "",
        name: secret.metadata.labels?[ModelKeys.modelName] ?? "")
      guard !busy.contains(id), await executor.removeOrphan(secret.metadata, of: id) else {
        continue
      }
      report(
        ReconcileReport(
          model: id, drift: ["Secret \(secret.metadata.name ?? "")"], outcome: .removedOrphan))
    }
  }

  private func report(_ report: ReconcileReport) {
    for subscriber in subscribers.values { subscriber.yield(report) }
  }
}
