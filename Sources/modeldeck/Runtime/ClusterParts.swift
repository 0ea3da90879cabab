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
    /// Where writes are noted down.
    var journal: FileJournal?
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
    let guards = target.identity.guards
    let isReadOnly = settings.isReadOnly || guards.isReadOnly
    let organization = target.identity.organization ?? settings.organization
    let desk = settings.journal.map {
      JournalDesk($0, context: target.identity.context, user: connection.userName)
    }
    observer = ClusterObserver(
      api: api,
      settings: .init(organization: organization, namespace: target.fallbackNamespace))
    var writes = ModelOperations.Settings(
      organization: organization, namespace: namespace, user: connection.userName)
    writes.isReadOnly = settings.isReadOnly
    writes.guards = guards
    operations = ModelOperations(
      api: api, observer: observer, settings: writes, journal: desk)
    var terms = WriterElection.Settings(
      organization: organization, namespace: namespace,
      identity: ProcessIdentity.writer)
    terms.isReadOnly = isReadOnly
    election = WriterElection(api: api, settings: terms)
    access = AccessReviewer(api: api, namespace: namespace)
    reconciler = Reconciler(
      api: api, observer: observer,
      settings: .init(interval: settings.reconcileInterval, isReadOnly: isReadOnly),
      gate: election, busy: operations.busy, access: access, journal: desk)
  }
}
