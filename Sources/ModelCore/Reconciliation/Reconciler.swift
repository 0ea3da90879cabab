internal import FoundationEssentials
package import Kubernetes

/// Makes managed models what they were asked to be, again and again.
///
/// It never asks what happened: it takes the open plans, which the observer keeps up to date, and carries them out.
/// Where there are none nothing is sent. Of several dashboards one writes, which the gate settles; should two do so for a
/// moment, that does no harm: every action can be done twice.
package actor Reconciler {
  /// How often, and for whom.
  package struct Settings: Sendable {
    /// Between two looks at everything.
    package var interval: Duration = .seconds(10)
    /// Changes that come together are looked at together.
    package var debounce: Duration = .milliseconds(300)
    /// Never writes.
    package var isReadOnly = false
    /// Only its models; `nil` is all that the observer shows.
    package var organization: String?
    /// So long an object without model is looked at before it is removed: three times what a create may take from its Secret to its
    /// Deployment. Measured here: what the server's clock says does not count.
    package var orphanAge: Duration = .seconds(60)
    /// Pauses between attempts at one model that failed.
    package var policy = RetryPolicy(base: .seconds(2), cap: .seconds(300))

    /// Reconciles for all that the observer shows, unless an organization is set afterwards.
    package init(interval: Duration = .seconds(10), isReadOnly: Bool = false) {
      self.interval = interval
      self.isReadOnly = isReadOnly
    }
  }

  private let settings: Settings
  private let observer: ClusterObserver
  private let api: any ClusterAPI
  private let gate: (any WriterGate)?
  private let steady: SteadyClock
  private let busy: BusyModels
  private let access: AccessReviewer?
  private let journal: JournalDesk?
  private let clock: WallClock
  private let ticker: any Ticker
  private let wake = WakeSignal()
  private var generator: any RandomNumberGenerator & Sendable
  private var records: [ModelID: ReconcileRecord] = [:]
  /// When an orphan may go.
  private var sweepTimes: [Orphan: Duration] = [:]
  private let subscribers = Subscribers<ReconcileReport>(keeping: 100)

  /// - Parameters:
  ///   - gate: says when this dashboard is the one that writes; without one it always is.
  ///   - busy: that of the `ModelOperations` of the same program.
  ///   - access: what is known to be refused is not tried, and said once.
  ///   - journal: where repairs are noted down.
  package init(
    api: any ClusterAPI, observer: ClusterObserver, settings: Settings = Settings(),
    gate: (any WriterGate)? = nil, busy: BusyModels = BusyModels(), access: AccessReviewer? = nil,
    journal: JournalDesk? = nil, clock: WallClock = .system, steady: SteadyClock = .system,
    ticker: any Ticker = DispatchTicker(),
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.settings = settings
    self.observer = observer
    self.busy = busy
    self.access = access
    self.journal = journal
    self.clock = clock
    self.ticker = ticker
    self.generator = generator
    self.api = api
    self.gate = gate
    self.steady = steady
  }

  /// What it does from now on; the last hundred reports are kept for who is slow.
  package func reports() -> AsyncStream<ReconcileReport> { subscribers.stream() }

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
      if let elected = gate?.elected {
        group.addTask { [wake] in
          while !Task.isCancelled {
            await elected.wait()
            wake.signal()
          }
        }
      }
      while !Task.isCancelled {
        await wake.wait()
        guard !Task.isCancelled else { break }
        await tick()
      }
      group.cancelAll()
    }
    subscribers.finish()
  }

  // MARK: One tick

  /// Looks at all open plans once. One tick at a time: `run` waits for it.
  package func tick() async {
    guard !settings.isReadOnly else { return }
    let plans = await observer.openPlans(of: settings.organization)
    let open = Set(plans.map(\.model))
    let now = now
    for id in records.keys where !open.contains(id) {
      records[id]?.settled()
      if records[id]?.isForgotten(at: now) == true { records[id] = nil }
    }
    await want(Set(plans.filter { !$0.actions.isEmpty }.map(\.model.namespace)))
    for plan in plans {
      guard !Task.isCancelled else { return }
      await handle(plan)
    }
    await sweep()
  }

  /// Takes part in the election where there is something to do, and at home as soon as there are models.
  private func want(_ namespaces: Set<String>) async {
    guard let gate else { return }
    var namespaces = namespaces
    if await observer.hasModels(in: gate.home) { namespaces.insert(gate.home) }
    await gate.want(namespaces)
  }

  private func handle(_ plan: ReconcilePlan) async {
    let id = plan.model
    var record = records[id] ?? ReconcileRecord()
    let (allowed, refusals) = await permitted(plan)
    let obstacles = record.news(in: plan.obstacles + refusals)
    if !obstacles.isEmpty {
      report(ReconcileReport(model: id, drift: obstacles, outcome: .blocked))
    }
    let actions = record.due(allowed, at: now)
    guard !actions.isEmpty, !busy.contains(id), isOpen(id.namespace) else {
      records[id] = record
      return
    }
    note(await executor(in: id.namespace).execute(actions, of: plan), id: id, in: &record)
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

  /// For what is compared with itself alone: a jump of the calendar must not hold repairs back.
  private var now: Date { Date(timeIntervalSinceReferenceDate: steady.now().seconds) }

  private func isOpen(_ namespace: String) -> Bool {
    gate.map { $0.remaining(in: namespace) != nil } ?? true
  }

  private func executor(in namespace: String) -> ReconcileExecutor {
    let isNoted = journal != nil
    guard let gate else { return ReconcileExecutor(api: api, isNoted: isNoted) }
    return ReconcileExecutor(
      api: FencedAPI(api: api, gate: gate, namespace: namespace, clock: steady), isNoted: isNoted)
  }

  private func note(
    _ result: ReconcileExecutor.Result, id: ModelID, in record: inout ReconcileRecord
  ) {
    let now = now
    let told = record.repaired(
      result.repaired, refused: result.contested, at: now, using: &generator)
    _ = record.repaired(result.unneeded, refused: [], at: now, using: &generator)
    if !told.repaired.isEmpty {
      report(
        ReconcileReport(model: id, drift: told.repaired.map(\.drift), outcome: .repaired),
        before: result.before, after: result.after)
    }
    if !told.contested.isEmpty {
      report(
        ReconcileReport(model: id, drift: told.contested.map(\.drift), outcome: .contested),
        before: result.before, after: result.after)
    }
    if let (drift, error) = result.failure,
      record.failed(error, at: now, policy: settings.policy, using: &generator)
    {
      report(ReconcileReport(model: id, drift: drift, outcome: .failed(error)))
    }
  }

  /// Removes what belongs to no model any more and was seen so for long enough.
  private func sweep() async {
    let now = steady.now()
    let orphans = Set(await observer.orphans(of: settings.organization))
    sweepTimes = sweepTimes.filter { orphans.contains($0.key) }
    for orphan in orphans where sweepTimes[orphan] == nil {
      sweepTimes[orphan] = now + settings.orphanAge
    }
    let due = orphans.filter { sweepTimes[$0].map { $0 <= now } ?? false }
    guard !due.isEmpty else { return }
    await gate?.want(Set(due.map(\.model.namespace)))
    for orphan in due.sorted(by: { ($0.model, $0.name) < ($1.model, $1.name) }) {
      let id = orphan.model
      guard !Task.isCancelled, !busy.contains(id), isOpen(id.namespace) else { continue }
      // Where it turns out to be none, or cannot be removed, it is not looked at again for a while.
      sweepTimes[orphan] = now + settings.orphanAge * 5
      let isGone = await executor(in: id.namespace).remove(
        orphan, organization: orphan.organization)
      guard isGone else { continue }
      report(
        ReconcileReport(
          model: id, drift: ["\(orphan.kind.kind) \(orphan.name)"], outcome: .removedOrphan))
    }
  }

  private func report(_ report: ReconcileReport, before: String? = nil, after: String? = nil) {
    if let action = report.action {
      let outcome: JournalEntry.Outcome =
        if case .failed = report.outcome { .failed } else { .done }
      journal?.note(action, report.model, before: before, after: after, outcome, report.message)
    }
    subscribers.tell(report)
  }
}
