import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// A cluster in memory with the operations on it, and a model that was made by them.
struct OperationsBench: Sendable {
  static let cut = APIError.transport("the connection was cut", kind: .cut)

  let cluster = MemoryCluster()
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

  func operations(user: String? = "ada", readOnly: Bool = false) -> ModelOperations {
    var settings = ModelOperations.Settings(organization: "1", user: user)
    settings.isReadOnly = readOnly
    var clock = WallClock.system
    clock.now = { [time] in time.next() }
    return ModelOperations(
      api: cluster, observer: nil, settings: settings, clock: clock,
      retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2)),
      steady: SteadyClock(now: { .zero }, sleep: SteadyClock.system.sleep))
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
        !request.query.contains(where: { $0.name == "dryRun" }), isDone.first()
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
