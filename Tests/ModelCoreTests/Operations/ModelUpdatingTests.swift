import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

@Suite("Updating a model")
struct ModelUpdatingTests {
  private let bench = OperationsBench()

  private func change(_ edit: (inout ModelChange) -> Void) -> ModelChange {
    var change = ModelChange()
    edit(&change)
    return change
  }

  // MARK: Texts and tags

  @Test func changesAnnotationsAndNothingElse() async throws {
    let model = try await bench.make()
    let before = bench.deployment
    let result = await bench.operations(user: "grace").update(
      model.target,
      change {
        $0.displayName = "Llama"
        $0.modelDescription = "For chats."
        $0.tags = ["chat", "7b"]
      })
    #expect(
      result == .succeeded("changed display name, description and tags of model llama-7b"))
    #expect(bench.deployment["spec"] == before["spec"])
    #expect(bench.deployment["metadata", "labels"] == before["metadata", "labels"])
    #expect(bench.annotation("jan-server.menlo.ai/display-name") == "Llama")
    #expect(bench.annotation("jan-server.menlo.ai/tags") == "[\"chat\",\"7b\"]")
    #expect(bench.annotation("jan-server.menlo.ai/updated-by") == "grace")
    #expect(bench.annotation("jan-server.menlo.ai/created-by") == "ada")
    #expect(
      bench.annotation("jan-server.menlo.ai/updated-at")
        != before["metadata", "annotations", "jan-server.menlo.ai/updated-at"]?.stringValue)
    let request = try #require(try await bench.stored().request)
    #expect(request.displayName == "Llama")
    #expect(request.tags == ["chat", "7b"])
    #expect(bench.cluster.writes.count == 1)
    #expect(try bench.drift().isEmpty)
  }

  /// The annotation that is kept is the one that a create of the new values would have written.
  @Test func keepsTheRequestInStep() async throws {
    var wanted = ModelFixture.request()
    wanted.displayName = "Llama"
    wanted.tags = ["a"]
    let model = try await bench.make()
    _ = await bench.operations().update(
      model.target,
      change {
        $0.displayName = "Llama"
        $0.tags = ["a"]
      })
    let expected = ModelSpecification(
      request: wanted, organization: "1", createdBy: nil, now: ModelFixture.now)
    #expect(bench.annotation("jan-server.menlo.ai/spec") == expected.json)
  }

  @Test func namesUIDAndVersion() async throws {
    let model = try await bench.make()
    _ = await bench.operations().update(model.target, change { $0.tags = ["a"] })
    let body = try JSONValue(parsing: bench.cluster.writes.first?.body ?? Data())
    #expect(body["metadata", "uid"] == .string(model.uid))
    #expect(body["metadata", "resourceVersion"] == .string(model.resourceVersion))
  }

  @Test func anEmptyTextIsAValueAndAbsentIsNone() async throws {
    var request = ModelFixture.request()
    request.displayName = "Llama"
    request.modelDescription = "Old."
    request.tags = ["a"]
    let model = try await bench.make(request)
    _ = await bench.operations().update(
      model.target,
      change {
        $0.displayName = ""
        $0.modelDescription = ""
      })
    #expect(bench.annotation("jan-server.menlo.ai/display-name") == "llama-7b")
    #expect(bench.annotation("jan-server.menlo.ai/description")?.isEmpty == true)
    let stored = try await bench.stored()
    #expect(stored.fields.tags == ["a"])
    #expect(stored.request?.modelDescription == nil)
    #expect(try bench.drift().isEmpty)
  }

  @Test func sendsNothingWhereNothingChanges() async throws {
    let model = try await bench.make()
    let result = await bench.operations().update(model.target, change { $0.tags = [] })
    #expect(result == .succeeded("model llama-7b is so already"))
    #expect(await bench.operations().update(model.target, ModelChange()).succeeded)
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func refusesWhatACreateWouldRefuse() async throws {
    let model = try await bench.make()
    bench.cluster.forgetRequests()
    let result = await bench.operations().update(
      model.target,
      change {
        $0.displayName = String(repeating: "x", count: 300)
        $0.tags = ["a", "a"]
      })
    guard case .invalid(let findings) = result else {
      Issue.record("it is not refused: \(result)")
      return
    }
    #expect(findings.map(\.field) == [.displayName, .tags])
    #expect(bench.cluster.requests.isEmpty)
  }

  @Test func aMemberThatANewerVersionWroteStays() async throws {
    let model = try await bench.make()
    let key = "jan-server.menlo.ai/spec"
    let text = try #require(bench.annotation(key)).replacing(
      "{", with: "{\"new\":1,", maxReplacements: 1)
    bench.edit(["metadata": ["annotations": [key: .string(text)]]])
    #expect(await bench.operations().update(model.target, change { $0.tags = ["a"] }).succeeded)
    #expect(bench.annotation(key)?.contains("\"new\":1") == true)
    #expect(bench.annotation(key)?.contains("\"tags\":[\"a\"]") == true)
  }

  // MARK: Who may be changed

  @Test func aNamesakeAndAModelOfOthersAreNotTouched() async throws {
    try await bench.make()
    let operations = bench.operations()
    let other = await operations.update(
      ModelTarget(bench.id, uid: "another"), change { $0.tags = ["a"] })
    #expect(other.failureKind == .conflict)
    let old = await operations.update(
      ModelTarget(bench.id, resourceVersion: "1"), change { $0.tags = ["a"] })
    #expect(old.failureKind == .conflict)
    let absent = await operations.update(
      ModelTarget(ModelID(namespace: "jan-models", name: "none")), change { $0.tags = ["a"] })
    #expect(absent == .failed(OperationFailure(.notFound, "model not found in organization")))
    var foreign = operations
    foreign.settings.organization = "2"
    let theirs = await foreign.update(ModelTarget(bench.id), change { $0.tags = ["a"] })
    #expect(theirs == .failed(OperationFailure(.notFound, "model not found in organization")))
    let readOnly = await bench.operations(readOnly: true).update(
      ModelTarget(bench.id), change { $0.tags = ["a"] })
    #expect(readOnly.failureKind == .forbidden)
    #expect(bench.cluster.writes.isEmpty)
  }

  // MARK: Two people

  @Test func tellsAConflictAndWritesNothing() async throws {
    let mine = try await bench.make()
    let base = mine.fields
    _ = await bench.operations(user: "grace").update(
      mine.target,
      change {
        $0.displayName = "Theirs"
        $0.tags = ["theirs"]
      }, base: base)
    bench.cluster.forgetRequests()
    let result = await bench.operations().update(
      mine.target,
      change {
        $0.displayName = "Mine"
        $0.modelDescription = "Mine."
      }, base: base)
    guard case .failed(let failure) = result else {
      Issue.record("it is not refused: \(result)")
      return
    }
    #expect(failure.kind == .conflict)
    #expect(failure.message.hasPrefix("grace changed display name of model llama-7b since"))
    let threeWay = try #require(failure.threeWay)
    #expect(threeWay.conflicts.map(\.field) == [.displayName])
    #expect(threeWay.conflicts.first?.theirs == .text("Theirs"))
    #expect(bench.cluster.writes.isEmpty)
    // What was chosen is written, and their other change stays.
    let (chosen, newBase) = threeWay.resolved([.displayName: .mine])
    #expect(
      await bench.operations().update(mine.target, chosen, base: newBase).succeeded)
    let fields = try await bench.stored().fields
    #expect(fields.displayName == "Mine")
    #expect(fields.modelDescription == "Mine.")
    #expect(fields.tags == ["theirs"])
  }

  @Test func mergesChangesOfDifferentFieldsAndSaysSo() async throws {
    let model = try await bench.make()
    _ = await bench.operations(user: "grace").update(model.target, change { $0.tags = ["theirs"] })
    let result = await bench.operations().update(
      model.target, change { $0.displayName = "Mine" }, base: model.fields)
    #expect(
      result
        == .succeeded(
          "changed display name of model llama-7b; tags stays as grace changed it meanwhile"))
    #expect(try await bench.stored().fields.tags == ["theirs"])
  }

  /// The status of the Deployment changes between every look and write.
  @Test func isNotStoppedByAStatusThatChanges() async throws {
    let model = try await bench.make()
    let isFirst = OperationsBench.Once()
    bench.cluster.setFault { [bench] request in
      if request.method == .patch, isFirst.first() {
        bench.edit(["status": ["replicas": 1]])
      }
      return nil
    }
    #expect(await bench.operations().update(model.target, change { $0.tags = ["a"] }).succeeded)
    #expect(bench.cluster.writes.count == 2)
  }

  // MARK: Lost answers

  @Test(arguments: [true, false])
  func findsOutWhatBecameOfAnAnswerThatWasLost(effect: Bool) async throws {
    let model = try await bench.make()
    bench.once(
      .patch, "/deployments/llama-7b",
      effect ? .lose(OperationsBench.cut) : .refuse(OperationsBench.cut))
    let result = await bench.operations().update(model.target, change { $0.tags = ["a"] })
    #expect(result == .succeeded("changed tags of model llama-7b"))
    #expect(bench.cluster.writes.count == (effect ? 1 : 2))
    #expect(try await bench.stored().fields.tags == ["a"])
  }

  @Test func anOutcomeThatIsNotKnownIsToldLater() async throws {
    let model = try await bench.make()
    let operations = bench.operations()
    let settlements = await operations.outcomes.settlements()
    // Reading works until the patch was sent; then nothing does.
    bench.cluster.setFault { [cluster = bench.cluster] request in
      if request.method == .patch { return .lose(OperationsBench.cut) }
      return cluster.writes.isEmpty ? nil : .refuse(OperationsBench.cut)
    }
    let result = await operations.update(model.target, change { $0.tags = ["a"] })
    guard case .outcomeUnknown(let text) = result else {
      Issue.record("the outcome is known: \(result)")
      return
    }
    #expect(text.contains("update model llama-7b"))
    bench.cluster.setFault(nil)
    var told: Settlement?
    for await settlement in settlements {
      told = settlement
      break
    }
    #expect(told?.isDone == true)
    #expect(told?.message == "changed tags of model llama-7b")
  }
}

@Suite("Redeploying a model")
struct ModelRedeployTests {
  private let bench = OperationsBench()

  private func change(_ edit: (inout ModelChange) -> Void) -> ModelChange {
    var change = ModelChange()
    edit(&change)
    return change
  }

  private var container: JSONValue {
    bench.deployment["spec", "template", "spec", "containers"]?.arrayValue?.first ?? .null
  }

  private static let serving = ["vllm", "serve", "meta/llama", "--served-model-name", "llama-7b"]

  @Test func writesSpecificationAndPodsInOneWrite() async throws {
    let model = try await bench.make()
    let result = await bench.operations().update(
      model.target,
      change {
        $0.image = "vllm/vllm-openai:v0.9.2"
        $0.initialDelaySeconds = 5
        $0.displayName = "New"
      }, base: model.fields)
    #expect(
      result
        == .succeeded("changed display name, image and initial delay seconds of model llama-7b")
    )
    #expect(bench.cluster.writes.count == 1)
    #expect(container["image"] == "vllm/vllm-openai:v0.9.2")
    #expect(container["readinessProbe", "initialDelaySeconds"] == 5)
    let request = try #require(try await bench.stored().request)
    #expect(request.image == "vllm/vllm-openai:v0.9.2")
    #expect(request.displayName == "New")
    #expect(try bench.drift().isEmpty)
  }

  /// What others put beside our fields stays, and what only the old request asked for goes.
  @Test func takesAwayWhatIsNotAskedForAnyMoreAndKeepsTheRest() async throws {
    let model = try await bench.make()
    let toleration: JSONValue = ["key": "team", "operator": "Exists", "effect": "NoSchedule"]
    var pod = try #require(bench.deployment["spec", "template", "spec"])
    pod["tolerations"] = .array((pod["tolerations"]?.arrayValue ?? []) + [toleration])
    let sidecar: JSONValue = ["name": "sidecar", "image": "proxy:1"]
    pod["containers"] = .array((pod["containers"]?.arrayValue ?? []) + [sidecar])
    bench.edit(["spec": ["template": ["spec": pod]]])
    #expect(
      await bench.operations().update(
        model.target, change { $0.gpuCount = 0 }, base: model.fields
      ).succeeded)
    #expect(bench.deployment["spec", "template", "spec", "tolerations"] == [toleration])
    #expect(container["resources", "limits"] == nil)
    #expect(container["resources", "requests", "nvidia.com/gpu"] == nil)
    #expect(container["resources", "requests", "cpu"] == "1")
    let names = bench.deployment["spec", "template", "spec", "containers"]?.arrayValue?.map {
      $0["name"]
    }
    #expect(names == ["vllm-openai", "sidecar"])
    #expect(try bench.drift().isEmpty)
  }

  @Test func theServiceFollowsThePortOfTheCommand() async throws {
    let model = try await bench.make()
    let result = await bench.operations().update(
      model.target, change { $0.command = Self.serving + ["--port", "9000"] }, base: model.fields)
    #expect(result.succeeded, "\(result)")
    let ports = bench.child(K8s.Service.resourceKind, "llama-7b")?["spec", "ports"]?.arrayValue
    #expect(ports?.map { $0["port"] } == [9000])
    #expect(bench.deployment["metadata", "labels", "model.aibrix.ai/port"] == "9000")
    #expect(container["ports"]?.arrayValue?.map { $0["containerPort"] } == [9000])
    #expect(try bench.drift().isEmpty)
  }

  @Test func replicasStayAsTheyAre() async throws {
    let model = try await bench.make()
    bench.edit(["spec": ["replicas": 3]])
    _ = await bench.operations().update(
      model.target, change { $0.image = "other:1" }, base: model.fields)
    #expect(bench.deployment["spec", "replicas"] == 3)
  }

  // MARK: The volume

  private var size: JSONValue? {
    bench.child(K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage")?[
      "spec", "resources", "requests", "storage"]
  }

  @Test func theVolumeGrowsAndNoPodRestarts() async throws {
    let model = try await bench.make()
    let before = bench.deployment["spec"]
    let result = await bench.operations().update(
      model.target, change { $0.storageSize = 30 }, base: model.fields)
    #expect(result == .succeeded("changed storage size of model llama-7b"))
    #expect(size == "30Gi")
    #expect(bench.deployment["spec"] == before)
    #expect(try await bench.stored().fields.storageSize == 30)
    #expect(try bench.drift().isEmpty)
  }

  @Test func aVolumeThatTheServerDoesNotLetGrowChangesNothing() async throws {
    let model = try await bench.make()
    bench.cluster.setFault { request in
      guard request.method == .patch, request.path.contains("/persistentvolumeclaims/") else {
        return nil
      }
      return .refuse(
        .status(
          .init(code: 403, reason: "Forbidden", message: "the class does not support resize")))
    }
    let result = await bench.operations().update(
      model.target, change { $0.storageSize = 30 }, base: model.fields)
    guard case .failed(let failure) = result else {
      Issue.record("it is not refused")
      return
    }
    #expect(failure.kind == .rejected)
    #expect(failure.field == .storageSize)
    #expect(failure.message.contains("cannot grow: the class does not support resize"))
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func neitherShrinksNorAdoptsAVolume() async throws {
    var request = ModelFixture.request()
    request.storageSize = 0
    let model = try await bench.make(request)
    bench.cluster.put(
      ["metadata": ["name": "llama-7b-storage"]], kind: K8s.PersistentVolumeClaim.resourceKind,
      namespace: "jan-models")
    let adopting = await bench.operations().update(
      model.target, change { $0.storageSize = 10 }, base: model.fields)
    #expect(adopting.failureKind == .conflict)
    bench.cluster.remove(
      K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage", namespace: "jan-models")
    #expect(
      await bench.operations().update(
        model.target, change { $0.storageSize = 10 }, base: model.fields
      ).succeeded)
    #expect(size == "10Gi")
    #expect(bench.deployment["spec", "strategy", "type"] == "Recreate")
    let smaller = await bench.operations().update(
      ModelTarget(bench.id), change { $0.storageSize = 5 })
    guard case .invalid(let findings) = smaller else {
      Issue.record("it shrinks")
      return
    }
    #expect(findings.first?.message.contains("it cannot shrink") == true)
  }

  // MARK: Refusals

  @Test func isHeldToTheRulesOfACreate() async throws {
    let model = try await bench.make()
    let result = await bench.operations().update(
      model.target, change { $0.command = ["vllm", "serve", "x"] }, base: model.fields)
    guard case .invalid(let findings) = result else {
      Issue.record("it is not refused")
      return
    }
    #expect(findings.first?.field == .command)
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func aNewerModeldecksModelIsLeftAlone() async throws {
    let model = try await bench.make()
    bench.edit([
      "metadata": ["annotations": ["jan-server.menlo.ai/manifest-revision": "99"]]
    ])
    let result = await bench.operations().update(model.target, change { $0.image = "other:1" })
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("update modeldeck"))
  }

  @Test func asksTheServerAboutEverythingFirst() async throws {
    let model = try await bench.make()
    bench.cluster.setFault { request in
      let isDry = request.query.contains { $0.name == "dryRun" }
      guard isDry, request.path.hasSuffix("/deployments/llama-7b") else { return nil }
      return .refuse(.status(.init(code: 422, reason: "Invalid", message: "bad image")))
    }
    let result = await bench.operations().update(
      model.target,
      change {
        $0.image = "other:1"
        $0.storageSize = 30
      }, base: model.fields)
    #expect(result.failureKind == .rejected)
    #expect(bench.cluster.writes.isEmpty)
    #expect(size == "20Gi")
  }
}
