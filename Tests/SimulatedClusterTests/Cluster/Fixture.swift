import Foundation
import Kubernetes
import KubernetesClient
import Logging
import SimulatedCluster
import Testing

/// A cluster for one test, fifty times as fast as a real one.
func withCluster(
  _ configuration: SimulatedCluster.Configuration = .init(
    nodes: NodeSpec.uniform(2), timeScale: 50),
  _ test: (SimulatedCluster) async throws -> Void
) async throws {
  let cluster = try await SimulatedCluster.start(configuration)
  var failure: (any Error)?
  do {
    try await test(cluster)
  } catch {
    failure = error
  }
  await cluster.stop()
  if let failure { throw failure }
}

extension SimulatedCluster {
  /// The package's own client on the wire.
  func client(token: String? = nil) throws -> HTTPClusterAPI {
    let text = kubeconfigYAML().replacing(self.token, with: token ?? self.token)
    let file = FileManager.default.temporaryDirectory
      .appending(path: "simulated-\(UUID().uuidString).kubeconfig")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try HTTPClusterAPI(
      ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(kubeconfig: file.path), environment: [:]),
      logger: Logger(label: "SimulatedClusterTests"))
  }

  /// Creates a Deployment in the namespace `default`.
  func deploy(
    _ name: String, replicas: Int64 = 1, image: String = "example/main:1", gpus: Int64 = 0,
    template: JSONValue = [:]
  ) throws {
    var container: JSONValue = ["name": "main", "image": .string(image)]
    if gpus > 0 { container["resources"] = ["limits": ["nvidia.com/gpu": .integer(gpus)]] }
    let spec = JSONValue.object(["containers": [container]]).merging(patch: template)
    try create(
      K8s.Deployment.resourceKind,
      [
        "metadata": ["name": .string(name)],
        "spec": [
          "replicas": .integer(replicas), "selector": ["matchLabels": ["app": .string(name)]],
          "template": ["metadata": ["labels": ["app": .string(name)]], "spec": spec],
        ],
      ], namespace: "default")
  }

  var pods: [JSONValue] { get throws { try list(K8s.Pod.resourceKind, namespace: "default") } }

  /// The warnings and other events, as `reason: message`.
  var events: [String] {
    get throws {
      try list(K8s.Event.resourceKind).map {
        "\($0["reason"]?.stringValue ?? ""): \($0["message"]?.stringValue ?? "")"
      }
    }
  }

  func deployment(_ name: String) throws -> JSONValue {
    try get(K8s.Deployment.resourceKind, name, namespace: "default")
  }
}

extension JSONValue {
  func conditionStatus(_ type: String) -> String? {
    self["status", "conditions"]?.arrayValue?
      .first { $0["type"]?.stringValue == type }?["status"]?.stringValue
  }

  func conditionText(_ type: String) -> String {
    self["status", "conditions"]?.arrayValue?
      .first { $0["type"]?.stringValue == type }?["message"]?.stringValue ?? ""
  }

  var isReady: Bool { conditionStatus("Ready") == "True" }
}
