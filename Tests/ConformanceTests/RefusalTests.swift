import FoundationEssentials
import Kubernetes
import Testing

/// Requests that no server carries out, and how it says so.
@Suite("Refusals", .timeLimit(.minutes(15)))
struct RefusalTests {
  private let deployments = K8s.Deployment.resourceKind
  private let maps = Sandbox.configMap

  @Test(arguments: Target.all)
  func whatIsNotThere(_ target: Target) async throws {
    try await target.run { box in
      let missing = try await box.get(deployments, "nothing")
      #expect(missing.code == 404)
      #expect(missing.reason == "NotFound")
      #expect(missing.message == "deployments.apps \"nothing\" not found")
      #expect(missing.body["details", "kind"] == "deployments")
      #expect(missing.body["details", "group"] == "apps")
      let secret = try await box.get(K8s.Secret.resourceKind, "nothing")
      #expect(secret.message == "secrets \"nothing\" not found")
      let kind = try await box.send(.get, "/apis/apps/v1/namespaces/\(box.namespace)/nothings")
      #expect(kind.code == 404)
      #expect(kind.message == "the server could not find the requested resource")
      let part = try await box.send(.get, box.path(deployments, "x", "nothing"))
      #expect(part.code == 404)
      #expect(try await box.delete(deployments, "nothing").code == 404)
      #expect(try await box.patch(deployments, "nothing", [:]).code == 404)
    }
  }

  @Test(arguments: Target.all)
  func aNameThatIsTaken(_ target: Target) async throws {
    try await target.run { box in
      #expect(try await box.create(maps, Manifests.configMap("a")).code == 201)
      let again = try await box.create(maps, Manifests.configMap("a"))
      #expect(again.code == 409)
      #expect(again.reason == "AlreadyExists")
      #expect(again.message == "configmaps \"a\" already exists")
      let dry = try await box.create(maps, Manifests.configMap("a"), ["dryRun": "All"])
      #expect(dry.reason == "AlreadyExists")
    }
  }

  @Test(arguments: Target.all)
  func namespacesThatAreNotThere(_ target: Target) async throws {
    try await target.run { box in
      let path = maps.path(namespace: "conformance-of-nobody")
      let created = try await box.send(.post, path, Manifests.configMap("a"))
      #expect(created.code == 404)
      #expect(created.message == "namespaces \"conformance-of-nobody\" not found")
      let listed = try await box.send(.get, path)
      #expect(listed.code == 200)
      #expect(listed.names.isEmpty)
      var other = Manifests.configMap("a")
      other["metadata", "namespace"] = "default"
      let mismatch = try await box.create(maps, other)
      #expect(mismatch.code == 400)
      #expect(
        mismatch.message
          == "the namespace of the provided object does not match the namespace sent on the request"
      )
    }
  }

  @Test(arguments: Target.all)
  func verbsThatDoNotFit(_ target: Target) async throws {
    try await target.run { box in
      let onName = try await box.send(.post, box.path(maps, "a"), Manifests.configMap("a"))
      #expect(onName.code == 405)
      #expect(onName.reason == "MethodNotAllowed")
      let onCollection = try await box.send(.put, box.path(maps), Manifests.configMap("a"))
      #expect(onCollection.code == 405)
      let everywhere = try await box.send(
        .post, maps.path(namespace: nil), Manifests.configMap("a"))
      #expect(everywhere.code == 405)
    }
  }

  @Test(arguments: Target.all)
  func bodiesThatCannotBeRead(_ target: Target) async throws {
    try await target.run { box in
      for text in ["{\"metadata\":", "hello", ""] {
        let answer = try await box.send(
          .post, box.path(maps), data: Data(text.utf8), type: "application/json")
        #expect(answer.code == 400, "body \(text)")
        #expect(answer.reason == "BadRequest")
        #expect(
          answer.message.hasPrefix(
            "the object provided is unrecognized (must be of type ConfigMap): couldn't get "
              + "version/kind; json parse error:"))
      }
      let type = try await box.send(
        .post, box.path(maps), data: Data("a=b".utf8), type: "application/x-www-form-urlencoded")
      #expect(type.code == 415)
      let kind = try await box.create(maps, Manifests.deployment("a"))
      #expect(kind.code == 400)
      let number = try await box.create(
        deployments, Manifests.deployment("a").with(["spec", "replicas"], "many"))
      #expect(number.code == 400)
      #expect(
        number.message.hasPrefix(
          "Deployment in version \"v1\" cannot be handled as a Deployment: "))
      let quantity = try await box.create(
        K8s.PersistentVolumeClaim.resourceKind,
        Manifests.claim(
          "a", ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "2Qi"]]]))
      #expect(quantity.code == 400)
      #expect(quantity.message.contains("quantities must match the regular expression"))
    }
  }

  @Test(arguments: Target.all)
  func optionsThatDoNotExist(_ target: Target) async throws {
    try await target.run { box in
      let dryRun = try await box.create(maps, Manifests.configMap("a"), ["dryRun": "Some"])
      #expect(dryRun.code == 422)
      #expect(dryRun.fields == ["dryRun"])
      #expect(
        dryRun.message
          == "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: "
          + "[]string{\"Some\"}: supported values: \"All\"")
      _ = try await box.create(maps, Manifests.configMap("a"))
      let policy = try await box.delete(maps, "a", ["propagationPolicy": "Perhaps"])
      #expect(policy.code == 422)
      #expect(policy.fields == ["propagationPolicy"])
      let force = try await box.patch(maps, "a", [:], ["force": "true"])
      #expect(force.code == 422)
      #expect(force.fields == ["force"])
    }
  }
}

extension JSONValue {
  /// The value with one member changed.
  func with(_ path: [String], _ value: JSONValue?) -> JSONValue {
    var result = self
    result[path: path] = value
    return result
  }
}
