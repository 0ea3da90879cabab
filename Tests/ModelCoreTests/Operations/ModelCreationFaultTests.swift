import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// What a create tells and leaves when requests fail, answers are lost, or the program ends in the middle.
@Suite("Creating a model on a bad day")
struct ModelCreationFaultTests {
  private let bench = OperationsBench()
  private var cluster: MemoryCluster { bench.cluster }

  // MARK: The token

  @Test func takesTheSecretBackWhenTheNameIsTakenInTheLastMoment() async throws {
    cluster.setFault { request in
      request.method == .post && request.path.hasSuffix("/deployments") && request.isReal
        ? .refuse(.status(.init(code: 409, reason: "AlreadyExists", message: "exists"))) : nil
    }
    #expect(await bench.create().failureKind == .conflict)
    #expect(bench.objectCount == 0)
  }

  @Test func neverSaysTheToken() async throws {
    cluster.setFault { request in
      let message = "admission refused \(OperationsBench.token)"
      return request.method == .post && request.path.hasSuffix("/secrets") && request.isReal
        ? .refuse(.status(.init(code: 400, reason: "BadRequest", message: message))) : nil
    }
    let result = await bench.create()
    #expect(result.text.contains("<redacted>"))
    #expect(!"\(result)".contains(OperationsBench.token))
    cluster.setFault(nil)
    _ = await bench.create()
    #expect(bench.said.all.allSatisfy { !$0.contains(OperationsBench.token) })
    for request in cluster.requests where !request.path.hasSuffix("/secrets") {
      #expect(
        !String(decoding: request.body ?? Data(), as: UTF8.self).contains(OperationsBench.token))
    }
  }

  @Test func makesRoomWhereABrokenCreateLeftItsSecret() async throws {
    let manifests = ModelFixture(token: "hf_from_before").manifests
    let left = try #require(try manifests.tokenSecret(owner: nil))
    cluster.setNow(Date().addingTimeInterval(-300))
    cluster.put(left, kind: K8s.Secret.resourceKind, namespace: "jan-models")
    cluster.setNow(Date())
    #expect(await bench.create().succeeded)
    #expect(
      bench.child(K8s.Secret.resourceKind, "llama-7b-hf-token")?["stringData", "token"]
        == .string(OperationsBench.token))
  }

  @Test func leavesTheSecretOfACreateThatIsStillAtIt() async throws {
    let manifests = ModelFixture(token: "hf_of_another").manifests
    let other = try #require(try manifests.tokenSecret(owner: nil))
    cluster.setNow(Date())
    cluster.put(other, kind: K8s.Secret.resourceKind, namespace: "jan-models")
    let result = await bench.create()
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("Nothing was changed: try again in 61 s"), "\(result)")
    #expect(bench.objectCount == 1)
  }

  // MARK: Lost answers

  @Test(arguments: ["deployments", "secrets"], [true, false])
  func findsOutWhatBecameOfAWriteWhoseAnswerWasLost(
    collection: String, effect: Bool
  ) async throws {
    bench.once(
      .post, "/\(collection)",
      effect ? .lose(OperationsBench.cut) : .refuse(OperationsBench.cut))
    #expect(await bench.create().succeeded)
    #expect(bench.objectCount == 5)
  }

  @Test func saysThatTheOutcomeIsUnknownWhenReadingBackSettlesNothing() async throws {
    let isCut = Flag()
    cluster.setFault { request in
      if isCut.isSet { return .refuse(OperationsBench.cut) }
      guard request.method == .post, request.path.hasSuffix("/deployments"), request.isReal
      else { return nil }
      isCut.set()
      return .lose(OperationsBench.cut)
    }
    guard case .outcomeUnknown(let text) = await bench.create() else {
      Issue.record("the outcome is not unknown")
      return
    }
    #expect(text.contains("Deployment jan-models/llama-7b"))
    // The Secret stays: the Deployment came to be and needs it.
    #expect(bench.child(K8s.Secret.resourceKind, "llama-7b-hf-token") != nil)
  }

  @Test func asksAgainWhileTheServerIsBusy() async throws {
    let told = Told()
    cluster.setFault { request in
      let target = "\(request.method) \(request.path) \(request.query)"
      return told.isFirst(target)
        ? .refuse(.status(.init(code: 429, reason: "TooManyRequests"))) : nil
    }
    #expect(await bench.create().succeeded)
  }

  private final class Told: Sendable {
    private let texts = Mutex<Set<String>>([])
    func isFirst(_ text: String) -> Bool { texts.withLock { $0.insert(text).inserted } }
  }

  @Test func saysWhatFailedAndWhatHappensNextWhenAChildIsRefused() async throws {
    cluster.setFault { request in
      request.method == .patch && request.path.hasSuffix("/services/llama-7b")
        && request.isReal
        ? .refuse(.status(.init(code: 403, reason: "Forbidden", message: "quota"))) : nil
    }
    let result = await bench.create()
    #expect(result.failureKind == .forbidden)
    #expect(
      result.text.hasPrefix(
        "Deployment jan-models/llama-7b was created, but not allowed to create Service llama-7b"))
    #expect(result.text.contains("completes"))
    #expect(bench.child(K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage") != nil)
  }

  // MARK: Known later

  /// The server goes away in mid-write and comes back: what became of it is told without anybody asking.
  @Test(arguments: [true, false])
  func tellsWhatBecameOfAnUnknownOutcome(effect: Bool) async throws {
    let isCut = Flag()
    cluster.setFault { request in
      if isCut.isSet { return .refuse(OperationsBench.cut) }
      guard request.method == .post, request.path.hasSuffix("/deployments"), request.isReal
      else { return nil }
      isCut.set()
      return effect ? .lose(OperationsBench.cut) : .refuse(OperationsBench.cut)
    }
    let operations = bench.operations()
    let settlements = await operations.outcomes.settlements()
    guard
      case .outcomeUnknown = await operations.create(
        ModelFixture.request(token: OperationsBench.token))
    else {
      Issue.record("the outcome is not unknown")
      return
    }
    cluster.setFault(nil)
    guard effect else { return await operations.outcomes.close() }
    for await settlement in settlements {
      #expect(settlement.isDone)
      #expect(settlement.message == "model llama-7b was created after all")
      break
    }
    #expect(bench.objectCount == 5)
    #expect(bench.isWhole(5))
  }

  /// The Deployment's POST was held up somewhere and comes after the Secret was swept: the token is still known here.
  @Test func makesASweptSecretAgain() async throws {
    let secret = K8s.Secret.resourceKind
    cluster.setFault { [cluster] request in
      if request.method == .post, request.path.hasSuffix("/deployments"), request.isReal {
        cluster.remove(secret, "llama-7b-hf-token", namespace: "jan-models")
      }
      return nil
    }
    #expect(await bench.create().succeeded)
    #expect(
      bench.child(secret, "llama-7b-hf-token")?["stringData", "token"]
        == .string(OperationsBench.token))
    #expect(bench.isWhole(5))
  }

  /// A machine that slept between the Secret and the Deployment gives up: the Secret may be swept any moment.
  @Test func doesNotGoOnWithASecretThatIsTooOld() async throws {
    let time = ManualTime()
    cluster.setFault { request in
      if request.method == .post, request.path.hasSuffix("/secrets"), request.isReal {
        time.pass(.seconds(30))
      }
      return nil
    }
    let result = await bench.operations(steady: time.clock).create(
      ModelFixture.request(token: OperationsBench.token))
    #expect(result.failureKind == .unavailable)
    #expect(bench.objectCount == 0)
  }

  // MARK: Deaths

  /// The program dies after any number of requests: what is there then is completed or swept.
  @Test(arguments: 0..<24)
  func aCreateThatDiesIsCompletedOrLeavesNothing(after survived: Int) async throws {
    let counter = Counter()
    let dead = APIError.transport("the program died", kind: .refused)
    cluster.setNow(Date())
    cluster.setFault { _ in counter.next() > survived ? .refuse(dead) : nil }
    let result = await bench.create()
    cluster.setFault(nil)
    let hasDeployment = bench.child(K8s.Deployment.resourceKind, "llama-7b") != nil
    let observer = ClusterObserver(api: cluster)
    var settings = Reconciler.Settings()
    settings.orphanAge = .zero
    let reconciler = Reconciler(api: cluster, observer: observer, settings: settings)
    let watching = Task { await observer.run() }
    defer { watching.cancel() }
    let expected = hasDeployment ? 5 : 0
    let settled = await eventually {
      await reconciler.tick()
      return bench.objectCount == expected && bench.isWhole(expected)
    }
    #expect(settled, "after \(survived) requests: \(bench.objectCount) objects; \(result)")
  }
}
