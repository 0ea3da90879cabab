import Foundation
import Kubernetes
import KubernetesClient
import ModelCore
import SimulatedCluster
import Synchronization
import TestSupport
import Testing

/// Another cluster at the same address, other credentials, another clock, another name.
@Suite("What is not what it was", .serialized)
struct ReplacedServerTests {
  @Test(arguments: [0, 2])
  func theRowsOfTheOldClusterGo(models: Int) async throws {
    try await FaultBench.run { bench in
      // Versions far beyond those of the new cluster: its watches would be deaf.
      for round in 0..<100 { try bench.scale("model-2", to: Int64(1 + round % 2)) }
      try bench.scale("model-2", to: 1)
      try await bench.expectExact("before")
      let old = Set(await bench.models.map(\.uid))
      try await bench.cluster.begin("replace")
      try await bench.create((0..<models).map { "model-\($0)" })
      try await bench.expectExact("with \(models) models on the new cluster")
      #expect(old.isDisjoint(with: await bench.models.map(\.uid)))
      #expect(bench.screen.text.contains("another cluster answers at this address"))
      // It hears what happens there.
      try await bench.create(["later"])
      try await bench.expectExact("after a change")
    }
  }

  /// The same cluster after an outage is no other one: nothing is read again that is known.
  @Test func theSameClusterIsResumed() async throws {
    try await FaultBench.run { bench in
      try await bench.cluster.begin("refuse:for=1s")
      try await bench.change()
      try await bench.expectExact("after the outage")
      #expect(!bench.screen.text.contains("another cluster"))
    }
  }

  @Test func anotherAuthorityIsTakenFromTheKubeconfig() async throws {
    try await FaultBench.run(configuration: { try $0.keepKubeconfig() }) { bench in
      try await bench.cluster.begin("replace:ca=new")
      try await bench.create(["model-1"])
      try await bench.expectExact("with the new authority")
    }
  }

  @Test func aRotatedTokenIsTakenFromTheKubeconfig() async throws {
    try await FaultBench.run(configuration: { try $0.keepKubeconfig() }) { bench in
      try await bench.cluster.begin("rotate-token")
      try await bench.cluster.begin("cut")
      try await bench.change()
      try await bench.expectExact("with the new token")
      #expect(!bench.screen.text.contains("credentials expired"))
    }
  }

  /// A clock that is set while the dashboard runs, by a day in either direction, and a fault after it.
  @Test(arguments: [-86_400.0, 86_400.0])
  func aClockThatJumpsStopsNothing(jump: TimeInterval) async throws {
    let offset = Mutex<TimeInterval>(0)
    let system = WallClock.system
    let clock = WallClock(
      now: { system.now().addingTimeInterval(offset.withLock { $0 }) }, steady: system.steady,
      sleep: system.sleep)
    try await FaultBench.run(clock: clock) { bench in
      offset.withLock { $0 = jump }
      try await bench.change()
      try await bench.expectExact("after the jump")
      try await bench.cluster.begin("hang:after=100ms")
      await bench.expectTrouble(["did not answer within"])
      // The age is that of the data, not of the jump.
      #expect(await eventually { bench.screen.text.firstMatch(of: /data from \d?\d s ago/) != nil })
      #expect(bench.screen.text.firstMatch(of: /next attempt in [0-9] s|trying again now/) != nil)
      await bench.cluster.endFaults()
      try await bench.expectExact("after the fault")
    }
  }

  /// The name of the server cannot be resolved for a while.
  @Test func aNameThatIsGoneComesBack() async throws {
    try await FaultBench.run { bench in
      var away = bench.cluster.configuration
      away.server = ServerAddress(host: "no-such-host.invalid", port: bench.cluster.port)
      let lost = try HTTPClusterAPI(away, logger: FaultBench.logger)
      let switched = SwitchedAPI(bench.api, lost)
      let observer = ClusterObserver(api: switched)
      let run = Task { await observer.run() }
      #expect(await eventually { await observer.connection == .live })
      switched.isAway = true
      try await bench.cluster.begin("cut")
      #expect(
        await eventually {
          guard case .disconnected(_, let error, _) = await observer.connection else {
            return false
          }
          return error == "the host name no-such-host.invalid could not be resolved"
        })
      #expect(await observer.allModels.count == 3)
      try await bench.change()
      switched.isAway = false
      try await bench.expectExact("for who never lost the name")
      let truth = await bench.models
      #expect(await eventually { await observer.connection == .live })
      #expect(await eventually { await observer.allModels.map(\.uid) == truth.map(\.uid) })
      run.cancel()
      await run.value
      await lost.shutdown()
    }
  }
}

/// One of two ways to a cluster, as the name of the server resolves or not.
private final class SwitchedAPI: ClusterAPI {
  private let near: any ClusterAPI
  private let away: any ClusterAPI
  private let state = Mutex(false)

  init(_ near: any ClusterAPI, _ away: any ClusterAPI) {
    self.near = near
    self.away = away
  }

  var isAway: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  func perform(_ request: APIRequest) async throws -> APIResponse {
    try await (isAway ? away : near).perform(request)
  }

  func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    try await (isAway ? away : near).lines(request)
  }
}

extension SimulatedCluster {
  /// As from a kubeconfig on disk, which is written again when the cluster's credentials change.
  fileprivate func keepKubeconfig() throws -> ClusterConfiguration {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "fault-tests-\(UUID().uuidString).kubeconfig")
    let write: @Sendable () -> Void = { [weak self] in
      try? self?.kubeconfigYAML().write(to: file, atomically: true, encoding: .utf8)
    }
    write()
    onNewKubeconfig(write)
    return try ClusterConfiguration.resolve(
      overrides: KubeconfigOverrides(kubeconfig: file.path), environment: [:])
  }
}
