import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

@Suite("Creating a model from YAML")
struct YAMLCreationTests {
  private let bench = OperationsBench()
  private let id = ModelID(namespace: "default", name: "custom-model")
  private let configMap = ResourceKind(
    group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

  private static let example = SpecificationExamples.manifest + "\n"
  private static let others = """
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: custom-model
    spec:
      selector:
        app: custom-model
      ports:
      - port: 8000
        targetPort: 8000
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: custom-config
    data:
      a: b
    ---
    apiVersion: v1
    kind: Secret
    metadata:
      name: custom-secret
    stringData:
      token: hf_abcdefghijklmnopqrstuvwxyz

    """

  private func request(_ yaml: String = example + others) -> YAMLRequest {
    var request = YAMLRequest(name: "custom-model", yaml: yaml)
    request.displayName = "Custom"
    request.tags = ["custom", "yaml"]
    return request
  }

  private func object(_ kind: ResourceKind, _ name: String) -> JSONValue? {
    bench.cluster.object(kind, name, namespace: "default")
  }

  private var deployment: JSONValue? { object(K8s.Deployment.resourceKind, "custom-model") }

  private var left: [String] {
    let kinds = [
      K8s.Deployment.resourceKind, K8s.Service.resourceKind, configMap, K8s.Secret.resourceKind,
    ]
    return kinds.flatMap { bench.cluster.all($0) }.map(\.objectName)
  }

  @Test func makesWhatWasWrittenOwnedByTheDeployment() async throws {
    let result = await bench.operations().createFromYAML(request())
    #expect(result == .succeeded("created model custom-model in namespace default"))
    let made = try #require(deployment)
    #expect(made["metadata", "labels", "app"] == "custom-model")
    #expect(made["metadata", "labels", "jan-server.menlo.ai/organization"] == "1")
    #expect(made["metadata", "labels", "model.aibrix.ai/name"] == "custom-model")
    #expect(made["metadata", "labels", "app.kubernetes.io/managed-by"] == nil)
    #expect(made["metadata", "annotations", "jan-server.menlo.ai/display-name"] == "Custom")
    #expect(made["metadata", "annotations", "jan-server.menlo.ai/incomplete"] == nil)
    #expect(made["metadata", "annotations", "jan-server.menlo.ai/spec"] == nil)
    #expect(made["spec", "paused"] == nil)
    for (kind, name) in [
      (K8s.Service.resourceKind, "custom-model"), (configMap, "custom-config"),
      (K8s.Secret.resourceKind, "custom-secret"),
    ] {
      let child = try #require(object(kind, name), "\(name)")
      let owners = child["metadata", "ownerReferences"]?.arrayValue?.map { $0["uid"] }
      #expect(owners == [made["metadata", "uid"]], "\(name)")
    }
  }

  @Test func theSpecificationsExampleCanBeCreated() async throws {
    #expect(await bench.operations().createFromYAML(request(Self.example)).succeeded)
    let stored = try await bench.operations().stored(id).get()
    #expect(!stored.isManaged)
    #expect(stored.fields.tags == ["custom", "yaml"])
  }

  /// Until all is there the Deployment is paused: no pod comes before what it needs.
  @Test func theDeploymentIsPausedUntilAllIsThere() async throws {
    bench.cluster.setFault { [cluster = bench.cluster] request in
      guard request.method == .post, request.path.hasSuffix("/configmaps"),
        !request.query.contains(where: { $0.name == "dryRun" })
      else { return nil }
      let deployment = cluster.object(
        K8s.Deployment.resourceKind, "custom-model", namespace: "default")
      #expect(deployment?["spec", "paused"] == true)
      #expect(
        deployment?["metadata", "annotations", "jan-server.menlo.ai/incomplete"] != nil)
      return nil
    }
    #expect(await bench.operations().createFromYAML(request()).succeeded)
  }

  @Test func nothingIsLeftWhereAnObjectIsRefused() async throws {
    bench.cluster.setFault { request in
      guard request.method == .post, request.path.hasSuffix("/services"),
        !request.query.contains(where: { $0.name == "dryRun" })
      else { return nil }
      return .refuse(.status(.init(code: 403, reason: "Forbidden", message: "quota")))
    }
    let result = await bench.operations().createFromYAML(request())
    #expect(result.failureKind == .forbidden)
    #expect(result.text.contains("Service custom-model"))
    #expect(left.isEmpty)
  }

  @Test func neverAdopts() async throws {
    let before = bench.cluster.put(
      ["metadata": ["name": "custom-config"]], kind: configMap, namespace: "default")
    let result = await bench.operations().createFromYAML(request())
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("ConfigMap default/custom-config"))
    #expect(object(configMap, "custom-config") == before)
    #expect(left == ["custom-config"])
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func aNameIsTakenWhereverItIsUsed() async throws {
    bench.cluster.put(
      K8s.Deployment(
        metadata: K8s.ObjectMeta(
          name: "x", namespace: "team-a", labels: ["model.aibrix.ai/name": "custom-model"])))
    let result = await bench.operations().createFromYAML(request())
    #expect(result.failureKind == .conflict)
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func whatIsWrongIsToldAtItsLine() async throws {
    let yaml = Self.example.replacing("  replicas: 1", with: "  replicas: 1\n  replicas: 2")
    guard case .invalid(let findings) = await bench.operations().createFromYAML(request(yaml))
    else {
      Issue.record("it is not refused")
      return
    }
    #expect(findings.contains { $0.position?.line == 9 && $0.severity == .error })
    #expect(bench.cluster.requests.isEmpty)
  }

  @Test(arguments: ["deployments", "configmaps", "secrets", "services"], [true, false])
  func anAnswerThatWasLostIsFoundOut(collection: String, effect: Bool) async throws {
    bench.once(
      .post, "/" + collection,
      effect ? .lose(OperationsBench.cut) : .refuse(OperationsBench.cut))
    #expect(await bench.operations().createFromYAML(request()).succeeded)
    #expect(left.count == 4)
    #expect(deployment?["spec", "paused"] == nil)
  }

  @Test func isUpdatedScaledAndDeletedWithAllItsObjects() async throws {
    let operations = bench.operations()
    #expect(await operations.createFromYAML(request()).succeeded)
    let target = ModelTarget(id)
    var change = ModelChange()
    change.tags = ["new"]
    #expect(await operations.update(target, change).succeeded)
    #expect(await operations.stop(target).succeeded)
    var redeploy = ModelChange()
    redeploy.image = "other:1"
    #expect(await operations.update(target, redeploy).failureKind == .rejected)
    let stored = try await operations.stored(id).get()
    #expect(stored.fields.tags == ["new"])
    #expect(stored.replicas == 0)
    bench.cluster.edit(
      configMap, "custom-config", namespace: "default",
      ["metadata": ["labels": ["model.aibrix.ai/name": nil]]])
    #expect(await operations.delete(id, uid: stored.uid).succeeded)
    #expect(left.isEmpty)
  }

  // MARK: Undo

  @Test func isMadeAgainFromWhatWasKept() async throws {
    let operations = bench.operations()
    #expect(await operations.createFromYAML(request()).succeeded)
    let kept = try await operations.keep(id).get()
    #expect(kept.warnings.first?.contains("Secret custom-secret is not kept") == true)
    guard case .manifests(let manifests) = kept.content else {
      Issue.record("no manifests are kept")
      return
    }
    #expect(
      manifests.compactMap { $0["kind"]?.stringValue } == ["Deployment", "ConfigMap", "Service"])
    #expect(await operations.delete(id, uid: nil).succeeded)
    let result = await operations.recreate(kept)
    #expect(result.succeeded, "\(result)")
    #expect(result.text.contains("Secret custom-secret is not kept"))
    #expect(object(configMap, "custom-config")?["data", "a"] == "b")
    #expect(try await operations.stored(id).get().fields.displayName == "Custom")
  }

  @Test func aManagedModelIsMadeAgainWithoutItsToken() async throws {
    try await bench.make(ModelFixture.request(token: "hf_very_secret_token"))
    let operations = bench.operations()
    _ = await operations.scale(ModelTarget(bench.id), to: 3)
    let kept = try await operations.keep(bench.id).get()
    #expect(kept.hadToken)
    #expect(await operations.delete(bench.id, uid: nil).succeeded)
    let result = await operations.recreate(kept)
    #expect(result.text.contains("the Hugging Face token is not kept"), "\(result)")
    #expect(bench.deployment["spec", "replicas"] == 3)
    #expect(bench.child(K8s.Secret.resourceKind, "llama-7b-hf-token") == nil)
  }

  // MARK: Plans

  @Test func aPlanWritesNothingAndShowsNoSecret() async throws {
    let plan = await bench.operations().plan(.createFromYAML(request()))
    #expect(plan.isAcceptable, "\(plan)")
    #expect(
      plan.items.map(\.label) == [
        "Deployment custom-model", "ConfigMap custom-config", "Secret custom-secret",
        "Service custom-model",
      ])
    #expect(plan.items.allSatisfy { $0.answer == .accepted && $0.action == .create })
    #expect(!plan.items.contains { $0.yaml.contains("hf_abc") })
    #expect(plan.items.last?.yaml.contains("kind: Service") == true)
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func aPlanOfACreateMasksTheTokenAndSaysWhatIsInTheWay() async throws {
    let request = ModelFixture.request(token: "hf_very_secret_token")
    let plan = await bench.operations().plan(.create(request))
    #expect(plan.isAcceptable)
    #expect(
      plan.items.map(\.kind.kind) == [
        "Secret", "Deployment", "PersistentVolumeClaim", "Service", "ServiceMonitor",
      ])
    #expect(!plan.items.contains { $0.yaml.contains("very_secret") })
    try await bench.make(request)
    let taken = await bench.operations().plan(.create(request))
    #expect(taken.problem?.kind == .conflict)
    #expect(!taken.isAcceptable)
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func aPlanOfAChangeTellsEachField() async throws {
    let model = try await bench.make()
    var change = ModelChange()
    change.image = "other:1"
    change.storageSize = 30
    let operations = bench.operations()
    let plan = await operations.plan(.update(model.target, change, base: model.fields))
    #expect(plan.isAcceptable, "\(plan)")
    #expect(plan.restartsPods)
    let claim = try #require(plan.items.first)
    #expect(
      claim.changes == [
        .init(path: "spec.resources.requests.storage", old: "20Gi", new: "30Gi")
      ])
    let changes = try #require(plan.items.last?.changes)
    #expect(
      changes.contains(
        .init(
          path: "spec.template.spec.containers[vllm-openai].image",
          old: "vllm/vllm-openai:v0.9.0", new: "other:1")))
    let stop = await operations.plan(.stop(model.target))
    #expect(
      stop.items.first?.changes.contains(.init(path: "spec.replicas", old: "1", new: "0")) == true)
    let deletion = await operations.plan(
      .delete(model.target, keepVolume: true))
    #expect(
      deletion.items.map { "\($0.action) \($0.kind.kind)" } == [
        "delete Deployment", "delete Service", "keep PersistentVolumeClaim",
        "delete ServiceMonitor",
      ])
    #expect(bench.cluster.writes.isEmpty)
  }
}
