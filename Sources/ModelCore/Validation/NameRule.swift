/// The rule for a model's name: it is a Deployment, a Service (DNS-1035 label), a label value and a route at once.
package enum NameRule {
  /// Of a Service's name, the strictest of them all.
  package static let longest = 63
  /// Names that the HTTP API has paths for.
  package static let reserved: Set<String> = ["yaml"]

  /// What is wrong with a name: one finding at most, with all its problems and the nearest name that is allowed.
  package static func findings(_ name: String) -> [Finding] {
    guard !name.isEmpty else {
      return [
        Finding(field: .name, message: "name is required", fix: "Enter a name such as llama-7b.")
      ]
    }
    if reserved.contains(name) {
      return [
        Finding(
          field: .name, message: "the name '\(name)' is reserved",
          fix: "Choose another name, e.g. \(name)-model.")
      ]
    }
    let problems = problems(of: name)
    guard !problems.isEmpty else { return [] }
    let suggestion = suggestion(for: name).map { ", e.g. \($0)" } ?? ""
    return [
      Finding(
        field: .name,
        message: "the name \(Excerpt.quoted(name)) " + problems.joined(separator: ", "),
        fix: "Use a-z, 0-9 and -, starting with a letter\(suggestion).")
    ]
  }

  /// Whether a model may have this name; whether it is taken is another question.
  package static func isValid(_ name: String) -> Bool { findings(name).isEmpty }

  private static func problems(of name: String) -> [String] {
    var problems: [String] = []
    let scalars = name.unicodeScalars
    let length = name.utf8.count
    if scalars.prefix(longest).contains(where: { ("A"..."Z").contains($0) }) {
      problems.append("has upper-case letters")
    }
    let foreign = foreignCharacters(in: name)
    if !foreign.isEmpty { problems.append("contains \(foreign.joined(separator: ", "))") }
    if let first = scalars.first {
      if ("0"..."9").contains(first) { problems.append("starts with a digit") }
      if first == "-" { problems.append("starts with a dash") }
    }
    if scalars.last == "-", length > 1 { problems.append("ends with a dash") }
    if length > longest {
      problems.append(
        "is \(length - longest) \(length - longest == 1 ? "character" : "characters") too long")
    }
    return problems
  }

  /// The characters that do not belong there, each once and in words, the first four of them.
  private static func foreignCharacters(in name: String) -> [String] {
    var seen: [String] = []
    for scalar in name.unicodeScalars {
      let word: String
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-": continue
      case ".": word = "a dot"
      case "_": word = "an underscore"
      case "/": word = "a slash"
      case ":": word = "a colon"
      case _ where scalar.properties.isWhitespace: word = "a blank"
      case _ where Excerpt.isUnprintable(scalar): word = "a control character"
      case _ where scalar.isASCII: word = "'\(scalar)'"
      default:
        // Look-alikes (a Cyrillic 'а') are told by their number, not by their looks.
        word = "'\(scalar)' (U+\(hexadecimal(scalar)))"
      }
      if !seen.contains(word) { seen.append(word) }
      if seen.count == 4 { break }
    }
    return seen
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The nearest name that is allowed, if something is left of it.
  static func suggestion(for name: String) -> String? {
    var text = ""
    for scalar in name.unicodeScalars.prefix(longest * 2) {
      switch scalar {
      case "a"..."z", "0"..."9": text.unicodeScalars.append(scalar)
      case "A"..."Z": text += String(scalar).lowercased()
      default: if !text.isEmpty, text.last != "-" { text += "-" }
      }
    }
    if let first = text.first, first.isNumber { text = "m" + text }
    text = String(text.prefix(longest))
    while text.last == "-" { text.removeLast() }
    return text.isEmpty || text == name || reserved.contains(text) ? nil : text
  }
}
