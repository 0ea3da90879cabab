import Dashboard
import Kubernetes
import KubernetesClient
import Logging
import ModelCore

/// The dashboard's work on the models of an HTTP API. What the API does not offer is told as that.
@MainActor
final class RemoteSession: DashboardSession {
  let target: ClusterTarget
  private let gate: SessionGate
  private let options: ClusterSession.Options
  private let logger: Logger
  /// Called when the token is another organization's now, again and again until another session is in this one's place.
  private let tokenChanged: () -> Void
  private var connection: (any ClusterConnection)?
  private var work: GuardedModels?
  private var waiting: [Effect] = []
  private var tasks: [Task<Void, Never>] = []
  private var writes: [OperationID: Task<Void, Never>] = [:]
  private var isRetired = false
  private(set) var hasStopped = false

  init(
    _ target: ClusterTarget, mailbox: Mailbox<Message>, options: ClusterSession.Options,
    logger: Logger, tokenChanged: @escaping () -> Void
  ) {
    self.tokenChanged = tokenChanged
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
    let models = RemoteModels(connection, target: target, settings: options.work)
    self.connection = connection
    let gate = gate
    let work = GuardedModels(models, connection, of: target)
    self.work = work
    tasks.append(
      Task {
        for await update in models.updates() {
          // Looked at after the answer: what another token opened is not shown under this organization's name.
          if await work.refusal() == nil { gate.post(.update(update)) } else { tokenChanged() }
        }
      })
    tasks.append(
      Task {
        for await status in connection.credentials {
          gate.post(.credentials(Credentials(status)))
        }
      })
    let effects = waiting
    waiting = []
    effects.forEach(run)
  }

  // MARK: Effects

  func run(_ effect: Effect) {
    guard let work else {
      // Not connected yet: what was asked for meanwhile is done as soon as it can be.
      waiting.append(effect)
      return
    }
    let models = work.models
    switch effect {
    case .create(let id, let request): perform(id, .create(request), work)
    case .delete(let id, let model, let uid, let keepVolume):
      perform(id, .delete(ModelTarget(model, uid: uid), keepVolume: keepVolume), work)
    case .write(let id, let write): perform(id, write, work)
    case .writeAll(let numbered, let stopsAtSurprise):
      performAll(numbered, stopsAtSurprise: stopsAtSurprise, work)
    case .showDetails(let model):
      guard let model else { return }
      var details = ModelDetails(id: model)
      details.eventsUnavailable = RemoteModels.notTold
      gate.post(.details(details))
    case .relist:
      connection?.retryNow()
      models.readNow()
    case .readChoices:
      let unknown = CreationChoices.List.unknown(RemoteModels.notTold)
      gate.post(.choices(CreationChoices(namespaces: unknown, secrets: unknown)))
    case .readStored(let id, let model):
      look { .stored(id, await models.stored(model)) }
    case .plan(let id, let write):
      gate.post(.plan(id, Self.sheet(write, models)))
    case .readRequests(let model, _): gate.post(.requests(model, nil))
    case .listContexts, .switchContext, .switchNamespace, .connect, .redraw, .suspend, .quit,
      .saveDraft, .removeDraft, .saveUndo, .removeUndo, .readJournal, .checkYAML, .completePath,
      .readFile, .editText:
      // The host's and the loop's own.
      break
    }
  }

  /// What is known of a write before it is sent: whether it is offered.
  private static func sheet(_ write: ModelWrite, _ models: RemoteModels) -> PlanSheet {
    if let refusal = models.refusal(of: write) {
      return PlanSheet(
        answer: .refused(refusal.message, fix: ""),
        findings: [Finding(field: refusal.field, message: refusal.message, fix: "")])
    }
    return PlanSheet(
      answer: .unknown(
        "a dry run is \(RemoteModels.notTold); the server checks it when it is sent"))
  }

  private func look(_ body: @escaping @Sendable () async -> Message) {
    tasks.append(
      Task { [gate] in
        let message = await body()
        if !Task.isCancelled { gate.post(message) }
      })
  }

  private func perform(_ id: OperationID, _ write: ModelWrite, _ work: GuardedModels) {
    let gate = gate
    writes[id] = Task {
      let result = await work.perform(write) { gate.post(id, .progress($0)) }
      gate.post(id, .finished(result))
      writes[id] = nil
      if isRetired { await stopWhenIdle() }
    }
  }

  private func performAll(
    _ numbered: [NumberedWrite], stopsAtSurprise: Bool, _ work: GuardedModels
  ) {
    guard let first = numbered.first else { return }
    let gate = gate
    writes[first.id] = Task {
      await gate.perform(numbered, stopsAtSurprise: stopsAtSurprise) { _, write, progress in
        await work.perform(write, progress: progress)
      }
      writes[first.id] = nil
      if isRetired { await stopWhenIdle() }
    }
  }

  // MARK: Ending

  func mute() { gate.close() }

  func retire() {
    isRetired = true
    gate.close()
    for task in tasks { task.cancel() }
    for id in waiting.flatMap(\.writes) { gate.refuse(id) }
    waiting = []
    Task { await stopWhenIdle() }
  }

  private func stopWhenIdle() async {
    if writes.isEmpty { await stop() }
  }

  func stop() async {
    guard !hasStopped else { return }
    hasStopped = true
    gate.close()
    for task in tasks { task.cancel() }
    for task in writes.values { task.cancel() }
    await connection?.close()
  }
}

/// The models of the organization that a session began with: a token's file may hold another's by now.
private struct GuardedModels: Sendable {
  let models: RemoteModels
  private let connection: any ClusterConnection
  private let organization: String

  init(_ models: RemoteModels, _ connection: any ClusterConnection, of target: ClusterTarget) {
    self.models = models
    self.connection = connection
    organization = target.identity.organization ?? ""
  }

  /// Why nothing can be done in the organization's name; `nil` where it can, or where the token does not say whose it is.
  @concurrent
  func refusal() async -> OperationFailure? {
    guard let now = connection.tokenOrganization, now != organization else { return nil }
    return OperationFailure(
      .unauthenticated, "the token is organization \(now)'s now: nothing was sent. Look again.")
  }

  @concurrent
  func perform(
    _ write: ModelWrite, progress: @escaping @Sendable (String) -> Void
  ) async -> OperationResult {
    if let refusal = await refusal() { return .failed(refusal) }
    return await models.perform(write, progress: progress)
  }
}
