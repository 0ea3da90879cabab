/// Fields as text: what a form and a command line read and show.
extension CreateRequest {
  /// The numbers that a field may hold.
  package enum Bounds {
    /// For one replica.
    package static let gpuCount = 0...1_024
    /// A day.
    package static let initialDelaySeconds = 0...86_400
    /// In Gi: 64 TiB.
    package static let storageSize = 0...65_536
  }

  /// Sets a field from text; blank text is absent. Returns what is wrong with the text, and then leaves the field.
  package mutating func set(_ field: CreateField, to text: String) -> Finding? {
    let trimmed = text.trimmingBlanks
    let value = trimmed.isEmpty ? nil : trimmed
    switch field {
    case .name: name = trimmed
    case .displayName: displayName = value
    case .description: modelDescription = value
    case .image: image = trimmed
    case .storageClass: storageClass = value
    case .huggingFaceToken:
      tokenSecret = value.flatMap(TokenSecret.init)
      huggingFaceToken = tokenSecret == nil ? value.map(HuggingFaceToken.init) : nil
    case .tags: tags = Self.tags(in: text)
    case .gpuCount, .initialDelaySeconds, .storageSize:
      return setNumber(field, to: value)
    case .command:
      do {
        command = try CommandText.arguments(of: text)
      } catch {
        return Finding(
          field: .command, message: "the command cannot be read: \(error.message)",
          fix: "Close the quote, or put a backslash before it.")
      }
    }
    return nil
  }

  /// A field as text; a token's is always empty.
  package func text(of field: CreateField) -> String {
    switch field {
    case .name: name
    case .displayName: displayName ?? ""
    case .description: modelDescription ?? ""
    case .image: image
    case .command: CommandText.text(of: command)
    case .gpuCount: gpuCount.map(String.init) ?? ""
    case .initialDelaySeconds: initialDelaySeconds.map(String.init) ?? ""
    case .storageSize: storageSize.map(String.init) ?? ""
    case .storageClass: storageClass ?? ""
    case .huggingFaceToken: tokenSecret?.text ?? ""
    case .tags: tags.joined(separator: ", ")
    }
  }

  /// Tags out of `llama, chat,7b`: blanks around them do not count, empty ones are left out.
  package static func tags(in text: String) -> [String] {
    text.split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
  }

  private mutating func setNumber(_ field: CreateField, to text: String?) -> Finding? {
    var number: Int?
    if let text {
      guard let parsed = Self.number(text, field: field) else {
        return Finding(
          field: field, message: "\(Excerpt.quoted(text)) is not a whole number",
          fix: "Write digits only, e.g. \(FieldSpecification[field].defaultText).")
      }
      number = parsed
    }
    switch field {
    case .gpuCount: gpuCount = number
    case .initialDelaySeconds: initialDelaySeconds = number
    default: storageSize = number
    }
    return nil
  }

  /// `20`, and `20Gi` or `60s` where that is the field's unit.
  private static func number(_ text: String, field: CreateField) -> Int? {
    var digits = Substring(text)
    if case .integer(_, let unit) = FieldSpecification[field].kind, !unit.isEmpty,
      digits.hasSuffix(unit)
    {
      digits = digits.dropLast(unit.count)
      while digits.last == " " { digits = digits.dropLast() }
    }
    return Int(digits)
  }
}
