import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// A cluster in memory with the operations on it, and a model that was made by them.
struct OperationsBench: Sendable {
  static let cut = APIError.transport("the connection was cut", kind: .cut)
  static let token = "hf_very_secret_token"
  /// What a model is made of, the Deployment first.
  static let kinds: [ResourceKind] = [
    K8s.Deployment.resourceKind, K8s.Service.resourceKind,
    K8s.PersistentVolumeClaim.resourceKind, K8s.Secret.resourceKind, .serviceMonitor,
  ]

  let cluster = MemoryCluster()
  let said = Said()
  let id = ModelID(namespace: "jan-models", name: "llama-7b")
  private let time = Clock()

  final class Clock: Sendable {
    private let seconds = Mutex(1_700_000_000.0)
    /// Every write has a time of its own.
    func next() -> Date {
      seconds.withLock {
        $0 += 1; return Date(timeIntervalSince1970: $0)
      }
    }
  }

  /// - Parameter steady: on the usual one no time passes, however long a busy machine takes.
  func operations(
    user: String? = "ada", readOnly: Bool = false,
    steady: SteadyClock = SteadyClock(now: { .zero }, sleep: SteadyClock.system.sleep)
  ) -> ModelOperations {
    var settings = ModelOperations.Settings(organization: "1", user: user)
    settings.isReadOnly = readOnly
    var clock = WallClock.system
    clock.now = { [time] in time.next() }
    return ModelOperations(
      api: cluster, observer: nil, settings: settings, clock: clock,
      retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2)), steady: steady)
  }

  func create(
    _ request: CreateRequest = ModelFixture.request(token: token)
  ) async -> OperationResult {
    await operations().create(request) { [said] in said.say($0) }
  }

  /// Makes the model and forgets the requests. Returns what is stored of it.
  @discardableResult
  func make(_ request: CreateRequest = ModelFixture.request()) async throws -> StoredModel {
    let result = await operations().create(request)
    try #require(result.succeeded, "\(result)")
    cluster.forgetRequests()
    return try await operations().stored(id).get()
  }

  func stored() async throws -> StoredModel { try await operations().stored(id).get() }

  var deployment: JSONValue {
    cluster.object(K8s.Deployment.resourceKind, "llama-7b", namespace: "jan-models") ?? .null
  }

  func annotation(_ key: String) -> String? {
    deployment["metadata", "annotations", key]?.stringValue
  }

  func child(_ kind: ResourceKind, _ name: String) -> JSONValue? {
    cluster.object(kind, name, namespace: "jan-models")
  }

  var objectCount: Int { Self.kinds.reduce(0) { $0 + cluster.all($1).count } }

  /// Every child has its owner.
  func isWhole(_ expected: Int) -> Bool {
    guard expected > 0 else { return true }
    return Self.kinds.dropFirst().allSatisfy { kind in
      cluster.all(kind).allSatisfy {
        $0["metadata", "ownerReferences"]?.arrayValue?.isEmpty == false
      }
    }
  }

  func edit(_ patch: JSONValue) {
    cluster.edit(K8s.Deployment.resourceKind, "llama-7b", namespace: "jan-models", patch)
  }

  /// What the planner would still repair.
  func drift() throws -> [String] {
    var observed = ObservedModel(
      deployment: try JSONCoding.decode(K8s.Deployment.self, from: deployment))
    if let service = child(K8s.Service.resourceKind, "llama-7b") {
      observed.service = .present(try JSONCoding.decode(K8s.Service.self, from: service))
    }
    if let claim = child(K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage") {
      observed.claim = .present(
        try JSONCoding.decode(K8s.PersistentVolumeClaim.self, from: claim))
    }
    if let monitor = child(.serviceMonitor, "llama-7b") {
      observed.serviceMonitor = .present(try JSONCoding.decode(CustomObject.self, from: monitor))
    }
    observed.servesServiceMonitors = true
    return ReconcilePlanner.plan(for: observed).drift
  }

  /// The first write of a kind of request is answered so; what follows is as usual.
  func once(
    _ method: APIRequest.Method, _ suffix: String, _ fault: MemoryCluster.Fault
  ) {
    let isDone = Once()
    cluster.setFault { request in
      guard request.method == method, request.path.hasSuffix(suffix),
        request.isReal, isDone.first()
      else { return nil }
      return fault
    }
  }

  final class Once: Sendable {
    private let isDone = Mutex(false)
    func first() -> Bool {
      isDone.withLock { done in
        defer { done = true }
        return !done
      }
    }
  }
}

extension APIRequest {
  /// Not a dry run.
  var isReal: Bool { !query.contains { $0.name == "dryRun" } }
}

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

/// Something that has happened or not.
final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }
}

final class Counter: Sendable {
  private let value = Mutex(0)

  /// One more, and how many that makes.
  func next() -> Int {
    value.withLock { value in
      value += 1
      return value
    }
  }
}
