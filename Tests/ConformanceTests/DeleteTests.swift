import Kubernetes
import Testing

@Suite("Deletion", .timeLimit(.minutes(15)))
struct DeleteTests {
  private let maps = Sandbox.configMap
  private let deployments = K8s.Deployment.resourceKind
  private let sets = K8s.ReplicaSet.resourceKind
  private let pods = K8s.Pod.resourceKind

  @Test(arguments: Target.all)
  func preconditions(_ target: Target) async throws {
    try await target.run { box in
      let created = try await box.create(maps, Manifests.configMap("a"))
      let uid = try await box.delete(maps, "a", ["preconditions": ["uid": "other"]])
      #expect(uid.code == 409)
      #expect(uid.reason == "Conflict")
      #expect(uid.message.contains("the UID in the precondition (other) does not match"))
      let version = try await box.delete(maps, "a", ["preconditions": ["resourceVersion": "1"]])
      #expect(version.code == 409)
      #expect(try await box.get(maps, "a").code == 200)
      let gone = try await box.delete(
        maps, "a",
        [
          "preconditions": [
            "uid": .string(created.uid), "resourceVersion": .string(created.resourceVersion),
          ]
        ])
      #expect(gone.code == 200)
      #expect(gone.body["kind"] == "Status")
      #expect(gone.body["status"] == "Success")
      #expect(gone.body["details", "uid"] == .string(created.uid))
    }
  }

  @Test(arguments: Target.all)
  func aDryRunDeletesNothing(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(maps, Manifests.configMap("a"))
      #expect(try await box.delete(maps, "a", ["dryRun": ["All"]]).code == 200)
      #expect(try await box.get(maps, "a").code == 200)
    }
  }

  @Test(arguments: Target.all)
  func finalizersHold(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(
        maps,
        Manifests.configMap("a").with(["metadata", "finalizers"], ["example.com/hold"]))
      let deleted = try await box.delete(maps, "a")
      #expect(deleted.code == 200)
      #expect(deleted.body["kind"] == "ConfigMap")
      #expect(deleted.body["metadata", "deletionTimestamp"] != nil)
      let more = try await box.patch(
        maps, "a", ["metadata": ["finalizers": ["example.com/hold", "example.com/more"]]])
      #expect(more.code == 422)
      let released = try await box.patch(maps, "a", ["metadata": ["finalizers": nil]])
      #expect(released.code == 200)
      #expect(try await box.get(maps, "a").code == 404)
    }
  }

  @Test(arguments: Target.all)
  func collections(_ target: Target) async throws {
    try await target.run { box in
      for name in ["a", "b", "c"] {
        let label = name == "c" ? "stay" : "go"
        _ = try await box.create(maps, Manifests.configMap(name, labels: ["do": label]))
      }
      let answer = try await box.send(
        .delete, box.path(maps), query: ["labelSelector": "do=go"])
      #expect(answer.code == 200)
      #expect(try await box.list(maps, ["labelSelector": "do"]).names == ["c"])
    }
  }

  @Test(arguments: Target.all)
  func dependentsGoWithTheirOwner(_ target: Target) async throws {
    try await target.run { box in
      let owner = try await box.create(maps, Manifests.configMap("owner"))
      for (index, name) in ["one", "two"].enumerated() {
        let child = Manifests.configMap(name, labels: ["child": "yes"])
          .with(["metadata", "ownerReferences"], Manifests.owned(by: owner, blocks: index == 0))
        #expect(try await box.create(maps, child).code == 201)
      }
      _ = try await box.delete(maps, "owner", ["propagationPolicy": "Background"])
      _ = try await box.wait(forList: maps, "dependents go", selecting: ["labelSelector": "child"])
      {
        $0.isEmpty
      }
    }
  }

  @Test(arguments: Target.all)
  func orphansStay(_ target: Target) async throws {
    try await target.run { box in
      let owner = try await box.create(maps, Manifests.configMap("owner"))
      _ = try await box.create(
        maps,
        Manifests.configMap("child").with(
          ["metadata", "ownerReferences"], Manifests.owned(by: owner)))
      // The garbage collector of a real cluster knows of the child after a moment only.
      try await settle(box, owner)
      _ = try await box.delete(maps, "owner", ["propagationPolicy": "Orphan"])
      _ = try await box.wait(for: maps, "child", "the child is nobody's") {
        $0["metadata", "ownerReferences"] == nil
      }
      _ = try await box.wait(
        forList: maps, "the owner goes", selecting: ["fieldSelector": "metadata.name=owner"]
      ) { $0.isEmpty }
    }
  }

  /// Waits until the garbage collector has seen an owner's child: it deletes a second one whose owner does not exist.
  private func settle(_ box: Sandbox, _ owner: Answer) async throws {
    let stray = Manifests.configMap("stray").with(
      ["metadata", "ownerReferences"],
      [["apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "nobody"]])
    _ = try await box.create(maps, stray)
    _ = try await box.wait(
      forList: maps, "a child of nobody goes", selecting: ["fieldSelector": "metadata.name=stray"]
    ) { $0.isEmpty }
  }

  @Test(arguments: Target.all)
  func aForegroundDeletionWaitsForTheRest(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a", replicas: 1))
      _ = try await box.wait(forList: pods, "a pod comes") { $0.count == 1 }
      let deleted = try await box.delete(
        deployments, "a", ["propagationPolicy": "Foreground"])
      #expect(deleted.code == 200)
      #expect(deleted.body["metadata", "finalizers"] == ["foregroundDeletion"])
      _ = try await box.wait(forList: deployments, "the deployment goes") { $0.isEmpty }
      // It went last.
      #expect(try await box.list(sets).names.isEmpty)
    }
  }

  @Test(arguments: Target.all)
  func anOrphanedDeploymentLeavesItsPods(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a", replicas: 1))
      let before = try await box.wait(forList: pods, "a pod comes") { $0.count == 1 }
      _ = try await box.delete(deployments, "a", ["propagationPolicy": "Orphan"])
      _ = try await box.wait(forList: deployments, "the deployment goes") { $0.isEmpty }
      #expect(try await box.list(pods).names == [before.first?["metadata", "name"]?.stringValue])
      // A deployment of the same selector takes them over.
      _ = try await box.create(deployments, Manifests.deployment("a", replicas: 1))
      _ = try await box.wait(forList: sets, "the set is adopted") { sets in
        sets.count == 1
          && sets[0]["metadata", "ownerReferences"]?.arrayValue?.first?["kind"] == "Deployment"
      }
    }
  }

  @Test(arguments: Target.all)
  func aNamespaceTakesEverythingAlong(_ target: Target) async throws {
    try await target.run { box in
      let namespaces = K8s.Namespace.resourceKind
      let name = "\(box.namespace)-inner"
      _ = try await box.create(namespaces, ["metadata": ["name": .string(name)]])
      let path = maps.path(namespace: name)
      _ = try await box.send(.post, path, Manifests.configMap("a"))
      let deleted = try await box.delete(namespaces, name)
      #expect(deleted.code == 200)
      _ = try await box.wait(
        forList: namespaces, "the namespace goes",
        selecting: ["fieldSelector": "metadata.name=\(name)"]
      ) { $0.isEmpty }
      #expect(try await box.send(.get, path).names.isEmpty)
    }
  }
}
