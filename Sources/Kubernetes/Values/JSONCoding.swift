package import FoundationEssentials

/// The one place where JSON of Kubernetes is decoded and encoded: times are RFC 3339.
package enum JSONCoding {
  /// A new decoder. It throws `DecodingError` at dates that are no RFC 3339 time.
  package static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      let text = try decoder.singleValueContainer().decode(String.self)
      guard let date = Timestamp.parse(text) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no RFC 3339 time"))
      }
      return date
    }
    return decoder
  }

  /// A new encoder: keys are sorted, slashes are not escaped.
  package static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(Timestamp.format(date))
    }
    return encoder
  }

  /// A typed value as JSON, for patches and comparison.
  package static func value(of value: some Encodable) throws -> JSONValue {
    try JSONValue(parsing: encoder.encode(value))
  }

  /// Reads a typed value out of JSON that is already parsed.
  package static func decode<T: Decodable>(_ type: T.Type, from value: JSONValue) throws -> T {
    try decoder.decode(type, from: value.encoded())
  }

  /// What a decoding error says, in words and without quoting the text: `spec.replicas has a value of the wrong type`.
  package static func problem(_ error: any Error) -> String {
    switch error {
    case DecodingError.typeMismatch(_, let context):
      return "\(path(context.codingPath)) has a value of the wrong type"
    case DecodingError.valueNotFound(_, let context):
      return "\(path(context.codingPath)) has no value"
    case DecodingError.keyNotFound(let key, let context):
      return "\(path(context.codingPath + [key])) is missing"
    case DecodingError.dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "it is no JSON" : "\(path(context.codingPath)) has a value that cannot be"
    default:
      return "it is not of the expected form"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    var text = ""
    for key in keys {
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
    return text.isEmpty ? "the document" : text
  }
}
