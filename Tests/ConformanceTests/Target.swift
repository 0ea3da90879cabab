import FoundationEssentials
import Kubernetes
import KubernetesClient
import Logging
import SimulatedCluster
import Testing

/// A cluster that the suite runs against: the simulator always, and a real control plane where one is named.
///
/// The real one has the custom resource definitions that the product looks for, three nodes with eight GPUs, and kubelets that play by the
/// same words in image names as the simulator's. What it answers is right by definition.
struct Target: Sendable, CustomTestStringConvertible {
  /// The kubeconfig of a real control plane.
  static let variable = "MODELDECK_CONFORMANCE_KUBECONFIG"

  var testDescription: String
  private let connect: @Sendable () async throws -> HTTPClusterAPI
  /// A client of a user who may use these verbs on everything in one namespace, and nothing else.
  private let restricted:
    @Sendable (_ namespace: String, _ user: String, _ verbs: Set<String>) async throws ->
      HTTPClusterAPI

  static let all: [Target] = {
    let simulator = Target(
      testDescription: "simulator", connect: { try await Simulator.shared.api() },
      restricted: { try await Simulator.shared.restricted(to: $0, user: $1, verbs: $2) })
    guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else {
      print("\(variable) is not set: the conformance suite runs against the simulator only")
      return [simulator]
    }
    return [
      simulator,
      Target(
        testDescription: "control plane", connect: { try Self.client(kubeconfig: path) },
        restricted: { try await Self.impersonate(in: $0, user: $1, verbs: $2, kubeconfig: path) }),
    ]
  }()

  /// Gives a new user a Role in a namespace, and acts for it.
  private static func impersonate(
    in namespace: String, user: String, verbs: Set<String>, kubeconfig path: String
  ) async throws -> HTTPClusterAPI {
    let group = "rbac.authorization.k8s.io"
    func kind(_ kind: String, _ plural: String) -> ResourceKind {
      ResourceKind(group: group, version: "v1", kind: kind, plural: plural)
    }
    let admin = try client(kubeconfig: path)
    let metadata: JSONValue = ["name": .string(user)]
    try await admin.create(
      kind("Role", "roles"),
      [
        "metadata": metadata,
        "rules": [
          [
            "apiGroups": ["*"], "resources": ["*"],
            "verbs": .array(verbs.sorted().map { .string($0) }),
          ]
        ],
      ], namespace: namespace)
    try await admin.create(
      kind("RoleBinding", "rolebindings"),
      [
        "metadata": metadata,
        "roleRef": ["apiGroup": .string(group), "kind": "Role", "name": .string(user)],
        "subjects": [["apiGroup": .string(group), "kind": "User", "name": .string(user)]],
      ], namespace: namespace)
    await admin.shutdown()
    return try client(kubeconfig: path) { $0.impersonation = Impersonation(user: user) }
  }

  static func client(
    kubeconfig path: String, _ change: (inout ClusterConfiguration) -> Void = { _ in }
  ) throws -> HTTPClusterAPI {
    var configuration = try ClusterConfiguration.resolve(
      overrides: KubeconfigOverrides(kubeconfig: path), environment: [:])
    change(&configuration)
    var options = HTTPClusterAPI.Options()
    options.userAgent = "conformance/1"
    // All tests begin at once, and a small machine makes their connections one after the other.
    options.connectTimeout = .seconds(60)
    return try HTTPClusterAPI(
      configuration, options: options, logger: Logger(label: "ConformanceTests"))
  }

  /// Runs a test that leaves nothing behind, in the namespace that is always there.
  func runInDefault(_ test: (Sandbox) async throws -> Void) async throws {
    let api = try await connect()
    var failure: (any Error)?
    do {
      try await test(Sandbox(api: api, namespace: "default"))
    } catch {
      failure = error
    }
    await api.shutdown()
    if let failure { throw failure }
  }

  /// Runs a test in a namespace of its own, with a user who may use these verbs there and nothing anywhere else.
  func runRestricted(
    to verbs: Set<String>,
    _ test: (_ sandbox: Sandbox, _ user: String, _ restricted: HTTPClusterAPI) async throws -> Void
  ) async throws {
    try await run { sandbox in
      let user = "user-of-\(sandbox.namespace)"
      let api = try await restricted(sandbox.namespace, user, verbs)
      do {
        try await test(sandbox, user, api)
      } catch {
        await api.shutdown()
        throw error
      }
      await api.shutdown()
    }
  }

  /// Runs a test in a namespace of its own.
  func run(_ test: (Sandbox) async throws -> Void) async throws {
    let api = try await connect()
    let namespace = "conformance-\(UInt32.random(in: 0...UInt32.max))"
    try await api.create(
      K8s.Namespace.resourceKind, ["metadata": ["name": .string(namespace)]], namespace: nil)
    let sandbox = Sandbox(api: api, namespace: namespace)
    var failure: (any Error)?
    do {
      // Pods are refused until the namespace has its service account.
      _ = try await sandbox.wait(
        for: ResourceKind(
          group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts"),
        "default", "the namespace is furnished"
      ) { _ in true }
      try await test(sandbox)
    } catch {
      failure = error
    }
    try? await api.delete(K8s.Namespace.resourceKind, namespace, namespace: nil)
    await api.shutdown()
    if let failure { throw failure }
  }
}

/// The one simulated cluster of a test run, twenty times as fast as a real one.
private actor Simulator {
  static let shared = Simulator()
  private var starting: Task<(SimulatedCluster, String), any Error>?

  func api() async throws -> HTTPClusterAPI {
    try Target.client(kubeconfig: try await start().1)
  }

  func restricted(
    to namespace: String, user: String, verbs: Set<String>
  ) async throws -> HTTPClusterAPI {
    let (cluster, path) = try await start()
    let token = cluster.admit(
      SimulatedUser(user, rules: [.init(verbs, ["*"], namespaces: [namespace])]))
    return try Target.client(kubeconfig: path) { $0.credential = .token(Secret(token)) }
  }

  private func start() async throws -> (SimulatedCluster, String) {
    let task =
      starting
      ?? Task {
        let cluster = try await SimulatedCluster.start(
          SimulatedCluster.Configuration(nodes: NodeSpec.uniform(3), timeScale: 20))
        let path = FileManager.default.temporaryDirectory
          .appending(path: "conformance-\(UUID().uuidString).kubeconfig").path
        try Data(cluster.kubeconfigYAML().utf8).write(to: URL(filePath: path))
        return (cluster, path)
      }
    starting = task
    return try await task.value
  }
}
