/// Rules for the fields that hold free text.
enum TextRule {
  static func displayName(_ text: String?) -> [Finding] {
    guard let text else { return [] }
    return self.text(text, .displayName, limit: 256)
  }

  static func description(_ text: String?) -> [Finding] {
    guard let text else { return [] }
    return self.text(text, .description, limit: 4_096, allowsLines: true)
  }

  static func tags(_ tags: [String]) -> [Finding] {
    var findings: [Finding] = []
    if tags.count > 32 {
      findings.append(
        Finding(
          field: .tags, message: "\(tags.count) tags are too many", fix: "Keep at most 32."))
    }
    var seen: Set<String> = []
    for tag in tags.prefix(32) {
      if tag.trimmingBlanks.isEmpty {
        findings.append(
          Finding(field: .tags, message: "a tag is empty", fix: "Leave it out."))
      } else if !seen.insert(tag).inserted {
        findings.append(
          Finding(
            field: .tags, message: "the tag \(Excerpt.quoted(tag)) is there twice",
            fix: "Leave one of them out."))
      }
      findings += text(tag, .tags, limit: 64)
    }
    return findings
  }

  /// A text as it may be: without what does not belong there, and as long as allowed.
  static func cleaned(_ text: String, _ field: CreateField) -> String {
    let limit = field == .displayName ? 256 : field == .description ? 4_096 : 64
    let kept = text.unicodeScalars.lazy.filter {
      characters(String($0), field, allowsLines: field == .description).isEmpty
    }
    return String(String.UnicodeScalarView(kept.prefix(limit)))
  }

  static func cleaned(_ tags: [String]) -> [String] {
    var kept: [String] = []
    for tag in tags.lazy.map({ cleaned($0, .tags) })
    where !tag.trimmingBlanks.isEmpty && !kept.contains(tag) && kept.count < 32 {
      kept.append(tag)
    }
    return kept
  }

  /// The messages tell nothing of the token but its length.
  static func token(_ token: HuggingFaceToken?) -> [Finding] {
    guard let bytes = token?.reveal().utf8 else { return [] }
    var findings: [Finding] = []
    if bytes.isEmpty {
      findings.append(
        Finding(
          field: .huggingFaceToken, message: "the token is empty",
          fix: "Paste the token, or leave the field out."))
    }
    if bytes.count > 512 {
      findings.append(
        Finding(
          field: .huggingFaceToken, message: "the token is \(bytes.count) bytes long",
          fix: "A Hugging Face token has about 40 characters and begins with hf_."))
    }
    if !bytes.allSatisfy({ (0x21...0x7E).contains($0) }) {
      findings.append(
        Finding(
          field: .huggingFaceToken,
          message: "the token contains a blank or a character that is not printable ASCII",
          fix: "Paste the token alone, without line ends."))
    }
    return findings
  }

  /// Too long, or else with characters that do not belong there: a text that is too long is not looked through.
  private static func text(
    _ text: String, _ field: CreateField, limit: Int, allowsLines: Bool = false
  ) -> [Finding] {
    let scalars = text.unicodeScalars
    if let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    {
      return [
        Finding(
          field: field, message: "\(field.inWords) has more than \(limit) characters",
          fix: "Shorten it to \(limit) characters.")
      ]
    }
    return characters(text, field, allowsLines: allowsLines)
  }

  private static func characters(
    _ text: String, _ field: CreateField, allowsLines: Bool
  ) -> [Finding] {
    let isBad: (Unicode.Scalar) -> Bool = { scalar in
      if allowsLines, scalar == "\n" || scalar == "\t" || scalar == "\r" { return false }
      // What no version of Unicode has given a meaning yet may get one: it is stored, and not shown.
      return Excerpt.isUnprintable(scalar) && scalar.properties.generalCategory != .unassigned
    }
    guard text.unicodeScalars.contains(where: isBad) else { return [] }
    return [
      Finding(
        field: field, message: "\(field.inWords) contains a control character",
        fix: "Remove it; it may have come with pasted text.")
    ]
  }
}

extension CreateField {
  /// How a sentence names the field.
  var inWords: String {
    switch self {
    case .displayName: "the display name"
    case .tags: "a tag"
    default: "the \(rawValue.map { $0 == "_" ? " " : String($0) }.joined())"
    }
  }
}
