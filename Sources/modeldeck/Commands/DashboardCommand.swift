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
    let launch = try DashboardLaunch(options.dashboard, environment: environment)
    var choices = KubeconfigChoices(
      overrides: options.overrides, environment: environment, logger: launch.logger)
    let target = try initialTarget(choices)
    choices.startContext = target.identity.context
    var configuration = DashboardConfiguration(
      context: "", server: "", organization: organization, isReadOnly: options.dashboard.readOnly)
    configuration.cluster = target.identity
    try await launch.run(configuration: configuration, target: target, choices: choices)
  }

  /// The cluster; without one, the program ends with what was looked for.
  private func initialTarget(_ choices: KubeconfigChoices) throws -> ClusterTarget {
    do {
      return try choices.initialTarget()
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
