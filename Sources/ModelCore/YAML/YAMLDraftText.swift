/// A text as it may be kept in a file: without what is secret in it.
package enum YAMLDraftText {
  /// The text with the values of its Secrets left out, and Hugging Face tokens wherever they are.
  ///
  /// - Returns: `nil` where it cannot be told what is secret: the text cannot be read and speaks of a Secret, or a Secret is
  ///   written in braces.
  package static func withoutSecrets(_ text: String) -> (text: String, leftOut: Int)? {
    let text = YAMLText.normalized(text)
    guard text.contains("Secret") else { return masked(text, leftOut: 0) }
    let yaml = YAMLText(text)
    guard yaml.isComplete else {
      return nil
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var changes: [(lines: Range<Int>, new: String)] = []
    for document in yaml.documents where document["kind"]?.string == "Secret" {
      if document.isFlow { return nil }
      for (index, member) in document.members.enumerated()
      where member.key == "data" || member.key == "stringData" {
        let next = document.members.dropFirst(index + 1).first?.keyPosition.line
        changes += self.changes(member, upTo: next, lines)
      }
    }
    for change in changes.sorted(by: { $0.lines.lowerBound > $1.lines.lowerBound }) {
      lines.replaceSubrange(change.lines, with: [change.new])
    }
    return masked(lines.joined(separator: "\n"), leftOut: changes.count)
  }

  /// Each entry of a Secret's data with nothing as its value; those in braces as a whole.
  private static func changes(
    _ member: YAMLNode.Member, upTo next: Int?, _ lines: [String]
  ) -> [(lines: Range<Int>, new: String)] {
    let entries = member.value.members
    let isBlock =
      !member.value.isFlow
      && entries.allSatisfy { $0.keyPosition.line > member.keyPosition.line }
    guard isBlock, !entries.isEmpty else {
      return [change(member, upTo: next, value: "{}", lines)]
    }
    return entries.enumerated().map { index, entry in
      let following = entries.dropFirst(index + 1).first?.keyPosition.line ?? next
      return change(entry, upTo: following, value: "\"\"", lines)
    }
  }

  private static func change(
    _ member: YAMLNode.Member, upTo next: Int?, value: String, _ lines: [String]
  ) -> (lines: Range<Int>, new: String) {
    let start = member.keyPosition.line - 1
    var end = min(next.map { $0 - 1 } ?? lines.count, lines.count)
    // The document ends where another begins, whatever the last value is.
    if let mark = lines[(start + 1)..<max(start + 1, end)].firstIndex(where: {
      $0.hasPrefix("---") || $0.hasPrefix("...")
    }) {
      end = mark
    }
    if next == nil, end == lines.count, lines.last == "", end > start + 1 { end -= 1 }
    let indent = String(repeating: " ", count: member.keyPosition.column - 1)
    return (start..<max(start + 1, end), "\(indent)\(member.key): \(value)")
  }

  /// Without what looks like a token of Hugging Face: `hf_` and letters.
  private static func masked(_ text: String, leftOut: Int) -> (text: String, leftOut: Int) {
    var kept = ""
    var leftOut = leftOut
    var rest = Substring(text)
    while let start = rest.firstRange(of: "hf_") {
      kept += rest[..<start.upperBound]
      rest = rest[start.upperBound...]
      let token = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
      guard token.count >= 16 else { continue }
      kept += "..."
      leftOut += 1
      rest = rest.dropFirst(token.count)
    }
    return (kept + rest, leftOut)
  }
}
