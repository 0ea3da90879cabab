import Dashboard
import Kubernetes
import KubernetesClient
import Logging
import ModelCore

/// One cluster that a dashboard works on: the client, the observer, the operations and the reconciler, started and stopped together.
@MainActor
final class ClusterSession: EffectRunner {
  /// How a session is run; the same for every cluster.
  struct Options {
    var organization: String
    /// Where models are made.
    var namespace: String
    var reconcileInterval: Duration
    var isReadOnly: Bool
  }

  private let mailbox: Mailbox<Message>
  private let options: Options
  private let logger: Logger
  private let connect: @Sendable () async throws -> any ClusterConnection
  private var tasks: [Task<Void, Never>] = []
  private var details: Task<Void, Never>?
  private var parts: Parts?
  private var waiting: [Effect] = []

  private struct Parts {
    var connection: any ClusterConnection
    var observer: ClusterObserver
    var operations: ModelOperations
    var reconciler: Reconciler
  }

  /// - Parameter connect: makes the way to the cluster; called off the loop, once.
  init(
    mailbox: Mailbox<Message>, options: Options, logger: Logger,
    connect: @escaping @Sendable () async throws -> any ClusterConnection
  ) {
    self.mailbox = mailbox
    self.options = options
    self.logger = logger
    self.connect = connect
    tasks.append(Task { await start() })
  }

  private func start() async {
    let connection: any ClusterConnection
    do {
      connection = try await connect()
    } catch {
      logger.error("The session could not be started", metadata: ["error": "\(error)"])
      mailbox.post(.notice(Notice("\(error)", severity: .error)))
      return
    }
    guard !Task.isCancelled else { return await connection.close() }
    let observer = ClusterObserver(
      api: connection.api,
      settings: .init(organization: options.organization, namespace: options.namespace))
    var settings = ModelOperations.Settings(
      organization: options.organization, namespace: options.namespace,
      user: connection.userName)
    settings.isReadOnly = options.isReadOnly
    let operations = ModelOperations(api: connection.api, observer: observer, settings: settings)
    let reconciler = Reconciler(
      api: connection.api, observer: observer,
      settings: .init(interval: options.reconcileInterval, isReadOnly: options.isReadOnly),
      busy: operations.busy)
    parts = Parts(
      connection: connection, observer: observer, operations: operations, reconciler: reconciler)
    tasks.append(Task { await observer.run() })
    tasks.append(
      Task { [mailbox] in
        for await update in await observer.updates() { mailbox.post(.update(update)) }
      })
    tasks.append(Task { await reconciler.run() })
    tasks.append(
      Task { [mailbox] in
        for await report in await reconciler.reports() { mailbox.post(.notice(Notice(report))) }
      })
    let effects = waiting
    waiting = []
    effects.forEach(run)
  }

  func run(_ effect: Effect) {
    guard let parts else {
      // Not connected yet: what was asked for meanwhile is done as soon as it can be.
      waiting.append(effect)
      return
    }
    switch effect {
    case .create(let id, let request):
      perform(id) { await parts.operations.create(request, progress: $0) }
    case .delete(let id, let model, let uid, let keepVolume):
      perform(id) {
        await parts.operations.delete(model, uid: uid, keepVolume: keepVolume, progress: $0)
      }
    case .showDetails(let model):
      details?.cancel()
      details = model.map { model in
        Task { [mailbox] in
          for await details in await parts.observer.details(of: model) {
            mailbox.post(.details(details))
          }
        }
      }
    case .relist:
      Task { await parts.observer.retryNow() }
    case .redraw, .suspend, .quit:
      // The loop's own.
      break
    }
  }

  private func perform(
    _ id: OperationID,
    _ body: @escaping @Sendable (@escaping @Sendable (String) -> Void) async -> OperationResult
  ) {
    let mailbox = mailbox
    tasks.append(
      Task {
        let result = await body { mailbox.post(.operation(id, .progress($0))) }
        mailbox.post(.operation(id, .finished(result)))
      })
  }

  func stop() async {
    details?.cancel()
    for task in tasks { task.cancel() }
    await parts?.connection.close()
  }
}

/// A way to a cluster, and what has to be closed after it.
protocol ClusterConnection: Sendable {
  var api: any ClusterAPI { get }
  /// Who acts, for the annotations of what is created.
  var userName: String? { get }
  func close() async
}

/// The connection to the cluster of a kubeconfig or of the pod this runs in.
struct ConfiguredConnection: ClusterConnection {
  let client: HTTPClusterAPI

  /// - Parameter terminal: for a credential plugin that talks to the user; without one it must do without.
  init(
    _ configuration: ClusterConfiguration, terminal: TerminalHandover? = nil, logger: Logger
  ) throws {
    var options = HTTPClusterAPI.Options()
    options.userAgent = "modeldeck/\(Version.text)"
    client = try HTTPClusterAPI(
      configuration, options: options, terminal: terminal, logger: logger)
  }

  var api: any ClusterAPI { client }
  var userName: String? {
    let name = client.configuration.userName
    return name.isEmpty ? nil : name
  }
  func close() async { await client.shutdown() }
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
