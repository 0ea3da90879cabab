package import FoundationEssentials

/// A JSON value: what an unstructured object, a patch and a manifest are made of.
///
/// Numbers keep whether they were whole, because Kubernetes tells `1` from `1.0` in integer fields.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue {
  /// The text; `nil` where it is no string.
  package var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// `nil` where it is neither true nor false.
  package var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The whole number, also where it was written as a double without a fraction.
  package var integerValue: Int64? {
    switch self {
    case .integer(let value): value
    case .double(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// The elements; `nil` where it is no array.
  package var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members; `nil` where it is no object.
  package var objectValue: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether it is JSON's `null`, which is not the same as absent.
  package var isNull: Bool { self == .null }

  /// The member of an object. Setting `nil` removes it; setting on anything but an object makes one.
  package subscript(key: String) -> JSONValue? {
    get { objectValue?[key] }
    set {
      var object = objectValue ?? [:]
      object[key] = newValue
      self = .object(object)
    }
  }

  /// The member at a path of keys, e.g. `object["metadata", "name"]`.
  package subscript(path: String...) -> JSONValue? {
    get { self[path: path] }
    set { self[path: path] = newValue }
  }

  /// The same for a path at hand; empty, it is the value itself. Setting makes the objects on the way, also where it sets `nil`.
  package subscript(path path: [String]) -> JSONValue? {
    get {
      var value: JSONValue? = self
      for key in path { value = value?[key] }
      return value
    }
    set {
      guard let first = path.first else {
        self = newValue ?? .null
        return
      }
      guard path.count > 1 else {
        self[first] = newValue
        return
      }
      var child = self[first] ?? .object([:])
      child[path: Array(path.dropFirst())] = newValue
      self[first] = child
    }
  }
}

extension JSONValue: Codable {
  package init(from decoder: any Decoder) throws {
    // The likeliest first: what a value is not costs a thrown error.
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([String: JSONValue].self) {
      self = .object(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else {
      self = .double(try container.decode(Double.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
}

extension JSONValue {
  /// Reads JSON text. Throws `DecodingError` where it is none.
  package init(parsing data: Data) throws {
    do {
      self = try data.withUnsafeBytes { try JSONParser.parse($0.bindMemory(to: UInt8.self)) }
    } catch let error as JSONParser.Failure {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: [],
          debugDescription: "this is no JSON: \(error.problem) at byte \(error.offset)"))
    }
  }

  /// The value as JSON text with sorted keys, so that equal values have equal text.
  package func encoded(pretty: Bool = false) throws -> Data {
    var writer = JSONWriter(pretty: pretty)
    do {
      try writer.write(self)
    } catch {
      throw EncodingError.invalidValue(
        error.number,
        .init(codingPath: [], debugDescription: "\(error.number) cannot be written in JSON"))
    }
    return Data(writer.bytes)
  }

  /// Applies a JSON merge patch (RFC 7396): `null` removes, objects merge, all else replaces.
  package func merging(patch: JSONValue) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    var result = objectValue ?? [:]
    for (key, change) in changes {
      if change == .null {
        result[key] = nil
      } else {
        result[key] = (result[key] ?? .null).merging(patch: change)
      }
    }
    return .object(result)
  }
}
