import ModelCore
import Testing

@Suite("Fields as text")
struct CreateRequestTextTests {
  @Test("every field has a label, a sentence of help, an origin, and its default fits its own rule")
  func catalogue() {
    #expect(FieldSpecification.all.map(\.field) == CreateField.allCases)
    for specification in FieldSpecification.all {
      #expect(!specification.label.isEmpty)
      #expect(specification.help.hasSuffix("."))
      #expect(specification.origin.hasSuffix("."))
      var request = CreateRequest()
      #expect(request.set(specification.field, to: specification.defaultText) == nil)
      if case .integer(let bounds, _) = specification.kind {
        #expect(Int(specification.defaultText).map(bounds.contains) == true)
      }
    }
    #expect(FieldSpecification[.gpuCount].optionName == "gpu-count")
    #expect(FieldSpecification.all.filter(\.isRequired).map(\.field) == [.name, .image, .command])
    #expect(FieldSpecification[.gpuCount].defaultText == "1")
    #expect(FieldSpecification[.initialDelaySeconds].defaultText == "60")
    #expect(FieldSpecification[.storageSize].defaultText == "20")
  }

  @Test(
    "what is set is read back",
    arguments: [
      (CreateField.name, " llama ", "llama"), (.displayName, "Llama 2", "Llama 2"),
      (.description, "two\nlines", "two\nlines"), (.image, "a/b:c", "a/b:c"),
      (.command, "vllm serve 'a b'", "vllm\nserve\n'a b'"), (.gpuCount, "8", "8"),
      (.gpuCount, "", ""), (.initialDelaySeconds, "90s", "90"), (.storageSize, "30 Gi", "30"),
      (.storageSize, "0", "0"), (.storageClass, "fast", "fast"), (.huggingFaceToken, "hf_x", ""),
      (.tags, " a, b ,,c ", "a, b, c"), (.gpuCount, "-1", "-1"),
    ])
  func setting(field: CreateField, text: String, expected: String) {
    var request = CreateRequest()
    #expect(request.set(field, to: text) == nil)
    #expect(request.text(of: field) == expected)
  }

  @Test(
    "what is no number is said, and the field keeps its value",
    arguments: [
      (CreateField.gpuCount, "two"), (.gpuCount, "1.5"), (.storageSize, "20GB"),
      (.storageSize, "99999999999999999999"), (.initialDelaySeconds, "1m"), (.gpuCount, "0x8"),
    ])
  func noNumber(field: CreateField, text: String) {
    var request = CreateRequest()
    _ = request.set(field, to: "7")
    let finding = request.set(field, to: text)
    #expect(finding?.field == field && finding?.message.contains("is not a whole number") == true)
    #expect(request.text(of: field) == "7")
  }

  @Test("a command that is not closed is said")
  func unclosed() {
    var request = CreateRequest()
    let finding = request.set(.command, to: "vllm 'serve")
    #expect(finding?.message == "the command cannot be read: a single quote (') is not closed")
  }

  @Test("blank is absent, and absent is the default")
  func defaults() {
    var request = CreateRequest(name: "m")
    _ = request.set(.gpuCount, to: " ")
    #expect(request.gpuCount == nil && request.resolvedGPUCount == 1)
    _ = request.set(.displayName, to: "")
    #expect(request.displayName == nil && request.resolvedDisplayName == "m")
    _ = request.set(.gpuCount, to: "0")
    #expect(request.resolvedGPUCount == 0)
  }
}
