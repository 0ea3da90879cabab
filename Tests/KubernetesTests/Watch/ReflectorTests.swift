import FoundationEssentials
import Kubernetes
import Synchronization
import TestSupport
import Testing

/// What a reflector handed over, as a copy of the cluster.
private final class Mirror: Sendable {
  struct Contents {
    var objects: [ObjectKey: String] = [:]
    var states: [ReflectorState] = []
    var batches: [Int] = []
  }
  private let contents = Mutex(Contents())

  func take(_ output: ReflectorOutput<String>) {
    contents.withLock { contents in
      switch output {
      case .changed(let entries):
        contents.batches.append(entries.count)
        for (key, object) in entries { contents.objects[key] = object }
      case .removed(let keys):
        for key in keys { contents.objects[key] = nil }
      case .state(let state): contents.states.append(state)
      case .current, .resumed: break
      }
    }
  }

  var names: [String] { contents.withLock { $0.objects.keys.map(\.name).sorted() } }
  var values: [String] { contents.withLock { $0.objects.values.sorted() } }
  var states: [ReflectorState] { contents.withLock { $0.states } }
  var batches: [Int] { contents.withLock { $0.batches } }
  var isLive: Bool { states.last == .live }
}

@Suite("Reflector")
struct ReflectorTests {
  private let cluster = MemoryCluster()
  private let mirror = Mirror()

  private func service(_ name: String, type: String = "ClusterIP") -> K8s.Service {
    K8s.Service(
      metadata: K8s.ObjectMeta(name: name, namespace: "default"), spec: .init(type: type))
  }

  /// Runs a reflector of Services while the body runs.
  private func reflecting(
    pageSize: Int = 500, _ body: (ReflectorControl) async throws -> Void
  ) async throws {
    var configuration = Reflector<K8s.Service, String>.Configuration(
      kind: K8s.Service.resourceKind)
    configuration.pageSize = pageSize
    configuration.policy = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(5))
    let control = ReflectorControl()
    let reflector = Reflector<K8s.Service, String>(
      api: cluster, configuration: configuration, control: control
    ) { service in
      service.spec?.type == "ExternalName" ? nil : service.spec?.type
    }
    let task = Task { [mirror] in await reflector.run { mirror.take($0) } }
    try await body(control)
    task.cancel()
    await task.value
  }

  @Test func handsOverEachPageAsItComes() async throws {
    for number in 1...7 { cluster.put(service("s\(number)")) }
    try await reflecting(pageSize: 3) { _ in
      #expect(await eventually { mirror.isLive })
      #expect(mirror.batches == [3, 3, 1])
      #expect(mirror.states.contains(.loading(objects: 3)))
      #expect(mirror.names.count == 7)
    }
  }

  @Test func followsChanges() async throws {
    cluster.put(service("a"))
    try await reflecting { _ in
      #expect(await eventually { cluster.watchCount == 1 })
      cluster.put(service("b"))
      cluster.edit(
        K8s.Service.resourceKind, "a", namespace: "default", ["spec": ["type": "NodePort"]])
      #expect(await eventually { mirror.values == ["ClusterIP", "NodePort"] })
      cluster.remove(K8s.Service.resourceKind, "a", namespace: "default")
      #expect(await eventually { mirror.names == ["b"] })
    }
  }

  @Test func dropsWhatIsOfNoInterestAnyMore() async throws {
    cluster.put(service("a"))
    cluster.put(service("never", type: "ExternalName"))
    try await reflecting { _ in
      #expect(await eventually { cluster.watchCount == 1 })
      #expect(mirror.names == ["a"])
      cluster.edit(
        K8s.Service.resourceKind, "a", namespace: "default", ["spec": ["type": "ExternalName"]])
      #expect(await eventually { mirror.names.isEmpty })
    }
  }

  @Test func resumesAfterACutWithoutLosingWhatHappenedMeanwhile() async throws {
    cluster.put(service("a"))
    try await reflecting { _ in
      #expect(await eventually { cluster.watchCount == 1 })
      cluster.endWatches(throwing: APIError.transport("cut", kind: .cut))
      cluster.put(service("b"))
      #expect(await eventually { mirror.names == ["a", "b"] })
      let lists = cluster.requests.filter { !$0.query.contains { $0.name == "watch" } }
      #expect(lists.count == 1)
    }
  }

  @Test func listsAgainAfter410AndRemovesWhatIsGone() async throws {
    cluster.put(service("a"))
    cluster.put(service("b"))
    try await reflecting { _ in
      #expect(await eventually { cluster.watchCount == 1 })
      cluster.setFault { $0.query.contains { $0.name == "watch" } ? .refuse(.timedOut("no")) : nil }
      cluster.endWatches(throwing: APIError.transport("cut", kind: .cut))
      cluster.remove(K8s.Service.resourceKind, "a", namespace: "default")
      cluster.put(service("c"))
      cluster.compact()
      cluster.setFault(nil)
      #expect(await eventually { mirror.names == ["b", "c"] })
      #expect(await eventually { mirror.isLive })
    }
  }

  @Test func keepsTheObjectsWhileAGatewayAnswersThatNothingIsThere() async throws {
    cluster.put(service("a"))
    try await reflecting { _ in
      #expect(await eventually { cluster.watchCount == 1 })
      cluster.setFault { _ in .refuse(.status(.init(code: 404, message: "no such page"))) }
      cluster.endWatches(throwing: APIError.transport("cut", kind: .cut))
      #expect(
        await eventually {
          guard case .stale(_, let error, _, _) = mirror.states.last else { return false }
          return error.hasPrefix("no such page (watch services")
            || error.hasPrefix("no such page (list services")
        })
      #expect(mirror.names == ["a"])
      cluster.setFault(nil)
      #expect(await eventually { mirror.isLive })
    }
  }

  @Test func keepsTheObjectsWhileTheServerIsAway() async throws {
    cluster.put(service("a"))
    try await reflecting { _ in
      #expect(await eventually { cluster.watchCount == 1 })
      cluster.setFault { _ in .refuse(.transport("connection refused", kind: .refused)) }
      cluster.endWatches(throwing: APIError.transport("cut", kind: .cut))
      #expect(
        await eventually {
          if case .stale(_, "connection refused", _, _) = mirror.states.last { true } else { false }
        })
      #expect(mirror.names == ["a"])
      cluster.setFault(nil)
      #expect(await eventually { mirror.isLive })
    }
  }

  @Test func readsTheOthersWhenOneObjectIsOdd() async throws {
    cluster.put(service("a"))
    cluster.put(
      ["metadata": ["name": "odd"], "spec": ["ports": "none"]], kind: K8s.Service.resourceKind,
      namespace: "default")
    try await reflecting { _ in
      #expect(await eventually { mirror.isLive })
      #expect(mirror.names == ["a"])
    }
  }

  @Test func leavesAWatchThatIsSuspectedToBeDead() async throws {
    cluster.put(service("a"))
    try await reflecting { control in
      #expect(await eventually { cluster.watchCount == 1 })
      let before = cluster.requests.count
      control.retry()
      #expect(await eventually { cluster.requests.count > before && mirror.isLive })
    }
  }

  @Test func stopsWhenCancelled() async throws {
    try await reflecting { _ in
      #expect(await eventually { cluster.watchCount == 1 })
    }
    #expect(await eventually { cluster.watchCount == 0 })
  }
}

@Suite("Wake signal")
struct WakeSignalTests {
  @Test func keepsASignalForWhoComesLater() async {
    let signal = WakeSignal()
    signal.signal()
    signal.signal()
    await signal.wait()
    #expect(await signal.wait(atMost: .milliseconds(1), clock: .system) == false)
  }

  /// Whoever gave up before the signal was taken, and whoever takes it then: one of both hears of it.
  @Test func aSignalIsNotLostWithWhoGivesUp() async {
    for _ in 0..<2_000 {
      let signal = WakeSignal()
      let waiter = Task { await signal.wait(atMost: .microseconds(20), clock: .system) }
      let canceller = Task { waiter.cancel() }
      let signaller = Task { signal.signal() }
      _ = await (canceller.value, signaller.value)
      let isHeard = await waiter.value
      let isKept = await signal.wait(atMost: .zero, clock: .system)
      #expect(isHeard != isKept)
    }
  }

  @Test func wakesWhoWaits() async {
    let signal = WakeSignal()
    let waiter = Task { await signal.wait(atMost: .seconds(60), clock: .system) }
    signal.signal()
    #expect(await waiter.value)
  }
}
