import Kubernetes
import KubernetesClient
import Logging

/// A way to a cluster, and what has to be closed after it.
protocol ClusterConnection: Sendable {
  var api: any ClusterAPI { get }
  /// Who acts, for the annotations of what is created.
  var userName: String? { get }
  /// Whose models the token of the next request opens, as it says itself; `nil` where nothing says it.
  var tokenOrganization: String? { get }
  /// How the credentials are doing, whenever that changes; for one reader.
  var credentials: AsyncStream<CredentialStatus> { get }
  /// The user wants it to be tried at once, also what needs the terminal.
  func retryNow()
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
  var tokenOrganization: String? { client.configuration.currentTokenIdentity()?.organization }
  var credentials: AsyncStream<CredentialStatus> { client.credentialStatuses }
  func retryNow() { client.retryCredentials() }
  func close() async { await client.shutdown() }
}
