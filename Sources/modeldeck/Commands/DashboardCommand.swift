import ArgumentParser
import Dashboard
import KubernetesClient
import ModelCore
import Scripting

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
    let settings = try Configuration.load(
      flags: options.flags, path: options.cluster.common.config, environment: environment)
    let launch = try DashboardLaunch(settings, environment: environment)
    let choices = try ModelsChoices(settings, environment: environment, logger: launch.logger)
    let target = try choices.initialTarget()
    if target.identity.way == .httpAPI, case .flag = settings[.namespace].origin {
      throw CommandFailure(RemoteModels.notOffered("choose the namespace of new models"))
    }
    var configuration = DashboardConfiguration(
      context: "", server: "", organization: settings.organization,
      isReadOnly: settings.isReadOnly)
    configuration.cluster = target.identity
    try await launch.run(configuration: configuration, target: target, choices: choices)
  }
}
