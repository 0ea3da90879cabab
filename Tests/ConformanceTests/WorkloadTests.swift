import Kubernetes
import Testing

/// What becomes of a Deployment: its ReplicaSet, its pods, and how its troubles show.
@Suite("Workloads", .timeLimit(.minutes(15)))
struct WorkloadTests {
  private let deployments = K8s.Deployment.resourceKind
  private let sets = K8s.ReplicaSet.resourceKind
  private let pods = K8s.Pod.resourceKind
  private let events = K8s.Event.resourceKind

  private func condition(_ object: JSONValue, _ type: String) -> JSONValue? {
    object["status", "conditions"]?.arrayValue?.first { $0["type"]?.stringValue == type }
  }

  private func waiting(_ pod: JSONValue) -> String {
    pod["status", "containerStatuses"]?.arrayValue?.first?["state", "waiting", "reason"]?
      .stringValue ?? ""
  }

  @Test(arguments: Target.all)
  func aDeploymentBecomesReady(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(
        deployments, Manifests.deployment("a", replicas: 2, gpus: 1))
      let ready = try await box.wait(for: deployments, "a", "two replicas are ready") {
        $0["status", "readyReplicas"] == 2
          && condition($0, "Progressing")?["reason"] == "NewReplicaSetAvailable"
      }
      #expect(ready["status", "observedGeneration"] == ready["metadata", "generation"])
      #expect(ready["status", "updatedReplicas"] == 2)
      #expect(condition(ready, "Available")?["status"] == "True")
      #expect(condition(ready, "Available")?["reason"] == "MinimumReplicasAvailable")
      #expect(ready["metadata", "annotations", "deployment.kubernetes.io/revision"] == "1")
      let list = try await box.list(sets).body["items"]?.arrayValue ?? []
      #expect(list.count == 1)
      let hash = list.first?["metadata", "labels", "pod-template-hash"]?.stringValue ?? ""
      #expect(list.first?["metadata", "name"] == .string("a-\(hash)"))
      let found =
        try await box.list(pods, ["labelSelector": "pod-template-hash=\(hash)"])
        .body["items"]?.arrayValue ?? []
      #expect(found.count == 2)
      for pod in found {
        let owner = pod["metadata", "ownerReferences"]?.arrayValue?.first
        #expect(owner?["kind"] == "ReplicaSet")
        #expect(owner?["uid"] == list.first?["metadata", "uid"])
        #expect(pod["status", "phase"] == "Running")
        #expect(condition(pod, "Ready")?["status"] == "True")
        #expect(pod["spec", "nodeName"]?.stringValue?.isEmpty == false)
        let status = pod["status", "containerStatuses"]?.arrayValue?.first
        #expect(status?["restartCount"] == 0)
        #expect(status?["state", "running", "startedAt"] != nil)
      }
    }
  }

  @Test(arguments: Target.all)
  func endpointsAreTheReadyPods(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a", replicas: 1))
      _ = try await box.create(
        K8s.Service.resourceKind,
        Manifests.service("a", ["selector": ["app": "a"], "ports": [["port": 80]]]))
      let kind = ResourceKind(group: "", version: "v1", kind: "Endpoints", plural: "endpoints")
      let endpoints = try await box.wait(for: kind, "a", "an address comes") {
        $0["subsets"]?.arrayValue?.first?["addresses"]?.arrayValue?.count == 1
      }
      let address = endpoints["subsets"]?.arrayValue?.first?["addresses"]?.arrayValue?.first
      #expect(address?["targetRef", "kind"] == "Pod")
      _ = try await box.patch(deployments, "a", ["spec": ["replicas": 0]])
      _ = try await box.wait(for: kind, "a", "the address goes") {
        ($0["subsets"]?.arrayValue ?? []).isEmpty
      }
    }
  }

  @Test(
    arguments: Target.all,
    [
      ("example/crash:1", ["CrashLoopBackOff"]),
      ("example/nopull:1", ["ErrImagePull", "ImagePullBackOff"]),
      ("example/noconfig:1", ["CreateContainerConfigError"]),
    ])
  func troublesShow(_ target: Target, _ example: (String, [String])) async throws {
    try await target.run { box in
      _ = try await box.create(
        deployments, Manifests.deployment("a", replicas: 1, image: example.0))
      let found = try await box.wait(forList: pods, "the pod is in trouble") { pods in
        pods.contains { example.1.contains(waiting($0)) }
      }
      let pod = found.first { example.1.contains(waiting($0)) }
      #expect(pod?["status", "containerStatuses"]?.arrayValue?.first?["ready"] == false)
      #expect(pod.flatMap { condition($0, "Ready") }?["reason"] == "ContainersNotReady")
      if example.1 == ["CrashLoopBackOff"] {
        let last = pod?["status", "containerStatuses"]?.arrayValue?.first?[
          "lastState", "terminated"]
        #expect(last?["exitCode"] == 1)
        #expect(pod?["status", "phase"] == "Running")
      } else {
        #expect(pod?["status", "phase"] == "Pending")
      }
      let uid = pod?["metadata", "uid"]?.stringValue ?? ""
      _ = try await box.wait(
        forList: events, "events tell of it",
        selecting: ["fieldSelector": "involvedObject.uid=\(uid)"]
      ) { events in
        events.contains { ["Failed", "BackOff"].contains($0["reason"]?.stringValue) }
      }
      _ = try await box.wait(for: deployments, "a", "it is not available") {
        condition($0, "Available")?["status"] == "False"
      }
    }
  }

  @Test(arguments: Target.all)
  func aContainerThatRunsOutOfMemory(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(
        deployments, Manifests.deployment("a", replicas: 1, image: "example/oom:1"))
      let found = try await box.wait(forList: pods, "the container is killed") { pods in
        pods.contains {
          $0["status", "containerStatuses"]?.arrayValue?.first?["lastState", "terminated"] != nil
        }
      }
      let last = found.first?["status", "containerStatuses"]?.arrayValue?.first?[
        "lastState", "terminated"]
      #expect(last?["reason"] == "OOMKilled")
      #expect(last?["exitCode"] == 137)
    }
  }

  @Test(arguments: Target.all)
  func moreGPUsThanANodeHas(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a", replicas: 1, gpus: 9))
      let found = try await box.wait(forList: pods, "no node fits") { pods in
        pods.contains { condition($0, "PodScheduled")?["reason"] == "Unschedulable" }
      }
      let scheduled = found.first.flatMap { condition($0, "PodScheduled") }
      #expect(scheduled?["status"] == "False")
      #expect(
        scheduled?["message"]?.stringValue?.hasPrefix(
          "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.") == true)
      #expect(found.first?["status", "phase"] == "Pending")
      let uid = found.first?["metadata", "uid"]?.stringValue ?? ""
      _ = try await box.wait(
        forList: events, "an event tells of it",
        selecting: ["fieldSelector": "involvedObject.uid=\(uid)"]
      ) { events in
        events.contains { $0["reason"] == "FailedScheduling" && $0["type"] == "Warning" }
      }
    }
  }

  @Test(arguments: Target.all)
  func anotherImageIsRolledOut(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a", replicas: 1))
      _ = try await box.wait(for: deployments, "a", "it is ready") {
        $0["status", "readyReplicas"] == 1
      }
      _ = try await box.patch(
        deployments, "a",
        ["spec": ["template": ["metadata": ["annotations": ["restart": "now"]]]]])
      let done = try await box.wait(for: deployments, "a", "the new template is rolled out") {
        $0["status", "observedGeneration"] == 2 && $0["status", "updatedReplicas"] == 1
          && $0["status", "replicas"] == 1 && $0["status", "availableReplicas"] == 1
      }
      #expect(done["metadata", "annotations", "deployment.kubernetes.io/revision"] == "2")
      let replicas = try await box.list(sets).body["items"]?.arrayValue ?? []
      #expect(
        replicas.map { $0["spec", "replicas"]?.integerValue ?? 0 }.sorted() == [0, 1])
    }
  }

  @Test(arguments: Target.all)
  func aDeletedPodIsReplaced(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(deployments, Manifests.deployment("a", replicas: 1))
      let before = try await box.wait(forList: pods, "it runs") {
        $0.count == 1 && $0[0]["status", "phase"] == "Running"
      }
      let name = before.first?["metadata", "name"]?.stringValue ?? ""
      let deleted = try await box.delete(pods, name)
      #expect(deleted.body["metadata", "deletionTimestamp"] != nil)
      _ = try await box.wait(forList: pods, "another one takes its place") { pods in
        pods.count == 1 && pods[0]["metadata", "name"] != .string(name)
      }
    }
  }
}
