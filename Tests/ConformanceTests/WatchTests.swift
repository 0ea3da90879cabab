import FoundationEssentials
import Kubernetes
import KubernetesClient
import Testing

@Suite("Watches", .timeLimit(.minutes(15)))
struct WatchTests {
  private let maps = Sandbox.configMap
  private let own = "metadata.name!=kube-root-ca.crt"

  /// The events of a watch as `TYPE name`: all that come before a last one which it makes itself, or all within a second where none are expected.
  private func events(
    _ box: Sandbox, _ options: ListOptions, expecting isActive: Bool = false,
    while action: () async throws -> Void
  ) async throws -> [String] {
    var options = options
    options.fieldSelector = options.fieldSelector ?? own
    let stream = try await box.api.watch(
      maps, as: UnstructuredObject.self, namespace: box.namespace, options: options,
      timeoutSeconds: isActive ? 15 : 1)
    try await action()
    if isActive {
      // Marks the end: whatever came before it has been told when it is.
      _ = try await box.create(
        maps, Manifests.configMap("the-end", labels: ["in": "yes", "end": "yes"]))
    }
    var told: [String] = []
    for try await event in stream {
      if case .added(let object) = event, object.name == "the-end" { break }
      switch event {
      case .added(let object): told.append("ADDED \(object.name)")
      case .modified(let object): told.append("MODIFIED \(object.name)")
      case .deleted(let object): told.append("DELETED \(object.name)")
      case .bookmark: continue
      case .error(let status): told.append("ERROR \(status.code ?? 0) \(status.reason ?? "")")
      }
    }
    return told
  }

  private func present(_ box: Sandbox) async throws -> String {
    try await box.list(maps).resourceVersion
  }

  @Test(arguments: Target.all)
  func tellsWhatHappensInOrder(_ target: Target) async throws {
    try await target.run { box in
      let told = try await events(
        box, ListOptions(resourceVersion: try await present(box)), expecting: true
      ) {
        _ = try await box.create(maps, Manifests.configMap("a"))
        _ = try await box.patch(maps, "a", ["data": ["x": "1"]])
        _ = try await box.create(maps, Manifests.configMap("b"))
        _ = try await box.delete(maps, "a")
        // Changes nothing, so it is no event.
        _ = try await box.patch(maps, "b", ["metadata": ["name": "b"]])
      }
      #expect(told == ["ADDED a", "MODIFIED a", "ADDED b", "DELETED a"])
    }
  }

  @Test(arguments: Target.all)
  func tellsWhatHappenedSinceARevision(_ target: Target) async throws {
    try await target.run { box in
      let before = try await present(box)
      _ = try await box.create(maps, Manifests.configMap("a"))
      _ = try await box.patch(maps, "a", ["data": ["x": "1"]])
      _ = try await box.delete(maps, "a")
      let told = try await events(box, ListOptions(resourceVersion: before), expecting: true) {}
      #expect(told == ["ADDED a", "MODIFIED a", "DELETED a"])
    }
  }

  @Test(arguments: Target.all, ["", "0"])
  func startsWithWhatIsThere(_ target: Target, _ revision: String) async throws {
    try await target.run { box in
      _ = try await box.create(maps, Manifests.configMap("a"))
      _ = try await box.create(maps, Manifests.configMap("b"))
      let told = try await events(
        box, ListOptions(resourceVersion: revision.isEmpty ? nil : revision), expecting: true
      ) {
        _ = try await box.delete(maps, "b")
      }
      #expect(Set(told.prefix(2)) == ["ADDED a", "ADDED b"])
      #expect(told.dropFirst(2) == ["DELETED b"])
    }
  }

  @Test(arguments: Target.all)
  func objectsEnterAndLeaveASelection(_ target: Target) async throws {
    try await target.run { box in
      let options = ListOptions(
        labelSelector: "in=yes", resourceVersion: try await present(box))
      let told = try await events(box, options, expecting: true) {
        _ = try await box.create(maps, Manifests.configMap("a", labels: ["in": "no"]))
        _ = try await box.patch(maps, "a", ["metadata": ["labels": ["in": "yes"]]])
        _ = try await box.patch(maps, "a", ["data": ["x": "1"]])
        _ = try await box.patch(maps, "a", ["metadata": ["labels": ["in": "no"]]])
        _ = try await box.delete(maps, "a")
      }
      #expect(told == ["ADDED a", "MODIFIED a", "DELETED a"])
    }
  }

  @Test(arguments: Target.all)
  func followsOneObject(_ target: Target) async throws {
    try await target.run { box in
      let options = ListOptions(
        fieldSelector: "metadata.name!=a,metadata.name!=kube-root-ca.crt",
        resourceVersion: try await present(box))
      let told = try await events(box, options, expecting: true) {
        _ = try await box.create(maps, Manifests.configMap("a"))
        _ = try await box.create(maps, Manifests.configMap("b"))
        _ = try await box.delete(maps, "a")
      }
      #expect(told == ["ADDED b"])
    }
  }

  @Test(arguments: Target.all)
  func deletionsShowTheLastStateAtTheirOwnRevision(_ target: Target) async throws {
    try await target.run { box in
      let created = try await box.create(maps, Manifests.configMap("a", ["x": "1"]))
      var seen = false
      let stream = try await box.api.watch(
        maps, as: UnstructuredObject.self, namespace: box.namespace,
        options: ListOptions(fieldSelector: own, resourceVersion: created.resourceVersion),
        timeoutSeconds: 15)
      _ = try await box.delete(maps, "a")
      for try await event in stream {
        guard case .deleted(let object) = event else { continue }
        defer { seen = true }
        #expect(object.json["data", "x"] == "1")
        #expect(Int(object.resourceVersion) ?? 0 > Int(created.resourceVersion) ?? .max)
        break
      }
      #expect(seen)
    }
  }

  @Test(arguments: Target.all)
  func revisionsThatAreForgotten(_ target: Target) async throws {
    try await target.run { box in
      // A server that has just started may remember everything; one that does not says so like this and in no other way.
      let told = try await events(
        box, ListOptions(labelSelector: "nobody=has", resourceVersion: "1")
      ) {}
      #expect(told.isEmpty || told == ["ERROR 410 Expired"])
      if target.testDescription == "simulator" { #expect(!told.isEmpty) }
      let bad = try await box.send(
        .get, box.path(maps), query: ["watch": "true", "resourceVersion": "x"])
      #expect(bad.code >= 400)
    }
  }

  @Test(arguments: Target.all)
  func endsWhenItsTimeIsUp(_ target: Target) async throws {
    try await target.run { box in
      let start = ContinuousClock.now
      let told = try await events(
        box, ListOptions(resourceVersion: try await present(box))
      ) {}
      #expect(told.isEmpty)
      #expect(ContinuousClock.now - start >= .milliseconds(900))
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }
}
