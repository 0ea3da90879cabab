import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

@Suite("Status")
struct ModelConditionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: ModelStatus
    var reason: String
    var scene: @Sendable () -> StatusScene

    init(
      _ description: String, _ status: ModelStatus, _ reason: String,
      replicas: Int? = 1, _ change: @escaping @Sendable (inout StatusScene) -> Void
    ) {
      testDescription = description
      self.status = status
      self.reason = reason
      scene = {
        var scene = StatusScene(replicas: replicas)
        change(&scene)
        return scene
      }
    }
  }

  @Test(arguments: calm + creating + unseen + pending)
  func calmly(test: Case) { check(test) }

  @Test(arguments: crashing + failing)
  func inTrouble(test: Case) { check(test) }

  @Test(arguments: rollouts + deleting)
  func changing(test: Case) { check(test) }

  private func check(_ test: Case) {
    let result = test.scene().result
    #expect(result.status == test.status)
    #expect(result.reason == test.reason)
  }

  @Test("a reason has no durations: it stays the same while nothing happens")
  func steady() {
    for test in Self.creating + Self.pending + Self.crashing + Self.failing {
      let scene = test.scene()
      let later = ModelCondition.evaluate(
        deployment: scene.deployment, replicaSets: scene.replicaSets, pods: scene.pods,
        events: scene.events, now: StatusScene.now.addingTimeInterval(30),
        inventory: scene.inventory, last: scene.last)
      #expect(later == scene.result)
    }
  }

  @Test("megabytes of messages are cut", .timeLimit(.minutes(15)))
  func hostile() {
    for piece in ["x ", "1 Insufficient nvidia.com/gpu, ", "\u{1B}]0;", ": ", "\u{202E}", "{"] {
      let huge = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
      for pod in [
        K8s.Pod.unscheduled(message: huge),
        .unscheduled(message: "0/9 nodes are available: " + huge),
        .waiting("ImagePullBackOff", huge), .waiting("RunContainerError", huge),
      ] {
        var scene = StatusScene()
        scene.add(pod)
        scene.event("p", "Failed", "Failed to pull image" + huge)
        let reason = scene.result.reason
        #expect(reason.utf8.count < 1_500)
        #expect(!reason.unicodeScalars.contains(where: Excerpt.isUnprintable))
      }
    }
  }
}
