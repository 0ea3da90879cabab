import FoundationEssentials
import Kubernetes
import KubernetesClient
import Logging
import ModelCore
import SimulatedCluster
import Synchronization
import TestSupport
import Testing

/// The clusters that operations are held to.
enum OperationsTarget: String, CaseIterable, Sendable {
  case simulator
  /// The API server that `MODELDECK_CONFORMANCE_KUBECONFIG` names.
  case real

  static var available: [OperationsTarget] {
    realKubeconfig == nil ? [.simulator] : allCases
  }

  static var realKubeconfig: String? {
    ProcessInfo.processInfo.environment["MODELDECK_CONFORMANCE_KUBECONFIG"]
  }
}

/// Passes requests on and keeps them.
final class RecordingAPI: ClusterAPI {
  private let inner: any ClusterAPI
  private let recorded = Mutex<[APIRequest]>([])

  init(_ inner: any ClusterAPI) { self.inner = inner }

  var requests: [APIRequest] { recorded.withLock { $0 } }
  var writes: [APIRequest] { requests.filter { $0.method != .get } }
  func forget() { recorded.withLock { $0 = [] } }

  func perform(_ request: APIRequest) async throws -> APIResponse {
    recorded.withLock { $0.append(request) }
    return try await inner.perform(request)
  }

  func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    try await inner.lines(request)
  }
}

/// Everything that a dashboard has running, against one target.
struct OperationsSession {
  let target: OperationsTarget
  /// Unlike any other: sessions that run beside each other on one cluster see, repair and lock their own models only.
  let organization: String
  /// Volumes that were put there for this session.
  private let provided: Provided
  /// Of this test, to look and to meddle, as a person with kubectl would.
  let hand: any ClusterAPI
  /// Of the reconciler alone.
  let reconcilerAPI: RecordingAPI
  let observer: ClusterObserver
  let operations: ModelOperations
  let reconciler: Reconciler

  /// Runs a body with the session; afterwards everything is stopped.
  static func run(
    on target: OperationsTarget, orphanAge: Duration = .seconds(60),
    _ body: (OperationsSession) async throws -> Void
  ) async throws {
    var simulated: SimulatedCluster?
    let kubeconfig: ClusterConfiguration
    switch target {
    case .simulator:
      let cluster = try await SimulatedCluster.start(
        .init(nodes: NodeSpec.uniform(3), timeScale: 10))
      simulated = cluster
      kubeconfig = ClusterConfiguration(
        server: ServerAddress(host: "127.0.0.1", port: cluster.port), contextName: "simulated",
        tls: TLSMaterial(authority: .init(Data(cluster.caPEM.utf8), origin: "the simulator")),
        credential: .token(Secret(cluster.token)))
    case .real:
      kubeconfig = try ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(kubeconfig: OperationsTarget.realKubeconfig),
        environment: [:])
    }
    var options = HTTPClusterAPI.Options()
    // All tests begin at once, and a small machine makes their connections one after the other.
    options.connectTimeout = .seconds(60)
    let client = try HTTPClusterAPI(
      kubeconfig, options: options, logger: Logger(label: "conformance"))
    let recording = RecordingAPI(client)
    let organization = Site.suffix()
    let observer = ClusterObserver(api: client, settings: .init(organization: organization))
    let operations = ModelOperations(
      api: client, observer: observer,
      settings: .init(organization: organization, user: "conformance"))
    var settings = Reconciler.Settings(interval: .seconds(1))
    settings.organization = organization
    settings.debounce = .milliseconds(50)
    settings.orphanAge = orphanAge
    let election = WriterElection(
      api: client,
      settings: .init(
        organization: organization, namespace: CreateRequest.Defaults.namespace,
        identity: WriterIdentity.make(user: "conformance", host: "test")))
    let reconciler = Reconciler(
      api: recording, observer: observer, settings: settings, gate: election,
      busy: operations.busy)
    let tasks = [
      Task { await observer.run() }, Task { await reconciler.run() }, Task { await election.run() },
    ]
    let session = OperationsSession(
      target: target, organization: organization, provided: Provided(), hand: client,
      reconcilerAPI: recording, observer: observer, operations: operations, reconciler: reconciler)
    do {
      #expect(await eventually { await observer.isLive })
      try await body(session)
    } catch {
      Issue.record(error)
    }
    for volume in session.provided.names {
      try? await client.delete(Self.volumes, volume, namespace: nil)
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    await client.shutdown()
    if let simulated { await simulated.stop() }
  }
}

extension ClusterObserver {
  /// Everything that plans look at has been read.
  fileprivate var isLive: Bool { connection == .live && hasReadChildren }
}

extension OperationsSession {
  private static let volumes = ResourceKind(
    group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes",
    isNamespaced: false)

  /// The real control plane has nobody who makes volumes: one is put there for the claim, and goes with it.
  func provideVolume(for request: CreateRequest) async throws {
    guard target == .real, request.resolvedStorageSize > 0 else { return }
    let volume: JSONValue = [
      "apiVersion": "v1", "kind": "PersistentVolume",
      "metadata": ["name": .string("for-\(request.name)")],
      "spec": [
        "capacity": ["storage": .string("\(request.resolvedStorageSize)Gi")],
        "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": ["path": "/tmp/no-such-volume"],
        "claimRef": [
          "namespace": .string(CreateRequest.Defaults.namespace),
          "name": .string(ModelKeys.claimName(of: request.name)),
        ],
      ],
    ]
    let made = try await hand.create(Self.volumes, volume, namespace: nil)
    provided.add(made.name)
  }
}

/// Names of volumes that have to go at the end.
private final class Provided: Sendable {
  private let made = Mutex<[String]>([])
  func add(_ name: String) { made.withLock { $0.append(name) } }
  var names: [String] { made.withLock { $0 } }
}
