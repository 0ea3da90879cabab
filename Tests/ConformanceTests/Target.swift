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

  static let all: [Target] = {
    let simulator = Target(testDescription: "simulator") { try await Simulator.shared.api() }
    guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else {
      print("\(variable) is not set: the conformance suite runs against the simulator only")
      return [simulator]
    }
    return [
      simulator,
      Target(testDescription: "control plane") { try Self.client(kubeconfig: path) },
    ]
  }()

  static func client(kubeconfig path: String) throws -> HTTPClusterAPI {
    let configuration = try ClusterConfiguration.resolve(
      overrides: KubeconfigOverrides(kubeconfig: path), environment: [:])
    var options = HTTPClusterAPI.Options()
    options.userAgent = "conformance/1"
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
  private var starting: Task<String, any Error>?

  func api() async throws -> HTTPClusterAPI {
    let task =
      starting
      ?? Task {
        let cluster = try await SimulatedCluster.start(
          SimulatedCluster.Configuration(nodes: NodeSpec.uniform(3), timeScale: 20))
        let path = FileManager.default.temporaryDirectory
          .appending(path: "conformance-\(UUID().uuidString).kubeconfig").path
        try Data(cluster.kubeconfigYAML().utf8).write(to: URL(filePath: path))
        return path
      }
    starting = task
    return try Target.client(kubeconfig: try await task.value)
  }
}
