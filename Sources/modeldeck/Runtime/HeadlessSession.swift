import Kubernetes
import KubernetesClient
import ModelCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// One cluster without a screen: the client, the observer and the operations, for commands and for the HTTP API.
///
/// Open it, use it, close it. Nothing is read before `start()` or `models()`, and nothing is repaired before `reconcile()`.
final class HeadlessSession: Sendable {
  private struct Work {
    var observation: Task<Void, Never>?
    var writers: [Task<Void, Never>] = []
  }

  let target: ClusterTarget
  private let stored: Mutex<ClusterParts>
  private let work = Mutex(Work())
  let api: any ClusterAPI
  let observer: ClusterObserver

  /// The way to the cluster is made, and nothing is asked yet. Throws where credentials or certificates cannot be used.
  init(_ target: ClusterTarget, settings: ClusterParts.Settings) async throws(CommandFailure) {
    let connection = try await target.open(Self.terminal)
    let parts = ClusterParts(connection, target: target, settings: settings)
    self.target = target
    api = connection.api
    observer = parts.observer
    stored = Mutex(parts)
  }

  /// What a credential plugin may use to talk to the user: the terminal that the command was started on.
  private static var terminal: TerminalHandover? {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
    return TerminalHandover { body in
      await body()
      return true
    }
  }

  /// Everything that was made for this cluster, for who needs more than reading and writing.
  var parts: ClusterParts { stored.withLock { $0 } }

  /// The writes. Where one namespace alone may be seen, models are made in that; known once the models were read.
  var operations: ModelOperations { stored.withLock { $0.operations } }

  // MARK: Reading

  /// Begins to watch the cluster.
  func start() {
    let observer = observer
    work.withLock { work in
      if work.observation == nil { work.observation = Task { await observer.run() } }
    }
  }

  /// Waits until everything was read once.
  ///
  /// - Parameter limit: so long it may take; `nil` waits for ever.
  /// - Returns: the models and what is known of the cluster; `isComplete` is true.
  @discardableResult
  func models(within limit: Duration?) async throws(CommandFailure) -> ClusterUpdate {
    start()
    let reading = SettledReading(api: api, observer: observer)
    let update = try await reading.run(within: limit)
    if let scope = update.scope {
      stored.withLock { $0.operations.settings.namespace = scope }
    }
    return update
  }

  // MARK: Writing

  /// Begins to repair what differs, as far as the Lease allows.
  func reconcile() {
    start()
    let (reconciler, election, access) = stored.withLock { ($0.reconciler, $0.election, $0.access) }
    work.withLock { work in
      guard work.writers.isEmpty else { return }
      work.writers = [
        Task { await access.run() }, Task { await reconciler.run() }, Task { await election.run() },
      ]
    }
  }

  // MARK: Ending

  /// Ends everything: gives the Lease back, ends the watches, closes the connections. Again is harmless.
  func close() async {
    let ended = work.withLock { work in
      defer { work = Work() }
      return work
    }
    for writer in ended.writers { writer.cancel() }
    ended.observation?.cancel()
    for writer in ended.writers { await writer.value }
    let (outcomes, connection) = stored.withLock { ($0.operations.outcomes, $0.connection) }
    await outcomes.close()
    await connection.close()
  }
}

/// Waits for the first complete look at a cluster, and finds out soon why there will be none.
struct SettledReading: Sendable {
  let api: any ClusterAPI
  let observer: ClusterObserver

  /// So long a server that refuses connections may be starting again.
  private static let patience: Duration = .seconds(5)

  private enum Outcome: Sendable {
    case read(ClusterUpdate)
    case failed(CommandFailure)
    /// The server answers.
    case answered
    case cancelled
  }

  func run(within limit: Duration?) async throws(CommandFailure) -> ClusterUpdate {
    let outcome = await withTaskGroup(of: Outcome.self, returning: Outcome.self) { group in
      group.addTask { await follow() }
      group.addTask { await knock() }
      if let limit {
        group.addTask {
          guard (try? await Task.sleep(for: limit)) != nil else { return .cancelled }
          return .failed(await overdue(limit))
        }
      }
      defer { group.cancelAll() }
      for await outcome in group {
        if case .answered = outcome { continue }
        return outcome
      }
      return .cancelled
    }
    switch outcome {
    case .read(let update): return update
    case .failed(let failure): throw failure
    case .answered, .cancelled: throw CommandFailure(.interrupted, "")
    }
  }

  /// Until everything was read, or it is known that it cannot be.
  private func follow() async -> Outcome {
    var models: [ModelID: Model] = [:]
    for await update in await observer.updates() {
      if update.isComplete { models = [:] }
      for id in update.removed { models[id] = nil }
      for model in update.changed { models[model.id] = model }
      if case .forbidden(let missing) = update.connection {
        return .failed(
          CommandFailure(.forbidden, "not allowed to \(missing): the models cannot be read."))
      }
      guard update.connection == .live, update.isSettled else { continue }
      var complete = update
      complete.isComplete = true
      complete.changed = models.values.sorted { $0.id < $1.id }
      complete.removed = []
      if complete.creation == nil { complete.creation = await observer.creationContext }
      return .read(complete)
    }
    return .cancelled
  }

  /// Whether anybody answers, and knows who asks: an observer goes on trying for ever, a command must not.
  private func knock() async -> Outcome {
    let clock = ContinuousClock()
    let end = clock.now + Self.patience
    while true {
      do {
        // Not /version, which some servers tell anybody.
        if try await api.serves(K8s.Deployment.resourceKind) { return .answered }
        // A server that is starting may not have them yet.
        guard clock.now < end else {
          return .failed(
            CommandFailure(
              .unavailable,
              "could not reach the cluster: what answers does not serve Deployments: is the "
                + "server's address in the kubeconfig right, with its path?"))
        }
      } catch let error as APIError {
        if error.isForbidden || error.isNotFound { return .answered }
        guard error.mayPass, clock.now < end else {
          return .failed(CommandFailure(error, doing: "reach the cluster"))
        }
      } catch {
        return .cancelled
      }
      guard (try? await Task.sleep(for: .milliseconds(400))) != nil else { return .cancelled }
    }
  }

  private func overdue(_ limit: Duration) async -> CommandFailure {
    let seconds = limit.components.seconds
    let why: String
    switch await observer.connection {
    case .connecting(_, let error?), .disconnected(_, let error, _): why = ": \(error)"
    case .connecting: why = ": the server does not answer"
    case .loading(let objects): why = "; \(objects) objects were read until then"
    case .live, .forbidden: why = ""
    }
    return CommandFailure(
      .unavailable,
      "the cluster could not be read completely within \(seconds) s\(why). "
        + "Give it more time with --request-timeout.")
  }
}

extension APIError {
  /// Whether a server that is starting or overloaded answers like this.
  var mayPass: Bool {
    switch self {
    case .transport(_, let kind): kind != .tls && kind != .nameNotFound
    case .timedOut, .unauthorized, .decoding: false
    case .status(let status, _): [429, 500, 502, 503, 504].contains(status.code ?? 0)
    }
  }
}
