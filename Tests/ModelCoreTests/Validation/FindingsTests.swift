import ModelCore
import Testing

@Suite("Findings")
struct FindingsTests {
  static var good: CreateRequest {
    CreateRequest(
      name: "llama-7b", image: "vllm/vllm-openai:v0.9.2",
      command: ["vllm", "serve", "meta-llama/Llama-2-7b", "--served-model-name", "llama-7b"])
  }

  static func messages(
    _ change: (inout CreateRequest) -> Void, _ context: ValidationContext = ValidationContext()
  ) -> [String] {
    var request = good
    change(&request)
    return request.findings(in: context).map(\.message)
  }

  @Test("a good request has none")
  func good() {
    #expect(Self.good.findings() == [])
  }

  @Test("the specification's example has none")
  func example() {
    var request = CreateRequest(
      name: "llama-7b", image: "vllm/vllm-openai:latest",
      command: [
        "python", "-m", "vllm.entrypoints.openai.api_server", "--served-model-name", "llama-7b",
        "--model", "meta-llama/Llama-2-7b-chat-hf",
      ])
    request.displayName = "Llama 2 7B Chat"
    request.modelDescription = "Llama 2 7B model for chat completion"
    request.gpuCount = 1
    request.storageSize = 30
    request.tags = ["llama", "chat", "7b"]
    #expect(request.findings() == [])
  }

  @Test("an empty request tells of every required field at once")
  func empty() {
    let findings = CreateRequest().findings()
    #expect(findings.map(\.field) == [.name, .image, .command])
    #expect(
      findings.map(\.message) == [
        "name is required", "image is required",
        "command is required and must contain --served-model-name parameter",
      ])
    #expect(findings.allSatisfy { $0.severity == .error && !$0.fix.isEmpty })
  }

  @Test(
    "the specification's texts for the served name",
    arguments: [
      ([], "command is required and must contain --served-model-name parameter"),
      (["", "  "], "command is required and must contain --served-model-name parameter"),
      (
        ["vllm", "serve", "m"],
        "--served-model-name parameter must match model name 'llama-7b'. "
          + "Please ensure your command contains '--served-model-name llama-7b'"
      ),
      (
        ["vllm", "serve", "m", "--served-model-name", "wrong-name"],
        "--served-model-name 'wrong-name' must match model name 'llama-7b' (required by Aibrix)"
      ),
      (
        ["vllm", "serve", "m", "--served-model-name", "llama-7b-evil"],
        "--served-model-name 'llama-7b-evil' must match model name 'llama-7b' (required by Aibrix)"
      ),
      (
        ["vllm", "serve", "m", "--served-model-name", "other", "llama-7b"],
        "--served-model-name 'other' must match model name 'llama-7b' (required by Aibrix)"
      ),
      (
        ["vllm", "serve", "m", "--served-model-name"],
        "--served-model-name found but no value provided. Usage: --served-model-name llama-7b"
      ),
    ] as [([String], String)])
  func servedName(command: [String], message: String) {
    #expect(Self.messages { $0.command = command } == [message])
  }

  @Test("without a name there is nothing to match: only the name is told of")
  func unnamed() {
    #expect(Self.messages { $0.name = "" } == ["name is required"])
  }

  @Test(
    "the model has to stand right behind vllm serve",
    arguments: [
      (["vllm", "serve", "org/m", "--served-model-name", "llama-7b"], 0),
      (["vllm", "serve", "--served-model-name", "llama-7b", "--model", "org/m"], 0),
      (["vllm", "serve", "--port", "1", "org/m", "--served-model-name", "llama-7b"], 1),
      (["vllm", "serve", "--served-model-name", "llama-7b"], 1),
      (["vllm", "serve", "--served-model-name", "llama-7b", "org/m"], 1),
      (["sh", "-c", "vllm serve $MODEL --served-model-name llama-7b"], 0),
    ] as [([String], Int)])
  func modelFirst(command: [String], warnings: Int) {
    var request = Self.good
    request.command = command
    #expect(request.findings().map(\.severity) == Array(repeating: .warning, count: warnings))
  }

  @Test("a value of the command is shown without escape sequences, and not in full length")
  func hostileServedName() {
    let evil = "\u{1B}]0;x\u{7}\u{202E}" + String(repeating: "y", count: 100_000)
    let messages = Self.messages {
      $0.command = ["vllm", "serve", "m", "--served-model-name", evil]
    }
    for message in messages {
      #expect(message.utf8.count < 400)
      #expect(!message.unicodeScalars.contains(where: Excerpt.isUnprintable))
    }
    #expect(messages.contains { $0.contains("must match model name 'llama-7b'") })
  }

  @Test(
    "fixes name the way out",
    arguments: [
      (["vllm", "serve", "m", "--served-model-name llama-7b"], "one argument"),
      (["vllm", "serve", "m", "--served-model-name", "a", "llama-7b"], "Put llama-7b first"),
      (["sh", "-c", "vllm serve m --served-model-name $N"], "variable"),
      (["sh", "-c", "vllm serve m $ARGS"], "variable"),
    ] as [([String], String)])
  func fixes(command: [String], fix: String) {
    var request = Self.good
    request.command = command
    let fixes = request.findings().map(\.fix)
    #expect(fixes.contains { $0.contains(fix) }, "\(fixes)")
  }

  @Test("a token in another field is refused, and never shown")
  func strayToken() {
    let token = "hf_" + String(repeating: "aB3", count: 12)
    for field in [CreateField.displayName, .description, .tags, .command] {
      var request = Self.good
      _ = request.set(
        field, to: field == .command ? "\(request.text(of: .command))\n--hf-token=\(token)" : token)
      let findings = request.findings().filter { $0.field == field && $0.severity == .error }
      #expect(findings.count == 1, "\(field)")
      #expect(!"\(request.findings())".contains(token))
    }
    #expect(Self.messages { $0.modelDescription = "hf_home and hf_short123" } == [])
    #expect(StrayToken.redacted("a \(token), \(token)b") == "a <redacted>, <redacted>")
    #expect(StrayToken.redacted("hf_hf_none") == "hf_hf_none")
  }

  @Test("numbers in and out of bounds")
  func numbers() {
    for (gpus, delay, size) in [(0, 0, 0), (1_024, 86_400, 65_536)] {
      #expect(
        Self.messages {
          $0.gpuCount = gpus
          $0.initialDelaySeconds = delay
          $0.storageSize = size
          $0.command += gpus > 0 ? ["--tensor-parallel-size", "\(gpus)"] : []
        } == [])
    }
    #expect(
      Self.messages {
        $0.gpuCount = -1
        $0.initialDelaySeconds = 86_401
        $0.storageSize = Int.max
      } == ["gpu_count is -1", "initial_delay_seconds is 86401", "storage_size is \(Int.max)"])
  }

  @Test("more GPUs than any node has is a warning that names the largest")
  func largestNode() throws {
    var context = ValidationContext()
    context.largestNodeGPUs = 8
    var request = Self.good
    request.gpuCount = 8
    request.command += ["--tensor-parallel-size", "8"]
    #expect(request.findings(in: context) == [])
    request.gpuCount = 9
    request.command += ["--tensor-parallel-size", "9"]
    let finding = try #require(request.findings(in: context).first)
    #expect(finding.severity == .warning)
    #expect(finding.message == "9 GPUs fit on no node: the largest ready node has 8")
    context.largestNodeGPUs = 0
    #expect(request.findings(in: context).first?.message.contains("no ready node has GPUs") == true)
    request.gpuCount = 0
    #expect(request.findings(in: context) == [])
  }

  @Test("storage classes: unknown ones pass, absent ones do not, none at all warns")
  func storageClasses() {
    var context = ValidationContext()
    #expect(Self.messages({ $0.storageClass = "fast" }, context) == [])
    #expect(
      Self.messages({ $0.storageClass = "Fast!" }, context) == [
        "'Fast!' is no name of a storage class"
      ])
    context.storageClasses = ["slow", "standard"]
    context.defaultStorageClass = "standard"
    #expect(
      Self.messages({ $0.storageClass = "fast" }, context) == [
        "the cluster has no storage class 'fast'"
      ])
    #expect(
      Self.messages(
        {
          $0.storageClass = "fast"; $0.storageSize = 0
        }, context) == [])
    #expect(Self.messages({ $0.storageClass = "" }, context) == [])
    context.defaultStorageClass = nil
    #expect(Self.good.findings(in: context).map(\.severity) == [.warning])
  }

  @Test("a name that is taken is a conflict and says by whom")
  func taken() throws {
    var context = ValidationContext()
    context.takenNames = ["llama-7b": "Deployment team-a/llama-7b"]
    let finding = try #require(Self.good.findings(in: context).first)
    #expect(finding.kind == .conflict)
    #expect(finding.message == "the name 'llama-7b' is taken by Deployment team-a/llama-7b")
  }

  @Test("missing definitions are told in the specification's words")
  func prerequisites() {
    var context = ValidationContext()
    context.hasAibrix = false
    context.hasGPUOperator = false
    let findings = Self.good.findings(in: context)
    #expect(findings.map(\.kind) == [.prerequisite, .prerequisite])
    #expect(
      findings.map(\.message) == [
        "aibrix CRD not found - required for model deployment",
        "GPU operator CRD not found - required for GPU model deployment",
      ])
    context.hasAibrix = nil
    context.hasGPUOperator = true
    #expect(Self.good.findings(in: context) == [])
  }

  @Test(
    "the token is never in a finding",
    arguments: [
      "hf_secret with blank", "hf_sécret", "hf_secret\n",
      String(repeating: "hf_secret", count: 100),
    ])
  func token(text: String) {
    var request = Self.good
    request.huggingFaceToken = HuggingFaceToken(text)
    let findings = request.findings()
    #expect(findings.contains { $0.field == .huggingFaceToken })
    #expect(!String(describing: findings).contains("secret "))
    #expect(!String(describing: findings).contains("hf_s"))
    request.huggingFaceToken = HuggingFaceToken("hf_abcDEF0123456789")
    #expect(request.findings() == [])
    request.huggingFaceToken = HuggingFaceToken("")
    #expect(request.findings().map(\.field) == [.huggingFaceToken])
  }

  @Test(
    "free text",
    arguments: [
      (CreateField.displayName, String(repeating: "ä", count: 256), true),
      (.displayName, String(repeating: "ä", count: 257), false),
      (.displayName, "two\nlines", false),
      (.displayName, "\u{1B}[31mred", false),
      (.displayName, "turned \u{202E}txt", false),
      (.displayName, "日本 👩‍👩‍👧 ok", true),
      (.description, "two\nlines\tand tab", true),
      (.description, String(repeating: "x", count: 4_096), true),
      (.description, String(repeating: "x", count: 4_097), false),
      (.description, "bell\u{7}", false),
    ])
  func freeText(field: CreateField, text: String, isGood: Bool) {
    var request = Self.good
    if field == .displayName { request.displayName = text } else { request.modelDescription = text }
    #expect(request.findings().isEmpty == isGood)
    #expect(request.findings().allSatisfy { $0.field == field })
  }

  @Test(
    "tags",
    arguments: [
      (["a", "b"], 0), (["a", "a"], 1), ([""], 1), ([" "], 1), (["a\nb"], 1),
      ([String(repeating: "x", count: 64)], 0), ([String(repeating: "x", count: 65)], 1),
      ((0..<32).map { "t\($0)" }, 0), ((0..<33).map { "t\($0)" }, 1),
    ] as [([String], Int)])
  func tags(tags: [String], count: Int) {
    var request = Self.good
    request.tags = tags
    #expect(request.findings().count == count)
    #expect(request.findings().allSatisfy { $0.field == .tags })
  }

  @Test("arguments that cannot be started")
  func arguments() {
    #expect(
      Self.messages { $0.command.insert("", at: 0) } == ["the program of the command is empty"])
    #expect(Self.messages { $0.command.append("") }.contains("argument 6 of the command is empty"))
    #expect(
      Self.messages { $0.command += ["--x", "a\0b"] }.contains(
        "argument 7 of the command contains a control character"))
    #expect(
      Self.messages { $0.command += ["--x", "a\u{202E}b"] }.contains(
        "argument 7 of the command contains a control character"))
    #expect(Self.messages { $0.command += ["--x", "<｜end｜> 模型 👩‍👩‍👧 \u{E000}"] }.isEmpty)
    #expect(
      Self.messages { $0.command += ["--x", String(repeating: "y", count: 131_072)] }
        == ["argument 7 of the command has 131072 bytes"])
    #expect(
      Self.messages { $0.command += ["--port", "http"] } == [
        "--port 'http' is no number from 1 to 65535"
      ])
    #expect(
      Self.messages { $0.command = ["sh", "-c", "vllm serve 'x"] }.first
        == "the shell script in the command cannot be read: a single quote (') is not closed")
  }

  @Test("more than Kubernetes keeps in annotations is refused before it is sent")
  func annotations() {
    let messages = Self.messages { request in
      request.command += (0..<3).flatMap { ["--x\($0)", String(repeating: "y", count: 100_000)] }
    }
    #expect(messages == ["the request takes 293 KiB of annotations, and Kubernetes keeps 256"])
  }

  @Test("a request of megabytes in every field is checked at once", .timeLimit(.minutes(15)))
  func hostile() {
    let huge = String(repeating: "a\u{301}.\u{1B}[1m$(\"'", count: 100_000)
    var request = CreateRequest(
      name: huge, image: huge, command: ["sh", "-c", huge, huge, "--served-model-name", huge])
    request.displayName = huge
    request.modelDescription = huge
    request.storageClass = huge
    request.huggingFaceToken = HuggingFaceToken(huge)
    request.tags = Array(repeating: huge, count: 40)
    request.gpuCount = .min
    request.storageSize = .max
    let findings = request.findings()
    #expect(Set(findings.compactMap(\.field)).count >= 9)
    for finding in findings {
      #expect(finding.message.utf8.count < 1_000)
      #expect(!finding.message.unicodeScalars.contains(where: Excerpt.isUnprintable))
      #expect(!finding.fix.unicodeScalars.contains(where: Excerpt.isUnprintable))
    }
  }
}
