import Foundation
import Kubernetes
import SimulatedCluster
import TestSupport
import Testing

@Suite(
  "kubectl on the simulated cluster", .enabled(if: Kubectl.isExpected), .timeLimit(.minutes(3)))
struct KubectlTests {
  private let manifest = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: web}}
    spec:
      replicas: 1
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: main
            image: example/main:1
            resources: {limits: {nvidia.com/gpu: 1}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 8000}]}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: web-storage}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}
    """

  @Test func showsTables() async throws {
    try await withKubectl { kubectl, _ in
      _ = try await kubectl("apply", "-f", try kubectl.file(manifest))
      _ = try await kubectl("wait", "--for=condition=Available", "--timeout=30s", "deploy/web")
      let deployments = try await kubectl("get", "deployments").output
      #expect(deployments.contains("NAME   READY   UP-TO-DATE   AVAILABLE   AGE"))
      #expect(deployments.contains("web    1/1     1            1"))
      let pods = try await kubectl("get", "pods", "-o", "wide").output
      #expect(pods.contains("NODE"))
      #expect(pods.contains("gpu-"))
      let nodes = try await kubectl("get", "nodes").output
      #expect(nodes.contains("gpu-0   Ready"))
      #expect(try await kubectl("get", "pvc,svc,rs,ns,sc,events,leases,secrets", "-A").status == 0)
      let name = try await kubectl("get", "deploy", "web", "-o", "name").output
      #expect(name == "deployment.apps/web\n")
      let path = "jsonpath={.status.readyReplicas}"
      #expect(try await kubectl("get", "deploy", "web", "-o", path).output == "1")
      #expect(
        try await kubectl("get", "deploy", "web", "-o", "yaml").output.contains("kind: Deployment"))
      let kinds = try await kubectl("api-resources").output
      #expect(kinds.contains("podautoscalers"))
      let missing = try await kubectl("get", "deploy", "nothing", isChecked: false)
      #expect(
        missing.errors
          == "Error from server (NotFound): deployments.apps \"nothing\" not found\n")
    }
  }

  @Test func describesObjects() async throws {
    try await withKubectl { kubectl, _ in
      _ = try await kubectl("apply", "-f", try kubectl.file(manifest))
      _ = try await kubectl("rollout", "status", "deploy/web", "--timeout=30s")
      let pod = try await kubectl("describe", "pod", "-l", "app=web").output
      #expect(pod.contains("Successfully assigned default/web-"))
      #expect(pod.contains("nvidia.com/gpu:  1"))
      let deployment = try await kubectl("describe", "deployment", "web").output
      #expect(deployment.contains("1 desired | 1 updated | 1 total | 1 available | 0 unavailable"))
      #expect(deployment.contains("Scaled up replica set web-"))
      #expect(try await kubectl("describe", "node", "gpu-0").output.contains("Allocated resources"))
      let service = try await kubectl("describe", "service", "web").output
      #expect(service.contains(":8000"))
      let claim = try await kubectl("describe", "pvc", "web-storage").output
      #expect(claim.contains("WaitForFirstConsumer"))
    }
  }

  @Test func followsChanges() async throws {
    try await withKubectl { kubectl, cluster in
      async let watching = kubectl(
        "get", "pods", "-w", "--request-timeout=4s", isChecked: false)
      try await Task.sleep(for: .milliseconds(800))
      try cluster.deploy("web")
      let told = try await watching.output
      #expect(told.contains("ContainerCreating"))
      #expect(told.contains("Running"))
    }
  }

  @Test func appliesOnTheServer() async throws {
    try await withKubectl { kubectl, _ in
      let file = try kubectl.file(manifest)
      let applied = try await kubectl("apply", "--server-side", "-f", file).output
      #expect(applied.contains("deployment.apps/web serverside-applied"))
      let other = try kubectl.file(
        manifest.replacing("replicas: 1", with: "replicas: 2"))
      let refused = try await kubectl(
        "apply", "--server-side", "--field-manager=other", "-f", other, isChecked: false)
      #expect(refused.status == 1)
      #expect(
        refused.errors.contains(
          "Apply failed with 1 conflict: conflict with \"kubectl\": .spec.replicas"))
      _ = try await kubectl(
        "apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", other)
      let path = "jsonpath={.spec.replicas}"
      #expect(try await kubectl("get", "deploy", "web", "-o", path).output == "2")
      let dry = try await kubectl(
        "apply", "--server-side", "--dry-run=server", "-f", file, isChecked: false)
      #expect(dry.errors.contains("conflict"))
      let unknown = try kubectl.file(
        manifest.replacing("replicas: 1", with: "replica: 1"))
      let strict = try await kubectl("apply", "-f", unknown, isChecked: false)
      #expect(strict.errors.contains("unknown field \"spec.replica\""))
    }
  }

  @Test func changesObjects() async throws {
    try await withKubectl { kubectl, _ in
      let file = try kubectl.file(manifest)
      _ = try await kubectl("create", "-f", file)
      let again = try await kubectl("create", "-f", file, isChecked: false)
      #expect(again.errors.contains("deployments.apps \"web\" already exists"))
      for (type, patch) in [
        (
          "strategic",
          #"{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"x/a:1"}]}}}}"#
        ),
        ("merge", #"{"metadata":{"labels":{"tier":"a"}}}"#),
        ("json", #"[{"op":"replace","path":"/spec/replicas","value":2}]"#),
      ] {
        let patched = try await kubectl("patch", "deploy", "web", "--type=\(type)", "-p", patch)
        #expect(patched.output == "deployment.apps/web patched\n")
      }
      let path =
        "jsonpath={.spec.replicas} {.metadata.labels.tier} "
        + "{.spec.template.spec.containers[0].image}"
      #expect(try await kubectl("get", "deploy", "web", "-o", path).output == "2 a x/a:1")
      _ = try await kubectl("label", "deploy", "web", "tier=b", "--overwrite")
      _ = try await kubectl("annotate", "deploy", "web", "note=x")
      _ = try await kubectl("scale", "deploy", "web", "--replicas=1")
      _ = try await kubectl("rollout", "restart", "deploy/web")
      _ = try await kubectl("rollout", "status", "deploy/web", "--timeout=30s")
      let history = try await kubectl("rollout", "history", "deploy/web").output
      #expect(history.split(separator: "\n").count >= 4)
      _ = try await kubectl("set", "image", "deploy/web", "main=x/b:2")
      _ = try await kubectl("cordon", "gpu-0")
      #expect(
        try await kubectl("get", "nodes").output.contains("gpu-0   Ready,SchedulingDisabled"))
      _ = try await kubectl("uncordon", "gpu-0")
      #expect(try await kubectl("auth", "can-i", "create", "deployments").output == "yes\n")
      #expect(try await kubectl("explain", "deployment.spec.replicas").output.contains("integer"))
    }
  }

  @Test func appliesAgainAndAgain() async throws {
    try await withKubectl { kubectl, _ in
      _ = try await kubectl("apply", "-f", try kubectl.file(manifest))
      let same = try await kubectl("apply", "-f", try kubectl.file(manifest)).output
      #expect(same.contains("deployment.apps/web unchanged"))
      #expect(same.contains("service/web unchanged"))
      let changed = manifest.replacing("replicas: 1", with: "replicas: 2")
        .replacing("port: 8000", with: "port: 8001")
      let output = try await kubectl("apply", "-f", try kubectl.file(changed)).output
      #expect(output.contains("deployment.apps/web configured"))
      let path = "jsonpath={.spec.ports[*].port}"
      #expect(try await kubectl("get", "svc", "web", "-o", path).output == "8001")
      let difference = try await kubectl("diff", "-f", try kubectl.file(manifest), isChecked: false)
      #expect(difference.output.contains("-  replicas: 2"))
    }
  }

  @Test(arguments: ["foreground", "background", "orphan"])
  func deletes(_ cascade: String) async throws {
    try await withKubectl { kubectl, cluster in
      _ = try await kubectl("apply", "-f", try kubectl.file(manifest))
      #expect(await eventually { (try? cluster.pods.count) == 1 })
      let deleted = try await kubectl(
        "delete", "deploy", "web", "--cascade=\(cascade)", "--wait", "--timeout=30s")
      #expect(deleted.output.contains("deployment.apps \"web\" deleted"))
      if cascade == "orphan" {
        #expect(try cluster.list(K8s.ReplicaSet.resourceKind).count == 1)
      } else {
        if cascade == "foreground" {
          #expect(try cluster.list(K8s.ReplicaSet.resourceKind).isEmpty)
        }
        #expect(await eventually { (try? cluster.pods.isEmpty) == true })
      }
    }
  }

  @Test func deletesANamespace() async throws {
    try await withKubectl { kubectl, cluster in
      _ = try await kubectl(
        "create", "-f",
        try kubectl.file("{apiVersion: v1, kind: Namespace, metadata: {name: models}}"))
      _ = try await kubectl("apply", "-n", "models", "-f", try kubectl.file(manifest))
      _ = try await kubectl("delete", "namespace", "models", "--wait", "--timeout=30s")
      #expect(try cluster.list(K8s.Pod.resourceKind, namespace: "models").isEmpty)
      let gone = try await kubectl("get", "ns", "models", isChecked: false)
      #expect(gone.errors.contains("namespaces \"models\" not found"))
    }
  }
}
