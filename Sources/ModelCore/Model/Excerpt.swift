/// Foreign text made fit for one line on a terminal: no control characters, no bidirectional tricks, not too long.
package enum Excerpt {
  /// The text in single quotes.
  package static func quoted(_ text: String, limit: Int = 80) -> String {
    "'\(line(text, limit: limit))'"
  }

  /// One line: blanks run together, what cannot be printed is left out, `...` where it was cut.
  ///
  /// Looks at no more of the text than it needs, however long that is.
  package static func line(_ text: String, limit: Int = 240) -> String {
    // Most of what is told is this: as long as a log has lines it is worth a look.
    if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
      return text
    }
    var result = String.UnicodeScalarView()
    var count = 0
    var needsBlank = false
    var examined = 0
    for scalar in text.unicodeScalars {
      examined += 1
      if examined > limit * 16 + 1_024 { return String(result) + "..." }
      if scalar.properties.isWhitespace || scalar.value == 0x1B {
        needsBlank = count > 0
        continue
      }
      if isUnprintable(scalar) { continue }
      if count >= limit { return String(result) + "..." }
      if needsBlank {
        result.append(" ")
        count += 1
        needsBlank = false
      }
      result.append(scalar)
      count += 1
    }
    return String(result)
  }

  /// Control and format characters, among them those that turn the direction of text, and what is no character.
  package static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    case .format: scalar.value != 0x200D && scalar.value != 0x200C
    default: false
    }
  }
}
