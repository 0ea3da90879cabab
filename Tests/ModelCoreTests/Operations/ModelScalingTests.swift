import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

@Suite("Stopping, starting, scaling and restarting")
struct ModelScalingTests {
  private let bench = OperationsBench()

  private var replicas: JSONValue? { bench.deployment["spec", "replicas"] }
  private var restartedAt: JSONValue? {
    bench.deployment[
      "spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"]
  }

  @Test func startBringsBackWhatStopTookAway() async throws {
    let target = try await bench.make().target
    let operations = bench.operations()
    #expect(
      await operations.scale(target, to: 3)
        == .succeeded("model llama-7b gets 3 replicas, it had 1"))
    #expect(
      await operations.stop(target)
        == .succeeded("stopped model llama-7b, which had 3 replicas"))
    #expect(replicas == 0)
    #expect(try await bench.stored().replicasBeforeStop == 3)
    #expect(
      await operations.start(target) == .succeeded("started model llama-7b with 3 replicas"))
    #expect(replicas == 3)
    #expect(try await bench.stored().replicasBeforeStop == nil)
    #expect(bench.annotation("jan-server.menlo.ai/updated-by") == "ada")
    #expect(try bench.drift().isEmpty)
  }

  @Test func whatIsSoAlreadyIsNotWritten() async throws {
    let target = try await bench.make().target
    let operations = bench.operations()
    #expect(
      await operations.start(target)
        == .succeeded("model llama-7b is started already: it has 1 replica"))
    #expect(
      await operations.scale(target, to: 1)
        == .succeeded("model llama-7b has 1 replica already"))
    #expect(bench.cluster.writes.isEmpty)
    #expect(await operations.scale(target, to: 0).succeeded)
    #expect(await operations.stop(target) == .succeeded("model llama-7b is stopped already"))
    #expect(try await bench.stored().replicasBeforeStop == 1)
    #expect(bench.cluster.writes.count == 1)
  }

  @Test(arguments: [-1, 1_001])
  func refusesANumberThatCannotBeMeant(count: Int) async throws {
    let target = try await bench.make().target
    guard case .invalid(let findings) = await bench.operations().scale(target, to: count) else {
      Issue.record("it is not refused")
      return
    }
    #expect(findings.first?.message == "replicas is \(count)")
  }

  @Test(arguments: [ResourceKind.podAutoscaler, .horizontalPodAutoscaler])
  func anAutoscalerOwnsTheReplicas(kind: ResourceKind) async throws {
    let target = try await bench.make().target
    bench.cluster.put(
      [
        "metadata": ["name": "auto"],
        "spec": [
          "scaleTargetRef": ["kind": "Deployment", "name": "llama-7b"], "minReplicas": 1,
          "maxReplicas": 4,
        ],
      ], kind: kind, namespace: "jan-models")
    let operations = bench.operations()
    let result = await operations.scale(target, to: 2)
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("are set by \(kind.kind) auto (1 to 4 replicas)"))
    #expect(replicas == 1)
    #expect(await operations.stop(target).text.hasSuffix("(1 to 4 replicas) rests meanwhile"))
    #expect(await operations.start(target).succeeded)
    #expect(replicas == 1)
  }

  /// One GPU a replica, and a context that allows two.
  @Test func noWriteGoesBeyondTheGPUsThatAreAllowed() async throws {
    let target = try await bench.make().target
    var operations = bench.operations()
    operations.settings.guards.maxGPUs = 2
    #expect(await operations.scale(target, to: 2).succeeded)
    #expect(await operations.scale(target, to: 3).failureKind == .forbidden)
    var change = ModelChange()
    change.gpuCount = 2
    #expect(await operations.update(target, change).failureKind == .forbidden)
    #expect(await operations.stop(target).succeeded)
    operations.settings.guards.maxGPUs = 1
    #expect(await operations.start(target).failureKind == .forbidden)
    #expect(replicas == 0)
  }

  // MARK: Restart

  @Test func restartMarksThePodTemplateAsKubectlDoes() async throws {
    let target = try await bench.make().target
    let before = bench.deployment
    #expect(await bench.operations().restart(target).text.hasPrefix("restarts model llama-7b"))
    let first = try #require(restartedAt?.stringValue)
    #expect(Timestamp.parse(first) != nil)
    #expect(before["spec", "replicas"] == replicas)
    #expect(await bench.operations().restart(target).succeeded)
    #expect(restartedAt?.stringValue != first)
    #expect(try bench.drift().isEmpty)
  }

  @Test func anAnswerThatWasLostRestartsOnce() async throws {
    let target = try await bench.make().target
    bench.once(.patch, "/deployments/llama-7b", .lose(OperationsBench.cut))
    #expect(await bench.operations().restart(target).succeeded)
    #expect(bench.cluster.writes.count == 1)
  }

  @Test func whatIsStoppedOrPausedIsNotRestarted() async throws {
    let target = try await bench.make().target
    bench.edit(["spec": ["paused": true]])
    #expect(await bench.operations().restart(target).failureKind == .conflict)
    bench.edit(["spec": ["paused": nil, "replicas": 0]])
    let result = await bench.operations().restart(target)
    #expect(result.failureKind == .conflict)
    #expect(result.text.contains("Start it"))
    #expect(bench.cluster.writes.isEmpty)
  }

  @Test func aRedeployKeepsARestartAndAStop() async throws {
    let target = try await bench.make().target
    let operations = bench.operations()
    _ = await operations.restart(target)
    _ = await operations.stop(target)
    let stamp = restartedAt
    var change = ModelChange()
    change.image = "other:1"
    #expect(await operations.update(target, change).succeeded)
    #expect(restartedAt == stamp)
    #expect(replicas == 0)
    #expect(try await bench.stored().replicasBeforeStop == 1)
  }
}
