import Foundation
import SimulatedCluster
import Testing

@Suite(
  "kubectl on the simulator", .enabled(if: Kubectl.isExpected), .serialized,
  .timeLimit(.minutes(15)))
struct KubectlTests {
  private static let deployment = """
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
            image: web:1
            ports: [{containerPort: 8000}]
            resources: {limits: {nvidia.com/gpu: "1"}}
            volumeMounts: [{name: data, mountPath: /data}]
          volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, labels: {app: web}}
    spec:
      selector: {app: web}
      ports: [{name: http, port: 80, targetPort: 8000}]
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data, labels: {app: web}}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 5Gi}}
    """

  private static let model = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: m, labels: {app: m}}
    spec:
      selector: {matchLabels: {app: m}}
      template:
        metadata: {labels: {app: m}}
        spec:
          containers:
          - {name: main, image: "vllm:1", command: [vllm, serve, org/m, --served-model-name, m]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: m}
    spec:
      selector: {app: m}
      ports: [{port: 80, targetPort: 8000}]
    """

  private static func map(_ value: String) -> String {
    """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data: {key: "\(value)"}
    """
  }

  /// The cells of the line of a table that begins with a name.
  private func row(_ name: String, _ table: Kubectl.Result) -> [String] {
    let line = table.lines.first { $0.hasPrefix(name) } ?? ""
    return line.split(separator: " ").map(String.init)
  }

  private func makeReady(_ kubectl: Kubectl) async throws {
    try await kubectl.run("apply", "-f", "-", input: Self.deployment)
    try await kubectl.run("rollout", "status", "deployment/web", "--timeout=60s")
  }

  @Test func tables() async throws {
    try await Kubectl.with { kubectl in
      try await makeReady(kubectl)
      let deployments = try await kubectl.run("get", "deployments")
      #expect(
        deployments.lines.first?.split(separator: " ")
          == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"])
      #expect(row("web", deployments).prefix(4) == ["web", "1/1", "1", "1"])
      let wide = try await kubectl.run("get", "deploy", "web", "-o", "wide")
      #expect(row("web", wide).suffix(3) == ["main", "web:1", "app=web"])
      let pods = try await kubectl.run("get", "pods", "-o", "wide", "-l", "app=web")
      #expect(row("web-", pods).dropFirst().prefix(3) == ["1/1", "Running", "0"])
      #expect(pods.output.contains("gpu-"))
      let services = try await kubectl.run("get", "svc", "web")
      #expect(row("web", services).contains("80/TCP"))
      let claims = try await kubectl.run("get", "pvc")
      #expect(row("data", claims).dropFirst().first == "Bound")
      #expect(row("data", claims).contains("RWO"))
      let nodes = try await kubectl.run("get", "nodes")
      #expect(nodes.lines.count == 3 && row("gpu-0", nodes)[1] == "Ready")
      let all = try await kubectl.run("get", "all", "-A")
      for kind in ["pod/web-", "service/web", "deployment.apps/web", "replicaset.apps/web-"] {
        #expect(all.output.contains(kind))
      }
    }
  }

  @Test func createsFromTheCommandLine() async throws {
    try await Kubectl.with { kubectl in
      try await kubectl.run("create", "namespace", "team")
      try await kubectl.run(
        "-n", "team", "create", "secret", "generic", "login", "--from-literal=user=jane")
      try await kubectl.run("-n", "team", "create", "deployment", "shop", "--image=shop:1")
      let user = try await kubectl.run(
        "-n", "team", "get", "secret", "login", "-o", "jsonpath={.data.user}")
      #expect(user.output == "amFuZQ==")
      try await kubectl.run("-n", "team", "rollout", "status", "deploy/shop", "--timeout=60s")
    }
  }

  @Test func outputs() async throws {
    try await Kubectl.with { kubectl in
      try await makeReady(kubectl)
      let json = try await kubectl.json("deployment", "web")
      #expect(json["kind"] as? String == "Deployment")
      #expect(json["apiVersion"] as? String == "apps/v1")
      let yaml = try await kubectl.run("get", "deployment", "web", "-o", "yaml")
      #expect(yaml.lines.first == "apiVersion: apps/v1")
      #expect(yaml.output.contains("readyReplicas: 1"))
      let name = try await kubectl.run("get", "deploy", "-o", "name")
      #expect(name.lines == ["deployment.apps/web"])
      let path = try await kubectl.run(
        "get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
      #expect(path.output == "web:1")
      let absent = try await kubectl.run("get", "deploy", "none", checked: false)
      #expect(absent.status == 1)
      #expect(
        absent.errors.contains(
          "Error from server (NotFound): deployments.apps \"none\" not found"))
    }
  }

  @Test func watching() async throws {
    try await Kubectl.with { kubectl in
      try await kubectl.run("apply", "-f", "-", input: Self.map("1"))
      let watch = try kubectl.start("get", "configmap", "settings", "-w", "-o", "name")
      defer { watch.end() }
      await reaches("the first line") { watch.output.contains("configmap/settings\n") }
      // A line comes for every change: one, however late the watch itself began.
      await reaches("a second line") {
        _ = try? await kubectl.run(
          "patch", "configmap", "settings", "-p", "{\"data\":{\"key\":\"\(UUID().uuidString)\"}}")
        return watch.output.split(separator: "\n").count >= 2
      }
    }
  }

  @Test func logsAndProxies() async throws {
    try await Kubectl.with { kubectl in
      try await kubectl.run("apply", "-f", "-", input: Self.model)
      try await kubectl.run("rollout", "status", "deployment/m", "--timeout=60s")
      try await reaches("the end of the start") {
        try await kubectl.run("logs", "deploy/m", checked: false).output
          .contains("server: listening on 0.0.0.0:8000\n")
      }
      let all = try await kubectl.run("logs", "deploy/m")
      #expect(all.output.contains("server: model org/m, served as m\n"))
      let last = try await kubectl.run("logs", "-l", "app=m", "--tail=1", "--timestamps")
      #expect(last.lines.count == 1 && last.output.contains("Z "))
      let follow = try kubectl.start("logs", "-f", "deploy/m")
      defer { follow.end() }
      await reaches("what was there, and one more line") {
        follow.output.split(separator: "\n").count > all.lines.count
      }
      let previous = try await kubectl.run("logs", "deploy/m", "--previous", checked: false)
      #expect(previous.errors.contains("previous terminated container"))
      let path = "/api/v1/namespaces/default/services/m:80/proxy/v1/models"
      try await reaches("the Service's endpoints") {
        try await kubectl.run("get", "--raw", path, checked: false).output.contains("\"id\":\"m\"")
      }
    }
  }

  @Test func descriptions() async throws {
    try await Kubectl.with { kubectl in
      try await makeReady(kubectl)
      let pod = try await kubectl.run("describe", "pod", "-l", "app=web")
      for text in ["Node:", "gpu-", "Image:", "web:1", "ClaimName:", "Scheduled", "Started"] {
        #expect(pod.output.contains(text), "\(text) in \(pod.output)")
      }
      let deployment = try await kubectl.run("describe", "deployment", "web")
      for text in ["1 desired", "ScalingReplicaSet", "NewReplicaSet:", "MinimumReplicasAvailable"] {
        #expect(deployment.output.contains(text), "\(text) in \(deployment.output)")
      }
      let node = try await kubectl.run("describe", "node")
      for text in ["Allocatable:", "nvidia.com/gpu", "Allocated resources", "default"] {
        #expect(node.output.contains(text), "\(text) in \(node.output)")
      }
      let service = try await kubectl.run("describe", "service", "web")
      #expect(service.output.contains("8000/TCP"))
      #expect(service.output.contains("10.244."))
      let claim = try await kubectl.run("describe", "pvc", "data")
      for text in ["Bound", "5Gi", "Used By:", "web-"] {
        #expect(claim.output.contains(text), "\(text) in \(claim.output)")
      }
    }
  }

  @Test func applyOnTheServer() async throws {
    try await Kubectl.with { kubectl in
      let first = try await kubectl.run(
        "apply", "--server-side", "-f", "-", input: Self.deployment)
      #expect(first.output.contains("deployment.apps/web serverside-applied"))
      let version = try await kubectl.run("get", "svc", "web", "-o", "jsonpath={.metadata.uid}")
      try await kubectl.run("apply", "--server-side", "-f", "-", input: Self.deployment)
      let again = try await kubectl.run("get", "svc", "web", "-o", "jsonpath={.metadata.uid}")
      #expect(version.output == again.output)

      try await kubectl.run(
        "apply", "--server-side", "--field-manager=one", "-f", "-", input: Self.map("1"))
      let conflict = try await kubectl.run(
        "apply", "--server-side", "--field-manager=two", "-f", "-", input: Self.map("2"),
        checked: false)
      #expect(conflict.status == 1)
      #expect(conflict.errors.contains("conflict with \"one\": .data.key"), "\(conflict.errors)")
      try await kubectl.run(
        "apply", "--server-side", "--field-manager=two", "--force-conflicts", "-f", "-",
        input: Self.map("2"))
      let value = try await kubectl.run("get", "cm", "settings", "-o", "jsonpath={.data.key}")
      #expect(value.output == "2")
    }
  }

  @Test func applyOnTheClient() async throws {
    try await Kubectl.with { kubectl in
      let first = try await kubectl.run("apply", "-f", "-", input: Self.map("1"))
      #expect(first.output == "configmap/settings created\n")
      let same = try await kubectl.run("apply", "-f", "-", input: Self.map("1"))
      #expect(same.output == "configmap/settings unchanged\n")
      let changed = try await kubectl.run("apply", "-f", "-", input: Self.map("2"))
      #expect(changed.output == "configmap/settings configured\n")
      let tried = try await kubectl.run(
        "apply", "--dry-run=server", "-f", "-", input: Self.map("3"))
      #expect(tried.output.contains("(server dry run)"))
      let value = try await kubectl.run("get", "cm", "settings", "-o", "jsonpath={.data.key}")
      #expect(value.output == "2")
      try await kubectl.run("apply", "-f", "-", input: Self.deployment)
      let next = Self.deployment.replacing("web:1", with: "web:2")
      let configured = try await kubectl.run("apply", "-f", "-", input: next)
      #expect(configured.output.contains("deployment.apps/web configured"))
      #expect(configured.output.contains("service/web unchanged"))
    }
  }

  @Test(arguments: [
    (
      "strategic",
      #"{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"web:2"}]}}}}"#
    ),
    ("merge", #"{"spec":{"template":{"metadata":{"annotations":{"a":"b"}}},"minReadySeconds":1}}"#),
    (
      "json", #"[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"web:2"}]"#
    ),
  ])
  func patches(_ row: (type: String, patch: String)) async throws {
    try await Kubectl.with { kubectl in
      try await kubectl.run("apply", "-f", "-", input: Self.deployment)
      let answer = try await kubectl.run(
        "patch", "deployment", "web", "--type", row.type, "-p", row.patch)
      #expect(answer.output == "deployment.apps/web patched\n")
      let yaml = try await kubectl.run("get", "deployment", "web", "-o", "yaml").output
      #expect(yaml.contains(row.type == "merge" ? "minReadySeconds: 1" : "image: web:2"))
      #expect(yaml.contains("containerPort: 8000"))
      // kubectl takes any change in between for one of its own, that of the status included.
      try await kubectl.run("rollout", "status", "deployment/web", "--timeout=60s")
      let same = try await kubectl.run(
        "patch", "deployment", "web", "--type", row.type, "-p", row.patch)
      #expect(same.output == "deployment.apps/web patched (no change)\n")
    }
  }

  @Test func labelsAndScale() async throws {
    try await Kubectl.with { kubectl in
      try await makeReady(kubectl)
      try await kubectl.run("label", "deployment", "web", "tier=gold")
      let refused = try await kubectl.run(
        "label", "deployment", "web", "tier=lead", checked: false)
      #expect(refused.status == 1 && refused.errors.contains("--overwrite"))
      let found = try await kubectl.run("get", "deploy", "-l", "tier=gold", "-o", "name")
      #expect(found.lines == ["deployment.apps/web"])
      try await kubectl.run("label", "deployment", "web", "tier-")
      let gone = try await kubectl.run("get", "deploy", "-l", "tier=gold", "-o", "name")
      #expect(gone.lines.isEmpty)
      try await kubectl.run("annotate", "deployment", "web", "note=hello")
      let note = try await kubectl.run(
        "get", "deploy", "web", "-o", "jsonpath={.metadata.annotations.note}")
      #expect(note.output == "hello")

      let scaled = try await kubectl.run("scale", "deployment/web", "--replicas=3")
      #expect(scaled.output == "deployment.apps/web scaled\n")
      let rolled = try await kubectl.run(
        "rollout", "status", "deployment/web", "--timeout=60s")
      #expect(rolled.output.contains("successfully rolled out"))
      let ready = try await kubectl.run("get", "deploy", "web")
      #expect(row("web", ready).prefix(2) == ["web", "3/3"])
      try await kubectl.run(
        "wait", "--for=condition=Available", "deployment/web", "--timeout=60s")
      let late = try await kubectl.run(
        "wait", "--for=condition=Progressing=Unknown", "deployment/web", "--timeout=1s",
        checked: false)
      #expect(late.status == 1)
      try await kubectl.run("rollout", "restart", "deployment/web")
      try await kubectl.run("rollout", "status", "deployment/web", "--timeout=60s")
      let history = try await kubectl.run("rollout", "history", "deployment/web")
      #expect(history.lines.last?.hasPrefix("2") == true)
    }
  }

  @Test(arguments: ["foreground", "background", "orphan"])
  func deletion(_ cascade: String) async throws {
    try await Kubectl.with { kubectl in
      try await makeReady(kubectl)
      let answer = try await kubectl.run(
        "delete", "deployment", "web", "--cascade=\(cascade)", "--timeout=60s")
      #expect(answer.output.contains("deployment.apps \"web\" deleted"))
      let deployments = try await kubectl.run("get", "deploy", "-o", "name")
      #expect(deployments.lines.isEmpty)
      if cascade == "orphan" {
        let sets = try await kubectl.json("rs", "-l", "app=web")
        let items = sets["items"] as? [[String: Any]] ?? []
        #expect(items.count == 1)
        let metadata = items.first?["metadata"] as? [String: Any]
        #expect(metadata?["ownerReferences"] == nil)
        let pods = try await kubectl.run("get", "pods", "-l", "app=web")
        #expect(row("web-", pods).dropFirst().prefix(2) == ["1/1", "Running"])
        return
      }
      try await kubectl.run("wait", "--for=delete", "pod", "-l", "app=web", "--timeout=60s")
      try await reaches("nothing is left") {
        try await kubectl.run("get", "rs,pods", "-l", "app=web", "-o", "name").lines.isEmpty
      }
    }
  }

  @Test func eventsTellWhatHappened() async throws {
    try await Kubectl.with { kubectl in
      try await makeReady(kubectl)
      let table = try await kubectl.run("get", "events")
      #expect(
        table.lines.first?.split(separator: " ")
          == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"])
      for reason in ["Scheduled", "Pulled", "Created", "Started", "SuccessfulCreate"] {
        #expect(table.output.contains(reason), "\(reason)")
      }
      let events = try await kubectl.run("events", "--for", "deployment/web")
      #expect(events.output.contains("ScalingReplicaSet"))
    }
  }

  @Test func cordonKeepsPodsAway() async throws {
    try await Kubectl.with { kubectl in
      try await kubectl.run("cordon", "gpu-0")
      try await kubectl.run("cordon", "gpu-1")
      let nodes = try await kubectl.run("get", "nodes")
      #expect(row("gpu-0", nodes)[1] == "Ready,SchedulingDisabled")
      try await kubectl.run("apply", "-f", "-", input: Self.deployment)
      try await reaches("the scheduler says why") {
        try await kubectl.run("get", "events").output.contains("node(s) were unschedulable")
      }
      try await kubectl.run("uncordon", "gpu-1")
      try await kubectl.run("rollout", "status", "deployment/web", "--timeout=60s")
      let pods = try await kubectl.run("get", "pods", "-o", "wide")
      #expect(pods.output.contains("gpu-1"))
    }
  }

  @Test func whatTheServerOffers() async throws {
    try await Kubectl.with { kubectl in
      let resources = try await kubectl.run("api-resources")
      for word in ["deployments", "deploy", "servicemonitors", "podautoscalers", "clusterpolicies"]
      {
        #expect(resources.output.contains(word), "\(word)")
      }
      let versions = try await kubectl.run("api-versions")
      #expect(versions.lines.contains("apps/v1") && versions.lines.contains("v1"))
      let may = try await kubectl.run("auth", "can-i", "create", "deployments")
      #expect(may.output == "yes\n")
      let version = try await kubectl.run("version", "-o", "json")
      #expect(version.output.contains("serverVersion"))
      let explained = try await kubectl.run("explain", "deployment", checked: false)
      #expect(explained.output.contains("Deployment") || explained.status != 0)
    }
  }

  @Test func creationAndDifferences() async throws {
    try await Kubectl.with { kubectl in
      try await kubectl.run("create", "-f", "-", input: Self.map("1"))
      let again = try await kubectl.run("create", "-f", "-", input: Self.map("1"), checked: false)
      #expect(again.errors.contains("configmaps \"settings\" already exists"))
      try await kubectl.run("apply", "-f", "-", input: Self.map("1"))
      let difference = try await kubectl.run(
        "diff", "-f", "-", input: Self.map("2"), checked: false)
      #expect(difference.output.contains("-  key: \"1\""), "\(difference)")
      #expect(difference.output.contains("+  key: \"2\""))
    }
  }

  @Test func aNamespaceWithEverythingInIt() async throws {
    try await Kubectl.with { kubectl in
      let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: models}"
      try await kubectl.run("create", "-f", "-", input: namespace)
      try await kubectl.run("apply", "-n", "models", "-f", "-", input: Self.deployment)
      try await kubectl.run("delete", "namespace", "models", "--timeout=60s")
      let gone = try await kubectl.run("get", "ns", "models", checked: false)
      #expect(gone.errors.contains("namespaces \"models\" not found"))
      #expect(try await kubectl.run("get", "pods", "-n", "models", "-o", "name").lines.isEmpty)
    }
  }

  @Test func aRolloutThatIsUndone() async throws {
    try await Kubectl.with { kubectl in
      try await makeReady(kubectl)
      try await kubectl.run("set", "image", "deployment/web", "main=web:2")
      try await kubectl.run("rollout", "status", "deployment/web", "--timeout=60s")
      try await kubectl.run("rollout", "undo", "deployment/web")
      try await kubectl.run("rollout", "status", "deployment/web", "--timeout=60s")
      let path = "jsonpath={.spec.template.spec.containers[0].image}"
      #expect(try await kubectl.run("get", "deploy", "web", "-o", path).output == "web:1")
      #expect(try await kubectl.run("get", "rs", "-o", "name").lines.count == 2)
    }
  }

  @Test func strictValidation() async throws {
    try await Kubectl.with { kubectl in
      let refused = try await kubectl.run(
        "apply", "-f", "-",
        input: Self.deployment.replacing("replicas: 1", with: "replicaz: 1"), checked: false)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("unknown field \"spec.replicaz\""), "\(refused.errors)")
    }
  }
}
