import FoundationEssentials
import Kubernetes
import ModelCore
import Testing

@Suite("Request as JSON")
struct CreateRequestJSONTests {
  static func read(_ text: String) throws -> (request: CreateRequest, findings: [Finding]) {
    CreateRequest.read(try JSONValue(parsing: Data(text.utf8)))
  }

  @Test("all fields of the specification")
  func everything() throws {
    let (request, findings) = try Self.read(
      """
      {"name": "m", "display_name": "M", "description": "d", "image": "i", "command": ["a", "b"],
       "gpu_count": 0, "initial_delay_seconds": 5.0, "storage_size": 30, "storage_class": "fast",
       "hugging_face_token": "hf_x", "tags": ["t"]}
      """)
    #expect(findings == [])
    #expect(request.name == "m" && request.displayName == "M" && request.modelDescription == "d")
    #expect(request.image == "i" && request.command == ["a", "b"] && request.tags == ["t"])
    #expect(request.gpuCount == 0 && request.initialDelaySeconds == 5 && request.storageSize == 30)
    #expect(request.storageClass == "fast" && request.huggingFaceToken?.reveal() == "hf_x")
  }

  @Test("null and absent are the same, an empty token is none")
  func absent() throws {
    let (request, findings) = try Self.read(
      #"{"name": null, "gpu_count": null, "tags": null, "hugging_face_token": ""}"#)
    #expect(request == CreateRequest() && findings == [])
  }

  @Test("all that is of the wrong type at once")
  func types() throws {
    let (_, findings) = try Self.read(
      """
      {"name": 1, "command": "vllm serve", "gpu_count": "1", "storage_size": 1.5, "tags": ["a", 1],
       "hugging_face_token": {"x": "hf_secret"}, "gpus": 1}
      """)
    #expect(
      findings.map(\.message) == [
        "name is not a string", "command is not an array of strings",
        "gpu_count is not a whole number",
        "storage_size is not a whole number", "hugging_face_token is not a string",
        "tags is not an array of strings", "there is no field 'gpus'",
      ])
    #expect(findings.last?.severity == .warning)
  }

  @Test(arguments: ["[]", "1", "\"x\"", "null"])
  func noObject(text: String) throws {
    #expect(try Self.read(text).findings.map(\.message) == ["the request is no JSON object"])
  }
}

@Suite("Label value")
struct LabelValueTests {
  @Test(arguments: [
    ("1", true), ("", true), ("team-a_b.c", true), (String(repeating: "a", count: 63), true),
    (String(repeating: "a", count: 64), false), ("-a", false), ("a.", false), ("a b", false),
    ("ä", false), ("a/b", false),
  ])
  func values(text: String, isValid: Bool) {
    #expect(LabelValue.isValid(text) == isValid)
  }
}
