internal import FoundationEssentials

/// About how much GPU memory a model takes, with what that was reckoned from. A rule of thumb: it warns, and never blocks.
///
/// Weights are parameters times bytes; the cache is that of one request of the longest length, which vLLM wants to have room
/// for before it starts. Source: vLLM, "Conserving Memory" and its engine arguments.
package struct MemoryEstimate: Equatable, Sendable {
  /// How many parameters, and what says so.
  package let size: ModelSize
  /// What one parameter takes, and what says so.
  package let precision: WeightPrecision
  /// Over how many GPUs the weights are split: tensor times pipeline parallel size.
  package let split: Int
  /// Tokens of the longest request; `isContextKnown` is false where that is assumed.
  package let context: Int
  /// The command says it with `--max-model-len`; else 8,192 is assumed.
  package let isContextKnown: Bool
  /// The part of a GPU's memory that the server takes, 0 to 1.
  package let utilization: Double

  /// In GiB, of all GPUs together.
  package let weights: Double
  /// Of keys and values for one request of the longest length; in GiB, of all GPUs together.
  package let cache: Double
  /// What the runtime takes of each GPU: activations, graphs, libraries. In GiB.
  package static let runtime = 1.5
  private static let assumedContext = 8_192
  private static let gibibyte = 1_073_741_824.0

  /// - Parameter billions: what a person said; else the names are looked at.
  /// - Returns: `nil` where nothing tells the size.
  package init?(_ request: CreateRequest, billions: Double? = nil) {
    self.init(request, server: ServerCommand(request.command), billions: billions)
  }

  init?(_ request: CreateRequest, server: ServerCommand, billions: Double?) {
    let hub = server.model ?? request.name
    let found =
      billions.map { ModelSize(billions: $0) } ?? ModelSize(name: hub)
      ?? ModelSize(name: request.name)
    guard let size = found, size.billions > 0 else { return nil }
    self.size = size
    let options = server.sizing
    precision = WeightPrecision(options: options, name: hub)
    split = max(1, GPUDemand(options).weightsSplit)
    let said = options["--max-model-len"].flatMap(Self.tokens)
    context = said ?? Self.assumedContext
    isContextKnown = said != nil
    utilization = min(
      1, max(0.05, options["--gpu-memory-utilization"].flatMap { Double($0) } ?? 0.9))
    weights = size.billions * 1e9 * precision.bytesPerParameter / Self.gibibyte
    let cacheBytes = options["--kv-cache-dtype"]?.hasPrefix("fp8") == true ? 0.5 : 1
    cache =
      Self.cachePerToken(size, name: hub.lowercased()) * Double(context) * cacheBytes
      / Self.gibibyte
  }

  /// What one GPU has to hold, in GiB.
  package var perGPU: Double { (weights + cache) / Double(split) + Self.runtime }

  /// Whether a GPU of so much memory is enough.
  package func fits(memoryMiB: Int) -> Bool {
    perGPU <= Double(memoryMiB) / 1_024 * utilization
  }

  /// The least number of GPUs of that memory, a power of two, over which it could be split; `nil` where 64 are not enough.
  package func gpusNeeded(memoryMiB: Int) -> Int? {
    [1, 2, 4, 8, 16, 32, 64].first {
      (weights + cache) / Double($0) + Self.runtime <= Double(memoryMiB) / 1_024 * utilization
    }
  }

  /// Bytes of keys and values in 16 bits for one token. Grows slower than the model; older models without grouped queries take
  /// four times as much, those with latent attention much less.
  private static func cachePerToken(_ size: ModelSize, name: String) -> Double {
    if ["deepseek-r1", "deepseek-v3", "deepseek-v2", "kimi-k2"].contains(where: name.contains),
      !name.contains("distill")
    {
      return 70_000
    }
    let grouped = Self.groupedCache(size.billionsPerExpert) * 1_024
    let isOld = ["llama-2-7b", "llama-2-13b", "vicuna", "codellama-7b", "codellama-13b"]
      .contains { name.contains($0) }
    return isOld ? grouped * 4 : grouped
  }

  /// KiB for one token of a model with grouped queries, between those of known ones. Source: the published configurations of
  /// Llama 3, Qwen 2.5 and Mistral Large: layers x key-value heads x head size x 2 x 2 bytes.
  private static func groupedCache(_ billions: Double) -> Double {
    let known: [(billions: Double, kibibytes: Double)] = [
      (0.5, 12), (1, 32), (3, 112), (8, 128), (14, 192), (32, 256), (70, 320), (123, 352),
      (405, 504),
    ]
    guard let upper = known.firstIndex(where: { $0.billions >= billions }) else { return 504 }
    guard upper > 0 else { return 12 }
    let (low, high) = (known[upper - 1], known[upper])
    let part = (billions - low.billions) / (high.billions - low.billions)
    return low.kibibytes + part * (high.kibibytes - low.kibibytes)
  }

  /// `8192`, `32k` (thousands), `32K` (1,024 each), as vLLM reads lengths.
  static func tokens(_ text: String) -> Int? {
    let scales: [Character: Double] = ["k": 1_000, "K": 1_024, "m": 1_000_000, "M": 1_048_576]
    var digits = Substring(text)
    var scale = 1.0
    if let last = digits.last, let factor = scales[last] {
      scale = factor
      digits = digits.dropLast()
    }
    guard let number = Double(digits), number >= 1, number * scale < 1e9 else { return nil }
    return Int(number * scale)
  }
}

/// How many GPUs a server's own options make it use.
package struct GPUDemand: Equatable, Sendable {
  /// GPUs that each layer is split over; `nil` where the options do not say.
  package var tensorParallel: Int?
  /// Groups of GPUs that the layers are dealt out to; `nil` where the options do not say.
  package var pipelineParallel: Int?
  /// Copies of the whole; `nil` where the options do not say.
  package var dataParallel: Int?

  /// Of vLLM's long options with their values. What is no number from 1 to 1,024 counts as not said.
  package init(_ options: [String: String]) {
    func number(_ key: String) -> Int? {
      options[key].flatMap { Int($0) }.flatMap { (1...1_024).contains($0) ? $0 : nil }
    }
    tensorParallel = number("--tensor-parallel-size")
    pipelineParallel = number("--pipeline-parallel-size")
    dataParallel = number("--data-parallel-size")
  }

  /// GPUs that hold one copy of the weights; at least 1.
  package var weightsSplit: Int { (tensorParallel ?? 1) * (pipelineParallel ?? 1) }
  /// GPUs that the server wants in all; at least 1.
  package var total: Int { weightsSplit * (dataParallel ?? 1) }
}

extension MemoryEstimate {
  /// The estimate with its inputs, in one sentence.
  package var text: String {
    let gpus = split == 1 ? "on one GPU" : "on each of \(split) GPUs"
    let tokens = isContextKnown ? "" : ", assumed"
    return "estimate: \(Self.gib(perGPU)) GiB \(gpus) = weights \(Self.gib(weights)) "
      + "(\(Self.number(size.billions))B from \(sizeSource) x \(precision.name), \(precision.source)) "
      + "+ cache \(Self.gib(cache)) (\(context) tokens\(tokens))"
      + (split == 1 ? "" : ", split by \(split),") + " + runtime \(Self.gib(Self.runtime))"
  }

  private var sizeSource: String {
    size.source == "typed" ? "what was typed" : "the name: \(Excerpt.line(size.source, limit: 30))"
  }

  static func gib(_ value: Double) -> String { number(value) }

  /// One decimal below 100, none above.
  private static func number(_ value: Double) -> String {
    if value >= 99.95 { return "\(Int(min(value, 1e15).rounded()))" }
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
