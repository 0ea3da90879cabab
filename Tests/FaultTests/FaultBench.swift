import Dashboard
import Foundation
import Kubernetes
import KubernetesClient
import Logging
import ModelCore
import SimulatedCluster
import Synchronization
import TerminalUI
import TestSupport
import Testing

/// A simulated cluster with three models, and a dashboard's observer on it over the wire that talks to production.
///
/// The client under test names itself `tested`, so that a fault can be limited to it; `hand` is somebody else, with kubectl.
struct FaultBench {
  static let namespace = CreateRequest.Defaults.namespace
  static let agent = "tested"
  static let logger = Logger(label: "FaultTests") { _ in SwiftLogNoOpLogHandler() }

  let cluster: SimulatedCluster
  let hand: HTTPClusterAPI
  let api: HTTPClusterAPI
  let observer: ClusterObserver
  let screen: ScreenProbe

  /// - Parameter clock: what the observer takes for the time.
  static func run(
    models: Int = 3, clock: WallClock = .system, serverTimeScale: Double = 20,
    configuration: (SimulatedCluster) throws -> ClusterConfiguration = { $0.configuration },
    _ body: (FaultBench) async throws -> Void
  ) async throws {
    let cluster = try await SimulatedCluster.start(
      .init(nodes: NodeSpec.uniform(2), timeScale: serverTimeScale))
    let hand = try HTTPClusterAPI(cluster.configuration, logger: logger)
    var options = HTTPClusterAPI.Options()
    options.userAgent = agent
    options.connectTimeout = .seconds(2)
    options.requestTimeout = .seconds(3)
    // Shorter than in life, and not so short that the server takes it for a flood.
    options.pingInterval = .seconds(4)
    options.pingTimeout = .seconds(1)
    let api = try HTTPClusterAPI(configuration(cluster), options: options, logger: logger)
    var settings = ClusterObserver.Settings()
    settings.heartbeat = .seconds(1)
    settings.watchSilence = .seconds(4)
    let observer = ClusterObserver(api: api, settings: settings, clock: clock)
    let screen = ScreenProbe(observer, clock: clock)
    let bench = FaultBench(
      cluster: cluster, hand: hand, api: api, observer: observer, screen: screen)
    let run = Task { await observer.run() }
    do {
      try await bench.create((0..<models).map { "model-\($0)" })
      try await bench.expectExact("at the start")
      try await body(bench)
    } catch {
      Issue.record(error)
    }
    run.cancel()
    screen.stop()
    await run.value
    await api.shutdown()
    await hand.shutdown()
    await cluster.stop()
  }

  // MARK: Changes by others

  func create(_ names: [String]) async throws {
    if (try? cluster.get(K8s.Namespace.resourceKind, Self.namespace)) == nil {
      try cluster.create(
        K8s.Namespace.resourceKind, ["metadata": ["name": .string(Self.namespace)]])
    }
    for name in names {
      let manifests = ModelManifests(
        request: Self.request(name), organization: "1", createdBy: "hand", now: Date())
      let deployment = try cluster.create(
        K8s.Deployment.resourceKind, manifests.deployment(), namespace: Self.namespace)
      let uid = deployment["metadata", "uid"]?.stringValue ?? ""
      let owner = ModelManifests.owner(name: name, uid: uid)
      try cluster.create(
        K8s.Service.resourceKind, manifests.service(owner: owner), namespace: Self.namespace)
    }
  }

  static func request(_ name: String) -> CreateRequest {
    var request = CreateRequest(
      name: name, image: "vllm/vllm-openai:v0.6.3",
      command: ["vllm", "serve", "Qwen/Qwen2.5-0.5B-Instruct", "--served-model-name", name])
    request.gpuCount = 1
    request.storageSize = 0
    request.initialDelaySeconds = 1
    return request
  }

  func delete(_ name: String) throws {
    try cluster.delete(K8s.Deployment.resourceKind, name, namespace: Self.namespace)
  }

  func scale(_ name: String, to replicas: Int64) throws {
    try cluster.patch(
      K8s.Deployment.resourceKind, name, namespace: Self.namespace,
      ["spec": ["replicas": .integer(replicas)]])
  }

  /// One model less, one more, one larger: what a client that missed something shows wrongly.
  func change() async throws {
    try delete("model-0")
    try await create(["newcomer"])
    try scale("model-1", to: 2)
  }

  // MARK: What a user notices

  var models: [Model] { get async { await observer.allModels } }

  /// The observer shows what somebody sees who reads everything now, and says that it is live.
  func expectExact(
    _ when: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var told = ""
    let isExact = await eventually(within: .seconds(120)) {
      // Each look costs something; the machine is for what is tested.
      try? await Task.sleep(for: .milliseconds(50))
      let truth = (try? truth) ?? []
      let shown = await models.map(Self.words).sorted()
      let connection = await observer.connection
      told = "\(connection)\nshown \(shown)\ntruth \(truth)"
      return connection == .live && shown == truth
    }
    if !isExact {
      Issue.record("not the cluster's state \(when): \(told)", sourceLocation: sourceLocation)
    }
  }

  private static func words(_ model: Model) -> String {
    "\(model.name) \(model.uid) \(model.status.rawValue) \(model.readyReplicas)/\(model.desiredReplicas) \(model.endpoint != nil)"
  }

  /// The same words, from the cluster's own objects past any client.
  private var truth: [String] {
    get throws {
      let services = Set(
        try cluster.list(K8s.Service.resourceKind, namespace: Self.namespace).map {
          $0["metadata", "name"]?.stringValue ?? ""
        })
      return try cluster.list(K8s.Deployment.resourceKind, namespace: Self.namespace).map { json in
        let name = json["metadata", "name"]?.stringValue ?? ""
        let uid = json["metadata", "uid"]?.stringValue ?? ""
        let wanted = json["spec", "replicas"]?.integerValue ?? 0
        let ready = json["status", "readyReplicas"]?.integerValue ?? 0
        // Nothing crashes here: what is asked for becomes ready, and the comparison is made until it is.
        return "\(name) \(uid) running \(ready)/\(wanted) \(services.contains(name))"
      }.sorted()
    }
  }

  /// The screen says that something is wrong, in some of these words, and still has the models.
  func expectTrouble(
    _ words: [String], keeps count: Int = 3,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let isTold = await eventually(within: .seconds(120)) {
      try? await Task.sleep(for: .milliseconds(50))
      let text = screen.text
      return words.contains { text.contains($0) } && text.contains("disconnected")
        && text.contains("data from")
    }
    if !isTold {
      Issue.record(
        "none of \(words), or not with the age of the data, on:\n\(screen.lines)",
        sourceLocation: sourceLocation)
    }
    #expect(await models.count == count, sourceLocation: sourceLocation)
    #expect(screen.text.contains("model-1"), sourceLocation: sourceLocation)
  }
}

extension SimulatedCluster {
  /// How a client reaches it.
  var configuration: ClusterConfiguration {
    ClusterConfiguration(
      server: ServerAddress(host: "127.0.0.1", port: port), contextName: "simulated",
      tls: TLSMaterial(authority: .init(Data(caPEM.utf8), origin: "the simulator")),
      credential: .token(Secret(token)))
  }
}

/// A dashboard that is looked at: it takes the observer's updates, and nobody presses a key.
final class ScreenProbe: Sendable {
  private let robot: Mutex<Robot>
  private let now: @Sendable () -> Date
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(_ observer: ClusterObserver, clock: WallClock) {
    now = clock.now
    let configuration = DashboardConfiguration(
      context: "simulated", server: "https://127.0.0.1", organization: "1", user: nil,
      namespace: FaultBench.namespace, isReadOnly: false, isSimulated: false)
    robot = Mutex(
      Robot(
        DashboardState(
          configuration: configuration, size: Size(rows: 30, columns: 160), now: clock.now())))
    let run = Task { [weak self] in
      for await update in await observer.updates() {
        guard let self else { return }
        self.robot.withLock { robot in
          robot.send(.clock(self.now()))
          robot.send(.update(update))
        }
      }
    }
    task.withLock { $0 = run }
  }

  func stop() { task.withLock { $0?.cancel() } }

  /// What stands there now.
  var lines: String {
    robot.withLock { robot in
      robot.send(.clock(now()))
      return robot.screen
    }
  }

  /// The same as one line, however it is wrapped.
  var text: String {
    lines.split { $0.isWhitespace }.joined(separator: " ")
  }
}
