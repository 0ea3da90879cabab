import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

@Suite("Writer election")
struct WriterElectionTests {
  private let cluster = MemoryCluster()

  /// Looked after more often than usual; and nobody loses it because a busy machine is slow.
  private static var steady: LeaseContest.Terms {
    var terms = LeaseContest.Terms()
    terms.duration = .seconds(600)
    terms.renewal = .milliseconds(200)
    terms.writing = .seconds(500)
    terms.retry = .milliseconds(50)
    terms.refusal = .milliseconds(100)
    return terms
  }

  /// The same, where it has to be lost.
  private static var quick: LeaseContest.Terms {
    var terms = steady
    terms.duration = .seconds(1)
    terms.writing = .milliseconds(700)
    return terms
  }

  private func election(
    _ identity: String, isReadOnly: Bool = false, terms: LeaseContest.Terms = steady
  ) -> WriterElection {
    var settings = WriterElection.Settings(
      organization: "1", namespace: "jan-models", identity: identity)
    settings.isReadOnly = isReadOnly
    return WriterElection(api: cluster, settings: settings, terms: terms)
  }

  private func isWriting(_ election: WriterElection) -> Bool {
    election.remaining(in: "jan-models") != nil
  }

  private var holder: String? {
    cluster.object(K8s.Lease.resourceKind, "modeldeck-1", namespace: "jan-models")?[
      "spec", "holderIdentity"]?.stringValue
  }

  private var leaseWrites: [APIRequest] {
    cluster.writes.filter { $0.path.contains("/leases") }
  }

  @Test func oneOfManyWrites() async throws {
    let elections = (0..<5).map { election("p\($0)@host_0000000\($0)") }
    let tasks = elections.map { election in Task { await election.run() } }
    #expect(await eventually { elections.count(where: isWriting) == 1 })
    for _ in 0..<100 {
      #expect(elections.count(where: isWriting) <= 1)
      await Task.yield()
    }
    let winner = try #require(elections.first(where: isWriting))
    for election in elections where election !== winner {
      #expect(
        await eventually {
          if case .other = await election.state(of: "jan-models") { true } else { false }
        })
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    #expect(holder == "")
    #expect(elections.count(where: isWriting) == 0)
  }

  @Test func handsOverAtOnceWhenTheWriterLeaves() async throws {
    let first = election("ada@one_00000001")
    let running = Task { await first.run() }
    #expect(await eventually { isWriting(first) })
    let second = election("bob@two_00000002")
    let waiting = Task { await second.run() }
    #expect(await eventually { await second.state(of: "jan-models") == .other("ada@one") })
    running.cancel()
    await running.value
    #expect(!isWriting(first))
    #expect(await eventually { isWriting(second) && holder == "bob@two_00000002" })
    waiting.cancel()
    await waiting.value
  }

  @Test func takesOverFromAWriterThatDied() async throws {
    cluster.put(
      [
        "metadata": ["name": "modeldeck-1"],
        "spec": ["holderIdentity": "ada@one_00000001", "leaseDurationSeconds": 1],
      ], kind: K8s.Lease.resourceKind, namespace: "jan-models")
    let election = election("bob@two_00000002", terms: Self.quick)
    let running = Task { await election.run() }
    #expect(await eventually { isWriting(election) })
    running.cancel()
    await running.value
  }

  @Test func whoWaitsSendsNothing() async throws {
    let first = election("ada@one_00000001")
    let running = Task { await first.run() }
    #expect(await eventually { isWriting(first) })
    let second = election("bob@two_00000002")
    let waiting = Task { await second.run() }
    #expect(await eventually { await second.state(of: "jan-models") == .other("ada@one") })
    cluster.forgetRequests()
    #expect(await eventually { leaseWrites.count > 5 })
    // The watches themselves may begin only now.
    let requests = cluster.requests.filter { request in
      request.path.contains("/leases") && !request.query.contains { $0.name == "watch" }
    }
    let bodies = requests.map { String(decoding: $0.body ?? Data(), as: UTF8.self) }
    #expect(bodies.allSatisfy { $0.contains("ada@one_00000001") })
    #expect(requests.allSatisfy { $0.method == .put })
    running.cancel()
    waiting.cancel()
    await running.value
    await waiting.value
  }

  @Test func neverWritesWhenReadOnly() async throws {
    let first = election("ada@one_00000001")
    let running = Task { await first.run() }
    #expect(await eventually { isWriting(first) })
    let reader = election("bob@two_00000002", isReadOnly: true)
    let reading = Task { await reader.run() }
    #expect(
      await eventually {
        await reader.state(of: "jan-models") == .barred(reason: "read-only", holder: "ada@one")
      })
    running.cancel()
    await running.value
    cluster.forgetRequests()
    #expect(
      await eventually {
        await reader.state(of: "jan-models") == .barred(reason: "read-only", holder: nil)
      })
    #expect(leaseWrites.isEmpty)
    reading.cancel()
    await reading.value
  }

  @Test(arguments: [APIRequest.Method.get, .post])
  func saysWhatMayNotBeDone(method: APIRequest.Method) async throws {
    cluster.setFault { request in
      guard request.method == method, request.path.contains("/leases") else { return nil }
      let verb = method == .get ? "list" : "create"
      return .refuse(
        .status(
          .init(
            code: 403, reason: "Forbidden",
            message: "leases.coordination.k8s.io is forbidden: User \"ada\" cannot \(verb) resource"
          )))
    }
    let election = election("ada@one_00000001")
    let running = Task { await election.run() }
    let expected = method == .get ? "list leases" : "create leases"
    #expect(
      await eventually {
        guard case .barred(let reason, _) = await election.state(of: "jan-models") else {
          return false
        }
        return reason.contains("no permission to \(expected) in namespace jan-models")
      })
    #expect(!isWriting(election))
    // Permission is given later: nobody has to press a key.
    cluster.setFault(nil)
    if method == .post { #expect(await eventually { isWriting(election) }) }
    running.cancel()
    await running.value
  }

  /// The server is away: the writer stops on its own, and goes on when it is back.
  @Test func stopsWritingWhenItCannotRenew() async throws {
    let election = election("ada@one_00000001", terms: Self.quick)
    let running = Task { await election.run() }
    #expect(await eventually { isWriting(election) })
    cluster.setFault { _ in .refuse(.transport("connection refused", kind: .refused)) }
    #expect(await eventually { !isWriting(election) })
    cluster.setFault(nil)
    #expect(await eventually { isWriting(election) })
    running.cancel()
    await running.value
  }

  @Test func followsANamespaceThatIsMadeLater() async throws {
    cluster.remove(K8s.Namespace.resourceKind, "jan-models", namespace: nil)
    let election = election("ada@one_00000001")
    let running = Task { await election.run() }
    #expect(await eventually { leaseWrites.count == 1 })
    cluster.put(K8s.Namespace(metadata: K8s.ObjectMeta(name: "jan-models")))
    await election.want(["jan-models", "default"])
    #expect(
      await eventually {
        isWriting(election) && election.remaining(in: "default") != nil
      })
    running.cancel()
    await running.value
  }

  @Test func theReconcilerWritesOnlyAsLongAsItMay() async throws {
    let operations = ModelOperations(
      api: cluster, observer: nil, settings: .init(organization: "1", user: "ada"))
    guard case .succeeded = await operations.create(ModelFixture.request()) else {
      Issue.record("not created")
      return
    }
    let observer = ClusterObserver(api: cluster)
    let watching = Task { await observer.run() }
    let first = election("ada@one_00000001")
    let holding = Task { await first.run() }
    #expect(await eventually { isWriting(first) })
    let second = election("bob@two_00000002")
    let waiting = Task { await second.run() }
    let reconciler = Reconciler(api: cluster, observer: observer, gate: second)
    let running = Task { await reconciler.run() }
    #expect(await eventually { await observer.isSettled })
    let service = K8s.Service.resourceKind
    cluster.remove(service, "llama-7b", namespace: "jan-models")
    #expect(await eventually { await observer.openPlans.count == 1 })
    await reconciler.tick()
    #expect(cluster.object(service, "llama-7b", namespace: "jan-models") == nil)
    holding.cancel()
    await holding.value
    // As soon as it is elected it looks: nobody waits for the timer.
    #expect(
      await eventually { cluster.object(service, "llama-7b", namespace: "jan-models") != nil })
    for task in [watching, waiting, running] { task.cancel() }
    for task in [waiting, running] { await task.value }
  }
}
