import Kubernetes
import Logging
import ModelCore
import ModelsAPI

/// What the HTTP API answers from: one cluster, its models of all organizations, and who reconciles them.
struct ServeSession {
  struct Settings: Sendable {
    /// Where models are made.
    var namespace: String
    /// Where manifests may put things; the first is what is meant where they name none.
    var yamlNamespaces: [String]
    /// `nil` serves every organization.
    var organizations: Set<String>?
    var reconcileInterval: Duration
    var reconciles: Bool
  }

  let shelf = ModelShelf()
  let backend: ClusterBackend
  private let connection: any ClusterConnection
  private let observer: ClusterObserver
  private let operations: ModelOperations
  private let settings: Settings
  private let logger: Logger

  /// A delete is answered after so long at the latest; the cluster goes on with it.
  private static let deleteLimit = Duration.seconds(20)

  init(
    _ connection: any ClusterConnection, fallbackNamespace: String, settings: Settings,
    logger: Logger
  ) {
    self.connection = connection
    self.settings = settings
    self.logger = logger
    var reading = ClusterObserver.Settings(organization: nil, namespace: fallbackNamespace)
    // Who created a model waits for it to be told; there is no screen to spare.
    reading.coalescing = .milliseconds(10)
    observer = ClusterObserver(api: connection.api, settings: reading)
    var writes = ModelOperations.Settings(namespace: settings.namespace)
    writes.deleteLimit = Self.deleteLimit
    writes.yamlNamespaces = settings.yamlNamespaces
    operations = ModelOperations(api: connection.api, observer: observer, settings: writes)
    backend = ClusterBackend(shelf: shelf, operations: operations)
  }

  /// Follows the cluster, and reconciles, until the task is cancelled; then gives back what it holds.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await observer.run() }
      group.addTask { await follow() }
      group.addTask { await tellSettlements() }
      guard settings.reconciles else { return }
      let access = AccessReviewer(api: connection.api, namespace: settings.namespace)
      group.addTask { await access.run() }
      let fleet = ReconcilerFleet(
        api: connection.api, observer: observer, busy: operations.busy, access: access,
        settings: .init(
          namespace: settings.namespace, identity: ProcessIdentity.writer,
          interval: settings.reconcileInterval, organizations: settings.organizations))
      group.addTask { [logger] in
        await fleet.run { logger.info("reconciled", metadata: ["what": "\($0.message)"]) }
      }
    }
    await operations.outcomes.close()
    await connection.close()
  }

  private func follow() async {
    var told: Connection?
    for await update in await observer.updates() {
      shelf.take(update)
      guard told.map({ !$0.isLike(update.connection) }) ?? true else { continue }
      told = update.connection
      logger.info("cluster", metadata: ["state": "\(update.connection.inWords)"])
    }
  }

  private func tellSettlements() async {
    for await settled in await operations.outcomes.settlements() {
      logger.warning("A write was settled", metadata: ["what": "\(settled.message)"])
    }
  }
}

extension Connection {
  /// The same but for numbers and times that go on.
  fileprivate func isLike(_ other: Connection) -> Bool {
    switch (self, other) {
    case (.live, .live), (.loading, .loading), (.connecting, .connecting),
      (.disconnected, .disconnected), (.forbidden, .forbidden):
      true
    default: false
    }
  }

  fileprivate var inWords: String {
    switch self {
    case .connecting(_, let error): error.map { "connecting: \($0)" } ?? "connecting"
    case .loading: "reading"
    case .live: "live"
    case .disconnected(_, let error, _): "disconnected: \(error)"
    case .forbidden(let missing): "no permission to \(missing)"
    }
  }
}
