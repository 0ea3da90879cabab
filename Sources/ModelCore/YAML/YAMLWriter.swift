package import Kubernetes

extension JSONValue {
  /// The value as a YAML document that kubectl and the API server read back as the same, ending with a line end.
  ///
  /// What an object is comes first (`apiVersion`, `kind`, `metadata`, `spec`), other members go by name, as kubectl has them.
  package var yamlText: String {
    var writer = YAMLWriter()
    writer.write(self)
    return writer.text
  }
}

/// Writes YAML in block style. Strings are quoted where a reader would take them for something else.
private struct YAMLWriter {
  private(set) var text = ""

  mutating func write(_ value: JSONValue) {
    switch value {
    case .object(let members) where !members.isEmpty: write(members, indent: 0, isFirstInline: true)
    case .array(let elements) where !elements.isEmpty: write(elements, indent: 0)
    default:
      writeScalar(value, indent: 0)
    }
  }

  private static let leading = ["apiVersion", "kind", "metadata", "name", "namespace", "spec"]

  private static func ordered(_ members: [String: JSONValue]) -> [String] {
    members.keys.sorted { a, b in
      let left = leading.firstIndex(of: a) ?? leading.count
      let right = leading.firstIndex(of: b) ?? leading.count
      return (left, a) < (right, b)
    }
  }

  /// - Parameter isFirstInline: the first member goes on where the line is, as behind `- `.
  private mutating func write(_ members: [String: JSONValue], indent: Int, isFirstInline: Bool) {
    var isInline = isFirstInline
    for key in Self.ordered(members) {
      if !isInline { text += String(repeating: " ", count: indent) }
      isInline = false
      text += Self.scalar(key) + ":"
      writeMember(members[key] ?? .null, indent: indent)
    }
  }

  private mutating func writeMember(_ value: JSONValue, indent: Int) {
    switch value {
    case .object(let members) where !members.isEmpty:
      text += "\n" + String(repeating: " ", count: indent + 2)
      write(members, indent: indent + 2, isFirstInline: true)
    case .array(let elements) where !elements.isEmpty:
      text += "\n" + String(repeating: " ", count: indent)
      write(elements, indent: indent)
    default:
      text += " "
      writeScalar(value, indent: indent + 2)
    }
  }

  /// The first `-` goes where the line is.
  private mutating func write(_ elements: [JSONValue], indent: Int) {
    for (index, element) in elements.enumerated() {
      if index > 0 { text += String(repeating: " ", count: indent) }
      text += "- "
      switch element {
      case .object(let members) where !members.isEmpty:
        write(members, indent: indent + 2, isFirstInline: true)
      case .array(let inner) where !inner.isEmpty: write(inner, indent: indent + 2)
      default: writeScalar(element, indent: indent + 2)
      }
    }
  }

  private mutating func writeScalar(_ value: JSONValue, indent: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += String(number)
    case .double(let number): text += Self.number(number)
    case .array: text += "[]"
    case .object: text += "{}"
    case .string(let string):
      if let block = Self.block(string, indent: indent) {
        text += block
        return
      }
      text += Self.scalar(string)
    }
    text += "\n"
  }

  private static func number(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    // A whole number would be read back as an integer.
    return "\(number)"
  }

  /// Several lines as they are; `nil` where a block would not give the same back.
  private static func block(_ string: String, indent: Int) -> String? {
    guard string.utf8.contains(10), string.utf8.first != 32, string.utf8.first != 10,
      string.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || !Excerpt.isUnprintable($0) })
    else { return nil }
    let lines = string.split(separator: "\n", omittingEmptySubsequences: false)
    let endsWithLine = lines.last?.isEmpty ?? false
    // More than one line end at the end would be kept or lost by a sign of its own.
    guard !string.hasSuffix("\n\n") else { return nil }
    let shown = endsWithLine ? lines.dropLast() : lines[...]
    let blanks = String(repeating: " ", count: indent)
    return (endsWithLine ? "|" : "|-") + "\n"
      + shown.map { $0.isEmpty ? "\n" : blanks + $0 + "\n" }.joined()
  }

  private static func scalar(_ string: String) -> String {
    isPlain(string) ? string : quoted(string)
  }

  private static func isPlain(_ string: String) -> Bool {
    guard let first = string.unicodeScalars.first, let last = string.unicodeScalars.last,
      !string.unicodeScalars.contains(where: Excerpt.isUnprintable),
      !" -?:,[]{}#&*!|>'\"%@`~=".unicodeScalars.contains(first) || isFlag(string),
      last != ":", last != " ", !string.contains(": "), !string.contains(" #"),
      !YAMLScalar.isSurprisingBoolean(string), !["y", "n", "Y", "N", "<<"].contains(string),
      !isNumberLike(string)
    else { return false }
    return YAMLScalar.value(string, isPlain: true) == .string(string)
  }

  /// `-x` and `--model` are words; `-` alone and `- x` are not.
  private static func isFlag(_ string: String) -> Bool {
    string.utf8.first == 45 && string.utf8.count > 1 && string.utf8.dropFirst().first != 32
      && !string.hasPrefix("---")
  }

  /// What some reader of YAML takes for a number or a time: quoted, as kubectl does.
  private static func isNumberLike(_ string: String) -> Bool {
    guard let first = string.utf8.first, "+-.0123456789".utf8.contains(first) else { return false }
    return string.utf8.allSatisfy { "+-._:0123456789eExXabcdefABCDEFTZ ".utf8.contains($0) }
      && string.utf8.contains { (48...57).contains($0) }
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      default:
        if Excerpt.isUnprintable(scalar) {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let width = scalar.value > 0xFFFF ? 8 : 4
          text += (width == 8 ? "\\U" : "\\u")
          text += String(repeating: "0", count: max(0, width - digits.count)) + digits
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    return text + "\""
  }
}
