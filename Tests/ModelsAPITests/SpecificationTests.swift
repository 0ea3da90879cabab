import FoundationEssentials
import HTTPTypes
import Kubernetes
import ModelCore
import ModelsAPI
import TestSupport
import Testing

@Suite("The specification, request by request")
struct SpecificationTests {
  private static let models = APIClient.models

  static func request(_ name: String = "llama-7b") -> JSONValue {
    [
      "name": .string(name), "display_name": "Llama 2 7B Chat",
      "description": "Llama 2 7B model for chat completion", "image": "vllm/vllm-openai:latest",
      "command": [
        "python", "-m", "vllm.entrypoints.openai.api_server", "--served-model-name",
        .string(name), "--model", "meta-llama/Llama-2-7b-chat-hf",
      ],
      "gpu_count": 1, "storage_size": 30, "tags": ["llama", "chat", "7b"],
    ]
  }

  @Test("A model is created, got, listed, updated and deleted, field by field")
  func life() async throws {
    try await APIBench().run { client in
      let created = try await client.call(.post, Self.models, Self.request())
      #expect(created.status == 201)
      #expect(created[header: "Location"] == "/v1/organization/models/llama-7b")
      let model = try #require(created.json["model"])
      let gpu: JSONValue = [
        "min_vram": "8Gi", "preferred_vram": "16Gi", "gpu_type": "nvidia", "min_gpus": 1,
        "max_gpus": 1,
      ]
      let expected: [(String, JSONValue)] = [
        ("id", "llama-7b"), ("organization_id", 123), ("display_name", "Llama 2 7B Chat"),
        ("description", "Llama 2 7B model for chat completion"), ("status", "pending"),
        ("requirements", ["cpu": "1", "memory": "2Gi", "gpu": gpu]), ("namespace", "jan-models"),
        ("deployment_name", "llama-7b"), ("service_name", "llama-7b"),
        ("tags", ["llama", "chat", "7b"]), ("managed", true),
      ]
      for (name, value) in expected { #expect(model[name] == value, "\(name)") }
      // Read your own writes: at once, by every way.
      let got = try await client.call(.get, Self.models + "/llama-7b")
      #expect(got.status == 200)
      #expect(got.json["model", "huggingface_id"] == "meta-llama/Llama-2-7b-chat-hf")
      #expect(
        got.json["model", "endpoint_url"]
          == "http://llama-7b.jan-models.svc.cluster.local:8000")
      let list = try await client.call(.get, Self.models)
      #expect(list.json["total"] == 1)
      #expect(list.json["models"]?.arrayValue?.first == got.json["model"])
      let changed = try await client.call(
        .put, Self.models + "/llama-7b",
        [
          "display_name": "Updated Model Name", "description": "Updated description",
          "tags": ["updated", "tags"],
        ])
      #expect(changed.status == 200)
      #expect(changed.json["model", "display_name"] == "Updated Model Name")
      #expect(changed.json["model", "description"] == "Updated description")
      #expect(changed.json["model", "tags"] == ["updated", "tags"])
      #expect(
        try await client.call(.get, Self.models + "/llama-7b").json["model", "tags"] == [
          "updated", "tags",
        ])
      let deleted = try await client.call(.delete, Self.models + "/llama-7b")
      #expect(deleted.status == 200)
      #expect(deleted.json == ["message": "Model llama-7b deleted successfully"])
      for method in [.get, .delete] as [HTTPRequest.Method] {
        let gone = try await client.call(method, Self.models + "/llama-7b")
        #expect(gone.status == 404)
        #expect(gone.json == ["error": "model not found in organization"])
      }
      #expect(try await client.call(.get, Self.models).json == ["models": [], "total": 0])
      #expect(try await client.call(.post, Self.models, Self.request()).status == 201)
    }
  }

  @Test("Absent fields have the specification's defaults")
  func defaults() async throws {
    let bench = APIBench()
    try await bench.run { client in
      var request = Self.request()
      for name in ["display_name", "description", "gpu_count", "storage_size", "tags"] {
        request[name] = nil
      }
      let model = try await client.call(.post, Self.models, request).json["model"]
      #expect(model?["display_name"] == "llama-7b")
      #expect(model?["description"] == nil)
      #expect(model?["tags"] == [])
      #expect(model?["requirements", "gpu", "max_gpus"] == 1)
      let claim = bench.cluster.object(
        K8s.PersistentVolumeClaim.resourceKind, "llama-7b-storage", namespace: "jan-models")
      #expect(claim?["spec", "resources", "requests", "storage"] == "20Gi")
      let deployment = bench.cluster.object(
        K8s.Deployment.resourceKind, "llama-7b", namespace: "jan-models")
      let labels = deployment?["metadata", "labels"]
      #expect(labels?["app.kubernetes.io/managed-by"] == "jan-server")
      #expect(labels?["model.aibrix.ai/name"] == "llama-7b")
      #expect(labels?["jan-server.menlo.ai/organization"] == "123")
      #expect(deployment?["metadata", "annotations", "jan-server.menlo.ai/created-by"] == "ada")
    }
  }

  @Test("A CPU model has no gpu block")
  func cpu() async throws {
    try await APIBench().run { client in
      var request = Self.request()
      request["gpu_count"] = 0
      let model = try await client.call(.post, Self.models, request).json["model"]
      #expect(model?["requirements"] == ["cpu": "1", "memory": "2Gi"])
    }
  }

  @Test(
    "What is wrong with a create is told in the specification's words",
    arguments: [
      (
        "command", ["vllm", "serve", "m", "--served-model-name", "wrong-name"] as JSONValue, 400,
        "--served-model-name 'wrong-name' must match model name 'llama-7b' (required by Aibrix)"
      ),
      (
        "command", ["vllm", "serve", "m"], 400,
        "--served-model-name parameter must match model name 'llama-7b'. "
          + "Please ensure your command contains '--served-model-name llama-7b'"
      ),
      (
        "command", .null, 400,
        "validation failed: command is required and must contain --served-model-name parameter"
      ),
      (
        "command", [], 400,
        "validation failed: command is required and must contain --served-model-name parameter"
      ),
    ] as [(String, JSONValue, Int, String)])
  func texts(field: String, value: JSONValue, status: Int, text: String) async throws {
    try await APIBench().run { client in
      var request = Self.request()
      request[field] = value
      let answer = try await client.call(.post, Self.models, request)
      #expect(answer.status == status)
      #expect(answer.json == ["error": .string(text)])
    }
  }

  @Test(
    "Other bad values are 400, and the text begins as the specification's does",
    arguments: [
      ("name", .string("Llama")), ("name", .string("")), ("name", .string("yaml")),
      ("name", .null), ("name", .integer(7)), ("image", .null), ("image", .string("a b")),
      ("gpu_count", .integer(-1)), ("gpu_count", .string("1")), ("gpu_count", .double(0.5)),
      ("storage_size", .integer(-1)), ("initial_delay_seconds", .integer(-5)),
      ("tags", .string("a")), ("tags", .array([.integer(1)])), ("command", .string("vllm")),
      ("hugging_face_token", .integer(1)),
    ] as [(String, JSONValue)])
  func bad(field: String, value: JSONValue) async throws {
    let bench = APIBench()
    try await bench.run { client in
      var request = Self.request()
      request[field] = value
      let answer = try await client.call(.post, Self.models, request)
      #expect(answer.status == 400)
      #expect(answer.error?.hasPrefix("validation failed: ") == true, "\(answer.text)")
      #expect(bench.cluster.writes.isEmpty)
    }
  }

  @Test("Without the definitions creating is 403; reading and deleting still work")
  func prerequisites() async throws {
    let bench = APIBench()
    try await bench.run { client in
      try await client.call(.post, Self.models, Self.request())
      bench.cluster.remove(
        .customResourceDefinition, "podautoscalers.autoscaling.aibrix.ai", namespace: nil)
      bench.cluster.setServed([])
      let refused = try await client.call(.post, Self.models, Self.request("other"))
      #expect(refused.status == 403)
      #expect(
        refused.json == ["error": "aibrix CRD not found - required for model deployment"])
      #expect(try await client.call(.get, Self.models).json["total"] == 1)
      #expect(try await client.call(.delete, Self.models + "/llama-7b").status == 200)
    }
  }

  @Test("Filters: status, managed, tag, limit and after; a value that is none is 400")
  func filters() async throws {
    try await APIBench().run { client in
      for name in ["a", "b", "c"] { try await client.call(.post, Self.models, Self.request(name)) }
      try await client.call(.put, Self.models + "/b", ["tags": ["x", "y"]])
      func ids(_ query: String) async throws -> [String] {
        let answer = try await client.call(.get, Self.models + "?" + query)
        #expect(answer.status == 200, "\(query)")
        return answer.json["models"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
      }
      let all = try await client.call(.get, Self.models).json["models"]?.arrayValue ?? []
      let status = try #require(all.first?["status"]?.stringValue)
      #expect(try await ids("status=\(status)") == ["a", "b", "c"])
      #expect(try await ids("status=stopped") == [])
      #expect(try await ids("managed=true") == ["a", "b", "c"])
      #expect(try await ids("managed=false") == [])
      #expect(try await ids("tag=x&tag=y") == ["b"])
      #expect(try await ids("tag=x&tag=llama") == [])
      #expect(try await ids("limit=2") == ["a", "b"])
      #expect(try await ids("limit=2&after=b") == ["c"])
      #expect(try await ids("after=b%2Fx") == ["c"])
      #expect(try await ids("unknown=1") == ["a", "b", "c"])
      #expect(try await client.call(.get, Self.models + "?limit=1").json["total"] == 3)
      for query in [
        "status=Running", "status=", "managed=1", "managed=", "limit=0", "limit=1001", "limit=x",
        "status=running&status=nonsense", "status=%ZZ",
      ] {
        #expect(try await client.call(.get, Self.models + "?" + query).status == 400, "\(query)")
      }
    }
  }

  @Test("An update changes what it names, and says what it cannot change")
  func updates() async throws {
    try await APIBench().run { client in
      try await client.call(.post, Self.models, Self.request())
      let path = Self.models + "/llama-7b"
      let first = try await client.call(.put, path, ["tags": []]).json["model"]
      #expect(first?["tags"] == [])
      #expect(first?["display_name"] == "Llama 2 7B Chat")
      let second = try await client.call(.put, path, ["display_name": .null, "description": ""])
      #expect(second.json["model", "display_name"] == "Llama 2 7B Chat")
      #expect(second.json["model", "description"] == nil)
      #expect(try await client.call(.put, path, [:]).status == 200)
      for body in [["image": "x"], ["tags": "x"], ["tags": ["a", "a"]], []] as [JSONValue] {
        let answer = try await client.call(.put, path, body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error?.hasPrefix("validation failed: ") == true, "\(answer.text)")
      }
      #expect(try await client.call(.put, Self.models + "/none", ["tags": []]).status == 404)
    }
  }

  @Test("A name that is taken is 409, by whomever")
  func taken() async throws {
    try await APIBench().run { client in
      try await client.call(.post, Self.models, Self.request())
      for caller in [APIClient.owner, APIClient.stranger] {
        let answer = try await client.call(.post, Self.models, Self.request(), as: caller)
        #expect(answer.status == 409)
        #expect(
          answer.error == "model name 'llama-7b' is already taken: choose another name")
      }
    }
  }

  @Test("The Hugging Face token is in no answer and in no log")
  func secret() async throws {
    let bench = APIBench()
    try await bench.run { client in
      var request = Self.request()
      request["hugging_face_token"] = "hf_very_secret_token"
      let answers = [
        try await client.call(.post, Self.models, request),
        try await client.call(.post, Self.models, request),
        try await client.call(.get, Self.models + "/llama-7b"),
        try await client.call(.get, "/metrics", as: nil),
      ]
      request["hugging_face_token"] = "hf_bad token"
      request["name"] = "other"
      let refused = try await client.call(.post, Self.models, request)
      #expect(refused.status == 400)
      for answer in answers + [refused] {
        #expect(!answer.text.contains("secret_token") && !answer.text.contains("hf_bad"))
      }
    }
    #expect(bench.log.all.allSatisfy { !$0.contains("secret_token") && !$0.contains("hf_bad") })
    #expect(bench.log.all.allSatisfy { !$0.contains("eyJ") })
  }
}
