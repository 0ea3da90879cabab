internal import FoundationEssentials
internal import Kubernetes

/// An object in protocol buffers, as kubectl since 1.32 and most controllers send what they create, as JSON.
struct ProtocolBufferBody {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func json() throws(Refusal) -> JSONValue {
    guard let unknown = WireMessage.packed(in: bytes), let type = unknown.message(1),
      let kind = type.text(2), let object = unknown.message(2)
    else { throw malformed }
    var json = try read(object, type: kind)
    json["apiVersion"] = .string(type.text(1) ?? "")
    json["kind"] = .string(kind)
    return json
  }

  private var malformed: Refusal {
    .badRequest("the body is no object of Kubernetes in protocol buffers")
  }

  private func unread(_ what: String) -> Refusal {
    Refusal(
      code: 415, reason: "UnsupportedMediaType",
      message: "the simulated cluster does not read \(what) in protocol buffers: send JSON or YAML")
  }

  /// - Parameter owner: the type that has the fields in JSON, where they are inlined.
  private func read(
    _ message: WireMessage, type: String, owner: String? = nil
  ) throws(Refusal) -> JSONValue {
    guard let numbers = FieldNumbers.of(type) else { throw unread(type) }
    let schemas = SchemaCatalog.type(owner ?? type)?.fields ?? [:]
    var object = JSONValue.object([:])
    for (number, value) in message.fields {
      switch numbers.fields[number] {
      case .inlined(let inlined):
        guard case .bytes(let bytes) = value, let message = WireMessage(bytes) else {
          throw malformed
        }
        let parts = try read(message, type: inlined, owner: owner ?? type).objectValue ?? [:]
        for (name, part) in parts { object[name] = part }
      case .named(let name, let isPointer):
        guard let schema = schemas[name]?.schema else { throw unread("\(type).\(name)") }
        try add(value, as: schema, name, isPointer: isPointer, to: &object)
      case nil:
        guard isEmpty(value) else { throw unread("field \(number) of \(type)") }
      }
    }
    return object
  }

  private func isEmpty(_ value: WireMessage.Value) -> Bool {
    switch value {
    case .number(let number): number == 0
    case .bytes(let bytes): bytes.isEmpty
    }
  }

  private func add(
    _ value: WireMessage.Value, as schema: Schema, _ name: String, isPointer: Bool,
    to object: inout JSONValue
  ) throws(Refusal) {
    switch schema {
    case .list(let item, _):
      guard let read = try self.value(value, as: item) else { throw malformed }
      object[name] = .array((object[name]?.arrayValue ?? []) + [read])
    case .map(let item, _):
      guard case .bytes(let bytes) = value, let entry = WireMessage(bytes) else { throw malformed }
      var map = object[name] ?? .object([:])
      map[entry.text(1) ?? ""] = try self.value(.bytes(entry.bytes(2) ?? []), as: item)
      object[name] = map
    default:
      guard isPointer || !isZero(value, schema) else { return }
      object[name] = try self.value(value, as: schema)
    }
  }

  /// What Go writes for a field without a value that is no pointer. An empty object says something: `emptyDir: {}`.
  private func isZero(_ value: WireMessage.Value, _ schema: Schema) -> Bool {
    if case .object = schema { return false }
    return isEmpty(value)
  }

  /// `nil` for a time that is none.
  private func value(
    _ value: WireMessage.Value, as schema: Schema
  ) throws(Refusal) -> JSONValue? {
    switch (schema, value) {
    case (.string, .bytes(let bytes)): return .string(String(decoding: bytes, as: UTF8.self))
    case (.bytes, .bytes(let bytes)): return .string(Data(bytes).base64EncodedString())
    case (.int32, .number(let number)), (.int64, .number(let number)):
      return .integer(Int64(bitPattern: number))
    case (.bool, .number(let number)): return .bool(number != 0)
    case (_, .bytes(let bytes)):
      guard let message = WireMessage(bytes) else { throw malformed }
      return try self.value(message, as: schema)
    default: throw malformed
    }
  }

  private func value(
    _ message: WireMessage, as schema: Schema
  ) throws(Refusal) -> JSONValue? {
    switch schema {
    case .object(let type, _): return try read(message, type: type)
    case .quantity: return .string(message.text(1) ?? "0")
    case .intOrString:
      return message.integer(1) == 1
        ? .string(message.text(3) ?? "") : .integer(message.integer(2) ?? 0)
    case .time, .microTime:
      guard let seconds = message.integer(1) else { return nil }
      let date = Date(
        timeIntervalSince1970: Double(seconds) + Double(message.integer(2) ?? 0) / 1e9)
      return .string(
        schema == .time ? Timestamp.format(date) : Timestamp.formatMicro(date))
    // `FieldsV1` is JSON within.
    case .any:
      guard let raw = message.bytes(1) else { return nil }
      do {
        return try JSONValue(parsing: Data(raw))
      } catch {
        throw malformed
      }
    default: throw malformed
    }
  }
}
