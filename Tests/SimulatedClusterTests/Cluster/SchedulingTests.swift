import Kubernetes
import SimulatedCluster
import TestSupport
import Testing

@Suite("Scheduling")
struct SchedulingTests {
  @Test func podsWaitForGPUsAndGetThemWhenTheyAreFree() async throws {
    try await withCluster { cluster in
      try cluster.deploy("first", replicas: 2, gpus: 8)
      #expect(await eventually { (try? cluster.pods.filter(\.isReady).count) == 2 })
      try cluster.deploy("second", gpus: 1)
      #expect(
        await eventually {
          (try? cluster.pods.contains { $0.conditionStatus("PodScheduled") == "False" }) == true
        })
      let waiting = try #require(
        try cluster.pods.first { $0.conditionStatus("PodScheduled") == "False" })
      #expect(
        waiting.conditionText("PodScheduled")
          == "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes are "
          + "available: 2 No preemption victims found for incoming pod.")
      try cluster.patch(
        K8s.Deployment.resourceKind, "first", namespace: "default", ["spec": ["replicas": 1]])
      #expect(await eventually { (try? cluster.pods.filter(\.isReady).count) == 2 })
    }
  }

  @Test func everyNodeHasItsReason() async throws {
    var nodes = NodeSpec.uniform(4)
    nodes[0].isCordoned = true
    nodes[1].isReady = false
    nodes[2].taints = [NodeSpec.Taint(key: "team", value: "other")]
    nodes[3].gpus = 2
    try await withCluster(.init(nodes: nodes, timeScale: 50)) { cluster in
      // The taints of nodes that are cordoned or down are set by a controller.
      #expect(
        await eventually {
          let node = try? cluster.get(K8s.Node.resourceKind, "gpu-1")
          return node?["spec", "taints"]?.arrayValue?.count == 2
        })
      try cluster.deploy("big", gpus: 4)
      #expect(
        await eventually {
          (try? cluster.pods.first?.conditionText("PodScheduled"))?.isEmpty == false
        })
      let text = try #require(try cluster.pods.first).conditionText("PodScheduled")
      #expect(
        text.hasPrefix(
          "0/4 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint "
            + "{node.kubernetes.io/unreachable: }, 1 node(s) had untolerated taint {team: other}, 1 "
            + "node(s) were unschedulable."))
      try cluster.patch(K8s.Node.resourceKind, "gpu-0", ["spec": ["unschedulable": false]])
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      #expect(try cluster.pods.first?["spec", "nodeName"] == "gpu-0")
    }
  }

  @Test func tolerationsAndSelectorsAreHeeded() async throws {
    var nodes = NodeSpec.uniform(2)
    nodes[1].taints = [NodeSpec.Taint(key: "nvidia.com/gpu")]
    try await withCluster(.init(nodes: nodes, timeScale: 50)) { cluster in
      try cluster.deploy(
        "tolerant", gpus: 1,
        template: [
          "tolerations": [["key": "nvidia.com/gpu", "operator": "Exists"]],
          "nodeSelector": ["kubernetes.io/hostname": "gpu-1"],
        ])
      try cluster.deploy("lost", template: ["nodeSelector": ["nobody": "has"]])
      #expect(
        await eventually {
          (try? cluster.pods.contains { $0["spec", "nodeName"] == "gpu-1" && $0.isReady }) == true
        })
      #expect(
        await eventually {
          (try? cluster.pods.contains {
            $0.conditionText("PodScheduled")
              .hasPrefix(
                "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 "
                  + "node(s) had untolerated taint {nvidia.com/gpu: }.")
          }) == true
        })
    }
  }

  @Test func aNodeThatIsDownLosesItsPods() async throws {
    try await withCluster(.init(nodes: NodeSpec.uniform(2), timeScale: 500)) { cluster in
      try cluster.deploy("a")
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      let node = try #require(try cluster.pods.first?["spec", "nodeName"]?.stringValue)
      try cluster.setNode(node, isReady: false)
      #expect(await eventually { (try? cluster.pods.first?.isReady) == false })
      // After five minutes of the cluster's time the pod is replaced, and the old one stays as long as its node is silent.
      #expect(
        await eventually {
          (try? cluster.pods.contains { $0.isReady && $0["spec", "nodeName"] != .string(node) })
            == true
        })
      #expect(
        try cluster.pods.contains { $0["metadata", "deletionTimestamp"] != nil })
      try cluster.setNode(node, isReady: true)
      #expect(await eventually { (try? cluster.pods.count) == 1 })
    }
  }
}
