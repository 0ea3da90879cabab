import Foundation
import Kubernetes
import ModelCore
import ModelsAPI
import Testing

/// `/openapi.json` says what is checked: no more, or good requests are kept back, and no less, or bad ones are sent.
@Suite("The document's schemas")
struct DocumentTests {
  private static let texts = [
    "", " ", "a", "A", "a b", "a\n", "\t", "\u{0}", "a\u{7F}", "a\u{85}", "a\u{AD}", "a\u{200B}b",
    "a\u{200D}b",
    "\u{202E}", "\u{2028}", "a\u{E000}", "a\u{FFFF}", "a\u{E0041}", "é", "日本", "😀", "a\"b", "a\\b",
    "llama-7b",
    "7b", "-a", "a-", "a.b", "a..b", ".a", "a.", "a_b", "a__b", "a___b", "a--b", "a/b", "a//b",
    "/a", "a/", "a:b",
    "a:", ":a", "a:b:c", "a@b", "A/b", "a/B", "vllm/vllm-openai:latest", "localhost/a",
    "localhost:5000/a:1",
    "reg.example.com/a/b:v1.2_3", "REG.example.com:443/a", "reg:5000/a", "reg:/a", "reg:0/a",
    "reg-/a", "-reg.x/a",
    "a:" + String(repeating: "t", count: 128), "a:" + String(repeating: "t", count: 129), "a:.t",
    "a:-t",
    "a@sha256:" + String(repeating: "0", count: 64),
    "a:1@sha256:" + String(repeating: "f", count: 64),
    "a@sha256:" + String(repeating: "0", count: 63), "a@md5:0", "http://a/b",
    String(repeating: "x", count: 63),
    String(repeating: "x", count: 64), String(repeating: "x", count: 65),
    String(repeating: "x", count: 300),
    String(repeating: "é", count: 256), String(repeating: "x", count: 600),
  ]

  private static let fields: [CreateField] = [
    .name, .displayName, .description, .image, .command, .storageClass, .huggingFaceToken, .tags,
  ]

  @Test(
    "A text is good by the schema of its field if the field's rules find nothing wrong with it",
    arguments: fields)
  func texts(field: CreateField) throws {
    let document = OpenAPIDocument.json(version: "1")
    var schema = try #require(
      document["components", "schemas", "CreateModelRequest", "properties", field.rawValue])
    if let items = schema["items"] { schema = items }
    let pattern = try NSRegularExpression(
      pattern: try #require(schema["pattern"]?.stringValue))
    for text in Self.texts {
      let length = Int64(text.unicodeScalars.count)
      let isGood =
        length >= schema["minLength"]?.integerValue ?? 0
        && length <= schema["maxLength"]?.integerValue ?? .max
        && Self.matches(text, pattern)
      let found = Self.request(field, text).findings().filter {
        $0.field == field && $0.severity == .error
      }
      #expect(isGood == found.isEmpty, "\(text.debugDescription): \(found.map(\.message))")
    }
  }

  private static func matches(_ text: String, _ pattern: NSRegularExpression) -> Bool {
    let whole = NSRange(location: 0, length: text.utf16.count)
    return pattern.firstMatch(in: text, range: whole)?.range == whole
  }

  /// A good request but for one field.
  private static func request(_ field: CreateField, _ text: String) -> CreateRequest {
    var request = CreateRequest(
      name: "m", image: "i:1", command: ["vllm", "serve", "org/m", "--served-model-name", "m"])
    switch field {
    case .name:
      request.name = text
      request.command[4] = text
    case .displayName: request.displayName = text
    case .description: request.modelDescription = text
    case .image: request.image = text
    case .command: request.command.append(text)
    case .storageClass: request.storageClass = text
    case .huggingFaceToken: request.huggingFaceToken = text.isEmpty ? nil : HuggingFaceToken(text)
    case .tags: request.tags = [text]
    case .gpuCount, .initialDelaySeconds, .storageSize: break
    }
    return request
  }

  @Test("The examples are the specification's, and good")
  func examples() throws {
    let (create, findings) = CreateRequest.read(SpecificationExamples.create)
    #expect(findings.isEmpty && create.findings().isEmpty)
    let (yaml, others) = YAMLRequest.read(SpecificationExamples.createFromYAML)
    #expect(others.isEmpty)
    #expect(yaml.findings(in: ManifestBundle.Context()).allSatisfy { $0.severity == .warning })
    let (change, rest) = ModelChange.read(SpecificationExamples.update)
    #expect(rest.isEmpty && change.metadataFindings().isEmpty && !change.isEmpty)
  }

  @Test("Every link leads to an operation by an answer's member that its schema has")
  func links() throws {
    let document = OpenAPIDocument.json(version: "1")
    let operations = (document["paths"]?.objectValue ?? [:]).values.flatMap {
      ($0.objectValue ?? [:]).values
    }
    let names = Set(operations.compactMap { $0["operationId"]?.stringValue })
    var count = 0
    for operation in operations {
      for response in (operation["responses"]?.objectValue ?? [:]).values {
        for link in (response["links"]?.objectValue ?? [:]).values {
          count += 1
          #expect(names.contains(link["operationId"]?.stringValue ?? ""))
          #expect(link["parameters", "model_id"] == "$response.body#/model/id")
        }
      }
    }
    #expect(count == 10)
  }
}
