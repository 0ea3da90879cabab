package import ModelCore
package import TerminalUI

/// How the models are reached.
package enum ModelsWay: Sendable, Equatable {
  /// Through the cluster's own API.
  case cluster
  /// Through the Organization Models HTTP API alone.
  case httpAPI
}

/// Which cluster is on screen, and as whom.
package struct ClusterIdentity: Sendable, Equatable {
  /// The context of the kubeconfig, as kubectl names it.
  package var context: String
  /// The API server, e.g. `https://10.0.0.1:6443`.
  package var server: String
  /// Who acts; `nil` where the credentials do not say.
  package var user: String?
  /// Where models are created.
  package var namespace: String
  /// What may not be done there.
  package var guards: GuardRails
  /// Whose models are ours there; empty where only the server knows, `nil` where it is the same as everywhere.
  package var organization: String?
  /// What can be done there depends on it: the HTTP API has fewer operations.
  package var way: ModelsWay

  /// A cluster without guard rails and through its own API, unless it is said otherwise.
  package init(
    context: String, server: String, user: String?, namespace: String,
    guards: GuardRails = GuardRails(), organization: String? = nil, way: ModelsWay = .cluster
  ) {
    self.organization = organization
    self.way = way
    self.context = context
    self.server = server
    self.user = user
    self.namespace = namespace
    self.guards = guards
  }
}

/// A context that the dashboard can switch to.
package struct ContextChoice: Sendable, Equatable {
  package var name: String
  /// Its name in the kubeconfig; empty for an HTTP API.
  package var cluster: String
  /// Its name in the kubeconfig, not in the cluster; empty for an HTTP API.
  package var user: String
  /// That of the context; `nil` where it names none.
  package var namespace: String?
  /// The address of an HTTP API, where it is one.
  package var server: String?

  /// A context of the kubeconfig unless `server` is given.
  package init(
    name: String, cluster: String = "", user: String = "", namespace: String? = nil,
    server: String? = nil
  ) {
    self.server = server
    self.name = name
    self.cluster = cluster
    self.user = user
    self.namespace = namespace
  }
}

/// What a dashboard is told at its start. Only the cluster changes later.
package struct DashboardConfiguration: Sendable, Equatable {
  /// The context of the kubeconfig, as kubectl names it.
  package var context: String
  /// The API server, e.g. `https://10.0.0.1:6443`.
  package var server: String
  /// The organization whose models are ours.
  package var organization: String
  /// Who acts; `nil` where the credentials do not say.
  package var user: String?
  /// Where models are created.
  package var namespace: String
  /// Nothing is written: what would write is disabled and says so.
  package var isReadOnly: Bool
  /// What may not be done on this cluster.
  package var guards = GuardRails()
  /// How the models are reached on the cluster on screen.
  package var way = ModelsWay.cluster
  /// The cluster is simulated in the process: a banner says that nothing is real.
  package var isSimulated: Bool
  /// `unicode`, or `ascii` where the terminal shows no more.
  package var glyphs: Glyphs
  /// Of the program, for the help.
  package var version: String
  /// Drafts of forms are kept on disk, and outlive the program.
  package var keepsDrafts = false
  /// What makes deleted models again is kept on disk for its ten minutes.
  package var keepsUndo = false
  /// Tells this dashboard from others that run now: letters and digits.
  package var instance = "0"
  /// Seconds east of Greenwich, for the clock times of messages.
  package var utcOffset: Int

  /// Nothing is written, whoever said so.
  package var isWriteProtected: Bool { isReadOnly || guards.isReadOnly }

  /// The part that a switch of the context changes. Setting it keeps the organization where the new one names none.
  package var cluster: ClusterIdentity {
    get {
      ClusterIdentity(
        context: context, server: server, user: user, namespace: namespace, guards: guards,
        organization: organization, way: way)
    }
    set {
      if let organization = newValue.organization { self.organization = organization }
      way = newValue.way
      guards = newValue.guards
      context = newValue.context
      server = newValue.server
      user = newValue.user
      namespace = newValue.namespace
    }
  }

  /// What is not a parameter has its default and is set afterwards.
  package init(
    context: String, server: String, organization: String = "1", user: String? = nil,
    namespace: String = "jan-models", isReadOnly: Bool = false, isSimulated: Bool = false,
    glyphs: Glyphs = .unicode, version: String = "", utcOffset: Int = 0
  ) {
    self.context = context
    self.server = server
    self.organization = organization
    self.user = user
    self.namespace = namespace
    self.isReadOnly = isReadOnly
    self.isSimulated = isSimulated
    self.glyphs = glyphs
    self.version = version
    self.utcOffset = utcOffset
  }
}
