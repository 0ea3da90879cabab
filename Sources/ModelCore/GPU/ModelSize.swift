internal import FoundationEssentials

/// How large a model is, as its name tells: `Llama-2-7b`, `8x7B`, `Qwen2.5-72B-Instruct-AWQ`.
package struct ModelSize: Equatable, Sendable {
  /// Parameters in billions, all experts together.
  package var billions: Double
  /// Parameters in billions of one expert: what the cache of a mixture of experts goes by.
  package var billionsPerExpert: Double
  /// The part of the name that says it, e.g. `8x7B`.
  package var source: String

  /// `nil` where the name does not tell.
  package init?(name: String) {
    let base = name.split(separator: "/").last.map(String.init) ?? name
    let words = Self.words(base)
    var best: ModelSize?
    for word in words {
      guard let size = Self.size(of: word), size.billions > (best?.billions ?? 0) else { continue }
      best = size
    }
    guard let found = best ?? Self.known(base.lowercased()) else { return nil }
    self = found
  }

  /// What a person said, in billions; the model is taken for one without experts.
  package init(billions: Double) {
    self.init(billions: billions, perExpert: billions, source: "typed")
  }

  private init(billions: Double, perExpert: Double, source: String) {
    self.billions = billions
    billionsPerExpert = perExpert
    self.source = source
  }

  /// What stands between signs; a point belongs to a number.
  private static func words(_ text: String) -> [String] {
    text.prefix(300).split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".")) }
      .map(String.init)
  }

  /// `7b`, `1.5B`, `350m`, `8x7B`; not `A3B`, which counts what is active, nor `4bit`.
  private static func size(of word: String) -> ModelSize? {
    let lower = word.lowercased()
    guard let unit = lower.last, unit == "b" || unit == "m", lower.first?.isNumber == true else {
      return nil
    }
    let scale = unit == "b" ? 1.0 : 0.001
    let parts = lower.dropLast().split(separator: "x", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 > 0 && $0 < 100_000 }) else {
      return nil
    }
    switch numbers.count {
    case 1:
      let billions = numbers[0] * scale
      return ModelSize(billions: billions, perExpert: billions, source: word)
    case 2:
      // Experts share what is not theirs: 8x7B has 47, not 56.
      return ModelSize(
        billions: numbers[0] * numbers[1] * scale * 0.83, perExpert: numbers[1] * scale,
        source: word)
    default: return nil
    }
  }

  /// Models whose names have no number. Source: their model cards.
  private static func known(_ name: String) -> ModelSize? {
    let table: [(String, Double, Double)] = [
      ("deepseek-r1", 671, 37), ("deepseek-v3", 671, 37), ("deepseek-v2.5", 236, 21),
      ("kimi-k2", 1_000, 32), ("phi-4-mini", 3.8, 3.8), ("phi-4", 14.7, 14.7),
      ("phi-3-mini", 3.8, 3.8), ("phi-3-medium", 14, 14), ("mistral-large", 123, 123),
      ("mistral-small", 24, 24), ("mistral-nemo", 12.2, 12.2), ("bge-m3", 0.57, 0.57),
      ("whisper-large", 1.55, 1.55), ("command-r-plus", 104, 104), ("command-r", 35, 35),
    ]
    return table.first { name.contains($0.0) }.map {
      ModelSize(billions: $0.1, perExpert: $0.2, source: $0.0)
    }
  }
}

/// In what precision the weights are kept, as the arguments or the name tell.
package struct WeightPrecision: Equatable, Sendable {
  /// With the scales of a quantization: 4 bits come to more than half a byte.
  package var bytesPerParameter: Double
  /// In words, e.g. `4-bit (AWQ)`.
  package var name: String
  /// Where that comes from: `--quantization`, `--dtype`, `the name`, or `assumed`.
  package var source: String

  /// What the options say goes before the name, and that before the default of 16 bits.
  package init(options: [String: String], name: String) {
    if let option = options["--quantization"]?.lowercased(), option != "none",
      let found = Self.quantization(option, name: name)
    {
      self.init(found, source: "--quantization \(Excerpt.line(option, limit: 30))")
    } else if let found = Self.named(name) {
      self.init(found, source: "the name")
    } else if let option = options["--dtype"]?.lowercased(), option != "auto" {
      let isWide = option == "float32" || option == "float"
      self.init(
        isWide ? (4, "32-bit") : (2, "16-bit"), source: "--dtype \(Excerpt.line(option, limit: 30))"
      )
    } else {
      self.init((2, "16-bit"), source: "assumed")
    }
  }

  private init(_ found: (Double, String), source: String) {
    bytesPerParameter = found.0
    name = found.1
    self.source = source
  }

  // Four bits with their scales and what stays in 16 bits come to about 0.56 bytes.
  private static let fourBits = 0.56

  private static func quantization(_ option: String, name: String) -> (Double, String)? {
    switch option {
    case let text where text.hasPrefix("awq"): return (fourBits, "4-bit (AWQ)")
    case let text where text.hasPrefix("gptq"): return named(name) ?? (fourBits, "4-bit (GPTQ)")
    case "bitsandbytes": return (fourBits, "4-bit (bitsandbytes)")
    case "fp8", "fbgemm_fp8", "ptpc_fp8", "deepspeedfp", "modelopt": return (1, "8-bit (FP8)")
    case "int8", "w8a8_int8", "w8a8_fp8", "experts_int8", "tpu_int8": return (1, "8-bit")
    case "mxfp4", "modelopt_fp4", "nvfp4", "marlin", "hqq", "quark": return (fourBits, "4-bit")
    default: return named(name)
    }
  }

  private static func named(_ name: String) -> (Double, String)? {
    let text = name.lowercased()
    func has(_ words: String...) -> Bool { words.contains { text.contains($0) } }
    if has("int8", "8bit", "8-bit", "w8a8", "w8a16", "q8_0") { return (1, "8-bit") }
    if has("nvfp4", "mxfp4", "fp4") { return (fourBits, "4-bit (FP4)") }
    if has("fp8") { return (1, "8-bit (FP8)") }
    if has("awq") { return (fourBits, "4-bit (AWQ)") }
    if has("gptq") { return (fourBits, "4-bit (GPTQ)") }
    if has("int4", "4bit", "4-bit", "w4a16", "nf4", "q4_") { return (fourBits, "4-bit") }
    // Published in these precisions without saying so in the name.
    if has("gpt-oss") { return (fourBits, "4-bit (FP4)") }
    if has("deepseek-r1", "deepseek-v3", "kimi-k2"), !has("distill") { return (1, "8-bit (FP8)") }
    return nil
  }
}
