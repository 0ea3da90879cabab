import Dashboard
import Kubernetes
import KubernetesClient
import Logging
import ModelCore

/// The work on one cluster: the client, the observer, the operations and the reconciler, started and stopped together.
///
/// `ClusterHost` replaces it when the user switches. A session that was replaced shows nothing any more, repairs nothing,
/// and stays connected for as long as writes that it began are running.
@MainActor
final class ClusterSession {
  /// How a session is run; the same for every cluster.
  struct Options {
    var work: ClusterParts.Settings
    /// For what has to talk to the user on the way to a cluster.
    var terminal: TerminalHandover
  }

  let target: ClusterTarget
  private let gate: SessionGate
  private let options: Options
  private let logger: Logger
  private var parts: ClusterParts?
  private var waiting: [Effect] = []
  /// Start, and what only shows: ended as soon as another cluster is on screen.
  private let trim = MemoryTrim()
  private var tasks: [Task<Void, Never>] = []
  private var observation: Task<Void, Never>?
  private var details: Task<Void, Never>?
  /// What reconciles and what holds the Lease: it gives that back before the connection goes.
  private var writers: [Task<Void, Never>] = []
  private var writes: [OperationID: Task<Void, Never>] = [:]
  private var isRetired = false
  private(set) var hasStopped = false

  init(
    _ target: ClusterTarget, mailbox: Mailbox<Message>, options: Options, logger: Logger
  ) {
    self.target = target
    gate = SessionGate(mailbox)
    self.options = options
    self.logger = logger
    tasks.append(Task { await start() })
  }

  // MARK: Starting

  private func start() async {
    let connection: any ClusterConnection
    do {
      connection = try await target.connect(options.terminal)
    } catch {
      guard !isRetired else { return }
      logger.error("The session could not be started", metadata: ["error": "\(error)"])
      gate.post(.notice(Notice("\(error)", severity: .error)))
      return
    }
    guard !Task.isCancelled else { return await connection.close() }
    begin(ClusterParts(connection, target: target, settings: options.work))
    let effects = waiting
    waiting = []
    effects.forEach(run)
  }

  private func begin(_ parts: ClusterParts) {
    self.parts = parts
    let gate = gate
    observation = Task { await parts.observer.run() }
    tasks.append(
      Task { [trim] in
        for await update in await parts.observer.updates() {
          gate.post(.update(update))
          trim.take(update.connection)
          await follow(update, parts.access)
        }
        trim.stop()
      })
    if !options.work.isReadOnly, !target.identity.guards.isReadOnly {
      tasks.append(Task { await parts.access.run() })
      tasks.append(
        Task { for await board in await parts.access.boards() { gate.post(.access(board)) } })
    }
    tasks.append(
      Task {
        for await status in parts.connection.credentials {
          gate.post(.credentials(Credentials(status)))
        }
      })
    tasks.append(
      Task {
        for await settled in await parts.operations.outcomes.settlements() {
          gate.post(.settled(settled))
        }
      })
    writers = [Task { await parts.reconciler.run() }, Task { await parts.election.run() }]
    tasks.append(
      Task { for await news in await parts.election.news() { gate.post(.writer(news)) } })
    tasks.append(
      Task {
        for await report in await parts.reconciler.reports() {
          gate.post(.notice(Notice(report)))
          if case .failed = report.outcome { await parts.access.askAgain() }
        }
      })
  }

  /// Rights are asked for where our models are; and where only one namespace is seen, models are made in that.
  private func follow(_ update: ClusterUpdate, _ access: AccessReviewer) async {
    var namespaces = Set(update.changed.lazy.filter(\.isOurs).map(\.namespace))
    if let scope = update.scope {
      namespaces.insert(scope)
      parts?.operations.settings.namespace = scope
    }
    if !namespaces.isEmpty { await access.look(at: namespaces) }
  }

  // MARK: Effects

  func run(_ effect: Effect) {
    guard let parts else {
      // Not connected yet: what was asked for meanwhile is done as soon as it can be.
      waiting.append(effect)
      return
    }
    let gate = gate
    switch effect {
    case .create(let id, let request):
      perform(id) { await parts.operations.create(request, progress: $0) }
    case .delete(let id, let model, let uid, let keepVolume):
      let write = ModelWrite.delete(ModelTarget(model, uid: uid), keepVolume: keepVolume)
      perform(id) { await Self.perform(id, write, parts.operations, gate, progress: $0) }
    case .write(let id, let write):
      perform(id) { await Self.perform(id, write, parts.operations, gate, progress: $0) }
    case .writeAll(let numbered, let stopsAtSurprise):
      performAll(numbered, stopsAtSurprise: stopsAtSurprise, parts.operations)
    case .showDetails(let model):
      details?.cancel()
      details = model.map { model in
        Task { [gate] in
          for await details in await parts.observer.details(of: model) {
            gate.post(.details(details))
          }
        }
      }
    case .relist:
      parts.connection.retryNow()
      Task {
        await parts.observer.retryNow()
        await parts.access.askAgain()
      }
    case .readChoices:
      look {
        let choices = await parts.operations.choices()
        if case .names(let names) = choices.namespaces { await parts.access.look(at: names) }
        return .choices(choices)
      }
    case .readStored(let id, let model):
      look { .stored(id, await parts.operations.stored(model)) }
    case .plan(let id, let write):
      look { .plan(id, PlanSheet(await parts.operations.plan(write))) }
    case .readRequests(let model, let port):
      look { .requests(model, await parts.operations.requestsInFlight(of: model, port: port)) }
    case .listContexts, .switchContext, .switchNamespace, .connect, .redraw, .suspend, .quit,
      .saveDraft, .removeDraft, .saveUndo, .removeUndo, .readJournal, .checkYAML, .completePath,
      .readFile, .editText:
      // The host's and the loop's own.
      break
    }
  }

  /// Asks the server something that nothing is written for: another cluster on screen ends it.
  private func look(_ body: @escaping @Sendable () async -> Message) {
    tasks.append(
      Task { [gate] in
        let message = await body()
        if !Task.isCancelled { gate.post(message) }
      })
  }

  private func perform(
    _ id: OperationID,
    _ body: @escaping @Sendable (@escaping @Sendable (String) -> Void) async -> OperationResult
  ) {
    let gate = gate
    writes[id] = Task {
      let result = await body { gate.post(id, .progress($0)) }
      gate.post(id, .finished(result))
      if case .failed(let failure) = result, failure.kind == .forbidden {
        await parts?.access.askAgain()
      }
      writes[id] = nil
      if isRetired { await stopWhenIdle() }
    }
  }

  /// Carries out a write; of what is deleted is kept before what makes it again.
  @concurrent
  private nonisolated static func perform(
    _ id: OperationID, _ write: ModelWrite, _ operations: ModelOperations, _ gate: SessionGate,
    progress: @escaping @Sendable (String) -> Void
  ) async -> OperationResult {
    if case .delete(let target, let keepsVolume) = write, operations.writeRefusal == nil {
      progress("reading what makes it again")
      let kept = await operations.keep(target.id, uid: target.uid, keepsVolume: keepsVolume)
      if case .success(let kept) = kept { gate.post(id, .kept(kept)) }
    }
    return await operations.perform(write, progress: progress)
  }

  /// One after the other; what is not begun because of an earlier one is told as such.
  private func performAll(
    _ numbered: [NumberedWrite], stopsAtSurprise: Bool, _ operations: ModelOperations
  ) {
    guard let first = numbered.first else { return }
    let gate = gate
    writes[first.id] = Task {
      await gate.perform(numbered, stopsAtSurprise: stopsAtSurprise) { id, write, progress in
        await Self.perform(id, write, operations, gate, progress: progress)
      }
      writes[first.id] = nil
      if isRetired { await stopWhenIdle() }
    }
  }

  // MARK: Ending

  /// It shows nothing any more.
  func mute() { gate.close() }

  /// Another cluster takes its place: from now on it tells only what its writes come to, and it ends with the last of them.
  func retire() {
    isRetired = true
    gate.close()
    details?.cancel()
    for task in tasks + writers { task.cancel() }
    for id in waiting.flatMap(\.writes) { gate.refuse(id) }
    waiting = []
    Task { await stopWhenIdle() }
  }

  private func stopWhenIdle() async {
    if writes.isEmpty { await stop() }
  }

  /// Ends everything, the writes too.
  func stop() async {
    guard !hasStopped else { return }
    hasStopped = true
    gate.close()
    details?.cancel()
    for task in tasks + writers { task.cancel() }
    for task in writes.values { task.cancel() }
    observation?.cancel()
    for writer in writers { await writer.value }
    await parts?.operations.outcomes.close()
    await parts?.connection.close()
  }
}

extension Notice {
  /// What the reconciler did, on the message line.
  init(_ report: ReconcileReport) {
    let severity: Severity
    switch report.outcome {
    case .repaired, .removedOrphan: severity = .information
    case .blocked, .contested: severity = .warning
    case .failed: severity = .error
    }
    self.init(report.message, severity: severity)
  }
}

extension Credentials {
  /// What the wire knows of them, for the header.
  init(_ status: CredentialStatus) {
    self.init(
      expiresAt: status.expiresAt, renewsItself: status.renewsItself,
      problem: status.problem.map { Problem(summary: $0.summary, text: $0.text) },
      awaited: status.awaited)
  }
}
