/// A Hugging Face token where it does not belong: everything but the token's own field is readable for all who may look.
package enum StrayToken {
  /// Source: Hugging Face, "User access tokens": `hf_` and 34 letters; shorter and longer ones have been seen.
  private static let prefix = "hf_"
  private static let least = 28

  /// Every token in a text replaced by a sign that one was there.
  package static func redacted(_ text: String) -> String {
    guard let first = range(in: text[...]) else { return text }
    var result = ""
    var rest = text[...]
    var next: Range<String.Index>? = first
    while let found = next {
      result += rest[..<found.lowerBound] + "<redacted>"
      rest = rest[found.upperBound...]
      next = range(in: rest)
    }
    return result + rest
  }

  static func isIn(_ text: String) -> Bool {
    text.utf8.count >= least && range(in: text[...]) != nil
  }

  static func findings(_ request: CreateRequest) -> [Finding] {
    let texts: [(CreateField, [String])] = [
      (.name, [request.name]), (.displayName, [request.displayName ?? ""]),
      (.description, [request.modelDescription ?? ""]), (.image, [request.image]),
      (.command, request.command), (.tags, request.tags),
    ]
    return texts.filter { $0.1.contains(where: isIn) }.map { field, _ in
      Finding(
        field: field, message: "\(field.inWords) contains what looks like a Hugging Face token",
        fix:
          "Put it into the token's own field: everybody who may look at the model can read this one."
      )
    }
  }

  private static func range(in text: Substring) -> Range<String.Index>? {
    var start = text.startIndex
    while let found = text[start...].firstRange(of: prefix) {
      let tail = text[found.upperBound...].utf8.prefix {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
      }
      if tail.count >= least { return found.lowerBound..<tail.endIndex }
      start = found.upperBound
    }
    return nil
  }
}
