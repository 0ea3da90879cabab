internal import Hummingbird
internal import Synchronization

/// One cluster's objects and the controllers on them, without an address.
struct ClusterCore: Sendable {
  let server: APIServer
  let commands: KubeletCommands
  let inbox: Inbox
  let controllers: Task<Void, Never>

  /// Fills a new cluster and lets its controllers run.
  static func start(_ configuration: SimulatedCluster.Configuration) throws -> ClusterCore {
    let clock = WallClock(timeScale: configuration.timeScale)
    let server = APIServer(registry: Registry(BuiltIn.all), store: ObjectStore(), clock: clock)
    let inbox = Inbox()
    server.store.observe { inbox.add($0) }
    let commands = KubeletCommands()
    try ClusterContent(server: server).fill(configuration)
    // Nobody can have seen what was before.
    server.store.compact()
    let manager = ControllerManager(
      clock: clock, inbox: inbox, controllers: makeControllers(server, commands))
    let controllers = Task { await manager.run() }
    return ClusterCore(
      server: server, commands: commands, inbox: inbox, controllers: controllers)
  }

  var responder: APIResponder {
    APIResponder(server: server, discovery: Discovery(registry: server.registry))
  }

  private static func makeControllers(
    _ server: APIServer, _ commands: KubeletCommands
  ) -> sending [any Controller] {
    let context = ControllerContext(server: server, events: EventRecorder(server: server))
    return [
      DefinitionController(context), NamespaceController(context), NodeController(context),
      DeploymentController(context), ReplicaSetController(context), VolumeController(context),
      Scheduler(context), Kubelet(context, commands: commands), EndpointsController(context),
      GarbageCollector(context),
    ]
  }
}

/// Answers with the cluster that is at the address now.
final class CurrentAPI: HTTPResponder {
  typealias Context = HTTPService.Context

  private let current: Mutex<APIResponder>

  init(_ responder: APIResponder) { current = Mutex(responder) }

  var responder: APIResponder {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  func respond(to request: Request, context: Context) async throws -> Response {
    try await responder.respond(to: request, context: context)
  }
}
