import Kubernetes
import SimulatedCluster
import TestSupport
import Testing

@Suite("Kubelet")
struct KubeletTests {
  private func state(_ pod: JSONValue?) -> JSONValue? {
    pod?["status", "containerStatuses"]?.arrayValue?.first
  }

  @Test func aContainerBacksOffLongerAndLonger() async throws {
    try await withCluster(.init(nodes: NodeSpec.uniform(1), timeScale: 500)) { cluster in
      try cluster.deploy("a", image: "example/crash:1")
      #expect(
        await eventually {
          let status = state(try? cluster.pods.first)
          return status?["restartCount"]?.integerValue ?? 0 >= 3
            && status?["state", "waiting", "message"]?.stringValue?.hasPrefix("back-off 40s")
              == true
        })
      #expect(state(try cluster.pods.first)?["state", "waiting", "reason"] == "CrashLoopBackOff")
    }
  }

  @Test func aPodThatIsTornDownComesBackReady() async throws {
    try await withCluster { cluster in
      try cluster.deploy("a")
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      let name = try #require(try cluster.pods.first?["metadata", "name"]?.stringValue)
      try cluster.crashPod(name, namespace: "default")
      #expect(
        await eventually {
          let pod = try? cluster.pods.first
          return pod?.isReady == true && state(pod)?["restartCount"] == 1
        })
      #expect(state(try cluster.pods.first)?["lastState", "terminated", "exitCode"] == 1)
      #expect(throws: SimulationError.self) {
        try cluster.crashPod("nothing", namespace: "default")
      }
    }
  }

  @Test func aMissingSecretHoldsAContainerUntilItComes() async throws {
    try await withCluster { cluster in
      try cluster.create(
        K8s.Pod.resourceKind,
        [
          "metadata": ["name": "a"],
          "spec": [
            "containers": [
              [
                "name": "main", "image": "example/main:1",
                "env": [
                  [
                    "name": "TOKEN",
                    "valueFrom": ["secretKeyRef": ["name": "token", "key": "value"]],
                  ]
                ],
              ]
            ]
          ],
        ], namespace: "default")
      #expect(
        await eventually {
          state(try? cluster.pods.first)?["state", "waiting", "reason"]
            == "CreateContainerConfigError"
        })
      #expect(
        state(try cluster.pods.first)?["state", "waiting", "message"]
          == "secret \"token\" not found")
      try cluster.create(
        K8s.Secret.resourceKind, ["metadata": ["name": "token"], "stringData": ["other": "x"]],
        namespace: "default")
      #expect(
        await eventually {
          state(try? cluster.pods.first)?["state", "waiting", "message"]
            == "couldn't find key value in Secret default/token"
        })
      try cluster.patch(
        K8s.Secret.resourceKind, "token", namespace: "default", ["stringData": ["value": "x"]])
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
    }
  }

  @Test func probesDelayReadinessAndSlowImagesMore() async throws {
    try await withCluster { cluster in
      try cluster.deploy("slow", image: "example/slow:1")
      try cluster.deploy("never", image: "example/noready:1")
      func pod(_ app: String) -> JSONValue? {
        try? cluster.pods.first { $0["metadata", "labels", "app"] == .string(app) }
      }
      #expect(
        await eventually { pod("slow")?["status", "phase"] == "Running" })
      #expect(await eventually { pod("slow")?.isReady == true })
      #expect(await eventually { pod("never")?["status", "phase"] == "Running" })
      #expect(pod("never")?.isReady == false)
    }
  }

  @Test func podsThatEndAreOver() async throws {
    try await withCluster { cluster in
      for (name, code) in [("fine", "0"), ("bad", "3")] {
        try cluster.create(
          K8s.Pod.resourceKind,
          [
            "metadata": [
              "name": .string(name), "annotations": ["fake.kubelet/exit-code": .string(code)],
            ],
            "spec": [
              "restartPolicy": "Never",
              "containers": [["name": "main", "image": "example/main:1"]],
            ],
          ], namespace: "default")
      }
      #expect(
        await eventually {
          let phases = (try? cluster.pods.map { $0["status", "phase"] }) ?? []
          return phases == ["Failed", "Succeeded"]
        })
    }
  }
}
