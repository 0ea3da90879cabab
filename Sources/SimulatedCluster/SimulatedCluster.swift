internal import Crypto
internal import FoundationEssentials
internal import Logging
internal import Synchronization

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
    /// The nodes at the start; more can be created through the API.
    package var nodes: [NodeSpec]
    /// How much faster than on a real cluster things go: 1 is human speed.
    package var timeScale = 1.0
    /// The custom resource definitions that are there at the start.
    package var definitions: Set<CustomDefinition> = Set(CustomDefinition.allCases)
    /// Storage classes; the first is the default one.
    package var storageClasses = StorageClassSpec.standard
    /// Told of every request when it comes, as method and target: `GET /api/v1/pods?limit=500`.
    package var onRequest: (@Sendable (String) -> Void)?

    /// By default four machines with 8 H200 each, at human speed.
    package init(nodes: [NodeSpec] = NodeSpec.uniform(4), timeScale: Double = 1) {
      self.nodes = nodes
      self.timeScale = timeScale
    }
  }

  /// What changes while the address stays.
  private struct State {
    var core: ClusterCore
    var certificates: ServerCertificates
    var listener: (@Sendable () -> Void)?
  }

  /// The port on loopback that the API server listens on.
  package let port: Int
  let director: FaultDirector
  private let service: HTTPService
  private let configuration: Configuration
  private let tokens: TokenRing
  private let users: AccessRules
  private let api: CurrentAPI
  private let state: Mutex<State>

  /// The bearer token that the server lets in.
  package var token: String { tokens.current }
  /// The certificate of the authority that vouches for the server.
  package var caPEM: String { state.withLock { $0.certificates.authorityPEM } }
  /// The address of the API server.
  package var url: String { "https://127.0.0.1:\(port)" }

  var server: APIServer { state.withLock { $0.core.server } }
  var commands: KubeletCommands { state.withLock { $0.core.commands } }
  var inbox: Inbox { state.withLock { $0.core.inbox } }

  private init(
    _ configuration: Configuration, core: ClusterCore, certificates: ServerCertificates,
    tokens: TokenRing, users: AccessRules, api: CurrentAPI, service: HTTPService,
    director: FaultDirector
  ) {
    self.configuration = configuration
    port = service.port
    self.service = service
    self.tokens = tokens
    self.users = users
    self.api = api
    self.director = director
    state = Mutex(State(core: core, certificates: certificates))
  }

  /// Starts a cluster; it serves when this returns.
  package static func start(
    _ configuration: Configuration = Configuration()
  ) async throws -> SimulatedCluster {
    let core = try ClusterCore.start(configuration)
    do {
      let certificates = try ServerCertificates()
      let tokens = TokenRing(randomToken())
      let users = AccessRules()
      let api = CurrentAPI(core.responder)
      let board = FaultBoard()
      // The faults act on what is made after them.
      let cluster = WeakCluster()
      let service = try await HTTPService.start(
        port: configuration.port, certificates: certificates,
        middleware: [
          RequestLog(tell: configuration.onRequest),
          FaultControl(tokens: tokens) { cluster.value?.director },
          FaultMiddleware(board: board) { cluster.value?.service.gate },
          BearerAuthentication(tokens: tokens, users: users),
        ],
        api: api, logger: Logger(label: "SimulatedCluster") { _ in SwiftLogNoOpLogHandler() })
      let director = FaultDirector(board: board, actions: actions(cluster))
      let started = SimulatedCluster(
        configuration, core: core, certificates: certificates, tokens: tokens, users: users,
        api: api,
        service: service, director: director)
      cluster.value = started
      return started
    } catch {
      core.controllers.cancel()
      throw error
    }
  }

  static func randomToken() -> String {
    SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
      .filter { $0.isLetter || $0.isNumber }
  }

  /// Closes the port and all connections, and ends the controllers.
  package func stop() async {
    await director.endAll()
    let core = state.withLock { $0.core }
    core.controllers.cancel()
    core.server.store.endAllWatches()
    await service.stop()
    await core.controllers.value
  }

  /// Lets a user in who may do what its rules say; one of that name gets these rules instead of its old ones.
  ///
  /// - Returns: the user's token.
  @discardableResult
  package func admit(_ user: SimulatedUser) -> String {
    users.set(user, token: Self.randomToken())
  }

  /// A kubeconfig for kubectl and for this package's client.
  package func kubeconfigYAML(contextName: String = "simulated") -> String {
    kubeconfigYAML(contextName: contextName, token: token, namespace: "default")
  }

  /// A kubeconfig for a user that was admitted.
  package func kubeconfigYAML(
    contextName: String, token: String, namespace: String
  ) -> String {
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
          namespace: \(namespace)
      current-context: \(contextName)

      """
  }
}

// MARK: Faults

extension SimulatedCluster {
  /// Lets something go wrong; returns when it does. See `FaultKind` for what there is.
  package func begin(_ fault: Fault) async { await director.begin(fault) }

  /// Lets something go wrong, as the command line names it: `429:retry-after=2s,for=10s,path=/pods`.
  package func begin(_ fault: String) async throws(FaultSyntaxError) {
    await director.begin(try Fault(fault))
  }

  /// Where faults are switched over HTTP; see `FaultControl`.
  package static let faultPath = FaultControl.path

  /// Ends all faults: what was closed is open, and what was frozen goes on.
  package func endFaults() async { await director.endAll() }

  /// The faults that are on or still to come, and how often each has happened.
  package var faults: [FaultReport] { director.board.reports }

  /// Is told whenever the kubeconfig is another one: the token was rotated, or the certificate authority.
  package func onNewKubeconfig(_ listener: @escaping @Sendable () -> Void) {
    state.withLock { $0.listener = listener }
  }

  private static func actions(_ cluster: WeakCluster) -> FaultDirector.Actions {
    FaultDirector.Actions(
      cut: { cluster.value?.service.gate.cutAll() },
      close: { await cluster.value?.service.close() },
      open: { try? await cluster.value?.service.open() },
      freeze: { cluster.value?.service.gate.setFrozen($0) },
      showCertificate: { cluster.value?.showCertificate(isWrong: $0) },
      compact: { cluster.value?.compact() },
      rotateToken: { cluster.value?.rotateToken() },
      replace: { await cluster.value?.replace(newAuthority: $0) })
  }

  private func showCertificate(isWrong: Bool) {
    let certificates = isWrong ? try? ServerCertificates() : state.withLock { $0.certificates }
    guard let tls = try? certificates?.tlsConfiguration() else { return }
    service.gate.show(tls)
    service.gate.cutAll()
  }

  private func rotateToken() {
    tokens.rotate(to: Self.randomToken())
    state.withLock { $0.listener }?()
  }

  /// Puts another cluster in the place of this one.
  private func replace(newAuthority: Bool) async {
    // Both have been made once with the same configuration.
    guard let core = try? ClusterCore.start(configuration),
      let certificates = newAuthority
        ? try? ServerCertificates() : state.withLock({ $0.certificates })
    else { return }
    let old = state.withLock { state in
      let old = state.core
      state.core = core
      state.certificates = certificates
      return old
    }
    api.responder = core.responder
    old.controllers.cancel()
    old.server.store.endAllWatches()
    if newAuthority, let tls = try? certificates.tlsConfiguration() { service.gate.show(tls) }
    service.gate.cutAll()
    if newAuthority { state.withLock { $0.listener }?() }
    await old.controllers.value
  }
}

/// A way back to the cluster for what is made before it.
private final class WeakCluster: Sendable {
  private struct Reference: Sendable { weak var cluster: SimulatedCluster? }

  private let reference = Mutex(Reference())

  var value: SimulatedCluster? {
    get { reference.withLock { $0.cluster } }
    set { reference.withLock { $0.cluster = newValue } }
  }
}
