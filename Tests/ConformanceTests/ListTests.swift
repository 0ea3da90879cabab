import Kubernetes
import Testing

@Suite("Lists", .timeLimit(.minutes(15)))
struct ListTests {
  private let maps = Sandbox.configMap
  /// Keeps the ConfigMap out that every namespace has.
  private let own = "metadata.name!=kube-root-ca.crt"

  private func fill(_ box: Sandbox, _ count: Int = 5) async throws {
    for index in 0..<count {
      let map = Manifests.configMap(
        "m\(index)", labels: ["parity": index % 2 == 0 ? "even" : "odd", "index": "\(index)"])
      #expect(try await box.create(maps, map).code == 201)
    }
  }

  @Test(arguments: Target.all)
  func pagesShowOneRevision(_ target: Target) async throws {
    try await target.run { box in
      try await fill(box)
      let first = try await box.list(maps, ["limit": "2", "fieldSelector": own])
      #expect(first.names == ["m0", "m1"])
      let token = first.continueToken
      #expect(!token.isEmpty)
      // What changes in between does not show in the pages that follow.
      _ = try await box.delete(maps, "m3")
      _ = try await box.create(maps, Manifests.configMap("m11"))
      let second = try await box.list(
        maps, ["limit": "2", "continue": token, "fieldSelector": own])
      #expect(second.names == ["m2", "m3"])
      #expect(second.resourceVersion == first.resourceVersion)
      let third = try await box.list(
        maps,
        [
          "limit": "2", "fieldSelector": own,
          "continue": second.continueToken,
        ])
      #expect(third.names == ["m4"])
      #expect(third.continueToken.isEmpty)
      let now = try await box.list(maps, ["fieldSelector": own])
      #expect(now.names == ["m0", "m1", "m11", "m2", "m4"])
      let rest = try await box.list(maps, ["limit": "2"])
      #expect(rest.body["metadata", "remainingItemCount"]?.integerValue ?? 0 >= 3)
    }
  }

  @Test(arguments: Target.all)
  func tokensThatAreNone(_ target: Target) async throws {
    try await target.run { box in
      let bad = try await box.list(maps, ["limit": "2", "continue": "nonsense"])
      #expect(bad.code == 400)
      #expect(bad.message.contains("continue key is not valid"))
      #expect(try await box.list(maps, ["limit": "many"]).code == 400)
    }
  }

  @Test(arguments: Target.all)
  func labelSelectors(_ target: Target) async throws {
    let all = ["m0", "m1", "m2", "m3", "m4"]
    let examples: [(String, [String])] = [
      ("parity=even", ["m0", "m2", "m4"]), ("parity==odd", ["m1", "m3"]),
      ("parity!=even", ["m1", "m3"]), ("index in (1,2)", ["m1", "m2"]),
      ("index notin (0, 1, 2)", ["m3", "m4"]), ("parity", all), ("!parity", []),
      ("parity=even,index!=0", ["m2", "m4"]), ("index>2", ["m3", "m4"]), ("other=x", []),
      ("", all),
    ]
    try await target.run { box in
      try await fill(box)
      for (selector, names) in examples {
        let answer = try await box.list(
          maps, ["labelSelector": selector, "fieldSelector": own])
        #expect(answer.names == names, "\(selector)")
      }
    }
  }

  @Test(
    arguments: Target.all,
    ["a in b", "a=b=c", "=a", "a b", "a in (x", "!", "a=b c", "Ünder=x"])
  func selectorsThatAreNone(_ target: Target, _ selector: String) async throws {
    try await target.runInDefault { box in
      let answer = try await box.list(maps, ["labelSelector": selector])
      #expect(answer.code == 400)
      #expect(answer.reason == "BadRequest")
    }
  }

  @Test(arguments: Target.all)
  func fieldSelectors(_ target: Target) async throws {
    try await target.run { box in
      try await fill(box, 3)
      #expect(try await box.list(maps, ["fieldSelector": "metadata.name=m1"]).names == ["m1"])
      #expect(
        try await box.list(maps, ["fieldSelector": "metadata.name=m1,metadata.name=m2"]).names == []
      )
      let unknown = try await box.list(maps, ["fieldSelector": "data.x=1"])
      #expect(unknown.code == 400)
      #expect(
        unknown.message
          == "\"data.x\" is not a known field selector: only \"metadata.name\", "
          + "\"metadata.namespace\"")
      let pods = K8s.Pod.resourceKind
      for field in [
        "spec.nodeName=", "status.phase!=Running", "status.podIP=1", "spec.restartPolicy=Always",
      ] {
        #expect(try await box.list(pods, ["fieldSelector": field]).code == 200, "\(field)")
      }
      let hostname = try await box.list(pods, ["fieldSelector": "spec.hostname=x"])
      #expect(hostname.code == 400)
      #expect(hostname.message.hasSuffix("field label not supported: spec.hostname"))
      let events = K8s.Event.resourceKind
      for field in [
        "involvedObject.uid=x", "involvedObject.kind=Pod", "reason=x", "type=Warning",
        "involvedObject.name=x,involvedObject.namespace=y",
      ] {
        #expect(try await box.list(events, ["fieldSelector": field]).code == 200, "\(field)")
      }
    }
  }

  @Test(arguments: Target.all)
  func resourceVersions(_ target: Target) async throws {
    try await target.run { box in
      try await fill(box, 1)
      #expect(try await box.list(maps, ["resourceVersion": "0"]).code == 200)
      let future = try await box.list(maps, ["resourceVersion": "999999999999"])
      #expect(future.code == 504)
      #expect(future.message.hasPrefix("Timeout: Too large resource version: 999999999999"))
      let nothing = try await box.list(maps, ["resourceVersionMatch": "Exact"])
      #expect(nothing.code == 422)
      #expect(nothing.fields == ["resourceVersionMatch"])
      let before = try await box.list(maps, ["fieldSelector": own])
      _ = try await box.create(maps, Manifests.configMap("later"))
      let exact = try await box.list(
        maps,
        [
          "resourceVersion": before.resourceVersion, "resourceVersionMatch": "Exact",
          "fieldSelector": own,
        ])
      #expect(exact.names == ["m0"])
      #expect(exact.resourceVersion == before.resourceVersion)
    }
  }

  @Test(arguments: Target.all)
  func otherForms(_ target: Target) async throws {
    try await target.run { box in
      try await fill(box, 2)
      let table = try await box.send(
        .get, box.path(maps), query: ["fieldSelector": own],
        accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
      #expect(table.body["kind"] == "Table")
      let rows = table.body["rows"]?.arrayValue ?? []
      #expect(rows.map { $0["cells"]?.arrayValue?.first } == ["m0", "m1"])
      #expect(rows.first?["object", "kind"] == "PartialObjectMetadata")
      let partial = try await box.send(
        .get, box.path(maps), query: ["fieldSelector": own],
        accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")
      #expect(partial.body["kind"] == "PartialObjectMetadataList")
      let item = partial.body["items"]?.arrayValue?.first
      #expect(item?["metadata", "name"] == "m0")
      #expect(item?["data"] == nil)
    }
  }
}
