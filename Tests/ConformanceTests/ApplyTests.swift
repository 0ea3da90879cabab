import Kubernetes
import Testing

@Suite("Server-side apply", .timeLimit(.minutes(15)))
struct ApplyTests {
  private let maps = Sandbox.configMap
  private let deployments = K8s.Deployment.resourceKind

  @Test(arguments: Target.all)
  func createsAndThenChanges(_ target: Target) async throws {
    try await target.run { box in
      let created = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1"]), manager: "one")
      #expect(created.code == 201)
      #expect(created.managers == ["one/Apply"])
      let same = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1"]), manager: "one")
      #expect(same.code == 200)
      #expect(same.resourceVersion == created.resourceVersion)
      let changed = try await box.apply(
        maps, Manifests.configMap("a", ["x": "2"]), manager: "one")
      #expect(changed.body["data"] == ["x": "2"])
      #expect(changed.uid == created.uid)
    }
  }

  @Test(arguments: Target.all)
  func conflictsNameManagerAndField(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1", "y": "1"]), manager: "one")
      let one = try await box.apply(maps, Manifests.configMap("a", ["x": "2"]), manager: "two")
      #expect(one.code == 409)
      #expect(one.reason == "Conflict")
      #expect(one.message == "Apply failed with 1 conflict: conflict with \"one\": .data.x")
      #expect(one.fields == [".data.x"])
      let both = try await box.apply(
        maps, Manifests.configMap("a", ["x": "2", "y": "2"]), manager: "two")
      #expect(
        both.message
          == "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.x\n- .data.y")
      #expect(try await box.get(maps, "a").body["data"] == ["x": "1", "y": "1"])
    }
  }

  @Test(arguments: Target.all)
  func conflictsWithUpdatesSayTheVersion(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(
        deployments, Manifests.deployment("a"), ["fieldManager": "kubectl-create"])
      let answer = try await box.apply(
        deployments, Manifests.deployment("a", replicas: 3), manager: "two")
      #expect(answer.code == 409)
      // Servers before 1.21 say when as well.
      #expect(
        answer.message.hasPrefix(
          "Apply failed with 1 conflict: conflict with \"kubectl-create\" using apps/v1"))
      #expect(answer.message.hasSuffix(": .spec.replicas"))
      #expect(answer.fields == [".spec.replicas"])
    }
  }

  @Test(arguments: Target.all)
  func forceTakesTheFields(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1", "y": "1"]), manager: "one")
      let forced = try await box.apply(
        maps, Manifests.configMap("a", ["x": "2"]), manager: "two", force: true)
      #expect(forced.code == 200)
      #expect(forced.body["data"] == ["x": "2", "y": "1"])
      let back = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1", "y": "1"]), manager: "one")
      #expect(back.fields == [".data.x"])
    }
  }

  @Test(arguments: Target.all)
  func fieldsThatAreNoLongerAppliedGo(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1", "y": "1"]), manager: "one")
      _ = try await box.apply(maps, Manifests.configMap("a", ["y": "1"]), manager: "two")
      let less = try await box.apply(maps, Manifests.configMap("a"), manager: "one")
      // The other manager wants one of them still.
      #expect(less.body["data"] == ["y": "1"])
      let none = try await box.apply(maps, Manifests.configMap("a"), manager: "two")
      #expect(none.body["data"] == nil)
      _ = try await box.patch(maps, "a", ["data": ["z": "1"]], ["fieldManager": "hand"])
      let kept = try await box.apply(
        maps, Manifests.configMap("a", ["q": "1"]), manager: "one")
      #expect(kept.body["data"] == ["q": "1", "z": "1"])
    }
  }

  @Test(arguments: Target.all)
  func listItemsAreOwnedOneByOne(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.apply(deployments, Manifests.deployment("a"), manager: "one")
      let sidecar: JSONValue = [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "a"],
        "spec": [
          "template": ["spec": ["containers": [["name": "side", "image": "example/side:1"]]]]
        ],
      ]
      func containers(_ answer: Answer) -> [String] {
        (answer.body["spec", "template", "spec", "containers"]?.arrayValue ?? [])
          .compactMap { $0["name"]?.stringValue }.sorted()
      }
      let both = try await box.apply(deployments, sidecar, manager: "two")
      #expect(both.code == 200, "\(both.message)")
      #expect(containers(both) == ["main", "side"])
      let one = try await box.apply(
        deployments, sidecar.with(["spec"], nil), manager: "two")
      // Defaults that nobody owns go with their item.
      #expect(containers(one) == ["main"])
      var variables = Manifests.deployment("a")
      variables["spec", "template", "spec", "containers"] = [
        [
          "name": "main", "image": "example/main:1",
          "env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]],
          "command": ["run", "it"],
        ]
      ]
      _ = try await box.apply(deployments, variables, manager: "one")
      variables["spec", "template", "spec", "containers"] = [
        [
          "name": "main", "image": "example/main:1", "env": [["name": "B", "value": "2"]],
        ]
      ]
      let fewer = try await box.apply(deployments, variables, manager: "one")
      let container = fewer.body["spec", "template", "spec", "containers"]?.arrayValue?.first
      #expect(container?["env"] == [["name": "B", "value": "2"]])
      #expect(container?["command"] == nil)
    }
  }

  @Test(arguments: Target.all)
  func aDryRunChangesNothing(_ target: Target) async throws {
    try await target.run { box in
      let created = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1"]), manager: "one", dryRun: true)
      #expect(created.code == 201)
      #expect(try await box.get(maps, "a").code == 404)
      let before = try await box.apply(
        maps, Manifests.configMap("a", ["x": "1"]), manager: "one")
      let dry = try await box.apply(
        maps, Manifests.configMap("a", ["x": "2"]), manager: "one", dryRun: true)
      #expect(dry.body["data"] == ["x": "2"])
      #expect(try await box.get(maps, "a").body == before.body)
    }
  }

  @Test(arguments: Target.all)
  func manifestsThatCannotBeApplied(_ target: Target) async throws {
    try await target.run { box in
      let path = box.path(maps, "a")
      let nobody = try await box.send(
        .patch, path, Manifests.configMap("a", ["x": "1"]), as: .apply)
      #expect(nobody.code == 422)
      #expect(nobody.fields == ["fieldManager"])
      let query = ["fieldManager": "one"]
      let name = try await box.send(
        .patch, path, query: query, Manifests.configMap("b"), as: .apply)
      #expect(name.code == 400)
      #expect(
        name.message == "the name of the object (b) does not match the name on the URL (a)")
      _ = try await box.create(maps, Manifests.configMap("a"))
      let version = try await box.send(
        .patch, path, query: query, Manifests.configMap("a").with(["apiVersion"], "v2"), as: .apply)
      #expect(version.code == 400)
      let field = try await box.send(
        .patch, path, query: query, Manifests.configMap("a").with(["dada"], ["x": "1"]), as: .apply)
      #expect(field.code == 500)
      #expect(field.message.hasSuffix(".dada: field not declared in schema"))
      let managed = try await box.send(
        .patch, path, query: query,
        Manifests.configMap("a").with(["metadata", "managedFields"], [["manager": "x"]]), as: .apply
      )
      #expect(managed.code == 400)
      let stale = try await box.send(
        .patch, path, query: query,
        Manifests.configMap("a", ["x": "1"]).with(["metadata", "resourceVersion"], "1"), as: .apply)
      #expect(stale.code == 409)
      let twice = try await box.apply(
        deployments,
        Manifests.deployment("a").with(
          ["spec", "template", "spec", "containers"],
          [["name": "main", "image": "a"], ["name": "main", "image": "b"]]), manager: "one")
      #expect(twice.code == 500)
      #expect(twice.message.contains("duplicate entries for key [name=\"main\"]"))
    }
  }

  @Test(arguments: Target.all)
  func customResourcesAreApplied(_ target: Target) async throws {
    try await target.run { box in
      let kind = ResourceKind.podAutoscaler
      func autoscaler(_ spec: JSONValue) -> JSONValue {
        [
          "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
          "metadata": ["name": "a"], "spec": spec,
        ]
      }
      let created = try await box.apply(
        kind, autoscaler(["minReplicas": 1, "metrics": [["name": "x"]]]), manager: "one")
      #expect(created.code == 201, "\(created.message)")
      #expect(created.body["metadata", "generation"] == 1)
      let other = try await box.apply(kind, autoscaler(["minReplicas": 2]), manager: "two")
      #expect(other.fields == [".spec.minReplicas"])
      // Nothing is known of its lists, so they are one value.
      let list = try await box.apply(
        kind, autoscaler(["metrics": [["name": "y"]]]), manager: "two", force: true)
      #expect(list.body["spec", "metrics"] == [["name": "y"]])
      #expect(list.body["spec", "minReplicas"] == 1)
      #expect(list.body["metadata", "generation"] == 2)
    }
  }
}
