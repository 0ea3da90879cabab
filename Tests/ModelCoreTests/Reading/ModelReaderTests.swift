import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

@Suite("Model reader")
struct ModelReaderTests {
  static func deployment(_ json: String) throws -> K8s.Deployment {
    try JSONCoding.decode(K8s.Deployment.self, from: JSONValue(parsing: Data(json.utf8)))
  }

  static func read(
    _ deployment: K8s.Deployment, pods: [K8s.Pod] = [], services: [K8s.Service]? = nil,
    last: Model? = nil, nodes: [K8s.Node] = []
  ) -> Model {
    ModelReader(organization: "7").model(
      from: .init(deployment: deployment, pods: pods, services: services, last: last),
      inventory: GPUInventory(nodes: nodes, pods: pods), now: StatusScene.now)
  }

  static func service(
    _ name: String, selector: [String: String]?, ports: [(String?, Int)] = [("serve", 8000)],
    namespace: String = "jan-models"
  ) -> K8s.Service {
    K8s.Service(
      metadata: K8s.ObjectMeta(name: name, namespace: namespace),
      spec: .init(
        selector: selector,
        ports: ports.map { .init(name: $0.0, port: $0.1, targetPort: .int($0.1)) }))
  }

  static func ours() throws -> K8s.Deployment {
    var deployment = try JSONCoding.decode(
      K8s.Deployment.self, from: ManifestTests.manifests().deployment())
    deployment.metadata.uid = "d"
    deployment.metadata.resourceVersion = "42"
    deployment.metadata.creationTimestamp = ManifestTests.now
    return deployment
  }

  @Test("a model of ours, from its own manifests")
  func ours() throws {
    var pod = K8s.Pod.ready("p", node: "gpu-1")
    pod.spec?.containers = try Self.ours().spec?.template?.spec?.containers ?? []
    pod.status?.containerStatuses?[0].restartCount = 3
    let model = Self.read(
      try Self.ours(), pods: [pod],
      services: [Self.service("llama-7b", selector: [ModelKeys.modelName: "llama-7b"])],
      nodes: [.gpu("gpu-1", 8)])
    #expect(model.id == ModelID(namespace: "jan-models", name: "llama-7b"))
    #expect(model.uid == "d" && model.resourceVersion == "42")
    #expect(model.organization == "7" && model.isManaged && model.isOurs && !model.isDeleting)
    #expect(model.displayName == "Llama 2" && model.modelDescription == "For chat")
    #expect(model.tags == ["llama", "7b"])
    #expect(model.status == .running && model.reason == "")
    #expect(model.desiredReplicas == 1 && model.readyReplicas == 1)
    #expect(
      model.gpu
        == GPUAssignment(
          perReplica: 2, requested: 2,
          placements: [.init(node: "gpu-1", product: "NVIDIA-H200", count: 2)]))
    #expect(model.nodes == ["gpu-1"] && model.restarts == 3)
    #expect(model.endpoint == "http://llama-7b.jan-models.svc.cluster.local:8000")
    #expect(model.serviceName == "llama-7b" && model.port == 8000)
    #expect(model.image == "vllm/vllm-openai:v0.9.2" && model.command.first == "vllm")
    #expect(model.huggingFaceID == "meta-llama/Llama-2-7b")
    #expect(model.createdAt == ManifestTests.now && model.updatedAt == ManifestTests.now)
    #expect(model.createdBy == "ann")
  }

  @Test("whose it is")
  func ownership() throws {
    var deployment = try Self.ours()
    deployment.metadata.labels?[ModelKeys.organization] = "8"
    #expect(Self.read(deployment).isManaged && !Self.read(deployment).isOurs)
    // From YAML: our organization and our annotations, not managed.
    deployment.metadata.labels = [ModelKeys.organization: "7", ModelKeys.modelName: "llama-7b"]
    #expect(!Self.read(deployment).isManaged && Self.read(deployment).isOurs)
    deployment.metadata.annotations = [:]
    #expect(!Self.read(deployment).isOurs)
    deployment.metadata.labels = nil
    #expect(Self.read(deployment).organization == nil)
  }

  static let helm = #"""
    {"metadata": {"name": "jan-v1", "namespace": "jan", "uid": "h",
      "labels": {"app.kubernetes.io/managed-by": "Helm", "model.aibrix.ai/name": "jan-v1-4b"}},
     "spec": {"template": {"metadata": {"labels": {"model.aibrix.ai/name": "jan-v1-4b"}},
      "spec": {"containers": [
       {"name": "proxy", "image": "envoy", "command": ["envoy"]},
       {"name": "vllm-openai", "image": "vllm/vllm-openai:v0.10.0", "command": ["sh"],
        "args": ["-c", "python3 -m vllm.entrypoints.openai.api_server \\\n --model janhq/Jan-v1-4B \\\n --served-model-name jan-v1-4b --port 8101\n"]}]}}},
     "status": {"readyReplicas": 1}}
    """#

  @Test("a Helm chart's model: name label only, the command in a shell, a sidecar before it")
  func foreign() throws {
    let model = Self.read(
      try Self.deployment(Self.helm),
      services: [
        Self.service("jan-v1-service", selector: ["model": "x"], namespace: "jan"),
        Self.service(
          "other", selector: [ModelKeys.modelName: "jan-v1-4b"], ports: [("x", 1), (nil, 8101)],
          namespace: "jan"),
        Self.service(
          "jan-v1-4b", selector: [ModelKeys.modelName: "jan-v1-4b"], ports: [(nil, 80)],
          namespace: "elsewhere"),
      ])
    #expect(!model.isManaged && !model.isOurs)
    #expect(model.displayName == "jan-v1" && model.tags == [])
    #expect(model.image == "vllm/vllm-openai:v0.10.0")
    #expect(model.port == 8101)
    #expect(model.huggingFaceID == "janhq/Jan-v1-4B")
    #expect(model.serviceName == "other")
    #expect(model.endpoint == "http://other.jan.svc.cluster.local:8101")
    #expect(model.status == .running)
  }

  @Test("the Service of Aibrix's name goes before any other that selects it")
  func services() throws {
    let selector = [ModelKeys.modelName: "jan-v1-4b"]
    let model = Self.read(
      try Self.deployment(Self.helm),
      services: [
        Self.service("a", selector: selector, namespace: "jan"),
        Self.service("jan-v1-4b", selector: selector, ports: [("serve", 9000)], namespace: "jan"),
        Self.service("empty", selector: [:], namespace: "jan"),
      ])
    #expect(model.endpoint == "http://jan-v1-4b.jan.svc.cluster.local:9000")
  }

  @Test("no Service is nil, and said of a model that runs; not known is only nil")
  func noService() throws {
    let deployment = try Self.deployment(Self.helm)
    #expect(Self.read(deployment, services: []).endpoint == nil)
    #expect(Self.read(deployment, services: []).reason == "degraded: no Service leads to it")
    #expect(Self.read(deployment).reason == "")
  }

  @Test("a Service that does not lead to the pods is said to be so, and promises no endpoint")
  func wrongSelector() throws {
    let model = Self.read(
      try Self.deployment(Self.helm),
      services: [Self.service("jan-v1-4b", selector: ["app": "other"], namespace: "jan")])
    #expect(model.endpoint == nil)
    #expect(
      model.reason
        == "degraded: Service jan-v1-4b leads to none of its pods: they do not have the label app=other"
    )
  }

  @Test("a Deployment of almost nothing")
  func bare() throws {
    let model = Self.read(try Self.deployment(#"{"metadata": {"name": "x"}}"#))
    #expect(model.status == .pending && model.port == 8000 && model.image == "")
    #expect(model.gpu == GPUAssignment() && model.nodes == [])
  }

  @Test("annotations of others that are no good do no harm")
  func badAnnotations() throws {
    var deployment = try Self.ours()
    deployment.metadata.annotations = [
      ModelKeys.tags: "{{{", ModelKeys.updatedAt: "yesterday", ModelKeys.displayName: "",
      ModelKeys.specification: "?",
    ]
    deployment.metadata.labels?[ModelKeys.modelPort] = "http"
    let model = Self.read(deployment)
    #expect(model.displayName == "llama-7b" && model.updatedAt == ManifestTests.now)
    #expect(model.port == 8000 && model.tags == ["{{{"])
  }

  @Test("a model that is being deleted keeps its status")
  func deleting() throws {
    var deployment = try Self.ours()
    deployment.metadata.deletionTimestamp = StatusScene.now
    var last = Model(id: ModelID(namespace: "jan-models", name: "llama-7b"), uid: "d")
    last.status = .failed
    let model = Self.read(deployment, services: [], last: last)
    #expect(model.status == .failed && model.isDeleting && model.reason == "being deleted")
  }

  @Test(
    "names of the hub",
    arguments: [
      ("meta-llama/Llama-2-7b", true), ("Qwen/Qwen2.5_7B", true), ("gpt2", false),
      ("/models/llama", false), ("./a/b", false), ("a/b/c", false), ("s3://b/k", false),
      ("a/", false), ("org/-x", false), ("org/na me", false), ("../x", false), ("", false),
    ])
  func hub(name: String, isHub: Bool) {
    #expect(HuggingFaceID.find(in: name) == (isHub ? name : nil))
  }
}
