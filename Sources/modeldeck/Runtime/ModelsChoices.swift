import Dashboard
import KubernetesClient
import Logging
import ModelCore
import Scripting

/// Everything that can be worked on: the contexts of the kubeconfig files, and the HTTP APIs that the configuration names.
struct ModelsChoices: ClusterChoices {
  let configuration: Configuration
  let environment: [String: String]
  let logger: Logger
  private let policies: ContextPolicies

  /// Throws what is wrong with the guard rails of the configuration file.
  init(
    _ configuration: Configuration, environment: [String: String], logger: Logger
  ) throws(CommandFailure) {
    self.configuration = configuration
    self.environment = environment
    self.logger = logger
    policies = try configuration.policies()
  }

  /// What the flags and the files say at the start.
  func initialTarget() throws(CommandFailure) -> ClusterTarget {
    if let target = try remote(configuration) { return target }
    do {
      return organized(try kubeconfig(configuration).initialTarget())
    } catch {
      throw CommandFailure(error)
    }
  }

  /// The context that is worked on at the start; `nil` where none is chosen, as in a pod.
  var startName: String? {
    guard case .kubeconfig(let name) = configuration.place else { return configuration.context }
    return name
      ?? (try? Kubeconfig.load(overrides: configuration.overrides, environment: environment))?
      .currentContext
  }

  @concurrent
  func contexts() async throws -> [ContextChoice] {
    try list()
  }

  /// What can be chosen, by name; an HTTP API goes before a context of the same name.
  func list() throws(KubeconfigError) -> [ContextChoice] {
    var servers = configuration.file?.serverContexts ?? []
    if case .server(let address) = configuration.place, let name = configuration.context {
      servers.append((name, address))
    }
    let names = Set(servers.map(\.name))
    let contexts = try kubeconfig(configuration).list().filter { !names.contains($0.name) }
    let choices = servers.map { ContextChoice(name: $0.name, server: $0.server) }
    return (contexts + choices).sorted { $0.name < $1.name }
  }

  @concurrent
  func target(context: String, namespace: String?) async throws -> ClusterTarget {
    let settings = configuration.switched(to: context)
    do {
      if let target = try remote(settings) { return target }
    } catch {
      throw Unusable(description: error.message)
    }
    return organized(
      try await kubeconfig(settings).target(context: context, namespace: namespace))
  }

  /// Why an HTTP API cannot be used, as a sentence.
  private struct Unusable: Error, CustomStringConvertible { var description: String }

  // MARK: Clusters

  private func kubeconfig(_ settings: Configuration) -> KubeconfigChoices {
    var choices = KubeconfigChoices(
      overrides: settings.overrides, environment: environment, logger: logger)
    choices.policies = policies
    if case .kubeconfig = configuration.place { choices.startContext = startName }
    return choices
  }

  /// A context may be worked on for another organization.
  private func organized(_ target: ClusterTarget) -> ClusterTarget {
    var target = target
    let settings = configuration.switched(to: target.identity.context)
    target.identity.organization = settings.organization
    return target
  }

  // MARK: HTTP APIs

  private func remote(_ settings: Configuration) throws(CommandFailure) -> ClusterTarget? {
    guard let options = try settings.modelsAPIOptions(environment) else { return nil }
    let cluster: ClusterConfiguration
    do {
      cluster = try ClusterConfiguration.modelsAPI(options, environment: environment)
    } catch {
      throw CommandFailure(error)
    }
    let logger = logger
    return ClusterTarget(
      identity: ClusterIdentity(
        context: cluster.contextName, server: cluster.server.description,
        user: cluster.tokenIdentity?.subject, namespace: "",
        guards: policies.guards(for: cluster.contextName),
        organization: cluster.tokenIdentity?.organization ?? "", way: .httpAPI),
      fallbackNamespace: "",
      connect: { try ConfiguredConnection(cluster, terminal: $0, logger: logger) },
      renewed: {
        guard let target = try remote(settings) else {
          throw Unusable(description: "there is no HTTP API any more")
        }
        return target
      })
  }
}
