import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

@Suite("The specification's JSON")
struct ModelJSONTests {
  private func model() -> Model {
    var model = Model(id: ModelID(namespace: "jan-models", name: "llama-7b"), uid: "uid-1")
    model.organization = "123"
    model.displayName = "Llama 2 7B Chat"
    model.modelDescription = "Llama 2 7B model for chat completion"
    model.status = .running
    model.isManaged = true
    model.gpu = GPUAssignment(perReplica: 1, requested: 1)
    model.serviceName = "llama-7b"
    model.tags = ["llama", "chat", "7b"]
    model.createdAt = Timestamp.parse("2024-01-15T10:30:00Z")
    model.updatedAt = Timestamp.parse("2024-01-15T10:30:00Z")
    return model
  }

  @Test("A managed model has the fields and values of the specification's list")
  func managed() throws {
    let expected = try JSONValue(
      parsing: Data(
        #"""
        {"id": "llama-7b", "organization_id": 123, "display_name": "Llama 2 7B Chat",
         "description": "Llama 2 7B model for chat completion", "status": "running",
         "requirements": {"cpu": "1", "memory": "2Gi", "gpu": {"min_vram": "8Gi", "preferred_vram": "16Gi",
           "gpu_type": "nvidia", "min_gpus": 1, "max_gpus": 1}},
         "namespace": "jan-models", "deployment_name": "llama-7b", "service_name": "llama-7b",
         "tags": ["llama", "chat", "7b"], "managed": true,
         "created_at": "2024-01-15T10:30:00Z", "updated_at": "2024-01-15T10:30:00Z"}
        """#.utf8))
    #expect(model().json == expected)
    #expect(
      SpecificationJSON.answer([model()]) == ["models": .array([expected]), "total": 1])
  }

  @Test("Where the weights come from and where it answers are there when they are known")
  func known() {
    var model = model()
    model.huggingFaceID = "meta-llama/Llama-2-7b-chat-hf"
    model.endpoint = "http://llama-7b.default.svc.cluster.local:8000"
    #expect(model.json["huggingface_id"] == "meta-llama/Llama-2-7b-chat-hf")
    #expect(model.json["endpoint_url"] == "http://llama-7b.default.svc.cluster.local:8000")
  }

  @Test("A CPU model has no gpu block, and two GPUs are two in both numbers")
  func counts() {
    var model = model()
    model.gpu = GPUAssignment()
    #expect(model.json["requirements"] == ["cpu": "1", "memory": "2Gi"])
    model.gpu = GPUAssignment(perReplica: 2, requested: 6)
    #expect(model.json["requirements", "gpu", "min_gpus"] == 2)
    #expect(model.json["requirements", "gpu", "max_gpus"] == 2)
  }

  @Test("A model from YAML has no requirements, and tags are an array without any")
  func fromYAML() {
    var model = model()
    model.isManaged = false
    model.tags = []
    model.modelDescription = ""
    #expect(model.json["requirements"] == nil)
    #expect(model.json["description"] == nil)
    #expect(model.json["tags"] == [])
    #expect(model.json["managed"] == false)
  }

  @Test(
    "An organization is a number where it is written as one",
    arguments: [
      ("123", JSONValue.integer(123)), ("0", 0), ("007", "007"), ("acme", "acme"),
      ("-1", "-1"), ("9007199254740993", "9007199254740993"),
    ])
  func organization(text: String, json: JSONValue) {
    #expect(OrganizationID.json(text) == json)
  }

  @Test(
    "A claim names an organization as number or as text",
    arguments: [
      (JSONValue.integer(123), "123"), ("acme", "acme"), ("a/b", nil), ("", nil), (-1, nil),
      (.double(1.5), nil), (.bool(true), nil), (.null, nil), (["1"], nil),
    ] as [(JSONValue, String?)])
  func claim(json: JSONValue, organization: String?) {
    #expect(OrganizationID.read(json) == organization)
  }
}
