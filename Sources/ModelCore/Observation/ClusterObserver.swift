internal import FoundationEssentials
package import Kubernetes

/// Watches the cluster and tells every face what changed about the models.
///
/// Everything is driven by watches: where nothing changes nothing is computed, and a change costs what it concerns.
package actor ClusterObserver {
  /// What is watched, and for whom.
  package struct Settings: Sendable {
    /// Models of other organizations are not shown; their names are taken all the same. `nil` shows those of all of them.
    package var organization: String?
    /// Where models are made, and what is shown where all namespaces may not be listed.
    package var namespace: String
    /// How long changes are collected before they are told.
    package var coalescing: Duration = .milliseconds(50)
    /// After so long without a sign of life the server is asked for one.
    package var heartbeat: Duration? = .seconds(15)
    /// After so long without a line a watch is begun again, whatever the connection says.
    package var watchSilence = Duration.seconds(80)

    /// The times are set afterwards.
    package init(
      organization: String? = "1", namespace: String = CreateRequest.Defaults.namespace
    ) {
      self.organization = organization
      self.namespace = namespace
    }
  }

  /// As they were given at the beginning.
  package nonisolated let settings: Settings
  nonisolated let api: any ClusterAPI
  nonisolated let clock: WallClock

  var cache = ClusterCache()
  var board = FeedBoard()
  var controls: [ClusterCache.Kind: ReflectorControl] = [:]
  /// Which cluster answers, and what that is found out by.
  var identity = ServerIdentity()
  nonisolated let identitySignal = WakeSignal()
  var viewers: [Int: DetailsViewer] = [:]
  var nextViewer = 0
  var eventFeeds: [String: Task<Void, Never>] = [:]
  var untroubledSince: [String: Date] = [:]
  /// Models that neither run nor were stopped, by namespace.
  private(set) var troubled: [String: Set<ModelID>] = [:]
  /// Something came in that has not been told.
  nonisolated let changed = WakeSignal()

  private var models: [ModelID: Model] = [:]
  private var plans: [ModelID: ReconcilePlan] = [:]
  private var waitingPlans: Set<ModelID> = []
  private var dueTimes: [ModelID: Date] = [:]
  /// Models that are to be read again once the lists are complete.
  private var heldBack: Set<ModelID> = []
  private var lastRelease = Date.distantPast
  private var creation: CreationContext?
  private var told: ClusterUpdate
  private var subscribers: [Int: UpdateMailbox] = [:]
  private var nextSubscriber = 0
  private var planListeners: [WakeSignal] = []
  private var lastShift: TimeInterval = 0

  /// Asks for nothing yet: it watches once it runs.
  package init(
    api: any ClusterAPI, settings: Settings = Settings(), clock: WallClock = .system
  ) {
    self.api = api
    self.settings = settings
    self.clock = clock
    told = ClusterUpdate(connection: .connecting(attempt: 1, error: nil))
  }

  // MARK: Subscribers

  /// What changes from now on, beginning with a complete update. What is not taken in time is merged, never lost.
  package func updates() -> AsyncStream<ClusterUpdate> {
    let mailbox = UpdateMailbox()
    let number = nextSubscriber
    nextSubscriber += 1
    subscribers[number] = mailbox
    mailbox.post(completeUpdate)
    return AsyncStream {
      await mailbox.next()
    } onCancel: {
      mailbox.finish()
      Task { await self.unsubscribe(number) }
    }
  }

  private func unsubscribe(_ number: Int) { subscribers[number] = nil }

  private var completeUpdate: ClusterUpdate {
    var update = told
    update.isComplete = true
    update.changed = models.values.sorted { $0.id < $1.id }
    update.removed = []
    update.creation = creation
    return update
  }

  /// Looks again at once at what is waited for: after the network came back, or when a person asks.
  package func retryNow() {
    for kind in board.waiting { controls[kind]?.retry() }
  }

  // MARK: Snapshots

  /// All models that are shown.
  package var allModels: [Model] { models.values.sorted { $0.id < $1.id } }

  /// One that is shown; `nil` also where it is another organization's.
  package func model(_ id: ModelID) -> Model? { models[id] }

  /// How current all of it is, from the watches together.
  package var connection: Connection { board.connection }

  /// Whether the children of models were read, or are known to be out of reach: only then plans are made.
  package var hasReadChildren: Bool { canPlan }

  /// What a request to create is checked against.
  package var creationContext: CreationContext { creation ?? currentCreation }

  /// What the planner sees of a model; `nil` where its Deployment is not known.
  package func observed(_ id: ModelID) -> ObservedModel? { cache.observed(id) }

  /// The plans of managed models that ask for something.
  package var openPlans: [ReconcilePlan] { plans.values.sorted { $0.model < $1.model } }

  /// Those of one organization's models; `nil` is all.
  package func openPlans(of organization: String?) -> [ReconcilePlan] {
    guard let organization else { return openPlans }
    return openPlans.filter { cache.organization(of: $0.model) == organization }
  }

  /// Whether there are models in a namespace.
  package func hasModels(in namespace: String) -> Bool {
    cache.modelsByNamespace[namespace] != nil
  }

  /// Signals whenever there may be something new to reconcile; one signal for each who asks.
  package func planSignal() -> WakeSignal {
    let signal = WakeSignal()
    planListeners.append(signal)
    return signal
  }

  /// Objects of ours that belong to no model any more; none while the Deployments are not known for certain.
  ///
  /// - Parameter organization: only its objects; `nil` is all that are shown.
  package func orphans(of organization: String? = nil) -> [Orphan] {
    guard board.state(.deployments) == .live, board.state(.strays) == .live else { return [] }
    let orphans = cache.currentOrphans(organization: settings.organization)
    guard let organization else { return orphans }
    return orphans.filter { $0.organization == organization }
  }

  // MARK: Telling

  /// Tells what came in until the task is cancelled.
  func tell() async {
    while !Task.isCancelled {
      let now = clock.now()
      if let due = dueTimes.values.min() {
        await changed.wait(atMost: .seconds(max(0.05, due.timeIntervalSince(now))), clock: clock)
      } else {
        await changed.wait()
      }
      if settings.coalescing > .zero { try? await clock.sleep(settings.coalescing) }
      guard !Task.isCancelled else { return }
      flush()
    }
  }

  /// Derives what is dirty or due, and posts the difference.
  func flush() {
    let now = clock.now()
    var (dirty, dirtyPlans, creationIsDirty) = cache.takeDirty()
    for (id, due) in dueTimes where due <= now { dirty.insert(id) }
    dirty.formUnion(replan(dirtyPlans))
    if gpuOverview != told.gpus {
      // The reason of a pending model names what is free, which changes with the pods of others.
      for ids in troubled.values { dirty.formUnion(ids.filter { models[$0]?.status == .pending }) }
    }
    let shift = clockShift(at: now)
    var update = ClusterUpdate(connection: board.connection.shifted(by: shift))
    for id in released(dirty, now: clock.steady()) { derive(id, now: now, into: &update) }
    update.gpus = gpuOverview
    if creationIsDirty || update.gpus != told.gpus {
      let context = currentCreation
      if context != creation {
        creation = context
        update.creation = context
      }
    }
    update.asOf = board.asOf?.addingTimeInterval(shift)
    update.notices = notices
    update.scope = board.scope
    update.unread = board.unread
    update.isSettled = board.isSettled
    post(update)
    signalViewers(of: dirty)
    followEvents()
    if !waitingPlans.isEmpty && canPlan && !isLoading { changed.signal() }
  }

  private var isLoading: Bool {
    switch board.connection {
    case .loading, .connecting: true
    case .live, .disconnected, .forbidden: false
    }
  }

  /// What of this is read now. While lists come in, each page concerns the same models again: those that are shown already wait, for two
  /// seconds at most, so that the time goes into the lists.
  private func released(_ dirty: Set<ModelID>, now: Date) -> Set<ModelID> {
    guard isLoading, now.timeIntervalSince(lastRelease) < 2 else {
      lastRelease = now
      defer { heldBack = [] }
      return dirty.union(heldBack)
    }
    let known = dirty.filter { models[$0] != nil }
    heldBack.formUnion(known)
    return dirty.subtracting(known)
  }

  private func derive(_ id: ModelID, now: Date, into update: inout ClusterUpdate) {
    dueTimes[id] = nil
    troubled[id.namespace]?.remove(id)
    guard let source = cache.source(of: id, last: models[id]), isShown(source.deployment) else {
      if models.removeValue(forKey: id) != nil { update.removed.append(id) }
      return
    }
    var model = ModelReader(organization: settings.organization).model(
      from: source, inventory: cache.inventory, now: now)
    if let caveat = caveat(for: model) { model.reason = caveat }
    model.drift = plans[id]?.drift ?? []
    dueTimes[id] = cache.dueTime(of: id, after: now)
    if model.status != .running && model.status != .stopped {
      troubled[id.namespace, default: []].insert(id)
    }
    if models[id] != model {
      models[id] = model
      update.changed.append(model)
    }
  }

  /// What a reason has to say where the pods are not known.
  private func caveat(for model: Model) -> String? {
    guard model.status != .stopped, model.status != .running, !model.isDeleting else { return nil }
    let unread = board.unread
    let why =
      unread.why(.pods, in: model.namespace) ?? unread.why(.replicaSets, in: model.namespace)
    if let why, board.hasListed(.pods), board.hasListed(.replicaSets) {
      return "not ready; why is not known: \(why)"
    }
    switch (board.state(.pods), board.state(.replicaSets)) {
    case (.forbidden(let missing), _), (_, .forbidden(let missing)):
      return "not ready; why is not known: no permission to \(missing)"
    default:
      return board.hasListed(.pods) && board.hasListed(.replicaSets) ? nil : "reading its pods"
    }
  }

  private func isShown(_ deployment: K8s.Deployment) -> Bool {
    let organization = deployment.metadata.labels?[ModelKeys.organization]
    return organization == nil || settings.organization == nil
      || organization == settings.organization
  }

  private func post(_ update: ClusterUpdate) {
    let isNews =
      !update.changed.isEmpty || !update.removed.isEmpty || update.creation != nil
      || update.connection != told.connection || update.gpus != told.gpus
      || update.unread != told.unread || update.isSettled != told.isSettled
      || update.scope != told.scope
      || update.notices != told.notices || isDue(update.asOf)
    guard isNews else { return }
    told = update
    told.changed = []
    told.removed = []
    for mailbox in subscribers.values { mailbox.post(update) }
  }

  /// The age alone is told every few seconds at most.
  private func isDue(_ asOf: Date?) -> Bool {
    guard let asOf else { return told.asOf != nil }
    // Backwards where the clock was set.
    return told.asOf.map { abs(asOf.timeIntervalSince($0)) >= 5 } ?? true
  }

  // MARK: Plans

  /// Makes plans again, a limited number at a time so that the first look at thousands of models delays no row.
  /// Returns the models whose drift changed.
  private func replan(_ dirty: Set<ModelID>) -> Set<ModelID> {
    waitingPlans.formUnion(dirty)
    guard canPlan, !isLoading else { return [] }
    var changed: Set<ModelID> = []
    for id in waitingPlans.prefix(50) {
      waitingPlans.remove(id)
      let plan = plan(for: id)
      guard plans[id] != plan else { continue }
      if plans[id]?.drift != plan?.drift { changed.insert(id) }
      plans[id] = plan
    }
    if !changed.isEmpty { planListeners.forEach { $0.signal() } }
    return changed
  }

  /// Plans are made once all that they look at was read, or is known to be out of reach.
  private var canPlan: Bool {
    let looked: [ClusterCache.Kind] = [.services, .claims, .secrets, .serviceMonitors]
    return board.hasListed(.deployments) && looked.allSatisfy(board.isSettled)
  }

  private func plan(for id: ModelID) -> ReconcilePlan? {
    guard let observed = cache.observed(id), isShown(observed.deployment) else { return nil }
    let plan = ReconcilePlanner.plan(for: observed)
    return plan.isEmpty ? nil : plan
  }

  // MARK: The rest of an update

  private var currentCreation: CreationContext { cache.creation(gpus: gpuOverview) }

  private var gpuOverview: GPUOverview {
    if case .forbidden(let missing) = board.state(.nodes) {
      return .forbidden(missing: "no permission to \(missing)")
    }
    guard board.hasListed(.nodes) else { return .unknown }
    var totals = cache.inventory.totals
    totals.isUseKnown = board.seesAll(.pods)
    return .totals(totals)
  }

  private var notices: [String] {
    var notices: [String] = []
    if cache.listed.contains(.definitions) {
      if !cache.definitions.contains(ClusterCache.aibrixDefinition) {
        notices.append("aibrix CRD not found - required for model deployment")
      }
      if !cache.definitions.contains(ClusterCache.gpuOperatorDefinition) {
        notices.append("GPU operator CRD not found - required for GPU model deployment")
      }
    }
    return notices + identity.notices(now: clock.steady()) + board.notices(now: clock.steady())
  }

  /// By how much the clock was set since the observer was made: times are kept by an even clock, and told by the clock on the wall.
  private func clockShift(at now: Date) -> TimeInterval {
    let shift = now.timeIntervalSince(clock.steady())
    // Two clocks never differ by exactly the same.
    if abs(shift - lastShift) > 1 { lastShift = shift }
    return lastShift
  }
}
