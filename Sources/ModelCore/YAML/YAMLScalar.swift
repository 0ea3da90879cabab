internal import FoundationEssentials
internal import Kubernetes

/// What a plain YAML scalar means to kubectl and the API server.
///
/// They read YAML 1.1 as Go's yaml.v2 does (`sigs.k8s.io/yaml`): `yes` and `on` are booleans, `0755` is octal. Times, and
/// numbers in base sixty, stay text there.
enum YAMLScalar {
  static func value(_ text: String, isPlain: Bool) -> JSONValue {
    guard isPlain else { return .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
    default: return number(text) ?? .string(text)
    }
  }

  /// Whether a person may have meant the word and not the boolean.
  static func isSurprisingBoolean(_ text: String) -> Bool {
    ["yes", "no", "on", "off"].contains(text.lowercased())
  }

  private static func number(_ text: String) -> JSONValue? {
    guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return nil }
    let digits = text.filter { $0 != "_" }
    if let integer = integer(digits) { return .integer(integer) }
    guard isDecimal(digits), let value = Double(digits), value.isFinite else { return nil }
    return .double(value)
  }

  /// With the prefixes that Go's `strconv.ParseInt` takes in base 0.
  private static func integer(_ text: String) -> Int64? {
    var body = Substring(text)
    var sign = ""
    if let first = body.first, first == "-" || first == "+" {
      sign = first == "-" ? "-" : ""
      body.removeFirst()
    }
    guard let first = body.first, first.isASCII, first.isNumber else { return nil }
    var radix = 10
    if body.count > 1, first == "0" {
      switch body.dropFirst().first {
      case "x", "X": radix = 16
      case "b", "B": radix = 2
      case "o", "O": radix = 8
      default:
        radix = 8
        return Int64(sign + body.dropFirst(), radix: radix)
      }
      body = body.dropFirst(2)
      guard let next = body.first, next.isHexDigit else { return nil }
    }
    return Int64(sign + body, radix: radix)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isDecimal(_ text: String) -> Bool {
    var rest = Substring(text)
    func digits() -> Int {
      let found = rest.prefix { $0.isASCII && $0.isNumber }.count
      rest = rest.dropFirst(found)
      return found
    }
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    var count = digits()
    if rest.first == "." {
      rest.removeFirst()
      count += digits()
    }
    guard count > 0 else { return false }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
