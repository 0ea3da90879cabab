import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

/// What makes a deleted model again: from memory and from a file, with the volume that was kept.
@Suite("Undo of a delete")
struct ModelKeepingTests {
  private let bench = OperationsBench()
  private let claim = K8s.PersistentVolumeClaim.resourceKind

  private func reread(_ kept: KeptModel) throws -> KeptModel {
    let data = try kept.json.encoded(pretty: true)
    return try KeptModel(json: try JSONValue(parsing: data))
  }

  @Test func theVolumeThatWasKeptIsTakenBack() async throws {
    let stored = try await bench.make()
    let before = try #require(bench.child(claim, "llama-7b-storage"))
    let operations = bench.operations()
    let kept = try await operations.keep(bench.id, uid: stored.uid, keepsVolume: true).get()
    #expect(kept.claims == ["llama-7b-storage": before["metadata", "uid"]?.stringValue ?? ""])
    #expect(!kept.warnings.contains { $0.contains("begins empty") })
    #expect(await operations.delete(bench.id, uid: stored.uid, keepVolume: true).succeeded)
    let result = await operations.recreate(try reread(kept))
    #expect(result.succeeded, "\(result)")
    let after = try #require(bench.child(claim, "llama-7b-storage"))
    #expect(after["metadata", "uid"] == before["metadata", "uid"])
    #expect(after["metadata", "annotations", Ownership.keptAnnotation] == nil)
    let owners = after["metadata", "ownerReferences"]?.arrayValue ?? []
    #expect(owners.map { $0["uid"] } == [bench.deployment["metadata", "uid"]])
    #expect(try bench.drift().isEmpty)
  }

  @Test func anotherVolumeOfThatNameIsNotTaken() async throws {
    let stored = try await bench.make()
    let operations = bench.operations()
    var kept = try await operations.keep(bench.id, uid: stored.uid, keepsVolume: true).get()
    #expect(await operations.delete(bench.id, uid: stored.uid, keepVolume: true).succeeded)
    kept.claims["llama-7b-storage"] = "another"
    let result = await operations.recreate(kept)
    #expect(result.failureKind == .conflict)
    #expect(bench.deployment.isNull)
  }

  /// Somebody's kubectl put it there.
  @Test func textsThatNoModelMayHaveAreCleaned() async throws {
    let stored = try await bench.make()
    bench.edit([
      "metadata": [
        "annotations": [
          ModelKeys.displayName: "e\u{1B}[31mvil", ModelKeys.description: "a\u{7}b\nc",
          ModelKeys.tags: #"["ok","\u001b[31m","ok"]"#,
        ]
      ]
    ])
    let operations = bench.operations()
    let kept = try await operations.keep(bench.id, uid: stored.uid).get()
    #expect(kept.warnings.contains { $0.contains("characters that do not belong") })
    #expect(await operations.delete(bench.id, uid: stored.uid).succeeded)
    let result = await operations.recreate(try reread(kept))
    #expect(result.succeeded, "\(result)")
    let fields = try await bench.stored().fields
    #expect(fields.displayName == "e[31mvil" && fields.modelDescription == "ab\nc")
    #expect(fields.tags == ["ok", "[31m"])
  }

  /// A new image is no question of what the model is called.
  @Test func textsThatNoModelMayHaveDoNotStopARedeploy() async throws {
    let target = try await bench.make().target
    bench.edit(["metadata": ["annotations": [ModelKeys.displayName: "e\u{1B}[31mvil"]]])
    var change = ModelChange()
    change.image = "vllm/vllm-openai:v9"
    let result = await bench.operations().update(target, change)
    #expect(result.succeeded, "\(result)")
  }

  @Test func aNamesakeIsNotKept() async throws {
    try await bench.make()
    let kept = await bench.operations().keep(bench.id, uid: "another")
    #expect(throws: OperationFailure.self) { try kept.get() }
  }

  @Test func whatIsWrittenHoldsNoToken() async throws {
    let token = "hf_" + String(repeating: "aB3", count: 12)
    var request = ModelFixture.request(token: token)
    request.displayName = "Llama 7B"
    request.tags = ["a", "b"]
    try await bench.make(request)
    let kept = try await bench.operations().keep(bench.id).get()
    #expect(try reread(kept) == kept)
    #expect(kept.hadToken)
    var other = kept
    other.content = .manifests([["spec": ["args": ["--token", .string(token)]]]])
    for kept in [kept, other] {
      let text = String(decoding: try kept.json.encoded(), as: UTF8.self)
      #expect(!text.contains(token))
    }
    #expect(try reread(other).warnings.last?.contains("token in its manifests is not kept") == true)
  }

  @Test(arguments: [
    "{}", "[]", #"{"namespace":"a","name":"b","uid":"c","replicas":1}"#,
    #"{"namespace":"a","name":"b","uid":"c","replicas":-1,"manifests":[{}]}"#,
    #"{"namespace":"a","name":"b","uid":"c","replicas":1,"request":"{}"}"#,
    #"{"namespace":"a","name":"b","uid":"c","replicas":1,"request":"{\"name\":\"other\",\"image\":\"i\",\"command\":[\"x\"]}"}"#,
  ])
  func whatIsNoKeptModelIsRefused(text: String) throws {
    let value = try JSONValue(parsing: Data(text.utf8))
    #expect(throws: KeptModel.Unreadable.self) { try KeptModel(json: value) }
  }
}
