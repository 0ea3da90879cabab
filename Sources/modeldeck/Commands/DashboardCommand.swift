import ArgumentParser
import Dashboard
import KubernetesClient
import ModelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck`: the dashboard on the cluster of the kubeconfig.
struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard",
    abstract: "Open the dashboard (the default).")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let organization = try options.dashboard.organizationID(environment: environment)
    let cluster = try configuredCluster(environment)
    let launch = try DashboardLaunch(options.dashboard, environment: environment)
    let logger = launch.logger
    try await launch.run(
      configuration: DashboardConfiguration(
        context: cluster.contextName, server: cluster.server.description,
        organization: organization, user: cluster.userName.isEmpty ? nil : cluster.userName,
        namespace: options.namespace ?? CreateRequest.Defaults.namespace,
        isReadOnly: options.dashboard.readOnly),
      connect: { try ConfiguredConnection(cluster, terminal: $0, logger: logger) })
  }

  /// The cluster; without one, the program ends with what was looked for.
  private func configuredCluster(
    _ environment: [String: String]
  ) throws -> ClusterConfiguration {
    do {
      return try ClusterConfiguration.resolve(
        overrides: options.overrides, environment: environment)
    } catch .notConfigured(let places) {
      Talk.say("no cluster is configured.")
      Talk.sayPlain("Looked for: \(places.joined(separator: ", ")).")
      Talk.sayPlain(
        "Name a kubeconfig with --kubeconfig, or look around without a cluster: modeldeck demo")
      throw ExitCode(1)
    } catch {
      Talk.say("\(error)")
      throw ExitCode(1)
    }
  }
}
