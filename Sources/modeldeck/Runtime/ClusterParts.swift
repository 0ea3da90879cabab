import Dashboard
import ModelCore

/// What works on one cluster through one connection: the same for the dashboard, for commands and for the HTTP API.
///
/// Nothing runs yet: who makes it starts what it needs.
struct ClusterParts {
  /// How a cluster is worked on.
  struct Settings {
    var organization: String
    var reconcileInterval: Duration = .seconds(10)
    /// Nothing is ever written.
    var isReadOnly = false
  }

  var connection: any ClusterConnection
  var observer: ClusterObserver
  var operations: ModelOperations
  var reconciler: Reconciler
  var election: WriterElection
  var access: AccessReviewer

  init(_ connection: any ClusterConnection, target: ClusterTarget, settings: Settings) {
    self.connection = connection
    let api = connection.api
    let namespace = target.identity.namespace
    observer = ClusterObserver(
      api: api,
      settings: .init(organization: settings.organization, namespace: target.fallbackNamespace))
    var writes = ModelOperations.Settings(
      organization: settings.organization, namespace: namespace, user: connection.userName)
    writes.isReadOnly = settings.isReadOnly
    operations = ModelOperations(api: api, observer: observer, settings: writes)
    var terms = WriterElection.Settings(
      organization: settings.organization, namespace: namespace,
      identity: ProcessIdentity.writer)
    terms.isReadOnly = settings.isReadOnly
    election = WriterElection(api: api, settings: terms)
    access = AccessReviewer(api: api, namespace: namespace)
    reconciler = Reconciler(
      api: api, observer: observer,
      settings: .init(interval: settings.reconcileInterval, isReadOnly: settings.isReadOnly),
      gate: election, busy: operations.busy, access: access)
  }
}
