import Dashboard
import KubernetesClient
import Logging
import ModelCore

/// One cluster that a dashboard can work on: what it is called, and how it is reached.
struct ClusterTarget: Sendable {
  var identity: ClusterIdentity
  /// What is shown where not all namespaces may be listed.
  var fallbackNamespace: String
  /// Makes the way to the cluster. Called off the loop, once for each session; it gets the terminal for what has to talk
  /// to the user, where there is one.
  var connect: @Sendable (TerminalHandover?) async throws -> any ClusterConnection
  /// The same place as its files describe it now. Throws with a sentence for a person; `nil` where nothing can have changed.
  var renewed: (@Sendable () throws -> ClusterTarget)?
}

/// The clusters to choose from while the dashboard runs. Reads, never writes.
protocol ClusterChoices: Sendable {
  /// What can be chosen, by name. Throws with a sentence for a person.
  @concurrent func contexts() async throws -> [ContextChoice]
  /// One of them. Throws with a sentence for a person where it cannot be used; nothing is connected.
  ///
  /// - Parameter namespace: instead of the one that the flags or the context say.
  @concurrent func target(context: String, namespace: String?) async throws -> ClusterTarget
}

/// The contexts of the kubeconfig files, read again at every question: they may have changed since.
struct KubeconfigChoices: ClusterChoices {
  var overrides: KubeconfigOverrides
  var environment: [String: String]
  var logger: Logger
  /// The context that `--token` is meant for: no other cluster gets to see it.
  var startContext: String?
  /// What may not be done on which of them.
  var policies = ContextPolicies()

  @concurrent
  func contexts() async throws -> [ContextChoice] { try list() }

  /// What the files have, by name.
  func list() throws(KubeconfigError) -> [ContextChoice] {
    try Kubeconfig.load(overrides: overrides, environment: environment).contextList.map {
      ContextChoice(name: $0.name, cluster: $0.cluster, user: $0.user, namespace: $0.namespace)
    }
  }

  @concurrent
  func target(context: String, namespace: String?) async throws -> ClusterTarget {
    var overrides = overrides
    // The pod's own cluster has no context that could be named.
    let kubeconfig = try Kubeconfig.load(overrides: overrides, environment: environment)
    let isPod = kubeconfig.isEmpty && context == ClusterConfiguration.inClusterContext
    overrides.context = isPod ? nil : context
    if context != startContext { overrides.token = nil }
    return try target(overrides, namespace: namespace)
  }

  /// What the flags and the files say at the start.
  func initialTarget() throws(KubeconfigError) -> ClusterTarget {
    try target(overrides, namespace: nil)
  }

  private func target(
    _ overrides: KubeconfigOverrides, namespace: String?
  ) throws(KubeconfigError) -> ClusterTarget {
    let cluster = try ClusterConfiguration.resolve(overrides: overrides, environment: environment)
    let chosen = namespace ?? overrides.namespace.nonEmpty
    let logger = logger
    return ClusterTarget(
      identity: ClusterIdentity(
        context: cluster.contextName, server: cluster.server.description,
        user: cluster.actor,
        namespace: chosen ?? CreateRequest.Defaults.namespace,
        guards: policies.guards(for: cluster.contextName)),
      fallbackNamespace: chosen ?? cluster.statedNamespace ?? CreateRequest.Defaults.namespace,
      connect: { try ConfiguredConnection(cluster, terminal: $0, logger: logger) })
  }
}

extension ClusterConfiguration {
  /// Who acts, as it is shown: `bob (by jane)` where jane acts as bob.
  var actor: String? {
    guard let impersonation else {
      return userName.isEmpty ? nil : userName
    }
    return userName.isEmpty ? impersonation.user : "\(impersonation.user) (by \(userName))"
  }
}
