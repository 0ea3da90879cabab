import Foundation
import Kubernetes
import KubernetesClient
import SimulatedCluster
import TestSupport
import Testing

/// The server as a client sees it: TLS, the token, and what becomes of watches and lists that are too old.
@Suite("Server")
struct ServerTests {
  private let maps = ResourceKind(
    group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

  private func client(
    _ cluster: SimulatedCluster, token: String? = nil
  ) throws -> HTTPClusterAPI {
    try cluster.client(token: token)
  }

  @Test func onlyItsTokenOpensIt() async throws {
    try await withCluster { cluster in
      let right = try client(cluster)
      let wrong = try client(cluster, token: "wrong")
      #expect(try await right.list(K8s.Node.self).items.count == 2)
      await #expect(throws: APIError.self) { try await wrong.list(K8s.Node.self) }
      await right.shutdown()
      await wrong.shutdown()
    }
  }

  @Test func theKubeconfigSaysItAll() async throws {
    try await withCluster { cluster in
      let text = cluster.kubeconfigYAML(contextName: "here")
      #expect(text.contains("server: https://127.0.0.1:\(cluster.port)"))
      #expect(text.contains("current-context: here"))
      #expect(text.contains("token: \(cluster.token)"))
      #expect(cluster.caPEM.hasPrefix("-----BEGIN CERTIFICATE-----"))
    }
  }

  @Test func whatIsTooOldIsToldAsExpired() async throws {
    try await withCluster { cluster in
      let api = try client(cluster)
      for index in 0..<4 {
        try cluster.create(
          maps, ["metadata": ["name": .string("m\(index)")]], namespace: "default")
      }
      let page = try await api.list(
        maps, as: UnstructuredObject.self, namespace: "default", options: ListOptions(limit: 2))
      try cluster.create(maps, ["metadata": ["name": "later"]], namespace: "default")
      cluster.compact()
      var options = ListOptions(limit: 2)
      options.continue = page.metadata.continue
      let error = await #expect(throws: APIError.self) {
        try await api.list(
          maps, as: UnstructuredObject.self, namespace: "default", options: options)
      }
      #expect(error?.isExpired == true)
      let stream = try await api.watch(
        maps, as: UnstructuredObject.self, namespace: "default",
        options: ListOptions(resourceVersion: page.metadata.resourceVersion))
      for try await event in stream {
        guard case .error(let status) = event else {
          Issue.record("the watch began with \(event)")
          break
        }
        #expect(status.code == 410)
        #expect(status.reason == "Expired")
        #expect(status.message?.hasPrefix("too old resource version: ") == true)
        break
      }
      await api.shutdown()
    }
  }

  @Test func bookmarksTellHowFarAWatchIs() async throws {
    try await withCluster(.init(nodes: NodeSpec.uniform(1), timeScale: 600)) { cluster in
      let api = try client(cluster)
      let stream = try await api.watch(
        maps, as: UnstructuredObject.self, namespace: "default",
        options: ListOptions(labelSelector: "nobody=has"), timeoutSeconds: 20)
      try cluster.create(maps, ["metadata": ["name": "a"]], namespace: "default")
      let created = try cluster.get(maps, "a", namespace: "default")
      for try await event in stream {
        guard case .bookmark(let version) = event else {
          Issue.record("the watch told \(event)")
          break
        }
        guard
          Int(version) ?? 0 >= Int(created["metadata", "resourceVersion"]?.stringValue ?? "") ?? 0
        else { continue }
        break
      }
      await api.shutdown()
    }
  }

  @Test func stoppingEndsWatchesAndFreesThePort() async throws {
    let cluster = try await SimulatedCluster.start(.init(nodes: [], timeScale: 50))
    let api = try client(cluster)
    let stream = try await api.watch(
      maps, as: UnstructuredObject.self, options: ListOptions(), timeoutSeconds: 600)
    await cluster.stop()
    // Ends cleanly or with an error, but ends.
    do {
      for try await _ in stream {}
    } catch {}
    await #expect(throws: APIError.self) { try await api.list(K8s.Node.self) }
    await api.shutdown()
    var configuration = SimulatedCluster.Configuration(nodes: [], timeScale: 50)
    configuration.port = cluster.port
    let second = try await SimulatedCluster.start(configuration)
    #expect(second.port == cluster.port)
    await second.stop()
  }

  @Test func aPortThatIsTakenIsAnError() async throws {
    try await withCluster { cluster in
      var configuration = SimulatedCluster.Configuration(nodes: [])
      configuration.port = cluster.port
      let taken = configuration
      await #expect(throws: (any Error).self) { try await SimulatedCluster.start(taken) }
    }
  }
}
