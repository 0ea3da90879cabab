/// The arguments of an inference server, read as vLLM's own parser reads them.
///
/// Source: vLLM `vllm/utils/argparse_utils.py` (underscores in long option names) on Python's `argparse`
/// (abbreviations, `--`, one or more values, the last occurrence wins, what counts as an option).
package struct EngineArguments: Equatable, Sendable {
  /// What the arguments say about the port.
  package enum Port: Equatable, Sendable {
    case absent
    case number(Int)
    /// Not a number from 1 to 65535, or only known when it runs.
    case invalid(String)
  }

  package private(set) var servedModelName = ServedModelName.absent
  package private(set) var port = Port.absent
  /// `--model`, or the argument of `vllm serve`.
  package private(set) var model: String?
  /// `vllm serve` is given options before the model, which newer versions refuse beside a served name.
  package private(set) var hasOptionsBeforeModel = false
  /// An argument that holds the flag and its value in one, as in `["--served-model-name llama-7b"]`.
  package private(set) var gluedFlag: String?
  /// What the options say about the size of the server, by vLLM's long names: parallelism, precision, lengths.
  package private(set) var sizing: [String: String] = [:]
  /// Some argument is only known when it runs.
  package private(set) var hasUnknown: Bool

  private var isBroken = false

  /// Options that are read; a prefix is an abbreviation where no other option of vLLM begins so.
  private enum Option {
    case servedModelName, port, model, other

    init(_ key: String) {
      switch key {
      case "--port", "--por": self = .port
      case "--model": self = .model
      case "--served-model-name": self = .servedModelName
      default:
        let isAbbreviation = key.utf8.count >= 5 && "--served-model-name".hasPrefix(key)
        self = isAbbreviation ? .servedModelName : .other
      }
    }
  }

  /// - Parameter isServe: the arguments are those of `vllm serve`, which takes the model as first argument.
  package init(_ arguments: [CommandArgument], isServe: Bool) {
    hasUnknown = arguments.contains { !$0.isExact }
    var positionalModel: String?
    var index = 0
    var optionMayTakeValue = false
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      if argument.text == "--" { break }
      guard Self.isOption(argument.text) else {
        if isServe, positionalModel == nil, !optionMayTakeValue, argument.isExact {
          positionalModel = argument.text
        }
        if gluedFlag == nil { noteGluedFlag(argument.text) }
        optionMayTakeValue = false
        continue
      }
      let (key, attached) = Self.split(argument.text)
      let option = Option(key)
      var values: [CommandArgument] = []
      if let attached {
        values = [CommandArgument(attached, isExact: argument.isExact)]
      } else if option != .other || Self.sizingOptions[key] != nil {
        let most = option == .servedModelName ? Int.max : 1
        while values.count < most, index < arguments.count,
          arguments[index].text != "--", !Self.isOption(arguments[index].text)
        {
          values.append(arguments[index])
          index += 1
        }
      }
      if let name = Self.sizingOptions[key] {
        sizing[name] = values.first.flatMap { $0.isExact ? $0.text : nil }
        optionMayTakeValue = false
        continue
      }
      optionMayTakeValue = option == .other && attached == nil && !Self.isSwitch(key)
      take(option, values)
    }
    if isServe {
      hasOptionsBeforeModel =
        model == nil && (arguments.first.map { Self.isOption($0.text) } ?? true)
      if model == nil { model = positionalModel }
    }
  }

  /// Options about the size, with what SGLang calls them.
  private static let sizingOptions: [String: String] = [
    "--tensor-parallel-size": "--tensor-parallel-size", "-tp": "--tensor-parallel-size",
    "--tp": "--tensor-parallel-size", "--tp-size": "--tensor-parallel-size",
    "--pipeline-parallel-size": "--pipeline-parallel-size", "-pp": "--pipeline-parallel-size",
    "--pp-size": "--pipeline-parallel-size",
    "--data-parallel-size": "--data-parallel-size", "-dp": "--data-parallel-size",
    "--dp-size": "--data-parallel-size",
    "--max-model-len": "--max-model-len", "--context-length": "--max-model-len",
    "--dtype": "--dtype", "--quantization": "--quantization", "-q": "--quantization",
    "--kv-cache-dtype": "--kv-cache-dtype",
    "--gpu-memory-utilization": "--gpu-memory-utilization",
    "--mem-fraction-static": "--gpu-memory-utilization",
  ]

  private mutating func take(_ option: Option, _ values: [CommandArgument]) {
    switch option {
    case .servedModelName:
      // The parser stops at a flag without a value, whatever comes behind it.
      if values.isEmpty { isBroken = true }
      let isEmpty = isBroken || values[0].text.isEmpty
      servedModelName =
        isEmpty ? .withoutValue : .names(values.map(\.text), isCertain: values[0].isExact)
    case .port: port = Self.port(values.first)
    case .model: model = values.first?.isExact == true ? values.first?.text : nil
    case .other: break
    }
  }

  private mutating func noteGluedFlag(_ text: String) {
    guard text.utf8.starts(with: "--served".utf8) else { return }
    gluedFlag = text
  }

  /// A number as Python's `int()` reads it.
  private static func port(_ value: CommandArgument?) -> Port {
    guard let value else { return .invalid("") }
    let text = value.text.trimmingBlanks
    guard value.isExact, text.utf8.count <= 8, let number = Int(text.filter { $0 != "_" }),
      (1...65_535).contains(number)
    else { return .invalid(value.text) }
    return .number(number)
  }

  /// The name of an option with `-` for `_` up to the first dot, and what stands behind its `=`.
  private static func split(_ text: String) -> (key: String, value: String?) {
    var key = Substring(text)
    var value: String?
    if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
      key = text[..<equals]
      value = String(text[text.utf8.index(after: equals)...])
    }
    guard key.utf8.starts(with: "--".utf8), key.utf8.count <= 100 else {
      return (String(key), value)
    }
    var isDotted = false
    let name = key.map { character -> Character in
      if character == "." { isDotted = true }
      return character == "_" && !isDotted ? "-" : character
    }
    return (String(name), value)
  }

  /// Whether argparse takes a text for an option and not for a value.
  private static func isOption(_ text: String) -> Bool {
    let bytes = text.utf8
    guard bytes.first == UInt8(ascii: "-"), bytes.count > 1 else { return false }
    if isNegativeNumber(text) { return false }
    guard bytes.contains(UInt8(ascii: " ")) else { return true }
    // A blank makes it a value, unless the part before `=` is an option: `--chat-template={{ x }}`.
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let key = bytes[..<equals]
    return key.count > 2
      && key.allSatisfy {
        ShellLexer.isNameByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
      }
  }

  private static func isNegativeNumber(_ text: String) -> Bool {
    let rest = text.utf8.dropFirst()
    let isNumeric = rest.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    return isNumeric && rest.contains { $0 != UInt8(ascii: ".") }
      && rest.count { $0 == UInt8(ascii: ".") } <= 1 && rest.last != UInt8(ascii: ".")
  }

  /// Options of vLLM that take no value, as far as their names tell.
  private static func isSwitch(_ key: String) -> Bool {
    ["--enable-", "--disable-", "--no-", "--trust-remote-code", "--enforce-eager", "--headless"]
      .contains { key.hasPrefix($0) }
  }
}
