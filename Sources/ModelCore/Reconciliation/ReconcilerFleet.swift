package import Kubernetes

/// Reconciles for every organization that has managed models: one reconciler and one Lease each, all on one observer.
///
/// The Leases are those that dashboards of single organizations contend for, so that beside them still one writes.
package struct ReconcilerFleet: Sendable {
  /// What all of the reconcilers share.
  package struct Settings: Sendable {
    /// Where models are made.
    package var namespace: String
    /// From ``WriterIdentity/make(user:host:)``; different for every run.
    package var identity: String
    /// Between two looks of each reconciler at everything.
    package var interval: Duration
    /// Only these; `nil` is every one that comes up.
    package var organizations: Set<String>?

    /// For every organization that comes up, unless some are named.
    package init(
      namespace: String, identity: String, interval: Duration = .seconds(10),
      organizations: Set<String>? = nil
    ) {
      self.namespace = namespace
      self.identity = identity
      self.interval = interval
      self.organizations = organizations
    }
  }

  private let api: any ClusterAPI
  private let observer: ClusterObserver
  private let busy: BusyModels
  private let access: AccessReviewer?
  private let settings: Settings

  /// - Parameters:
  ///   - observer: of all organizations that are served.
  ///   - busy: that of the `ModelOperations` of the same program.
  package init(
    api: any ClusterAPI, observer: ClusterObserver, busy: BusyModels,
    access: AccessReviewer? = nil, settings: Settings
  ) {
    self.api = api
    self.observer = observer
    self.busy = busy
    self.access = access
    self.settings = settings
  }

  /// Reconciles until the task is cancelled; then the Leases are given back.
  ///
  /// - Parameter report: told what was done, and what could not be.
  @concurrent
  package func run(report: @escaping @Sendable (ReconcileReport) -> Void = { _ in }) async {
    var running: Set<String> = []
    await withDiscardingTaskGroup { group in
      for await update in await observer.updates() {
        for model in update.changed {
          guard model.isManaged, let organization = model.organization, isServed(organization),
            running.insert(organization).inserted
          else { continue }
          group.addTask { await self.reconcile(for: organization, report: report) }
        }
      }
      group.cancelAll()
    }
  }

  private func isServed(_ organization: String) -> Bool {
    settings.organizations.map { $0.contains(organization) } ?? true
  }

  @concurrent
  private func reconcile(
    for organization: String, report: @escaping @Sendable (ReconcileReport) -> Void
  ) async {
    let election = WriterElection(
      api: api,
      settings: .init(
        organization: organization, namespace: settings.namespace, identity: settings.identity))
    var terms = Reconciler.Settings(interval: settings.interval)
    terms.organization = organization
    let reconciler = Reconciler(
      api: api, observer: observer, settings: terms, gate: election, busy: busy, access: access)
    await withDiscardingTaskGroup { group in
      group.addTask { await election.run() }
      group.addTask {
        for await news in await reconciler.reports() {
          report(news)
          if case .failed = news.outcome { await access?.askAgain() }
        }
      }
      group.addTask { await reconciler.run() }
    }
  }
}
