/// Whether a text may stand as the value of a label, as an organization does.
package enum LabelValue {
  /// At most 63 of letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit; may be empty.
  package static func isValid(_ text: String) -> Bool {
    let isAlphanumeric: (UInt8) -> Bool = { ShellLexer.isNameByte($0) && $0 != UInt8(ascii: "_") }
    guard let first = text.utf8.first, let last = text.utf8.last else { return true }
    return text.utf8.count <= 63 && isAlphanumeric(first) && isAlphanumeric(last)
      && text.utf8.allSatisfy {
        ShellLexer.isNameByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
      }
  }
}
