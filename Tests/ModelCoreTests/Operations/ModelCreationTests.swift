import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// Texts that an operation told.
final class Said: Sendable {
  private let texts = Mutex<[String]>([])
  func say(_ text: String) { texts.withLock { $0.append(text) } }
  var all: [String] { texts.withLock { $0 } }
}

extension OperationResult {
  var text: String {
    switch self {
    case .succeeded(let text), .outcomeUnknown(let text): text
    case .invalid(let findings): findings.map(\.message).joined(separator: "\n")
    case .failed(let failure): failure.message
    }
  }
  var failureKind: OperationFailure.Kind? {
    if case .failed(let failure) = self { failure.kind } else { nil }
  }
  var succeeded: Bool { if case .succeeded = self { true } else { false } }
}

@Suite("Creating a model")
struct ModelCreationTests {
  private let cluster = MemoryCluster()
  private let said = Said()
  private static let token = "hf_very_secret_token"

  private func operations() -> ModelOperations {
    var settings = ModelOperations.Settings(organization: "1", user: "ada")
    settings.deleteLimit = .seconds(2)
    return ModelOperations(
      api: cluster, observer: nil, settings: settings,
      retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2)),
      // However long a busy machine takes, no time passes.
      steady: SteadyClock(now: { .zero }, sleep: SteadyClock.system.sleep))
  }

  private func create(
    _ request: CreateRequest = ModelFixture.request(token: token)
  ) async -> OperationResult {
    await operations().create(request) { [said] in said.say($0) }
  }

  private func stored(_ kind: ResourceKind, _ name: String) -> JSONValue? {
    cluster.object(kind, name, namespace: "jan-models")
  }

  private let kinds: [ResourceKind] = [
    K8s.Deployment.resourceKind, K8s.Service.resourceKind,
    K8s.PersistentVolumeClaim.resourceKind, K8s.Secret.resourceKind, .serviceMonitor,
  ]

  private var objectCount: Int { kinds.reduce(0) { $0 + cluster.all($1).count } }

  // MARK: All is well

  @Test func makesAllObjectsWithTheDeploymentAsOwner() async throws {
    let result = await create()
    #expect(result == .succeeded("created model llama-7b in namespace jan-models"))
    let deployment = try #require(stored(K8s.Deployment.resourceKind, "llama-7b"))
    let children: [(ResourceKind, String)] = [
      (K8s.Service.resourceKind, "llama-7b"),
      (K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage"),
      (K8s.Secret.resourceKind, "llama-7b-hf-token"), (.serviceMonitor, "llama-7b"),
    ]
    for (kind, name) in children {
      let child = try #require(stored(kind, name))
      let owners = child["metadata", "ownerReferences"]?.arrayValue
      #expect(owners?.map { $0["uid"] } == [deployment["metadata", "uid"]])
    }
    #expect(
      stored(K8s.Secret.resourceKind, "llama-7b-hf-token")?["stringData", "token"]
        == .string(Self.token))
  }

  @Test func asksTheServerAboutEverythingBeforeItWritesAnything() async throws {
    _ = await create()
    let writing = cluster.requests.filter { $0.method != .get }
    let isDry = writing.map { $0.query.contains { $0.name == "dryRun" } }
    #expect(isDry == [true, true, true, true, true] + Array(repeating: false, count: 6))
    #expect(writing.filter { $0.contentType == "application/apply-patch+yaml" }.count == 6)
    #expect(writing.allSatisfy { $0.query.contains { $0.name == "fieldManager" } })
  }

  @Test func writesNoSecretWithoutTokenAndNoClaimWithoutVolume() async throws {
    var request = ModelFixture.request()
    request.storageSize = 0
    #expect(await create(request).succeeded)
    #expect(cluster.all(K8s.Secret.resourceKind).isEmpty)
    #expect(cluster.all(K8s.PersistentVolumeClaim.resourceKind).isEmpty)
  }

  @Test func makesTheNamespaceWhenItIsAbsent() async throws {
    cluster.remove(K8s.Namespace.resourceKind, "jan-models", namespace: nil)
    #expect(await create().succeeded)
    let labels = cluster.object(K8s.Namespace.resourceKind, "jan-models", namespace: nil)?[
      "metadata", "labels"]
    #expect(labels?["app.kubernetes.io/managed-by"] == "jan-server")
    #expect(labels?["jan-server.menlo.ai/purpose"] == "model-deployment")
  }

  @Test func doesWithoutServiceMonitorsWhereThereAreNone() async throws {
    cluster.setServed(["podautoscalers", "clusterpolicies"])
    #expect(await create().succeeded)
    #expect(cluster.all(.serviceMonitor).isEmpty)
  }

  // MARK: Refusals

  @Test func sendsNothingForAnInvalidRequest() async throws {
    var request = ModelFixture.request()
    request.command = ["vllm", "serve", "x", "--served-model-name", "wrong"]
    guard case .invalid(let findings) = await create(request) else {
      Issue.record("it is not refused")
      return
    }
    #expect(findings.contains { $0.field == .command })
    #expect(cluster.requests.isEmpty)
  }

  @Test(arguments: [
    (
      "podautoscalers.autoscaling.aibrix.ai",
      "aibrix CRD not found - required for model deployment"
    ),
    (
      "clusterpolicies.nvidia.com",
      "GPU operator CRD not found - required for GPU model deployment"
    ),
  ])
  func needsAibrixAndTheGPUOperator(definition: String, text: String) async throws {
    cluster.remove(.customResourceDefinition, definition, namespace: nil)
    #expect(await create() == .failed(OperationFailure(.prerequisites, text)))
    #expect(cluster.writes.isEmpty)
  }

  @Test func notAllowedToLookIsNotMissing() async throws {
    cluster.setFault { request in
      let isAsking =
        request.path.contains("customresourcedefinitions")
        || request.path == "/apis/nvidia.com/v1"
        || request.path == "/apis/autoscaling.aibrix.ai/v1alpha1"
      return isAsking ? .refuse(.status(.init(code: 403, reason: "Forbidden"))) : nil
    }
    #expect(await create().succeeded)
  }

  @Test func refusesANameThatIsTakenAnywhereInTheCluster() async throws {
    cluster.put(
      K8s.Deployment(
        metadata: K8s.ObjectMeta(
          name: "other", namespace: "default", labels: ["model.aibrix.ai/name": "llama-7b"])))
    let result = await create()
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("taken by Deployment default/other"))
    #expect(cluster.writes.isEmpty)
  }

  @Test func refusesADeploymentOfThatNameWithoutTouchingAnything() async throws {
    cluster.put(
      K8s.Deployment(metadata: K8s.ObjectMeta(name: "llama-7b", namespace: "jan-models")))
    let result = await create()
    #expect(result.failureKind == .conflict)
    #expect(cluster.writes.isEmpty)
    #expect(objectCount == 1)
  }

  @Test(arguments: [
    ("Service", "llama-7b"), ("PersistentVolumeClaim", "llama-7b-storage"),
    ("Secret", "llama-7b-hf-token"), ("ServiceMonitor", "llama-7b"),
  ])
  func neverAdopts(kind: String, name: String) async throws {
    let kind = try #require(kinds.first { $0.kind == kind })
    let before = cluster.put(
      ["metadata": ["name": .string(name)]], kind: kind, namespace: "jan-models")
    let result = await create()
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("\(kind.kind) jan-models/\(name)"))
    #expect(stored(kind, name) == before)
    #expect(objectCount == 1)
  }

  @Test func namesAVolumeThatWasKept() async throws {
    cluster.put(
      [
        "metadata": [
          "name": "llama-7b-storage", "annotations": [Ownership.keptAnnotation: "llama-7b"],
        ]
      ], kind: K8s.PersistentVolumeClaim.resourceKind, namespace: "jan-models")
    #expect(await create().text.contains("was kept when an earlier model"))
  }

  @Test func saysThatTheNamespaceMayNotBeMade() async throws {
    cluster.remove(K8s.Namespace.resourceKind, "jan-models", namespace: nil)
    cluster.setFault { request in
      request.method == .post && request.path.hasSuffix("/namespaces")
        ? .refuse(.status(.init(code: 403, reason: "Forbidden"))) : nil
    }
    let result = await create()
    #expect(result.failureKind == .forbidden)
    #expect(result.text.contains("namespace jan-models does not exist"))
  }

  @Test func writesNothingWhenTheDryRunIsRefused() async throws {
    cluster.setFault { request in
      request.path.hasSuffix("/services/llama-7b") && request.method == .patch
        ? .refuse(.status(.init(code: 422, reason: "Invalid", message: "the port is bad"))) : nil
    }
    let result = await create()
    #expect(result.text == "could not create Service llama-7b: the port is bad")
    #expect(cluster.writes.isEmpty)
    #expect(objectCount == 0)
  }

  @Test func mindsNotThatTheReconcilerMakesAChildAtTheSameMoment() async throws {
    let wasRefused = Mutex(false)
    cluster.setFault { request in
      guard request.method == .patch, request.path.hasSuffix("/services/llama-7b"),
        !request.query.contains(where: { $0.name == "dryRun" })
      else { return nil }
      let isFirst = wasRefused.withLock { was in
        defer { was = true }
        return !was
      }
      return isFirst ? .refuse(.status(.init(code: 409, reason: "AlreadyExists"))) : nil
    }
    #expect(await create().text == "created model llama-7b in namespace jan-models")
    #expect(stored(K8s.Service.resourceKind, "llama-7b") != nil)
  }

  @Test func goesWithoutAServiceMonitorWhereNoneMayBeMade() async throws {
    cluster.setFault { request in
      request.path.contains("/servicemonitors/") && request.method == .patch
        ? .refuse(.status(.init(code: 403, reason: "Forbidden"))) : nil
    }
    let result = await create()
    #expect(
      result.text == "created model llama-7b in namespace jan-models without a ServiceMonitor: "
        + "no permission to create servicemonitors")
    #expect(stored(K8s.Service.resourceKind, "llama-7b") != nil)
    #expect(cluster.all(.serviceMonitor).isEmpty)
  }

  @Test func writesNothingWhenReadOnly() async throws {
    var settings = ModelOperations.Settings()
    settings.isReadOnly = true
    let operations = ModelOperations(api: cluster, observer: nil, settings: settings)
    #expect(await operations.create(ModelFixture.request()).failureKind == .forbidden)
    #expect(cluster.requests.isEmpty)
  }

  // MARK: The token

  @Test func takesTheSecretBackWhenTheNameIsTakenInTheLastMoment() async throws {
    cluster.setFault { request in
      let isReal = !request.query.contains { $0.name == "dryRun" }
      return request.method == .post && request.path.hasSuffix("/deployments") && isReal
        ? .refuse(.status(.init(code: 409, reason: "AlreadyExists", message: "exists"))) : nil
    }
    #expect(await create().failureKind == .conflict)
    #expect(objectCount == 0)
  }

  @Test func neverSaysTheToken() async throws {
    cluster.setFault { request in
      let isReal = !request.query.contains { $0.name == "dryRun" }
      let message = "admission refused \(Self.token)"
      return request.method == .post && request.path.hasSuffix("/secrets") && isReal
        ? .refuse(.status(.init(code: 400, reason: "BadRequest", message: message))) : nil
    }
    let result = await create()
    #expect(result.text.contains("<redacted>"))
    #expect(!"\(result)".contains(Self.token))
    cluster.setFault(nil)
    _ = await create()
    #expect(said.all.allSatisfy { !$0.contains(Self.token) })
    for request in cluster.requests where !request.path.hasSuffix("/secrets") {
      #expect(!String(decoding: request.body ?? Data(), as: UTF8.self).contains(Self.token))
    }
  }

  @Test func makesRoomWhereABrokenCreateLeftItsSecret() async throws {
    let manifests = ModelFixture(token: "hf_from_before").manifests
    let left = try #require(try manifests.tokenSecret(owner: nil))
    cluster.setNow(Date().addingTimeInterval(-300))
    cluster.put(left, kind: K8s.Secret.resourceKind, namespace: "jan-models")
    cluster.setNow(Date())
    #expect(await create().succeeded)
    #expect(
      stored(K8s.Secret.resourceKind, "llama-7b-hf-token")?["stringData", "token"]
        == .string(Self.token))
  }

  @Test func leavesTheSecretOfACreateThatIsStillAtIt() async throws {
    let manifests = ModelFixture(token: "hf_of_another").manifests
    let other = try #require(try manifests.tokenSecret(owner: nil))
    cluster.setNow(Date())
    cluster.put(other, kind: K8s.Secret.resourceKind, namespace: "jan-models")
    let result = await create()
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("Nothing was changed: try again in 61 s"), "\(result)")
    #expect(objectCount == 1)
  }

  // MARK: Lost answers

  private static let cut = APIError.transport("the connection was cut", kind: .cut)

  /// Loses one request's answer: the first real POST to this collection.
  private func loseOnce(_ collection: String, effect: Bool) {
    let done = Mutex(false)
    let box = Box(done)
    cluster.setFault { request in
      let isReal = !request.query.contains { $0.name == "dryRun" }
      guard request.method == .post, request.path.hasSuffix("/\(collection)"), isReal else {
        return nil
      }
      guard box.first() else { return nil }
      return effect ? .lose(Self.cut) : .refuse(Self.cut)
    }
  }

  private final class Box: Sendable {
    private let done: Mutex<Bool>
    init(_ done: consuming Mutex<Bool>) { self.done = done }
    func first() -> Bool {
      done.withLock { done in
        defer { done = true }
        return !done
      }
    }
  }

  @Test(arguments: ["deployments", "secrets"], [true, false])
  func findsOutWhatBecameOfAWriteWhoseAnswerWasLost(
    collection: String, effect: Bool
  ) async throws {
    loseOnce(collection, effect: effect)
    #expect(await create().succeeded)
    #expect(objectCount == 5)
  }

  @Test func saysThatTheOutcomeIsUnknownWhenReadingBackSettlesNothing() async throws {
    let lost = Mutex(false)
    let box = Box(lost)
    let isCut = Cut()
    cluster.setFault { request in
      if isCut.isSet { return .refuse(Self.cut) }
      let isReal = !request.query.contains { $0.name == "dryRun" }
      guard request.method == .post, request.path.hasSuffix("/deployments"), isReal, box.first()
      else { return nil }
      isCut.set()
      return .lose(Self.cut)
    }
    guard case .outcomeUnknown(let text) = await create() else {
      Issue.record("the outcome is not unknown")
      return
    }
    #expect(text.contains("Deployment jan-models/llama-7b"))
    // The Secret stays: the Deployment came to be and needs it.
    #expect(stored(K8s.Secret.resourceKind, "llama-7b-hf-token") != nil)
  }

  final class Cut: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
  }

  @Test func asksAgainWhileTheServerIsBusy() async throws {
    let told = Told()
    cluster.setFault { request in
      let target = "\(request.method) \(request.path) \(request.query)"
      return told.isFirst(target)
        ? .refuse(.status(.init(code: 429, reason: "TooManyRequests"))) : nil
    }
    #expect(await create().succeeded)
  }

  private final class Told: Sendable {
    private let texts = Mutex<Set<String>>([])
    func isFirst(_ text: String) -> Bool { texts.withLock { $0.insert(text).inserted } }
  }

  @Test func tellsTheFirstOfSeveralReasonsHoweverTheAnswersCome() async throws {
    cluster.put(
      K8s.Deployment(
        metadata: K8s.ObjectMeta(
          name: "other", namespace: "default", labels: ["model.aibrix.ai/name": "llama-7b"])))
    cluster.remove(K8s.Namespace.resourceKind, "jan-models", namespace: nil)
    #expect(await create().failureKind == .conflict)
    cluster.remove(
      .customResourceDefinition, "clusterpolicies.nvidia.com", namespace: nil)
    #expect(await create().text.hasPrefix("GPU operator CRD not found"))
    cluster.remove(
      .customResourceDefinition, "podautoscalers.autoscaling.aibrix.ai", namespace: nil)
    #expect(await create().text.hasPrefix("aibrix CRD not found"))
    // An absent namespace is made only for a model that can be made.
    #expect(cluster.writes.isEmpty)
  }

  final class Counter: Sendable {
    private let value: Mutex<Int>
    init(_ value: consuming Mutex<Int>) { self.value = value }
    func next() -> Int {
      value.withLock { value in
        value += 1
        return value
      }
    }
  }

  @Test func saysWhatFailedAndWhatHappensNextWhenAChildIsRefused() async throws {
    cluster.setFault { request in
      let isReal = !request.query.contains { $0.name == "dryRun" }
      return request.method == .patch && request.path.hasSuffix("/services/llama-7b") && isReal
        ? .refuse(.status(.init(code: 403, reason: "Forbidden", message: "quota"))) : nil
    }
    let result = await create()
    #expect(result.failureKind == .forbidden)
    #expect(
      result.text.hasPrefix(
        "Deployment jan-models/llama-7b was created, but not allowed to create Service llama-7b"))
    #expect(result.text.contains("completes"))
    #expect(stored(K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage") != nil)
  }

  // MARK: Known later

  /// The server goes away in mid-write and comes back: what became of it is told without anybody asking.
  @Test(arguments: [true, false])
  func tellsWhatBecameOfAnUnknownOutcome(effect: Bool) async throws {
    let isCut = Cut()
    cluster.setFault { request in
      if isCut.isSet { return .refuse(Self.cut) }
      let isReal = !request.query.contains { $0.name == "dryRun" }
      guard request.method == .post, request.path.hasSuffix("/deployments"), isReal
      else { return nil }
      isCut.set()
      return effect ? .lose(Self.cut) : .refuse(Self.cut)
    }
    let operations = operations()
    let settlements = await operations.outcomes.settlements()
    guard case .outcomeUnknown = await operations.create(ModelFixture.request(token: Self.token))
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
    #expect(objectCount == 5)
    #expect(isWhole(5))
  }

  /// The Deployment's POST was held up somewhere and comes after the Secret was swept: the token is still known here.
  @Test func makesASweptSecretAgain() async throws {
    let secret = K8s.Secret.resourceKind
    cluster.setFault { [cluster] request in
      let isReal = !request.query.contains { $0.name == "dryRun" }
      if request.method == .post, request.path.hasSuffix("/deployments"), isReal {
        cluster.remove(secret, "llama-7b-hf-token", namespace: "jan-models")
      }
      return nil
    }
    #expect(await create().succeeded)
    #expect(
      stored(secret, "llama-7b-hf-token")?["stringData", "token"] == .string(Self.token))
    #expect(isWhole(5))
  }

  /// A machine that slept between the Secret and the Deployment gives up: the Secret may be swept any moment.
  @Test func doesNotGoOnWithASecretThatIsTooOld() async throws {
    let late = Late()
    cluster.setFault { request in
      let isReal = !request.query.contains { $0.name == "dryRun" }
      if request.method == .post, request.path.hasSuffix("/secrets"), isReal { late.pass(30) }
      return nil
    }
    let operations = ModelOperations(
      api: cluster, observer: nil, settings: .init(organization: "1", user: "ada"),
      retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2)), steady: late.clock)
    let result = await operations.create(ModelFixture.request(token: Self.token))
    #expect(result.failureKind == .unavailable)
    #expect(objectCount == 0)
  }

  private final class Late: Sendable {
    private let seconds = Mutex(0)
    func pass(_ more: Int) { seconds.withLock { $0 += more } }
    var clock: SteadyClock {
      SteadyClock(
        now: { .seconds(self.seconds.withLock { $0 }) }, sleep: SteadyClock.system.sleep)
    }
  }

  // MARK: Deaths

  /// The program dies after any number of requests: what is there then is completed or swept.
  @Test(arguments: 0..<24)
  func aCreateThatDiesIsCompletedOrLeavesNothing(after survived: Int) async throws {
    let counter = Counter(Mutex(0))
    let dead = APIError.transport("the program died", kind: .refused)
    cluster.setNow(Date())
    cluster.setFault { _ in counter.next() > survived ? .refuse(dead) : nil }
    let result = await create()
    cluster.setFault(nil)
    let hasDeployment = stored(K8s.Deployment.resourceKind, "llama-7b") != nil
    let observer = ClusterObserver(api: cluster)
    var settings = Reconciler.Settings()
    settings.orphanAge = .zero
    let reconciler = Reconciler(api: cluster, observer: observer, settings: settings)
    let watching = Task { await observer.run() }
    defer { watching.cancel() }
    let expected = hasDeployment ? 5 : 0
    let settled = await eventually {
      await reconciler.tick()
      return objectCount == expected && isWhole(expected)
    }
    #expect(settled, "after \(survived) requests: \(objectCount) objects; \(result)")
  }

  /// Every child has its owner.
  private func isWhole(_ expected: Int) -> Bool {
    guard expected > 0 else { return true }
    return kinds.dropFirst().allSatisfy { kind in
      cluster.all(kind).allSatisfy {
        $0["metadata", "ownerReferences"]?.arrayValue?.isEmpty == false
      }
    }
  }
}
