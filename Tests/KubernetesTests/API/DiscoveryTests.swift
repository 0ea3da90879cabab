import Foundation
import Kubernetes
import Testing

@Suite("Discovery")
struct DiscoveryTests {
  private let group =
    #"{"kind":"APIResourceList","resources":[{"name":"servicemonitors","kind":"X"},{"name":"servicemonitors/status"}]}"#

  @Test func readsTheVersion() async throws {
    let api = ScriptedAPI(["/version": .success(#"{"major":"1","gitVersion":"v1.36.2"}"#)])
    #expect(try await api.serverVersion() == "v1.36.2")
    let other = ScriptedAPI(["/version": .success(#"{"version":"nginx"}"#)])
    await #expect(throws: APIError.self) { try await other.serverVersion() }
  }

  @Test func looksForAKindInItsGroup() async throws {
    let api = ScriptedAPI([
      "/apis/monitoring.coreos.com/v1": .success(group),
      "/api/v1": .success(#"{"resources":[{"name":"pods"}]}"#),
      "/apis/autoscaling.aibrix.ai/v1alpha1": .success(#"{"resources":null}"#),
    ])
    #expect(try await api.serves(.serviceMonitor))
    #expect(try await api.serves(K8s.Pod.resourceKind))
    #expect(try await !api.serves(K8s.Node.resourceKind))
    #expect(try await !api.serves(.podAutoscaler))
    // The group version is not there at all.
    #expect(try await !api.serves(.horizontalPodAutoscaler))
  }

  @Test func looksForADefinition() async throws {
    let path = ResourceKind.customResourceDefinition.path(
      namespace: nil, name: "servicemonitors.monitoring.coreos.com")
    let there = ScriptedAPI([path: .success(#"{"metadata":{"name":"x"}}"#)])
    #expect(try await there.hasDefinition(of: .serviceMonitor))
    #expect(try await !ScriptedAPI([:]).hasDefinition(of: .serviceMonitor))
  }

  @Test func asksDiscoveryWhereDefinitionsMayNotBeRead() async throws {
    let path = ResourceKind.customResourceDefinition.path(
      namespace: nil, name: "servicemonitors.monitoring.coreos.com")
    let forbidden = K8s.Status(code: 403, reason: "Forbidden")
    let there = ScriptedAPI([
      path: .failure(.status(forbidden)), "/apis/monitoring.coreos.com/v1": .success(group),
    ])
    #expect(try await there.hasDefinition(of: .serviceMonitor))
    let absent = ScriptedAPI([path: .failure(.status(forbidden))])
    #expect(try await !absent.hasDefinition(of: .serviceMonitor))
  }

  @Test func doesNotTakeFailureForAbsence() async throws {
    let api = ScriptedAPI([
      "/apis/monitoring.coreos.com/v1": .failure(.transport("refused", kind: .refused))
    ])
    await #expect(throws: APIError.self) { try await api.serves(.serviceMonitor) }
  }
}
