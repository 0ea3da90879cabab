internal import Crypto
internal import FoundationEssentials
internal import Logging

/// A Kubernetes cluster in this process: an API server on loopback with the controllers, scheduler and kubelets that
/// a Deployment needs to become a running pod.
///
/// It is filled and changed through its API, by this package's client and by kubectl alike, or directly by the methods below, which go the
/// same way without the wire.
package final class SimulatedCluster: Sendable {
  /// How the cluster is at its start.
  package struct Configuration: Sendable {
    /// The port to listen on; 0 takes a free one.
    package var port = 0
    package var nodes: [NodeSpec]
    /// How much faster than on a real cluster things go: 1 is human speed.
    package var timeScale = 1.0
    package var definitions: Set<CustomDefinition> = Set(CustomDefinition.allCases)
    /// Storage classes; the first is the default one.
    package var storageClasses = StorageClassSpec.standard

    package init(nodes: [NodeSpec] = NodeSpec.uniform(4), timeScale: Double = 1) {
      self.nodes = nodes
      self.timeScale = timeScale
    }
  }

  package let port: Int
  /// The bearer token that the server lets in.
  package let token: String
  /// The certificate of the authority that vouches for the server.
  package let caPEM: String

  let server: APIServer
  let commands: KubeletCommands
  let inbox: Inbox
  private let service: HTTPService
  private let controllers: Task<Void, Never>

  /// The address of the API server.
  package var url: String { "https://127.0.0.1:\(port)" }

  private init(
    service: HTTPService, token: String, caPEM: String, server: APIServer,
    commands: KubeletCommands, inbox: Inbox, controllers: Task<Void, Never>
  ) {
    self.service = service
    port = service.port
    self.token = token
    self.caPEM = caPEM
    self.server = server
    self.commands = commands
    self.inbox = inbox
    self.controllers = controllers
  }

  /// Starts a cluster; it serves when this returns.
  package static func start(
    _ configuration: Configuration = Configuration()
  ) async throws -> SimulatedCluster {
    let clock = WallClock(timeScale: configuration.timeScale)
    let server = APIServer(
      registry: Registry(BuiltIn.all), store: ObjectStore(), clock: clock)
    let inbox = Inbox()
    server.store.observe { inbox.add($0) }
    let commands = KubeletCommands()
    try ClusterContent(server: server).fill(configuration)
    // Nobody can have seen what was before.
    server.store.compact()
    let manager = ControllerManager(
      clock: clock, inbox: inbox, controllers: makeControllers(server, commands))
    let controllers = Task { await manager.run() }
    do {
      let certificates = try ServerCertificates()
      let token = randomToken()
      let service = try await HTTPService.start(
        port: configuration.port, certificates: certificates,
        middleware: [BearerAuthentication(token: token)],
        api: APIResponder(server: server, discovery: Discovery(registry: server.registry)),
        logger: Logger(label: "SimulatedCluster") { _ in SwiftLogNoOpLogHandler() })
      return SimulatedCluster(
        service: service, token: token, caPEM: certificates.authorityPEM, server: server,
        commands: commands, inbox: inbox, controllers: controllers)
    } catch {
      controllers.cancel()
      throw error
    }
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

  private static func randomToken() -> String {
    SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
      .filter { $0.isLetter || $0.isNumber }
  }

  /// Closes the port and all connections, and ends the controllers.
  package func stop() async {
    controllers.cancel()
    server.store.endAllWatches()
    await service.stop()
    await controllers.value
  }

  /// A kubeconfig for kubectl and for this package's client.
  package func kubeconfigYAML(contextName: String = "simulated") -> String {
    let authority = Data(caPEM.utf8).base64EncodedString()
    return """
      apiVersion: v1
      kind: Config
      clusters:
      - name: \(contextName)
        cluster:
          server: \(url)
          certificate-authority-data: \(authority)
      users:
      - name: \(contextName)
        user:
          token: \(token)
      contexts:
      - name: \(contextName)
        context:
          cluster: \(contextName)
          user: \(contextName)
          namespace: default
      current-context: \(contextName)

      """
  }
}
