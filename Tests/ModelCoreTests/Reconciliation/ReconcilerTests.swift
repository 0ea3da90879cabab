import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// Ticks when a test says so.
private final class ManualTicker: Ticker {
  private let handler = Mutex<(@Sendable () -> Void)?>(nil)

  func start(every interval: Duration, _ handler: @escaping @Sendable () -> Void) {
    self.handler.withLock { $0 = handler }
  }
  func stop() { handler.withLock { $0 = nil } }
  func tick() { handler.withLock { $0 }?() }
  var isStarted: Bool { handler.withLock { $0 != nil } }
}

@Suite("Reconciler")
struct ReconcilerTests {
  private let cluster = MemoryCluster()
  private let service = K8s.Service.resourceKind
  private let deployment = K8s.Deployment.resourceKind

  /// A cluster with one created model, observed and reconciled while the body runs.
  private func reconciling(
    settings: Reconciler.Settings = .init(), token: String? = nil,
    _ body: (Reconciler, ClusterObserver, ReportLog) async throws -> Void
  ) async throws {
    let operations = ModelOperations(
      api: cluster, observer: nil, settings: .init(organization: "1", user: "ada"))
    #expect(await operations.create(ModelFixture.request(token: token)).succeeded)
    var settings = settings
    settings.policy = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2))
    let observer = ClusterObserver(api: cluster)
    let reconciler = Reconciler(api: cluster, observer: observer, settings: settings)
    let watching = Task { await observer.run() }
    let log = ReportLog()
    let stream = await reconciler.reports()
    let reading = Task { for await report in stream { log.add(report) } }
    #expect(
      await eventually {
        guard await observer.allModels.count == 1 else { return false }
        return await observer.isSettled
      })
    cluster.forgetRequests()
    try await body(reconciler, observer, log)
    watching.cancel()
    reading.cancel()
  }

  final class ReportLog: Sendable {
    private let reports = Mutex<[ReconcileReport]>([])
    func add(_ report: ReconcileReport) { reports.withLock { $0.append(report) } }
    var all: [ReconcileReport] { reports.withLock { $0 } }
    var outcomes: [ReconcileReport.Outcome] { all.map(\.outcome) }
  }

  private func exists(_ kind: ResourceKind, _ name: String) -> Bool {
    cluster.object(kind, name, namespace: "jan-models") != nil
  }

  @Test func sendsNothingWhenThereIsNothingToDo() async throws {
    try await reconciling { reconciler, _, _ in
      for _ in 0..<5 { await reconciler.tick() }
      #expect(ownRequests.isEmpty)
    }
  }

  /// Requests of the reconciler: the observer follows the events of what is starting, and finds out which cluster answers.
  private var ownRequests: [APIRequest] {
    cluster.requests.filter { !$0.path.hasSuffix("/events") && $0.path != "/api/v1/namespaces" }
  }

  @Test func bringsBackAServiceThatWasRemoved() async throws {
    try await reconciling { reconciler, observer, log in
      cluster.remove(service, "llama-7b", namespace: "jan-models")
      #expect(await eventually { await observer.openPlans.count == 1 })
      #expect(
        await observer.model(.init(namespace: "jan-models", name: "llama-7b"))?.drift == [
          "Service llama-7b is missing"
        ])
      await reconciler.tick()
      #expect(exists(service, "llama-7b"))
      #expect(await eventually { log.outcomes == [.repaired] })
      #expect(await eventually { await observer.openPlans.isEmpty })
      cluster.forgetRequests()
      for _ in 0..<5 { await reconciler.tick() }
      #expect(ownRequests.isEmpty)
    }
  }

  @Test func repairsTheDeploymentAndLeavesTheReplicas() async throws {
    try await reconciling { reconciler, observer, _ in
      cluster.edit(
        deployment, "llama-7b", namespace: "jan-models",
        ["spec": ["replicas": 0, "strategy": ["type": "RollingUpdate"]]])
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      let spec = cluster.object(deployment, "llama-7b", namespace: "jan-models")?["spec"]
      #expect(spec?["strategy", "type"] == "Recreate")
      #expect(spec?["replicas"] == 0)
      #expect(await eventually { await observer.openPlans.isEmpty })
    }
  }

  @Test func findsAManagedDeploymentThatLostItsName() async throws {
    try await reconciling { reconciler, observer, _ in
      cluster.edit(
        deployment, "llama-7b", namespace: "jan-models",
        ["metadata": ["labels": ["model.aibrix.ai/name": nil]]])
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      #expect(
        cluster.object(deployment, "llama-7b", namespace: "jan-models")?[
          "metadata", "labels", "model.aibrix.ai/name"] == "llama-7b")
      #expect(await eventually { await observer.openPlans.isEmpty })
      #expect(await observer.allModels.count == 1)
    }
  }

  @Test func doesNotMakeADeletedDeploymentAgain() async throws {
    try await reconciling { reconciler, observer, _ in
      cluster.edit(
        deployment, "llama-7b", namespace: "jan-models", ["spec": ["paused": true]])
      cluster.edit(
        deployment, "llama-7b", namespace: "jan-models",
        ["spec": ["strategy": ["type": "RollingUpdate"]]])
      #expect(await eventually { await observer.openPlans.count == 1 })
      // The Deployment goes between the plan and its execution, and the caches do not know yet.
      let removed = Flag()
      cluster.setFault { [cluster] request in
        if request.method != .get, !removed.isSet {
          removed.set()
          cluster.remove(
            K8s.Deployment.resourceKind, "llama-7b", namespace: "jan-models")
        }
        return nil
      }
      await reconciler.tick()
      #expect(removed.isSet)
      #expect(!exists(deployment, "llama-7b"))
    }
  }

  @Test func leavesAForeignServiceAndSaysSoOnce() async throws {
    try await reconciling { reconciler, observer, log in
      cluster.remove(service, "llama-7b", namespace: "jan-models")
      cluster.put(
        ["metadata": ["name": "llama-7b", "labels": ["team": "a"]], "spec": ["type": "NodePort"]],
        kind: service, namespace: "jan-models")
      let name = ModelID(namespace: "jan-models", name: "llama-7b")
      #expect(
        await eventually {
          await observer.model(name)?.drift == [
            "Service llama-7b is not of this model and stays untouched"
          ]
        })
      for _ in 0..<3 { await reconciler.tick() }
      #expect(await eventually { log.outcomes == [.blocked] })
      #expect(cluster.writes.isEmpty)
    }
  }

  @Test func doesNotAdoptAnUnlabelledClaimThatTheCachesDoNotSee() async throws {
    try await reconciling { reconciler, observer, log in
      let claim = K8s.PersistentVolumeClaim.resourceKind
      cluster.remove(claim, "llama-7b-storage", namespace: "jan-models")
      cluster.put(
        ["metadata": ["name": "llama-7b-storage"]], kind: claim, namespace: "jan-models")
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      #expect(cluster.writes.isEmpty)
      #expect(
        await eventually {
          log.all.contains { $0.message.contains("it exists and is not of this model") }
        })
    }
  }

  @Test func takesBackAClaimThatLostItsLabels() async throws {
    try await reconciling { reconciler, observer, _ in
      let claim = K8s.PersistentVolumeClaim.resourceKind
      cluster.edit(
        claim, "llama-7b-storage", namespace: "jan-models", ["metadata": ["labels": nil]])
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      #expect(await eventually { await observer.openPlans.isEmpty })
      #expect(
        cluster.object(claim, "llama-7b-storage", namespace: "jan-models")?[
          "metadata", "labels", "model.aibrix.ai/name"] == "llama-7b")
    }
  }

  @Test func leavesAloneWhatAdmissionChangesBack() async throws {
    try await reconciling { reconciler, observer, log in
      cluster.setAdmission { object in
        var object = object
        if object["kind"] == "Service" { object["spec", "type"] = "NodePort" }
        return object
      }
      cluster.edit(
        service, "llama-7b", namespace: "jan-models", ["spec": ["type": "NodePort"]])
      #expect(await eventually { await observer.openPlans.count == 1 })
      for _ in 0..<5 { await reconciler.tick() }
      #expect(cluster.writes.count == 1)
      #expect(await eventually { log.outcomes == [.contested] })
    }
  }

  /// One field is fought about, another is changed by a hand: the one is told once and left, the other repaired and told.
  @Test func repairsWhatIsNotFoughtAbout() async throws {
    try await reconciling { reconciler, observer, log in
      cluster.setAdmission { object in
        var object = object
        if object["kind"] == "Service" { object["spec", "type"] = "NodePort" }
        return object
      }
      cluster.edit(service, "llama-7b", namespace: "jan-models", ["spec": ["type": "NodePort"]])
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      #expect(await eventually { log.outcomes == [.contested] })
      cluster.edit(
        service, "llama-7b", namespace: "jan-models",
        ["metadata": ["labels": ["prometheus-discovery": nil]]])
      #expect(
        await eventually {
          await reconciler.tick()
          return log.outcomes == [.contested, .repaired]
        })
      #expect(
        log.all.last?.drift == ["Service llama-7b differs in metadata.labels.prometheus-discovery"])
      for _ in 0..<20 { await reconciler.tick() }
      #expect(log.outcomes == [.contested, .repaired])
    }
  }

  /// A controller that changes a field back at once: repaired a few times, told once, and then less and less often.
  @Test func tellsAFightOnceAndBacksOff() async throws {
    try await reconciling { reconciler, observer, log in
      let time = ManualTime()
      let fighter = Reconciler(api: cluster, observer: observer, steady: time.clock)
      let stream = await fighter.reports()
      let reading = Task { for await report in stream { log.add(report) } }
      var repairs = 0
      for _ in 0..<200 {
        if cluster.object(service, "llama-7b", namespace: "jan-models")?["spec", "type"]
          == "ClusterIP"
        {
          repairs += 1
          cluster.edit(
            service, "llama-7b", namespace: "jan-models", ["spec": ["type": "NodePort"]])
        }
        #expect(await eventually { await observer.openPlans.count == 1 })
        await fighter.tick()
        time.pass(.seconds(3))
      }
      // Ten minutes: six tries at once, then after 20, 40, 80, ... seconds.
      #expect((8...15).contains(repairs), "\(repairs)")
      #expect(await eventually { log.outcomes.count { $0 == .contested } == 1 })
      #expect(log.outcomes.count { $0 == .repaired } <= 7)
      reading.cancel()
    }
  }

  // MARK: The token

  @Test func takesBackASecretThatLostItsLabel() async throws {
    try await reconciling(token: "hf_a_secret_token") { reconciler, observer, log in
      let secret = K8s.Secret.resourceKind
      cluster.edit(
        secret, "llama-7b-hf-token", namespace: "jan-models", ["metadata": ["labels": nil]])
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      #expect(await eventually { log.outcomes == [.repaired] })
      let stored = cluster.object(secret, "llama-7b-hf-token", namespace: "jan-models")
      #expect(stored?["metadata", "labels", "model.aibrix.ai/name"] == "llama-7b")
      #expect(stored?["stringData", "token"] == "hf_a_secret_token")
    }
  }

  @Test func saysThatALostTokenCannotBeMadeAgain() async throws {
    try await reconciling(token: "hf_a_secret_token") { reconciler, observer, log in
      let secret = K8s.Secret.resourceKind
      cluster.remove(secret, "llama-7b-hf-token", namespace: "jan-models")
      #expect(await eventually { await observer.openPlans.count == 1 })
      for _ in 0..<3 { await reconciler.tick() }
      #expect(await eventually { log.all.count == 1 })
      #expect(log.all.first?.message.contains("cannot be made again") == true)
      #expect(!exists(secret, "llama-7b-hf-token"))
      #expect(cluster.writes.isEmpty)
    }
  }

  // MARK: Orphans

  /// The Deployment is gone and nobody collects its garbage.
  @Test(arguments: [true, false])
  func sweepsChildrenWithoutModel(hasOwner: Bool) async throws {
    var settings = Reconciler.Settings()
    settings.orphanAge = .zero
    try await reconciling(settings: settings, token: "hf_a_secret_token") { reconciler, _, log in
      let kinds: [(ResourceKind, String)] = [
        (service, "llama-7b"), (.serviceMonitor, "llama-7b"),
        (K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage"),
        (K8s.Secret.resourceKind, "llama-7b-hf-token"),
      ]
      let children = kinds.compactMap { kind, name in
        cluster.object(kind, name, namespace: "jan-models").map { (kind, $0) }
      }
      cluster.remove(deployment, "llama-7b", namespace: "jan-models")
      for (kind, var child) in children {
        if !hasOwner { child["metadata", "ownerReferences"] = nil }
        child["metadata", "uid"] = nil
        cluster.put(child, kind: kind, namespace: "jan-models")
      }
      let keepsClaim = !hasOwner
      #expect(
        await eventually {
          await reconciler.tick()
          return kinds.count { exists($0.0, $0.1) } == (keepsClaim ? 1 : 0)
        })
      #expect(exists(K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage") == keepsClaim)
      #expect(log.outcomes.allSatisfy { $0 == .removedOrphan })
    }
  }

  @Test func sweepsNothingThatIsNotOurs() async throws {
    var settings = Reconciler.Settings()
    settings.orphanAge = .zero
    try await reconciling(settings: settings) { reconciler, _, _ in
      let labels: JSONValue = [
        "app.kubernetes.io/managed-by": "jan-server", "model.aibrix.ai/name": "other",
      ]
      var ofAnother = labels
      ofAnother["jan-server.menlo.ai/organization"] = "2"
      for (name, labels) in [("other", labels), ("third", ofAnother), ("fourth", [:])] {
        cluster.put(
          ["metadata": ["name": .string(name), "labels": labels]], kind: service,
          namespace: "jan-models")
      }
      for _ in 0..<5 { await reconciler.tick() }
      #expect(cluster.writes.isEmpty)
    }
  }

  @Test func backsOffFromWhatFails() async throws {
    try await reconciling { reconciler, observer, log in
      cluster.setFault { request in
        request.method == .patch
          ? .refuse(.status(.init(code: 403, reason: "Forbidden", message: "no"))) : nil
      }
      cluster.remove(service, "llama-7b", namespace: "jan-models")
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      #expect(await eventually { log.all.count == 1 })
      #expect(log.all.first?.message.contains("not allowed to apply Service llama-7b") == true)
      cluster.setFault(nil)
      #expect(
        await eventually {
          await reconciler.tick()
          return exists(service, "llama-7b")
        })
    }
  }

  @Test func neverWritesWhenReadOnly() async throws {
    try await reconciling(settings: .init(isReadOnly: true)) { reconciler, observer, _ in
      cluster.remove(service, "llama-7b", namespace: "jan-models")
      #expect(await eventually { await observer.openPlans.count == 1 })
      await reconciler.tick()
      #expect(cluster.writes.isEmpty)
    }
  }

  @Test func leavesAModelAloneThatIsBeingDeleted() async throws {
    try await reconciling { reconciler, observer, _ in
      cluster.edit(
        deployment, "llama-7b", namespace: "jan-models",
        [
          "metadata": [
            "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["foregroundDeletion"],
          ]
        ])
      cluster.remove(service, "llama-7b", namespace: "jan-models")
      let name = ModelID(namespace: "jan-models", name: "llama-7b")
      #expect(await eventually { await observer.model(name)?.isDeleting == true })
      await reconciler.tick()
      #expect(cluster.writes.isEmpty)
    }
  }

  @Test func runsAtEveryTickAndEarlyWhenSomethingChanges() async throws {
    try await reconciling { _, observer, _ in
      let ticker = ManualTicker()
      var settings = Reconciler.Settings()
      settings.debounce = .milliseconds(1)
      let reconciler = Reconciler(
        api: cluster, observer: observer, settings: settings, ticker: ticker)
      let running = Task { await reconciler.run() }
      #expect(await eventually { ticker.isStarted })
      cluster.remove(service, "llama-7b", namespace: "jan-models")
      #expect(await eventually { exists(service, "llama-7b") })
      running.cancel()
      #expect(await eventually { !ticker.isStarted })
    }
  }

  @Test func twoOfThemDoNoHarm() async throws {
    try await reconciling { first, observer, _ in
      let second = Reconciler(api: cluster, observer: observer)
      cluster.remove(service, "llama-7b", namespace: "jan-models")
      #expect(await eventually { await observer.openPlans.count == 1 })
      async let one: Void = first.tick()
      async let two: Void = second.tick()
      _ = await (one, two)
      #expect(exists(service, "llama-7b"))
      #expect(await eventually { await observer.openPlans.isEmpty })
    }
  }

  @Test func dispatchTimerTicks() async throws {
    let ticker = DispatchTicker()
    let count = Counter()
    ticker.start(every: .milliseconds(5)) { @Sendable in _ = count.next() }
    #expect(await eventually { count.next() > 5 })
    ticker.stop()
  }
}

extension ClusterObserver {
  /// All that plans need was read.
  var isSettled: Bool {
    get async {
      guard let id = allModels.first?.id, let observed = observed(id) else { return false }
      return observed.service.value != nil && observed.claim.value != nil
        && observed.serviceMonitor.value != nil && observed.secret != .unknown
    }
  }
}
