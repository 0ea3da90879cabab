import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

@Suite("Manifests")
struct ManifestTests {
  static let now = Date(timeIntervalSince1970: 1_705_314_600)  // 2024-01-15T10:30:00Z

  static var request: CreateRequest {
    var request = CreateRequest(
      name: "llama-7b", image: "vllm/vllm-openai:v0.9.2",
      command: ["vllm", "serve", "meta-llama/Llama-2-7b", "--served-model-name", "llama-7b"])
    request.displayName = "Llama 2"
    request.modelDescription = "For chat"
    request.tags = ["llama", "7b"]
    request.gpuCount = 2
    request.storageSize = 30
    request.storageClass = "fast"
    request.huggingFaceToken = HuggingFaceToken("hf_topsecret")
    return request
  }

  static func manifests(_ change: (inout CreateRequest) -> Void = { _ in }) -> ModelManifests {
    var request = request
    change(&request)
    return ModelManifests(request: request, organization: "7", createdBy: "ann", now: now)
  }

  static let owner = ModelManifests.owner(name: "llama-7b", uid: "u-1")

  @Test("the Deployment, field by field")
  func deployment() throws {
    let manifest = try Self.manifests().deployment()
    let expected = try JSONValue(parsing: Data(Self.deploymentJSON.utf8))
    #expect(manifest == expected)
  }

  static let deploymentJSON = #"""
    {"apiVersion": "apps/v1", "kind": "Deployment",
     "metadata": {"name": "llama-7b", "namespace": "jan-models",
      "labels": {"app.kubernetes.io/managed-by": "jan-server", "model.aibrix.ai/name": "llama-7b",
       "model.aibrix.ai/port": "8000", "jan-server.menlo.ai/organization": "7"},
      "annotations": {"jan-server.menlo.ai/manifest-revision": "1",
           "jan-server.menlo.ai/display-name": "Llama 2",
       "jan-server.menlo.ai/description": "For chat",
       "jan-server.menlo.ai/tags": "[\"llama\",\"7b\"]",
       "jan-server.menlo.ai/spec": "{\"command\":[\"vllm\",\"serve\",\"meta-llama/Llama-2-7b\",\"--served-model-name\",\"llama-7b\"],\"description\":\"For chat\",\"display_name\":\"Llama 2\",\"gpu_count\":2,\"image\":\"vllm/vllm-openai:v0.9.2\",\"initial_delay_seconds\":60,\"name\":\"llama-7b\",\"storage_class\":\"fast\",\"storage_size\":30,\"tags\":[\"llama\",\"7b\"],\"uses_hugging_face_token\":true}",
       "jan-server.menlo.ai/created-by": "ann", "jan-server.menlo.ai/updated-by": "ann",
       "jan-server.menlo.ai/updated-at": "2024-01-15T10:30:00Z"}},
     "spec": {"replicas": 1, "selector": {"matchLabels": {"model.aibrix.ai/name": "llama-7b"}},
      "strategy": {"type": "Recreate"}, "progressDeadlineSeconds": 5400,
      "template": {
       "metadata": {
        "labels": {"app.kubernetes.io/managed-by": "jan-server", "model.aibrix.ai/name": "llama-7b",
         "model.aibrix.ai/port": "8000", "jan-server.menlo.ai/organization": "7"},
        "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "8000",
         "prometheus.io/path": "/metrics"}},
       "spec": {
        "automountServiceAccountToken": false, "enableServiceLinks": false,
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        "volumes": [
         {"name": "hf-cache", "persistentVolumeClaim": {"claimName": "llama-7b-storage"}},
         {"name": "shm", "emptyDir": {"medium": "Memory"}}],
        "containers": [{
         "name": "vllm-openai", "image": "vllm/vllm-openai:v0.9.2", "imagePullPolicy": "IfNotPresent",
         "command": ["vllm", "serve", "meta-llama/Llama-2-7b", "--served-model-name", "llama-7b"],
         "ports": [{"containerPort": 8000, "protocol": "TCP"}],
         "env": [{"name": "HF_TOKEN",
          "valueFrom": {"secretKeyRef": {"name": "llama-7b-hf-token", "key": "token"}}}],
         "resources": {
          "requests": {"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "2"},
          "limits": {"nvidia.com/gpu": "2"}},
         "volumeMounts": [
          {"name": "hf-cache", "mountPath": "/root/.cache/huggingface/hub", "subPath": "hf-hub"},
          {"name": "hf-cache", "mountPath": "/root/.cache/vllm/torch_compile_cache",
           "subPath": "vllm-compile"},
          {"name": "shm", "mountPath": "/dev/shm"}],
         "startupProbe": {"httpGet": {"path": "/health", "port": 8000}, "periodSeconds": 10,
          "timeoutSeconds": 5, "failureThreshold": 360},
         "readinessProbe": {"httpGet": {"path": "/health", "port": 8000},
          "initialDelaySeconds": 60, "periodSeconds": 10, "timeoutSeconds": 5,
          "failureThreshold": 3},
         "livenessProbe": {"httpGet": {"path": "/health", "port": 8000},
          "initialDelaySeconds": 60, "periodSeconds": 30, "timeoutSeconds": 10,
          "failureThreshold": 6}}]}}}}
    """#

  @Test("a CPU model asks for no GPU, tolerates nothing and still has shared memory")
  func cpuModel() throws {
    let manifest = try Self.manifests { $0.gpuCount = 0 }.deployment()
    let spec = try #require(manifest["spec", "template", "spec"])
    #expect(spec["tolerations"] == nil)
    let container = try #require(spec["containers"]?.arrayValue?.first)
    #expect(container["resources"] == ["requests": ["cpu": "1", "memory": "2Gi"]])
    #expect(spec["volumes"]?.arrayValue?.last?["name"] == "shm")
  }

  @Test("without a volume there is no claim, no cache mount, and pods may roll")
  func noVolume() throws {
    let manifests = Self.manifests { $0.storageSize = 0 }
    #expect(try manifests.claim(owner: Self.owner) == nil)
    let manifest = try manifests.deployment()
    #expect(manifest["spec", "strategy"] == nil)
    let spec = try #require(manifest["spec", "template", "spec"])
    #expect(spec["volumes"] == [["name": "shm", "emptyDir": ["medium": "Memory"]]])
    #expect(
      spec["containers"]?.arrayValue?.first?["volumeMounts"] == [
        ["name": "shm", "mountPath": "/dev/shm"]
      ])
  }

  @Test("the defaults of the specification")
  func defaults() throws {
    let manifests = ModelManifests(
      request: CreateRequest(name: "m", image: "i", command: ["c"]), organization: "1",
      createdBy: nil, now: Self.now)
    let container = try #require(
      try manifests.deployment()["spec", "template", "spec", "containers"]?.arrayValue?.first)
    #expect(container["resources", "limits"] == ["nvidia.com/gpu": "1"])
    #expect(container["readinessProbe", "initialDelaySeconds"] == 60)
    #expect(container["env"] == nil)
    let claim = try #require(try manifests.claim(owner: nil))
    #expect(
      claim["spec"] == [
        "accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "20Gi"]],
      ])
    #expect(try manifests.tokenSecret(owner: nil) == nil)
    #expect(try manifests.deployment()["metadata", "annotations", ModelKeys.createdBy] == nil)
  }

  @Test("the command's port is everywhere the same")
  func port() throws {
    let manifests = Self.manifests { $0.command += ["--port", "9001"] }
    let text = String(decoding: try manifests.deployment().encoded(), as: UTF8.self)
    #expect(!text.contains("8000"))
    let deployment = try manifests.deployment()
    #expect(deployment["metadata", "labels", ModelKeys.modelPort] == "9001")
    #expect(deployment["spec", "template", "metadata", "labels", ModelKeys.modelPort] == "9001")
    let service = try manifests.service(owner: Self.owner)
    #expect(
      service["spec", "ports"] == [
        ["name": "serve", "port": 9001, "targetPort": 9001, "protocol": "TCP"]
      ])
  }

  @Test("a delay longer than the startup budget stretches it, and the progress deadline with it")
  func longDelay() throws {
    let manifest = try Self.manifests { $0.initialDelaySeconds = 7_201 }.deployment()
    let container = try #require(
      manifest["spec", "template", "spec", "containers"]?.arrayValue?.first)
    #expect(container["startupProbe", "failureThreshold"] == 781)
    #expect(container["livenessProbe", "initialDelaySeconds"] == 7_201)
    #expect(manifest["spec", "progressDeadlineSeconds"] == 9_601)
  }

  @Test("replicas are left out where somebody else scales")
  func autoscaled() throws {
    #expect(try Self.manifests().deployment(replicas: nil)["spec", "replicas"] == nil)
    #expect(try Self.manifests().deployment(replicas: 3)["spec", "replicas"] == 3)
  }

  @Test("children carry the labels and the owner")
  func children() throws {
    let manifests = Self.manifests()
    let children = [
      try manifests.service(owner: Self.owner),
      try #require(try manifests.claim(owner: Self.owner)),
      try manifests.serviceMonitor(owner: Self.owner),
      try #require(try manifests.tokenSecret(owner: Self.owner)),
    ]
    #expect(
      children.map { $0["metadata", "name"]?.stringValue } == [
        "llama-7b", "llama-7b-storage", "llama-7b", "llama-7b-hf-token",
      ])
    for child in children {
      #expect(child["metadata", "namespace"] == "jan-models")
      for (key, value) in manifests.labels {
        #expect(child["metadata", "labels", key] == .string(value))
      }
      #expect(
        child["metadata", "ownerReferences"] == [
          [
            "apiVersion": "apps/v1", "kind": "Deployment", "name": "llama-7b", "uid": "u-1",
            "controller": true, "blockOwnerDeletion": true,
          ]
        ])
    }
    #expect(children[0]["spec", "selector"] == [ModelKeys.modelName: "llama-7b"])
    #expect(children[1]["spec", "storageClassName"] == "fast")
    #expect(
      children[2]["spec", "endpoints"] == [
        ["port": "serve", "path": "/metrics", "interval": "30s"]
      ])
    #expect(children[3]["stringData"] == ["token": "hf_topsecret"])
  }

  @Test("the token is in the Secret and nowhere else")
  func token() throws {
    let manifests = Self.manifests()
    for manifest in [
      try manifests.deployment(), try manifests.service(owner: nil),
      try #require(try manifests.claim(owner: nil)), try manifests.serviceMonitor(owner: nil),
    ] {
      let text = String(decoding: try manifest.encoded(), as: UTF8.self)
      #expect(!text.contains("topsecret"))
    }
    #expect(!"\(manifests)".contains("topsecret"))
    var dumped = ""
    dump(manifests, to: &dumped)
    #expect(!dumped.contains("topsecret"))
    #expect(try manifests.tokenSecret(owner: nil)?["metadata", "ownerReferences"] == nil)
  }
}

@Suite("Model specification")
struct ModelSpecificationTests {
  static func deployment(_ manifests: ModelManifests) throws -> K8s.Deployment {
    try JSONCoding.decode(K8s.Deployment.self, from: manifests.deployment())
  }

  @Test("a Deployment's annotations give the same objects again")
  func roundTrip() throws {
    let manifests = ManifestTests.manifests()
    let specification = try ModelSpecification(deployment: Self.deployment(manifests))
    let again = ModelManifests(specification: specification)
    #expect(try again.deployment() == manifests.deployment())
    #expect(try again.claim(owner: nil) == manifests.claim(owner: nil))
    let secret = try #require(try again.tokenSecret(owner: ManifestTests.owner))
    #expect(secret["stringData"] == nil)
    #expect(specification.request.huggingFaceToken == nil && specification.hasToken)
  }

  @Test("the annotations beside it win: an update changes only those")
  func updated() throws {
    var deployment = try Self.deployment(ManifestTests.manifests())
    deployment.metadata.annotations?[ModelKeys.displayName] = "New"
    deployment.metadata.annotations?[ModelKeys.description] = ""
    deployment.metadata.annotations?[ModelKeys.tags] = "[]"
    let specification = try ModelSpecification(deployment: deployment)
    #expect(specification.request.displayName == "New")
    #expect(specification.request.modelDescription == nil)
    #expect(specification.request.tags == [])
  }

  @Test("absent fields are the defaults")
  func tolerant() throws {
    var deployment = try Self.deployment(ManifestTests.manifests())
    deployment.metadata.annotations = [
      ModelKeys.specification: #"{"image":"i","command":["c"]}"#
    ]
    let specification = try ModelSpecification(deployment: deployment)
    #expect(specification.request.resolvedGPUCount == 1)
    #expect(specification.request.resolvedStorageSize == 20)
    #expect(!specification.hasToken)
    #expect(specification.request.name == "llama-7b")
  }

  @Test(
    "what cannot be read says why",
    arguments: [
      (nil, "missing"), ("", "no JSON object"), ("[]", "no JSON object"), ("{", "no JSON object"),
      ("{}", "names no image"), (#"{"image":"i"}"#, "no command"),
      (#"{"image":"i","command":"c"}"#, "no command"),
      (#"{"image":"i","command":["c"],"gpu_count":"two"}"#, "gpu_count"),
      (#"{"image":"i","command":["c"],"gpu_count":-1}"#, "gpu_count"),
      (#"{"image":"i","command":["c"],"storage_size":1e300}"#, "storage_size"),
      (#"{"image":"i","command":["c"],"name":"other"}"#, "another model"),
    ] as [(String?, String)])
  func unreadable(text: String?, reason: String) throws {
    var deployment = try Self.deployment(ManifestTests.manifests())
    deployment.metadata.annotations?[ModelKeys.specification] = text
    let error = #expect(throws: ModelSpecification.Unreadable.self) {
      try ModelSpecification(deployment: deployment)
    }
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
  }

  @Test(
    arguments: [
      (#"["a","b"]"#, ["a", "b"]), ("[]", []), ("a, b", ["a", "b"]), ("", []),
      (#"["a",1,null]"#, ["a"]), (#"{"a":1}"#, [#"{"a":1}"#]),
    ] as [(String, [String])])
  func tags(text: String, expected: [String]) {
    #expect(ModelSpecification.tags(from: text) == expected)
  }
}
