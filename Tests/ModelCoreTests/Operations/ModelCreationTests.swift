import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

@Suite("Creating a model")
struct ModelCreationTests {
  private let bench = OperationsBench()
  private var cluster: MemoryCluster { bench.cluster }

  // MARK: All is well

  @Test func makesAllObjectsWithTheDeploymentAsOwner() async throws {
    let result = await bench.create()
    #expect(result == .succeeded("created model llama-7b in namespace jan-models"))
    let deployment = try #require(bench.child(K8s.Deployment.resourceKind, "llama-7b"))
    let children: [(ResourceKind, String)] = [
      (K8s.Service.resourceKind, "llama-7b"),
      (K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage"),
      (K8s.Secret.resourceKind, "llama-7b-hf-token"), (.serviceMonitor, "llama-7b"),
    ]
    for (kind, name) in children {
      let child = try #require(bench.child(kind, name))
      let owners = child["metadata", "ownerReferences"]?.arrayValue
      #expect(owners?.map { $0["uid"] } == [deployment["metadata", "uid"]])
    }
    #expect(
      bench.child(K8s.Secret.resourceKind, "llama-7b-hf-token")?["stringData", "token"]
        == .string(OperationsBench.token))
  }

  @Test func asksTheServerAboutEverythingBeforeItWritesAnything() async throws {
    _ = await bench.create()
    let writing = cluster.requests.filter { $0.method != .get }
    let isDry = writing.map { $0.query.contains { $0.name == "dryRun" } }
    #expect(isDry == [true, true, true, true, true] + Array(repeating: false, count: 6))
    #expect(writing.filter { $0.contentType == "application/apply-patch+yaml" }.count == 6)
    #expect(writing.allSatisfy { $0.query.contains { $0.name == "fieldManager" } })
  }

  @Test func writesNoSecretWithoutTokenAndNoClaimWithoutVolume() async throws {
    var request = ModelFixture.request()
    request.storageSize = 0
    #expect(await bench.create(request).succeeded)
    #expect(cluster.all(K8s.Secret.resourceKind).isEmpty)
    #expect(cluster.all(K8s.PersistentVolumeClaim.resourceKind).isEmpty)
  }

  @Test func makesTheNamespaceWhenItIsAbsent() async throws {
    cluster.remove(K8s.Namespace.resourceKind, "jan-models", namespace: nil)
    #expect(await bench.create().succeeded)
    let labels = cluster.object(K8s.Namespace.resourceKind, "jan-models", namespace: nil)?[
      "metadata", "labels"]
    #expect(labels?["app.kubernetes.io/managed-by"] == "jan-server")
    #expect(labels?["jan-server.menlo.ai/purpose"] == "model-deployment")
  }

  @Test func doesWithoutServiceMonitorsWhereThereAreNone() async throws {
    cluster.setServed(["podautoscalers", "clusterpolicies"])
    #expect(await bench.create().succeeded)
    #expect(cluster.all(.serviceMonitor).isEmpty)
  }

  // MARK: Refusals

  @Test func sendsNothingForAnInvalidRequest() async throws {
    var request = ModelFixture.request()
    request.command = ["vllm", "serve", "x", "--served-model-name", "wrong"]
    guard case .invalid(let findings) = await bench.create(request) else {
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
    #expect(await bench.create() == .failed(OperationFailure(.prerequisites, text)))
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
    #expect(await bench.create().succeeded)
  }

  @Test func refusesANameThatIsTakenAnywhereInTheCluster() async throws {
    cluster.put(
      K8s.Deployment(
        metadata: K8s.ObjectMeta(
          name: "other", namespace: "default", labels: ["model.aibrix.ai/name": "llama-7b"])))
    let result = await bench.create()
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("taken by Deployment default/other"))
    #expect(cluster.writes.isEmpty)
  }

  @Test func refusesADeploymentOfThatNameWithoutTouchingAnything() async throws {
    cluster.put(
      K8s.Deployment(metadata: K8s.ObjectMeta(name: "llama-7b", namespace: "jan-models")))
    let result = await bench.create()
    #expect(result.failureKind == .conflict)
    #expect(cluster.writes.isEmpty)
    #expect(bench.objectCount == 1)
  }

  @Test(arguments: [
    ("Service", "llama-7b"), ("PersistentVolumeClaim", "llama-7b-storage"),
    ("Secret", "llama-7b-hf-token"), ("ServiceMonitor", "llama-7b"),
  ])
  func neverAdopts(kind: String, name: String) async throws {
    let kind = try #require(OperationsBench.kinds.first { $0.kind == kind })
    let before = cluster.put(
      ["metadata": ["name": .string(name)]], kind: kind, namespace: "jan-models")
    let result = await bench.create()
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("\(kind.kind) jan-models/\(name)"))
    #expect(bench.child(kind, name) == before)
    #expect(bench.objectCount == 1)
  }

  @Test func namesAVolumeThatWasKept() async throws {
    cluster.put(
      [
        "metadata": [
          "name": "llama-7b-storage", "annotations": [Ownership.keptAnnotation: "llama-7b"],
        ]
      ], kind: K8s.PersistentVolumeClaim.resourceKind, namespace: "jan-models")
    #expect(await bench.create().text.contains("was kept when an earlier model"))
  }

  @Test func saysThatTheNamespaceMayNotBeMade() async throws {
    cluster.remove(K8s.Namespace.resourceKind, "jan-models", namespace: nil)
    cluster.setFault { request in
      request.method == .post && request.path.hasSuffix("/namespaces")
        ? .refuse(.status(.init(code: 403, reason: "Forbidden"))) : nil
    }
    let result = await bench.create()
    #expect(result.failureKind == .forbidden)
    #expect(result.text.contains("namespace jan-models does not exist"))
  }

  @Test func writesNothingWhenTheDryRunIsRefused() async throws {
    cluster.setFault { request in
      request.path.hasSuffix("/services/llama-7b") && request.method == .patch
        ? .refuse(.status(.init(code: 422, reason: "Invalid", message: "the port is bad"))) : nil
    }
    let result = await bench.create()
    #expect(result.text == "could not create Service llama-7b: the port is bad")
    #expect(cluster.writes.isEmpty)
    #expect(bench.objectCount == 0)
  }

  @Test func mindsNotThatTheReconcilerMakesAChildAtTheSameMoment() async throws {
    let once = OperationsBench.Once()
    cluster.setFault { request in
      guard request.method == .patch, request.path.hasSuffix("/services/llama-7b"),
        request.isReal, once.first()
      else { return nil }
      return .refuse(.status(.init(code: 409, reason: "AlreadyExists")))
    }
    #expect(await bench.create().text == "created model llama-7b in namespace jan-models")
    #expect(bench.child(K8s.Service.resourceKind, "llama-7b") != nil)
  }

  @Test func goesWithoutAServiceMonitorWhereNoneMayBeMade() async throws {
    cluster.setFault { request in
      request.path.contains("/servicemonitors/") && request.method == .patch
        ? .refuse(.status(.init(code: 403, reason: "Forbidden"))) : nil
    }
    let result = await bench.create()
    #expect(
      result.text == "created model llama-7b in namespace jan-models without a ServiceMonitor: "
        + "no permission to create servicemonitors")
    #expect(bench.child(K8s.Service.resourceKind, "llama-7b") != nil)
    #expect(cluster.all(.serviceMonitor).isEmpty)
  }

  @Test func writesNothingWhenReadOnly() async throws {
    var settings = ModelOperations.Settings()
    settings.isReadOnly = true
    let operations = ModelOperations(api: cluster, observer: nil, settings: settings)
    #expect(await operations.create(ModelFixture.request()).failureKind == .forbidden)
    #expect(cluster.requests.isEmpty)
  }

  @Test func tellsTheFirstOfSeveralReasonsHoweverTheAnswersCome() async throws {
    cluster.put(
      K8s.Deployment(
        metadata: K8s.ObjectMeta(
          name: "other", namespace: "default", labels: ["model.aibrix.ai/name": "llama-7b"])))
    cluster.remove(K8s.Namespace.resourceKind, "jan-models", namespace: nil)
    #expect(await bench.create().failureKind == .conflict)
    cluster.remove(
      .customResourceDefinition, "clusterpolicies.nvidia.com", namespace: nil)
    #expect(await bench.create().text.hasPrefix("GPU operator CRD not found"))
    cluster.remove(
      .customResourceDefinition, "podautoscalers.autoscaling.aibrix.ai", namespace: nil)
    #expect(await bench.create().text.hasPrefix("aibrix CRD not found"))
    // An absent namespace is made only for a model that can be made.
    #expect(cluster.writes.isEmpty)
  }
}
