import Kubernetes
import Testing

/// Objects that no server takes: the fields it names, and its words where they matter to people.
@Suite("Validation", .timeLimit(.minutes(15)))
struct ValidationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var kind: ResourceKind
    var object: JSONValue
    var fields: [String]
    var text: String = ""

    init(
      _ description: String, _ kind: ResourceKind, _ object: JSONValue, _ fields: [String],
      _ text: String = ""
    ) {
      testDescription = description
      self.kind = kind
      self.object = object
      self.fields = fields
      self.text = text
    }
  }

  private static let deployment = K8s.Deployment.resourceKind
  private static let service = K8s.Service.resourceKind
  private static let claim = K8s.PersistentVolumeClaim.resourceKind
  private static let pod = K8s.Pod.resourceKind
  private static let base = Manifests.deployment("a")

  static let workloads: [Case] = [
    Case(
      "a name in capitals", deployment, Manifests.deployment("Upper").withLabel("x"),
      ["metadata.name"], "must consist of lower case alphanumeric characters"),
    Case(
      "negative replicas", deployment, Manifests.deployment("a", replicas: -1), ["spec.replicas"],
      "Deployment.apps \"a\" is invalid: spec.replicas: Invalid value: -1: must be greater than or "
        + "equal to 0"),
    Case(
      "no selector", deployment, base.with(["spec", "selector"], nil),
      ["spec.selector", "spec.template.metadata.labels"]),
    Case(
      "an empty selector", deployment, base.with(["spec", "selector"], [:]), ["spec.selector"],
      "empty selector is invalid for deployment"),
    Case(
      "a selector of others", deployment,
      base.with(["spec", "selector"], ["matchLabels": ["x": "y"]]),
      ["spec.template.metadata.labels"],
      "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"a\"}: `selector` does "
        + "not match template `labels`"),
    Case(
      "no template", deployment, base.with(["spec", "template"], nil),
      ["spec.template.metadata.labels", "spec.template.spec.containers"]),
    Case(
      "a strategy that is none", deployment,
      base.with(["spec", "strategy"], ["type": "Sometimes"]), ["spec.strategy"]),
    Case(
      "both strategies", deployment,
      base.with(["spec", "strategy"], ["type": "Recreate", "rollingUpdate": ["maxSurge": 1]]),
      ["spec.strategy.rollingUpdate"], "may not be specified when strategy `type` is 'Recreate'"),
    Case(
      "a pod that ends", deployment,
      base.with(["spec", "template", "spec", "restartPolicy"], "Never"),
      ["spec.template.spec.restartPolicy"]),
  ]

  static let pods: [Case] = [
    Case("no containers", pod, ["metadata": ["name": "a"], "spec": [:]], ["spec.containers"]),
    Case(
      "no image", pod,
      ["metadata": ["name": "a"], "spec": ["containers": [["name": "main"]]]],
      ["spec.containers[0].image"]),
    Case(
      "a container's name", pod, Manifests.pod("a", ["name": "Main_"]),
      ["spec.containers[0].name"]),
    Case(
      "a mount of nothing", pod,
      Manifests.pod("a", ["volumeMounts": [["name": "v", "mountPath": "/v"]]]),
      ["spec.containers[0].volumeMounts[0].name"], "Not found: \"v\""),
    Case(
      "more GPUs asked than allowed", pod,
      Manifests.pod(
        "a",
        ["resources": ["limits": ["nvidia.com/gpu": "1"], "requests": ["nvidia.com/gpu": "2"]]]),
      ["spec.containers[0].resources.requests"], "must be equal to nvidia.com/gpu limit"),
    Case(
      "half a GPU", pod,
      Manifests.pod("a", ["resources": ["limits": ["nvidia.com/gpu": "500m"]]]),
      [
        "spec.containers[0].resources.limits[nvidia.com/gpu]",
        "spec.containers[0].resources.requests[nvidia.com/gpu]",
      ], "must be an integer"),
    Case(
      "GPUs without a limit", pod,
      Manifests.pod("a", ["resources": ["requests": ["nvidia.com/gpu": "1"]]]),
      ["spec.containers[0].resources.limits"]),
    Case(
      "more CPU asked than allowed", pod,
      Manifests.pod("a", ["resources": ["limits": ["cpu": "1"], "requests": ["cpu": "2"]]]),
      ["spec.containers[0].resources.requests"], "must be less than or equal to cpu limit"),
    Case(
      "a port beyond all", pod, Manifests.pod("a", ["ports": [["containerPort": 70_000]]]),
      ["spec.containers[0].ports[0].containerPort"], "must be between 1 and 65535, inclusive"),
    Case(
      "a probe that probes nothing", pod,
      Manifests.pod("a", ["readinessProbe": ["periodSeconds": 5]]),
      ["spec.containers[0].readinessProbe"], "must specify a handler type"),
    Case(
      "a variable with two values", pod,
      Manifests.pod(
        "a",
        [
          "env": [
            [
              "name": "A", "value": "1", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]],
            ]
          ]
        ]), ["spec.containers[0].env[0].valueFrom"]),
  ]

  static let others: [Case] = [
    Case(
      "a service that starts with a digit", service,
      Manifests.service("1a", ["ports": [["port": 80]]]), ["metadata.name"],
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-'"),
    Case(
      "a service without ports", service, Manifests.service("a", ["selector": ["a": "b"]]),
      ["spec.ports"], "Service \"a\" is invalid: spec.ports: Required value"),
    Case(
      "ports without names", service,
      Manifests.service("a", ["ports": [["port": 80], ["port": 81]]]),
      ["spec.ports[0].name", "spec.ports[1].name"]),
    Case(
      "an address that is none", service,
      Manifests.service("a", ["clusterIP": "here", "ports": [["port": 80]]]),
      ["spec.clusterIPs[0]"], "must be a valid IP address"),
    Case(
      "a claim without a mode", claim,
      Manifests.claim("a", ["resources": ["requests": ["storage": "1Gi"]]]), ["spec.accessModes"],
      "at least 1 access mode is required"),
    Case(
      "a claim without a size", claim, Manifests.claim("a", ["accessModes": ["ReadWriteOnce"]]),
      ["spec.resources[storage]"]),
    Case(
      "a label with a blank", Sandbox.configMap,
      Manifests.configMap("a", labels: ["tier": "a b"]), ["metadata.labels"],
      "a valid label must be an empty string or consist of alphanumeric characters"),
    Case(
      "an owner without identity", Sandbox.configMap,
      Manifests.configMap("a").with(
        ["metadata", "ownerReferences"], [["apiVersion": "v1", "kind": "ConfigMap", "name": "x"]]),
      ["metadata.ownerReferences.uid"], "uid must not be empty"),
    Case(
      "a finalizer without a domain", Sandbox.configMap,
      Manifests.configMap("a").with(["metadata", "finalizers"], ["mine"]),
      ["metadata.finalizers[0]"]),
    Case(
      "a key with a blank", K8s.Secret.resourceKind,
      ["metadata": ["name": "a"], "data": ["a b": "YQ=="]], ["data[a b]"]),
  ]

  @Test(arguments: Target.all, workloads + pods + others)
  func isRefused(_ target: Target, _ example: Case) async throws {
    try await target.runInDefault { box in
      let answer = try await box.create(example.kind, example.object)
      #expect(answer.code == 422)
      #expect(answer.reason == "Invalid")
      #expect(answer.fields == example.fields, "\(answer.message)")
      #expect(example.text.isEmpty || answer.message.contains(example.text), "\(answer.message)")
      #expect(answer.body["details", "kind"] == .string(example.kind.kind))
    }
  }

  @Test(arguments: Target.all)
  func whatIsFixedStaysFixed(_ target: Target) async throws {
    try await target.run { box in
      _ = try await box.create(Self.deployment, Manifests.deployment("a"))
      var other = Manifests.deployment("a")
      other["spec", "selector"] = ["matchLabels": ["x": "y"]]
      other["spec", "template", "metadata", "labels"] = ["x": "y"]
      let selector = try await box.send(.put, box.path(Self.deployment, "a"), other)
      #expect(selector.code == 422)
      #expect(selector.fields == ["spec.selector"])
      #expect(selector.message.hasSuffix("field is immutable"))
      _ = try await box.create(
        Self.claim,
        Manifests.claim(
          "a",
          [
            "storageClassName": "of-nobody", "accessModes": ["ReadWriteOnce"],
            "resources": ["requests": ["storage": "2Gi"]],
          ]))
      let modes = try await box.patch(
        Self.claim, "a", ["spec": ["accessModes": ["ReadWriteMany"]]])
      #expect(modes.code == 422)
      #expect(modes.fields == ["spec"])
      let smaller = try await box.patch(
        Self.claim, "a", ["spec": ["resources": ["requests": ["storage": "1Gi"]]]])
      #expect(smaller.code == 422)
      #expect(smaller.fields.contains("spec.resources.requests.storage"))
      _ = try await box.create(
        K8s.Secret.resourceKind, ["metadata": ["name": "a"], "stringData": ["k": "v"]])
      let type = try await box.patch(K8s.Secret.resourceKind, "a", ["type": "other"])
      #expect(type.fields == ["type"])
    }
  }
}

extension JSONValue {
  /// A deployment whose labels are legal whatever its name is.
  fileprivate func withLabel(_ value: JSONValue) -> JSONValue {
    with(["spec", "selector", "matchLabels", "app"], value)
      .with(["spec", "template", "metadata", "labels", "app"], value)
  }
}
