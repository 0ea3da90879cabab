import ArgumentParser
import Dashboard
import Kubernetes
import KubernetesClient
import Logging
import ModelCore
import Scripting
import SimulatedCluster

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck demo`: the dashboard on the embedded cluster, filled and changing by itself.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Open the dashboard on an embedded cluster where nothing is real.",
    discussion: """
      The cluster lives in this process, on loopback, and is gone when the dashboard is closed. It has four nodes with \
      eight GPUs each and about a dozen models in every status, which change by themselves. Create and delete what you like.
      """)

  @OptionGroup var options: DashboardOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let settings = try Configuration.load(
      flags: options.flags.merging(common.flags) { first, _ in first }, path: common.config,
      environment: environment)
    let organization = settings.organization
    let launch = try DashboardLaunch(settings, environment: environment)
    let logger = launch.logger
    let namespace = CreateRequest.Defaults.namespace
    let configuration = DashboardConfiguration(
      context: "demo", server: "the embedded cluster", organization: organization, user: "demo",
      namespace: namespace, isReadOnly: settings.isReadOnly, isSimulated: true)
    let target = ClusterTarget(
      identity: configuration.cluster, fallbackNamespace: namespace,
      connect: { _ in try await DemoConnection.start(organization: organization, logger: logger) })
    try await launch.run(configuration: configuration, target: target, choices: nil)
  }
}

/// The embedded cluster with its models, and the same client to it that talks to production.
struct DemoConnection: ClusterConnection {
  private let cluster: SimulatedCluster
  private let client: HTTPClusterAPI
  private let scenario: Task<Void, Never>

  @concurrent
  static func start(organization: String, logger: Logger) async throws -> DemoConnection {
    let cluster = try await SimulatedCluster.start(.init(nodes: DemoModels.nodes))
    let client = try ConfiguredConnection(cluster.clientConfiguration, logger: logger).client
    let scenario = DemoScenario(api: client, organization: organization, logger: logger)
    return DemoConnection(
      cluster: cluster, client: client, scenario: Task { @concurrent in await scenario.run() })
  }

  var api: any ClusterAPI { client }
  var userName: String? { "demo" }
  var tokenOrganization: String? { nil }
  var credentials: AsyncStream<CredentialStatus> { client.credentialStatuses }
  func retryNow() {}

  func close() async {
    scenario.cancel()
    await client.shutdown()
    await cluster.stop()
  }
}

extension SimulatedCluster {
  /// How a client reaches it: its address, its certificate authority and its token.
  var clientConfiguration: ClusterConfiguration {
    ClusterConfiguration(
      server: ServerAddress(host: "127.0.0.1", port: port), contextName: "simulated",
      clusterName: "simulated", userName: "simulated",
      tls: TLSMaterial(authority: .init(Data(caPEM.utf8), origin: "the embedded cluster")),
      credential: .token(Secret(token)))
  }
}
