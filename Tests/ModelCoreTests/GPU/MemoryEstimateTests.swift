import ModelCore
import Testing

/// About how much memory a model takes: an estimate that says what it was made from.
@Suite("Memory estimate")
struct MemoryEstimateTests {
  private func request(_ hub: String, _ options: [String] = [], gpus: Int = 1) -> CreateRequest {
    var request = CreateRequest(
      name: "m", image: "i:1",
      command: ["vllm", "serve", hub, "--served-model-name", "m"] + options)
    request.gpuCount = gpus
    return request
  }

  @Test(
    "the size is in the name",
    arguments: [
      ("meta-llama/Llama-2-7b-chat-hf", 7), ("Qwen/Qwen2.5-72B-Instruct-AWQ", 72),
      ("Qwen/Qwen2.5-0.5B", 0.5), ("facebook/opt-350m", 0.35),
      ("mistralai/Mixtral-8x7B-v0.1", 46.48),
      ("Qwen/Qwen3-30B-A3B", 30), ("deepseek-ai/DeepSeek-R1", 671),
      ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", 32), ("microsoft/phi-4", 14.7),
      ("org/model-405B-FP8", 405), ("/models/llama-13b", 13),
    ])
  func size(name: String, billions: Double) throws {
    let size = try #require(ModelSize(name: name))
    #expect(abs(size.billions - billions) < 0.01)
  }

  @Test(
    "a name without a size has none",
    arguments: ["", "my-model", "model-4bit", "b", "7", "x7b", "v1.5", "gpt2", "80gb"])
  func noSize(name: String) { #expect(ModelSize(name: name) == nil) }

  @Test(
    "options say the precision first, then the name, then it is assumed",
    arguments: [
      ("org/a-7b", [], 2, "assumed"), ("org/a-7b", ["--dtype", "float32"], 4, "--dtype float32"),
      ("org/a-7b", ["--dtype", "auto"], 2, "assumed"), ("org/a-7B-AWQ", [], 0.56, "the name"),
      ("org/a-7B-GPTQ-Int8", ["-q", "gptq"], 1, "--quantization gptq"),
      ("org/a-7b", ["--quantization=fp8"], 1, "--quantization fp8"),
      ("org/a-7b", ["--quantization", "bitsandbytes"], 0.56, "--quantization bitsandbytes"),
      (
        "org/a-7b-w4a16", ["--quantization", "compressed-tensors"], 0.56,
        "--quantization compressed-tensors"
      ),
      ("deepseek-ai/DeepSeek-V3", [], 1, "the name"), ("openai/gpt-oss-20b", [], 0.56, "the name"),
    ] as [(String, [String], Double, String)])
  func precision(name: String, options: [String], bytes: Double, source: String) throws {
    let estimate = try #require(MemoryEstimate(request(name, options)))
    #expect(estimate.precision.bytesPerParameter == bytes)
    #expect(estimate.precision.source == source)
  }

  @Test("weights, cache and runtime, split over the GPUs of the command")
  func parts() throws {
    let one = try #require(
      MemoryEstimate(request("org/Llama-3.1-8B", ["--max-model-len", "8192"])))
    #expect(abs(one.weights - 14.9) < 0.1)
    #expect(abs(one.cache - 1) < 0.05)
    #expect(abs(one.perGPU - 17.4) < 0.2)
    let four = try #require(
      MemoryEstimate(request("org/Llama-3.1-8B", ["--max-model-len", "8K", "-tp", "4"])))
    #expect(four.split == 4)
    #expect(four.context == 8_192)
    #expect(four.perGPU < 6)
    let half = try #require(
      MemoryEstimate(
        request("org/Llama-3.1-8B", ["--max-model-len=8192", "--kv-cache-dtype", "fp8"])))
    #expect(abs(half.cache - 0.5) < 0.05)
  }

  @Test("what is said goes before the name, and is told as said")
  func typed() throws {
    let estimate = try #require(MemoryEstimate(request("my-model"), billions: 13))
    #expect(estimate.text.contains("13B from what was typed"))
    #expect(MemoryEstimate(request("my-model")) == nil)
  }

  @Test("the sentence has every input")
  func text() throws {
    let estimate = try #require(
      MemoryEstimate(request("Qwen/Qwen2.5-72B-Instruct-AWQ", ["--tensor-parallel-size", "2"])))
    for part in [
      "estimate: ", "on each of 2 GPUs", "72B from the name: 72B", "4-bit (AWQ), the name",
      "8192 tokens, assumed", "split by 2", "runtime 1.5",
    ] {
      #expect(estimate.text.contains(part), "\(estimate.text)")
    }
  }

  // MARK: Warnings

  private func warnings(_ request: CreateRequest, memory: [String: Int]) -> [String] {
    var context = ValidationContext()
    context.gpuMemory = memory
    let findings = request.findings(in: context).filter { $0.field == .gpuCount }
    #expect(findings.allSatisfy { $0.severity == .warning })
    return findings.map(\.message)
  }

  @Test("a model that is too large for every GPU is warned about, with how many it would take")
  func tooLarge() throws {
    var context = ValidationContext()
    context.gpuMemory = ["NVIDIA-H200": 143_771, "NVIDIA-L4": 23_034]
    let findings = request("org/big-70b").findings(in: context).filter { $0.field == .gpuCount }
    let finding = try #require(findings.first)
    #expect(finding.message.hasPrefix("the model may not fit: about 13"))
    #expect(finding.message.hasSuffix("NVIDIA-H200 has 126 to use"))
    #expect(finding.fix.hasPrefix("Ask for 2 with --tensor-parallel-size 2"))
  }

  @Test("one that fits says nothing; one that fits on some says which are too small")
  func someFit() {
    #expect(warnings(request("org/a-8b"), memory: ["NVIDIA-H200": 143_771]).isEmpty)
    #expect(warnings(request("org/a-8b"), memory: [:]).isEmpty)
    let some = warnings(
      request("org/a-14b"), memory: ["NVIDIA-H200": 143_771, "NVIDIA-L4": 23_034])
    #expect(some.count == 1)
    #expect(some.first?.hasSuffix("is more than NVIDIA-L4 has") == true)
  }

  @Test(
    "the GPUs of the command and of the request are compared",
    arguments: [
      (4, [], "4 GPUs are asked for, and the command uses 1"),
      (4, ["--tensor-parallel-size", "4"], nil), (4, ["-tp", "2", "-pp", "2"], nil),
      (4, ["--tensor-parallel-size", "2", "--data-parallel-size", "2"], nil), (1, [], nil),
      (1, ["--tensor-parallel-size=8"], "the command uses 8 GPUs, and 1 is asked for"),
      (0, ["--tensor-parallel-size", "2"], nil), (2, ["--tensor-parallel-size", "$N"], nil),
    ] as [(Int, [String], String?)])
  func demand(gpus: Int, options: [String], message: String?) {
    if options.contains("$N") {
      var request = request("org/a", gpus: gpus)
      request.command = ["sh", "-c", "vllm serve org/a --served-model-name m -tp $N"]
      #expect(warnings(request, memory: [:]).isEmpty)
      return
    }
    #expect(
      warnings(request("org/a", options, gpus: gpus), memory: [:]) == (message.map { [$0] } ?? []))
  }
}
