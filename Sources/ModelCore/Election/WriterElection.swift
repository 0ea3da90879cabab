package import FoundationEssentials
package import Kubernetes
internal import Synchronization

/// Settles which of the dashboards of an organization reconciles: the one that holds a Lease.
///
/// One Lease a namespace, so that a user of one namespace needs rights in no other: of the namespace where models are made from the
/// start, of others once there is something to repair in them. Who does not hold it watches it and asks for nothing.
package actor WriterElection: WriterGate {
  /// Which Leases, and under what name.
  package struct Settings: Sendable {
    /// Whose models are reconciled: each organization has its own Lease.
    package var organization: String
    /// Where models are made.
    package var namespace: String
    /// From ``WriterIdentity/make(user:host:)``; different for every run.
    package var identity: String
    /// Looks who writes, and writes nothing itself.
    package var isReadOnly = false

    /// One that takes part and writes.
    package init(organization: String, namespace: String, identity: String) {
      self.organization = organization
      self.namespace = namespace
      self.identity = identity
    }
  }

  /// Signalled whenever this dashboard may begin to write in some namespace.
  package nonisolated let elected = WakeSignal()
  private let api: any ClusterAPI
  private let settings: Settings
  private let terms: LeaseContest.Terms
  private let clock: SteadyClock
  private let date: @Sendable () -> Date
  private let reflectorClock: WallClock
  /// Until when writes are allowed, by namespace; read from anywhere.
  private nonisolated let permits = Mutex<[String: Duration]>([:])

  private var contests: [String: Contest] = [:]
  private let added = WakeSignal()
  private var isOver = false
  private let subscribers = Subscribers<WriterNews>(keeping: 100)

  /// One namespace's, with what wakes it.
  private struct Contest {
    var lease: LeaseContest
    var wake = WakeSignal()
    var isRunning = false
    var told: WriterState?
  }

  /// Asks for nothing yet: ``run()`` does. `date` is for people; all durations go by `clock`.
  package init(
    api: any ClusterAPI, settings: Settings, terms: LeaseContest.Terms = .init(),
    clock: SteadyClock = .system, date: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.api = api
    self.settings = settings
    self.terms = terms
    self.clock = clock
    self.date = date
    reflectorClock = WallClock(now: date, sleep: clock.sleep)
  }

  // MARK: The gate

  /// For how long a write there may still take; `nil` where another writes, or may soon. Waits for nothing.
  package nonisolated func remaining(in namespace: String) -> Duration? {
    guard let until = permits.withLock({ $0[namespace] }) else { return nil }
    let left = until - clock.now()
    return left > .zero ? left : nil
  }

  package nonisolated var home: String { settings.namespace }

  /// Takes part in these namespaces from now on, beside those it takes part in already.
  package func want(_ namespaces: Set<String>) {
    for namespace in namespaces {
      if contests[namespace] == nil { add(namespace) }
      change(namespace) { $0.wanted() }
    }
  }

  // MARK: Telling

  /// Who writes, now and whenever that changes.
  package func news() -> AsyncStream<WriterNews> {
    subscribers.stream(
      beginningWith: contests.compactMap { namespace, contest in
        contest.told.map { news(namespace, $0) }
      })
  }

  private func news(_ namespace: String, _ state: WriterState) -> WriterNews {
    WriterNews(namespace: namespace, state: state, isHome: namespace == settings.namespace)
  }

  /// The state of a namespace; `nil` where this dashboard has not looked.
  package func state(of namespace: String) -> WriterState? {
    contests[namespace].map { $0.lease.state(at: clock.now()) }
  }

  // MARK: Running

  /// Takes part until the task is cancelled; then gives back what it holds, which takes two seconds at most.
  package func run() async {
    add(settings.namespace)
    await withTaskGroup { group in
      while !Task.isCancelled {
        for (namespace, contest) in contests where !contest.isRunning {
          contests[namespace]?.isRunning = true
          group.addTask { await self.follow(namespace) }
          group.addTask { await self.contend(in: namespace) }
        }
        await added.wait()
      }
      group.cancelAll()
    }
    await resign()
  }

  private func add(_ namespace: String) {
    guard contests[namespace] == nil, !isOver else { return }
    contests[namespace] = Contest(
      lease: LeaseContest(
        name: LeaseContest.name(organization: settings.organization), namespace: namespace,
        identity: settings.identity, isReadOnly: settings.isReadOnly, terms: terms))
    added.signal()
  }

  private func change(_ namespace: String, _ body: (inout LeaseContest) -> Void) {
    guard var contest = contests[namespace] else { return }
    body(&contest.lease)
    contests[namespace] = contest
    contest.wake.signal()
    settle(namespace)
  }

  /// Lets everybody know what a change of a contest means.
  private func settle(_ namespace: String) {
    guard let contest = contests[namespace] else { return }
    let until = isOver ? nil : contest.lease.writableUntil
    let before = permits.withLock { permits in
      defer { permits[namespace] = until }
      return permits[namespace]
    }
    let now = clock.now()
    if let until, until > now, (before ?? .zero) <= now { elected.signal() }
    let state = contest.lease.state(at: now)
    guard state != contest.told, state != .looking || contest.told == nil else { return }
    contests[namespace]?.told = state
    subscribers.tell(news(namespace, state))
  }

  // MARK: Reading

  /// Watches the Lease: no request but the watch itself, however long it takes.
  @concurrent
  private func follow(_ namespace: String) async {
    let name = LeaseContest.name(organization: settings.organization)
    let control = ReflectorControl()
    let reflector = Reflector<LeaseObject, JSONValue>(
      api: api,
      configuration: .init(
        kind: K8s.Lease.resourceKind, namespace: namespace, fieldSelector: "metadata.name=\(name)"),
      clock: reflectorClock, control: control, project: { $0.json })
    await reflector.run { output in
      // Who answers now may be another cluster. One Lease is read again sooner than that is found out.
      if case .resumed = output { control.listAgain() }
      await self.take(output, in: namespace)
    }
  }

  private func take(_ output: ReflectorOutput<JSONValue>, in namespace: String) {
    let now = clock.now()
    switch output {
    case .changed(let entries):
      for case (_, let lease?) in entries { change(namespace) { $0.saw(lease, at: now) } }
    case .removed(let keys):
      if !keys.isEmpty { change(namespace) { $0.saw(nil, at: now) } }
    case .state(.live):
      change(namespace) { $0.looked() }
    case .state(.forbidden(let missing)):
      change(namespace) { $0.cannotRead(Self.missing(missing, in: namespace)) }
    case .state(.absent):
      change(namespace) { $0.cannotRead("the server has no Leases") }
    case .state, .current, .resumed:
      return
    }
  }

  private static func missing(_ what: String, in namespace: String) -> String {
    let place = what.contains(namespace) ? "" : " in namespace \(namespace)"
    return "no permission to \(what)\(place)"
  }

  // MARK: Writing

  private func contend(in namespace: String) async {
    guard let wake = contests[namespace]?.wake else { return }
    let waiting = WallClock(now: date, sleep: clock.sleep)
    while !Task.isCancelled {
      guard let contest = contests[namespace]?.lease else { return }
      let now = clock.now()
      switch contest.step(at: now, date: date()) {
      case .create(let lease):
        await send(in: namespace) { [api] in
          try await api.create(K8s.Lease.resourceKind, lease, namespace: namespace)
        }
      case .update(let lease):
        await send(in: namespace) { [api] in
          try await api.update(K8s.Lease.resourceKind, lease, namespace: namespace)
        }
      case .wait(let until):
        // What is shown changes also when the right to write ends or another's Lease does.
        let ends = [until, contest.writableUntil].compactMap { $0 }.filter { $0 > now }
        if let end = ends.min() {
          await wake.wait(atMost: end - now, clock: waiting)
        } else {
          await wake.wait()
        }
        settle(namespace)
      }
    }
  }

  private func send(
    in namespace: String, _ body: @escaping @Sendable () async throws -> UnstructuredObject
  ) async {
    let sentAt = clock.now()
    let outcome: LeaseContest.Outcome
    do {
      let limit = terms.renewal
      let stored = try await clock.limited(to: limit) { try await body() }
      outcome = .stored(stored.json)
    } catch let error as APIError {
      outcome = Self.outcome(of: error, in: namespace)
    } catch {
      outcome = .failed
    }
    let now = clock.now()
    change(namespace) { $0.wrote(outcome, sentAt: sentAt, at: now) }
    if case .conflict = outcome { await look(in: namespace) }
  }

  private static func outcome(of error: APIError, in namespace: String) -> LeaseContest.Outcome {
    if error.isNotFound {
      return (error.details?.kind ?? "namespaces") == "namespaces" ? .noNamespace : .gone
    }
    if error.isConflict { return .conflict }
    if error.isForbidden {
      // A namespace that is going away refuses everything new.
      if error.description.contains("being terminated") { return .noNamespace }
      let verb = error.description.contains("cannot create") ? "create" : "update"
      return .refused(missing("\(verb) leases", in: namespace))
    }
    if let code = error.statusCode, (400..<500).contains(code), code != 429, code != 408 {
      return .refused("the Lease was refused: \(error.description)")
    }
    return .failed
  }

  /// Somebody else wrote it: what it is now need not come by the watch first.
  private func look(in namespace: String) async {
    let name = LeaseContest.name(organization: settings.organization)
    let lease: UnstructuredObject?
    do {
      lease = try await clock.limited(to: terms.renewal) { [api] in
        try await api.get(K8s.Lease.resourceKind, name, namespace: namespace)
      }
    } catch let error as APIError where error.isNotFound {
      lease = nil
    } catch {
      return
    }
    let now = clock.now()
    change(namespace) { $0.saw(lease?.json, at: now) }
  }

  // MARK: Leaving

  /// Nothing is written any more from here on; then the Leases are given back.
  private func resign() async {
    isOver = true
    permits.withLock { $0 = [:] }
    let leases = contests.values.compactMap { contest in
      contest.lease.released(date: date()).map { (contest.lease.namespace, $0) }
    }
    subscribers.finish()
    guard !leases.isEmpty else { return }
    // This task is cancelled; giving back is worth a moment all the same.
    await Task { [api, clock] in
      await withDiscardingTaskGroup { group in
        for (namespace, lease) in leases {
          group.addTask {
            _ = try? await clock.limited(to: .seconds(2)) {
              try await api.update(K8s.Lease.resourceKind, lease, namespace: namespace)
            }
          }
        }
      }
    }.value
  }
}

extension SteadyClock {
  /// Does something that takes no longer than the limit. Throws `APIError.timedOut` where it would.
  func limited<Value: Sendable>(
    to limit: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await self.sleep(limit)
        throw APIError.timedOut("no answer within \(Int(limit.seconds.rounded(.up))) s")
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }
}

/// A Lease, whole: what others wrote into it stays in it.
private struct LeaseObject: ReflectedObject {
  var metadata: K8s.ObjectMeta
  var json: JSONValue

  private struct Metadata: Decodable {
    var metadata: K8s.ObjectMeta
  }

  init(from decoder: any Decoder) throws {
    json = try JSONValue(from: decoder)
    metadata = try Metadata(from: decoder).metadata
  }
}
