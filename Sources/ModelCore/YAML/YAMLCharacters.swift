/// Looks through a text for characters that no manifest should have, before it is parsed.
///
/// What is looked for moves what a person sees away from what a program reads: line breaks that editors do not show,
/// and characters that turn the direction of a line.
enum YAMLCharacters {
  /// So many are told; pasted garbage has thousands.
  private static let most = 20

  /// What is wrong, and whether the text cannot be parsed for it.
  static func findings(in text: String) -> (findings: [YAMLFinding], isUnreadable: Bool) {
    var findings: [YAMLFinding] = []
    var isUnreadable = false
    var line = 1
    var column = 0
    for scalar in text.unicodeScalars {
      column += 1
      if scalar == "\n" {
        (line, column) = (line + 1, 0)
        continue
      }
      guard !isPlain(scalar), let (what, advice, stops) = problem(scalar) else { continue }
      isUnreadable = isUnreadable || stops
      findings.append(
        YAMLFinding(YAMLPosition(line: line, column: column), what, advice: advice))
      if findings.count >= most { break }
    }
    return (findings, isUnreadable)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return value >= 0x20 && value < 0x7F || value == 9 || value >= 0xA0 && value < 0x2000
  }

  private static func problem(_ scalar: Unicode.Scalar) -> (String, String, Bool)? {
    let name = "U+" + hexadecimal(scalar)
    switch scalar.value {
    case 0...8, 0xB...0x1F, 0x7F...0x84, 0x86...0x9F:
      return (
        "there is a control character, \(name)",
        "It may have come with pasted text: delete it, or write \"\\x..\" in double quotes.", true
      )
    case 0x85, 0x2028, 0x2029:
      return (
        "there is a line break that editors do not show, \(name)",
        "Replace it by a line break or a blank.", true
      )
    case 0x202A...0x202E, 0x2066...0x2069:
      return (
        "there is a character that turns the direction of text, \(name)",
        "It hides what is written: delete it, or write it as \"\\u\(hexadecimal(scalar).lowercased())\".",
        false
      )
    case 0xFEFF:
      return ("there is a byte order mark within the text", "Delete it.", true)
    case 0xFFFE, 0xFFFF:
      return ("there is no character \(name)", "Delete it.", true)
    default: return nil
    }
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
