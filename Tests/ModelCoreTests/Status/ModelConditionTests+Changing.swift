import Kubernetes
import ModelCore

/// Models that are replaced or deleted.
extension ModelConditionTests {
  // MARK: Rollouts

  static let rollouts: [Case] = [
    Case(
      "the old version serves", .running,
      "the previous version serves while the new one starts: container server keeps crashing: exit code 1; restarted 3 times"
    ) {
      $0.add(set: "old", revision: 1, .ready("a"))
      $0.add(
        set: "new", revision: 2,
        .waiting(pod: "b", "CrashLoopBackOff", restarts: 3, last: #"{"exitCode": 1}"#))
    },
    Case(
      "old crashes do not decide", .creating, "starting on gpu-1: loading the model, not ready yet"
    ) {
      $0.add(set: "new", revision: 12, .starting("b"))
      $0.add(set: "old", revision: 9, .waiting(pod: "a", "CrashLoopBackOff", restarts: 30))
    },
    Case(
      "Recreate waits for the old pods", .pending,
      "waiting for 1 pod of the previous version to stop"
    ) {
      $0.add(set: "old", revision: 1, .ready("a").terminating())
      $0.add(set: "new", revision: 2)
    },
    Case(
      "a pod on its way out does not serve", .pending,
      "waiting for 1 pod of the previous version to stop"
    ) {
      $0.add(.ready().terminating())
    },
    Case(
      "a replica that is replaced", .creating, "starting on gpu-1: loading the model, not ready yet"
    ) {
      $0.add(.ready("a").terminating(), .starting("b"))
    },
    Case("pods of others do not count", .pending, "waiting for its pods to be made") {
      $0.add()
      var stranger = K8s.Pod.ready("x")
      stranger.metadata.ownerReferences = [
        K8s.OwnerReference(
          apiVersion: "apps/v1", kind: "ReplicaSet", name: "z", uid: "z", controller: true)
      ]
      $0.pods.append(stranger)
    },
  ]

  static let deleting: [Case] = [
    Case("keeps its last status", .running, "being deleted; 1 pod still stopping") {
      $0.deployment.metadata.deletionTimestamp = StatusScene.now
      $0.last = .running
      $0.add(.starting().terminating())
    },
    Case("what it was, where that is not known", .running, "being deleted; 1 pod still stopping") {
      $0.deployment.metadata.deletionTimestamp = StatusScene.now
      $0.add(.ready().terminating())
    },
    Case("nothing left of it", .crashLoopBackOff, "being deleted") {
      $0.deployment.metadata.deletionTimestamp = StatusScene.now
      $0.last = .crashLoopBackOff
    },
  ]
}
