import Kubernetes
import Testing

@Suite("Updates and patches", .timeLimit(.minutes(15)))
struct ChangeTests {
  private let maps = Sandbox.configMap
  private let deployments = K8s.Deployment.resourceKind

  @Test(arguments: Target.all)
  func updatesOfAnOldVersionAreRefused(_ target: Target) async throws {
    try await target.run { box in
      let created = try await box.create(maps, Manifests.configMap("a", ["x": "1"]))
      let changed = try await box.send(
        .put, box.path(maps, "a"), created.body.with(["data"], ["x": "2"]))
      #expect(changed.code == 200)
      #expect(changed.resourceVersion != created.resourceVersion)
      let late = try await box.send(
        .put, box.path(maps, "a"), created.body.with(["data"], ["x": "3"]))
      #expect(late.code == 409)
      #expect(late.reason == "Conflict")
      #expect(
        late.message
          == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
          + "please apply your changes to the latest version and try again")
      // Without a version the last one wins.
      let blind = try await box.send(
        .put, box.path(maps, "a"), Manifests.configMap("a", ["x": "4"]))
      #expect(blind.code == 200)
      #expect(blind.body["data"] == ["x": "4"])
      let other = try await box.send(
        .put, box.path(maps, "a"), Manifests.configMap("b", ["x": "4"]))
      #expect(other.code == 400)
      #expect(
        other.message == "the name of the object (b) does not match the name on the URL (a)")
    }
  }

  @Test(arguments: Target.all)
  func mergePatches(_ target: Target) async throws {
    try await target.run { box in
      let created = try await box.create(
        maps, Manifests.configMap("a", ["x": "1", "y": "1"], labels: ["l": "1"]))
      let changed = try await box.patch(
        maps, "a", ["data": ["x": nil, "z": "1"], "metadata": ["labels": ["m": "2"]]])
      #expect(changed.body["data"] == ["y": "1", "z": "1"])
      #expect(changed.body["metadata", "labels"] == ["l": "1", "m": "2"])
      let same = try await box.patch(maps, "a", ["data": ["z": "1"]])
      #expect(same.resourceVersion == changed.resourceVersion)
      let old = try await box.patch(
        maps, "a",
        [
          "metadata": ["resourceVersion": .string(created.resourceVersion)], "data": ["q": "1"],
        ])
      #expect(old.code == 409)
      let dry = try await box.patch(maps, "a", ["data": ["dry": "1"]], ["dryRun": "All"])
      #expect(dry.body["data", "dry"] == "1")
      #expect(try await box.get(maps, "a").body["data", "dry"] == nil)
      let identity = try await box.patch(maps, "a", ["metadata": ["uid": "other"]])
      #expect(identity.code == 422)
      #expect(identity.fields.first == "metadata.uid")
    }
  }

  @Test(arguments: Target.all)
  func strategicMergePatches(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a"))
      func patch(_ containers: JSONValue) async throws -> Answer {
        try await box.patch(
          deployments, "a", ["spec": ["template": ["spec": ["containers": containers]]]],
          as: .strategicMergePatch)
      }
      func first(_ answer: Answer) -> JSONValue? {
        answer.body["spec", "template", "spec", "containers"]?.arrayValue?.first
      }
      let one = try await patch([
        ["name": "main", "env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]]]
      ])
      #expect(one.code == 200, "\(one.message)")
      #expect(first(one)?["image"] == "example/main:1")
      let two = try await patch([["name": "main", "env": [["name": "A", "value": "3"]]]])
      #expect(
        first(two)?["env"] == [["name": "A", "value": "3"], ["name": "B", "value": "2"]])
      let three = try await patch([["name": "main", "env": [["name": "A", "$patch": "delete"]]]])
      #expect(first(three)?["env"] == [["name": "B", "value": "2"]])
      let four = try await patch([["name": "side", "image": "example/side:1"]])
      #expect(four.body["spec", "template", "spec", "containers"]?.arrayValue?.count == 2)
      // What is new comes first.
      #expect(first(four)?["name"] == "side")
      let five = try await patch([["image": "x"]])
      #expect(five.code == 500)
      #expect(five.message.hasSuffix("does not contain declared merge key: name"))
      let six = try await box.patch(
        ResourceKind.podAutoscaler, "nothing", [:], as: .strategicMergePatch)
      #expect([404, 415].contains(six.code))
    }
  }

  @Test(arguments: Target.all)
  func jsonPatches(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(maps, Manifests.configMap("a", ["x": "1"]))
      let changed = try await box.patch(
        maps, "a",
        [
          ["op": "test", "path": "/data/x", "value": "1"],
          ["op": "add", "path": "/data/y~1z", "value": "2"],
          ["op": "replace", "path": "/data/x", "value": "3"],
        ], as: .jsonPatch)
      #expect(changed.body["data"] == ["x": "3", "y/z": "2"] || changed.code == 422)
      let fine = try await box.patch(
        maps, "a",
        [
          ["op": "add", "path": "/data/y", "value": "2"],
          ["op": "copy", "from": "/data/y", "path": "/data/w"],
          ["op": "remove", "path": "/data/y"],
        ], as: .jsonPatch)
      #expect(fine.body["data", "w"] == "2")
      #expect(fine.body["data", "y"] == nil)
      for patch: JSONValue in [
        [["op": "test", "path": "/data/w", "value": "9"]], [["op": "remove", "path": "/data/no"]],
      ] {
        let refused = try await box.patch(maps, "a", patch, as: .jsonPatch)
        #expect(refused.code == 422)
        #expect(
          refused.message
            == "the server rejected our request due to an error in our request")
      }
    }
  }

  @Test(arguments: Target.all)
  func generationsCountWishes(_ target: Target) async throws {
    try await target.run { box in
      func generation(_ answer: Answer) -> Int64 {
        answer.body["metadata", "generation"]?.integerValue ?? 0
      }
      let created = try await box.create(deployments, Manifests.deployment("a"))
      #expect(generation(created) == 1)
      let label = try await box.patch(
        deployments, "a", ["metadata": ["labels": ["x": "y"]]])
      #expect(generation(label) == 1)
      let scaled = try await box.patch(
        deployments, "a", ["spec": ["revisionHistoryLimit": 3]])
      #expect(generation(scaled) == 2)
      let annotated = try await box.patch(
        deployments, "a", ["metadata": ["annotations": ["x": "y"]]])
      #expect(generation(annotated) == 3)
      let status = try await box.patch(
        deployments, "a", ["status": ["observedGeneration": 99], "spec": ["replicas": 5]],
        subresource: "status")
      #expect(status.code == 200)
      #expect(status.body["spec", "replicas"] == 0)
      #expect(generation(status) == 3)
      let main = try await box.patch(deployments, "a", ["status": ["collisionCount": 77]])
      #expect(main.body["status", "collisionCount"] == nil)
    }
  }

  @Test(arguments: Target.all)
  func theScaleOfADeployment(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a"))
      let scale = try await box.send(.get, box.path(deployments, "a", "scale"))
      #expect(scale.body["kind"] == "Scale")
      #expect(scale.body["apiVersion"] == "autoscaling/v1")
      #expect(scale.body["status", "selector"] == "app=a")
      let set = try await box.patch(
        deployments, "a", ["spec": ["replicas": 2]], subresource: "scale")
      #expect(set.body["spec", "replicas"] == 2)
      #expect(try await box.get(deployments, "a").body["spec", "replicas"] == 2)
      let negative = try await box.patch(
        deployments, "a", ["spec": ["replicas": -2]], subresource: "scale")
      #expect(negative.code == 422)
      #expect(negative.fields == ["spec.replicas"])
    }
  }

  @Test(arguments: Target.all)
  func whatServersFillIn(_ target: Target) async throws {
    try await target.run { box in
      let created = try await box.create(deployments, Manifests.deployment("a", replicas: nil))
      let spec = created.body["spec"]
      #expect(spec?["replicas"] == 1)
      #expect(spec?["progressDeadlineSeconds"] == 600)
      #expect(spec?["strategy", "rollingUpdate", "maxSurge"] == "25%")
      let container = spec?["template", "spec", "containers"]?.arrayValue?.first
      #expect(container?["imagePullPolicy"] == "IfNotPresent")
      #expect(container?["terminationMessagePath"] == "/dev/termination-log")
      #expect(spec?["template", "spec", "dnsPolicy"] == "ClusterFirst")
      let service = try await box.create(
        K8s.Service.resourceKind,
        Manifests.service("a", ["selector": ["a": "b"], "ports": [["port": 80]]]))
      #expect(service.body["spec", "type"] == "ClusterIP")
      #expect(
        service.body["spec", "ports"] == [["port": 80, "protocol": "TCP", "targetPort": 80]])
      #expect(service.body["spec", "clusterIP"]?.stringValue?.hasPrefix("10.96.") == true)
      let secret = try await box.create(
        K8s.Secret.resourceKind, ["metadata": ["name": "a"], "stringData": ["k": "v"]])
      #expect(secret.body["data"] == ["k": "dg=="])
      #expect(secret.body["stringData"] == nil)
      #expect(secret.body["type"] == "Opaque")
      let generated = try await box.create(
        maps, ["metadata": ["generateName": "g-"]])
      let name = generated.body["metadata", "name"]?.stringValue ?? ""
      #expect(name.hasPrefix("g-"))
      #expect(name.count == 7)
      let nameless = try await box.create(maps, ["metadata": [:]])
      #expect(nameless.code == 422)
      #expect(nameless.fields == ["metadata.name"])
    }
  }
}
