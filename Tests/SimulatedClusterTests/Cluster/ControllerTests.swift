import Kubernetes
import SimulatedCluster
import TestSupport
import Testing

@Suite("Controllers")
struct ControllerTests {
  private let deployments = K8s.Deployment.resourceKind
  private let claims = K8s.PersistentVolumeClaim.resourceKind

  @Test func recreateNeverRunsTwoVersionsAtOnce() async throws {
    try await withCluster { cluster in
      try cluster.deploy("a", gpus: 8)
      try cluster.patch(
        deployments, "a", namespace: "default",
        ["spec": ["strategy": ["type": "Recreate", "rollingUpdate": nil]]])
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      try cluster.patch(
        deployments, "a", namespace: "default",
        ["spec": ["template": ["metadata": ["labels": ["v": "2"]]]]])
      var most = 0
      #expect(
        await eventually {
          let pods = (try? cluster.pods) ?? []
          most = max(most, pods.count)
          return pods.count == 1 && pods[0].isReady && pods[0]["metadata", "labels", "v"] == "2"
        })
      #expect(most == 1)
    }
  }

  @Test func aRollingUpdateKeepsEnoughPods() async throws {
    try await withCluster { cluster in
      try cluster.deploy("a", replicas: 4)
      #expect(await eventually { (try? cluster.pods.filter(\.isReady).count) == 4 })
      try cluster.patch(
        deployments, "a", namespace: "default",
        ["spec": ["template": ["metadata": ["labels": ["v": "2"]]]]])
      var least = 4
      #expect(
        await eventually {
          let pods = (try? cluster.pods) ?? []
          least = min(
            least,
            pods.filter { $0.isReady && $0["metadata", "deletionTimestamp"] == nil }.count)
          let new = pods.filter { $0["metadata", "labels", "v"] == "2" && $0.isReady }
          return new.count == 4 && pods.count == 4
        })
      // A quarter may be missing.
      #expect(least >= 3)
    }
  }

  @Test func aRolloutThatIsStuckIsGivenUp() async throws {
    try await withCluster(.init(nodes: NodeSpec.uniform(1), timeScale: 100)) { cluster in
      try cluster.deploy("a", image: "example/nopull:1")
      try cluster.patch(
        deployments, "a", namespace: "default", ["spec": ["progressDeadlineSeconds": 30]])
      #expect(
        await eventually {
          (try? cluster.deployment("a").conditionStatus("Progressing")) == "False"
        })
      #expect(
        try cluster.deployment("a").conditionText("Progressing").hasSuffix(
          "has timed out progressing."))
    }
  }

  @Test func volumesAreBoundWhereTheirPodRuns() async throws {
    try await withCluster { cluster in
      func claim(_ name: String, _ storageClass: JSONValue? = nil) throws {
        var spec: JSONValue = [
          "accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "20Gi"]],
        ]
        spec["storageClassName"] = storageClass
        try cluster.create(
          claims, ["metadata": ["name": .string(name)], "spec": spec], namespace: "default")
      }
      func phase(_ name: String) -> JSONValue? {
        try? cluster.get(claims, name, namespace: "default")["status", "phase"]
      }
      try claim("waits")
      try claim("at-once", "fast-ssd")
      try claim("never", "of-nobody")
      #expect(await eventually { phase("at-once") == "Bound" })
      #expect(
        await eventually {
          (try? cluster.events.contains(
            "ProvisioningFailed: storageclass.storage.k8s.io \"of-nobody\" not found")) == true
        })
      #expect(phase("waits") == "Pending")
      try cluster.deploy(
        "a",
        template: [
          "volumes": [["name": "v", "persistentVolumeClaim": ["claimName": "waits"]]]
        ])
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      #expect(phase("waits") == "Bound")
      try cluster.delete(claims, "waits", namespace: "default")
      // Held as long as the pod uses it.
      #expect(phase("waits") == "Bound")
      try cluster.delete(deployments, "a", namespace: "default")
      #expect(await eventually { phase("waits") == nil })
      let volume = ResourceKind(
        group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes",
        isNamespaced: false)
      #expect(await eventually { (try? cluster.list(volume).count) == 1 })
    }
  }

  @Test func eventsAreCounted() async throws {
    try await withCluster(.init(nodes: NodeSpec.uniform(1), timeScale: 500)) { cluster in
      try cluster.deploy("a", image: "example/nopull:1")
      #expect(
        await eventually {
          let events = (try? cluster.list(K8s.Event.resourceKind)) ?? []
          return events.contains {
            $0["message"] == "Error: ErrImagePull" && $0["count"]?.integerValue ?? 0 >= 3
          }
        })
    }
  }

  @Test func definitionsServeTheirKind() async throws {
    try await withCluster { cluster in
      let kind = ResourceKind(
        group: "example.com", version: "v1", kind: "Widget", plural: "widgets")
      #expect(throws: SimulationError.self) { try cluster.list(kind) }
      try cluster.create(
        .customResourceDefinition,
        [
          "metadata": ["name": "widgets.example.com"],
          "spec": [
            "group": "example.com", "scope": "Namespaced",
            "names": ["plural": "widgets", "kind": "Widget"],
            "versions": [
              [
                "name": "v1", "served": true, "storage": true,
                "schema": ["openAPIV3Schema": ["type": "object"]],
              ]
            ],
          ],
        ])
      #expect(
        await eventually {
          (try? cluster.create(kind, ["metadata": ["name": "a"]], namespace: "default")) != nil
        })
      try cluster.delete(.customResourceDefinition, "widgets.example.com")
      #expect(await eventually { (try? cluster.list(kind)) == nil })
    }
  }

  @Test func nothingHappensWithoutACause() async throws {
    try await withCluster { cluster in
      try cluster.deploy("a", replicas: 3)
      #expect(await eventually { (try? cluster.pods.filter(\.isReady).count) == 3 })
      func version() -> Int {
        Int(
          (try? cluster.create(
            ResourceKind(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps"),
            ["metadata": ["generateName": "probe-"]], namespace: "default"))?[
              "metadata", "resourceVersion"]?.stringValue ?? "") ?? 0
      }
      // Settled when two looks in a row see no other write than their own.
      #expect(
        await eventually {
          let first = version()
          try? await Task.sleep(for: .milliseconds(200))
          return version() == first + 1
        })
    }
  }
}
