import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

@Suite("Deleting a model")
struct ModelDeletionTests {
  private let cluster = MemoryCluster()
  private let said = Said()
  private let id = ModelID(namespace: "jan-models", name: "llama-7b")
  private let kinds: [ResourceKind] = [
    K8s.Deployment.resourceKind, K8s.ReplicaSet.resourceKind, K8s.Pod.resourceKind,
    K8s.Service.resourceKind, K8s.PersistentVolumeClaim.resourceKind, K8s.Secret.resourceKind,
    .serviceMonitor,
  ]

  private func operations(limit: Duration = .seconds(60)) -> ModelOperations {
    var settings = ModelOperations.Settings(organization: "1", user: "ada")
    settings.deleteLimit = limit
    return ModelOperations(
      api: cluster, observer: nil, settings: settings,
      retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2)))
  }

  /// A model with everything, a ReplicaSet and a pod. Returns the Deployment's UID.
  private func make() async throws -> String {
    _ = await operations().create(ModelFixture.request(token: "hf_very_secret_token"))
    let uid = try #require(cluster.object(kinds[0], "llama-7b", namespace: "jan-models")).uid
    let labels: JSONValue = ["model.aibrix.ai/name": "llama-7b"]
    func owned(_ name: String, by kind: String, _ owner: String, _ uid: String) -> JSONValue {
      [
        "metadata": [
          "name": .string(name), "labels": labels,
          "ownerReferences": [
            [
              "apiVersion": "apps/v1", "kind": .string(kind), "name": .string(owner),
              "uid": .string(uid), "controller": true,
            ]
          ],
        ]
      ]
    }
    let set = cluster.put(
      owned("llama-7b-1", by: "Deployment", "llama-7b", uid), kind: kinds[1],
      namespace: "jan-models")
    cluster.put(
      owned("llama-7b-1-a", by: "ReplicaSet", "llama-7b-1", set.uid), kind: kinds[2],
      namespace: "jan-models")
    cluster.forgetRequests()
    return uid
  }

  private var left: [String] { kinds.flatMap { cluster.all($0) }.map(\.objectName) }

  private func delete(
    uid: String?, keepVolume: Bool = false, version: String? = nil, limit: Duration = .seconds(60)
  ) async -> OperationResult {
    await operations(limit: limit).delete(
      id, uid: uid, resourceVersion: version, keepVolume: keepVolume
    ) { [said] in said.say($0) }
  }

  // MARK: All is well

  @Test func leavesNothingBehind() async throws {
    let uid = try await make()
    #expect(left.count == 7)
    let result = await delete(uid: uid)
    #expect(result == .succeeded("deleted model llama-7b and everything that belonged to it"))
    #expect(left.isEmpty)
  }

  @Test func namesTheUIDAndDeletesInTheForeground() async throws {
    let uid = try await make()
    _ = await delete(uid: uid)
    let request = try #require(cluster.writes.first)
    let body = try JSONValue(parsing: request.body ?? Data())
    #expect(body["preconditions", "uid"] == .string(uid))
    // What is deleted is what was checked.
    #expect(body["preconditions", "resourceVersion"]?.stringValue?.isEmpty == false)
    #expect(body["propagationPolicy"] == "Foreground")
  }

  @Test func aStatusThatChangesMeanwhileIsNoObstacle() async throws {
    let uid = try await make()
    touchBeforeDelete { ["status": ["readyReplicas": 1]] }
    #expect(await delete(uid: uid).succeeded)
    #expect(left.isEmpty)
  }

  @Test func aModelGivenToAnotherOrganizationMeanwhileIsNotDeleted() async throws {
    let uid = try await make()
    touchBeforeDelete { ["metadata": ["labels": [ModelKeys.organization: "2"]]] }
    #expect(await delete(uid: uid).failureKind == .notFound)
    #expect(left.count == 7)
  }

  @Test func aNamesakeMadeMeanwhileIsNotDeleted() async throws {
    let uid = try await make()
    touchBeforeDelete { ["metadata": ["uid": "another"]] }
    let result = await delete(uid: uid)
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("changed since you looked"), "\(result)")
    #expect(left.contains("llama-7b"))
  }

  @Test func whatHoldsAnObjectIsNamedWhileItIsWaitedFor() async throws {
    let uid = try await make()
    cluster.edit(
      kinds[3], "llama-7b", namespace: "jan-models",
      ["metadata": ["finalizers": ["example.com/hold"]]])
    let result = await delete(uid: uid, limit: .milliseconds(400))
    #expect(result.failureKind == .overdue)
    #expect(
      said.all.contains { $0.contains("Service llama-7b (held by finalizer example.com/hold)") },
      "\(said.all)")
  }

  /// Somebody changes the Deployment after it was looked at and before the delete comes.
  private func touchBeforeDelete(_ patch: @escaping @Sendable () -> JSONValue) {
    let once = OperationsBench.Once()
    cluster.setFault { [cluster, kinds] request in
      if request.method == .delete, once.first() {
        cluster.edit(kinds[0], "llama-7b", namespace: "jan-models", patch())
      }
      return nil
    }
  }

  @Test func keepsTheVolumeWhenAsked() async throws {
    let uid = try await make()
    let result = await delete(uid: uid, keepVolume: true)
    #expect(result.text.contains("its volume llama-7b-storage was kept"))
    #expect(left == ["llama-7b-storage"])
    let claim = cluster.all(K8s.PersistentVolumeClaim.resourceKind)[0]
    #expect(claim["metadata", "annotations", Ownership.keptAnnotation] == "llama-7b")
    #expect(claim["metadata", "ownerReferences"]?.arrayValue?.isEmpty ?? true)
  }

  @Test func deletesNothingWhenTheVolumeCannotBeKept() async throws {
    let uid = try await make()
    cluster.setFault { request in
      request.method == .patch
        ? .refuse(.status(.init(code: 403, reason: "Forbidden", message: "no"))) : nil
    }
    #expect(await delete(uid: uid, keepVolume: true).failureKind == .forbidden)
    #expect(left.count == 7)
  }

  @Test func takesWhatHasLostItsOwner() async throws {
    let uid = try await make()
    for (kind, name) in [(kinds[3], "llama-7b"), (kinds[5], "llama-7b-hf-token")] {
      cluster.edit(
        kind, name, namespace: "jan-models", ["metadata": ["ownerReferences": nil]])
    }
    #expect(await delete(uid: uid).succeeded)
    #expect(left.isEmpty)
  }

  @Test func takesWhatIsLeftWithoutADeployment() async throws {
    let uid = try await make()
    cluster.edit(
      kinds[3], "llama-7b", namespace: "jan-models", ["metadata": ["ownerReferences": nil]])
    cluster.remove(kinds[0], "llama-7b", namespace: "jan-models")
    #expect(left == ["llama-7b"])
    let result = await delete(uid: uid)
    #expect(result == .succeeded("deleted what was left of model llama-7b: Service llama-7b"))
    #expect(left.isEmpty)
  }

  // MARK: Refusals

  @Test func doesNotTouchANamesake() async throws {
    _ = try await make()
    #expect(await delete(uid: "uid-of-another").failureKind == .conflict)
    #expect(cluster.writes.isEmpty)
  }

  @Test func heedsTheVersionWhereItIsGiven() async throws {
    let uid = try await make()
    #expect(await delete(uid: uid, version: "1").failureKind == .conflict)
    #expect(left.count == 7)
  }

  @Test func saysWhenThereIsNoSuchModel() async throws {
    #expect(
      await delete(uid: nil)
        == .failed(OperationFailure(.notFound, "model not found in organization")))
  }

  @Test func doesNotDeleteAnotherOrganizationsModel() async throws {
    let uid = try await make()
    cluster.edit(
      kinds[0], "llama-7b", namespace: "jan-models",
      ["metadata": ["labels": ["jan-server.menlo.ai/organization": "2"]]])
    #expect(await delete(uid: uid).failureKind == .notFound)
    #expect(cluster.writes.isEmpty)
  }

  @Test func doesNotDeleteWhatWasNotMadeHere() async throws {
    let object = cluster.put(
      K8s.Deployment(
        metadata: K8s.ObjectMeta(
          name: "llama-7b", namespace: "jan-models",
          labels: ["model.aibrix.ai/name": "llama-7b"])))
    #expect(await delete(uid: object.uid).failureKind == .forbidden)
    #expect(left.count == 1)
  }

  // MARK: What hangs

  @Test func namesWhatHangsAndItsFinalizer() async throws {
    let uid = try await make()
    cluster.edit(
      kinds[4], "llama-7b-storage", namespace: "jan-models",
      ["metadata": ["finalizers": ["kubernetes.io/pvc-protection"]]])
    let result = await delete(uid: uid, limit: .milliseconds(300))
    #expect(
      result.text.contains(
        "PersistentVolumeClaim llama-7b-storage (held by finalizer kubernetes.io/pvc-protection)"))
  }

  @Test func saysOfWhichNamespaceTheEndIsNotKnown() async throws {
    let uid = try await make()
    cluster.setFault { request in
      request.purpose.hasPrefix("list ")
        ? .refuse(.status(.init(code: 503, reason: "ServiceUnavailable", message: "away"))) : nil
    }
    guard case .outcomeUnknown(let text) = await delete(uid: uid, limit: .milliseconds(50)) else {
      Issue.record("the end of the deletion is not known")
      return
    }
    #expect(text.contains("the deletion of Deployment jan-models/llama-7b was accepted"))
  }

  @Test func waitsUntilTheLastObjectIsGone() async throws {
    let uid = try await make()
    cluster.edit(
      kinds[2], "llama-7b-1-a", namespace: "jan-models",
      ["metadata": ["finalizers": ["example.com/slow"]]])
    let deleting = Task { await delete(uid: uid) }
    #expect(await eventually { said.all.contains { $0.contains("waiting for 1 pod to stop") } })
    #expect(
      said.all.last?.contains("Pod llama-7b-1-a (held by finalizer example.com/slow)") == true)
    cluster.edit(
      kinds[2], "llama-7b-1-a", namespace: "jan-models", ["metadata": ["finalizers": nil]])
    #expect(await deleting.value.succeeded)
    #expect(left.isEmpty)
  }

  @Test func settlesADeleteWhoseAnswerWasLost() async throws {
    let uid = try await make()
    let first = Flag()
    cluster.setFault { request in
      guard request.method == .delete, !first.isSet else { return nil }
      first.set()
      return .lose(.transport("cut", kind: .cut))
    }
    #expect(await delete(uid: uid).succeeded)
    #expect(left.isEmpty)
  }
}

extension JSONValue {
  var uid: String { self["metadata", "uid"]?.stringValue ?? "" }
  var objectName: String { self["metadata", "name"]?.stringValue ?? "" }
}
