/// A port or a count that Kubernetes writes as a number or as a name.
package enum IntOrString: Hashable, Sendable, Codable {
  case int(Int)
  case string(String)

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .int(number)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .int(let number): try container.encode(number)
    case .string(let name): try container.encode(name)
    }
  }
}
