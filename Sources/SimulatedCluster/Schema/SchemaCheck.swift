internal import Kubernetes

/// Reads a body against the type of its kind: refuses values of the wrong type, drops fields that the type does not have.
struct SchemaCheck {
  private let resource: ResourceDefinition
  /// The type whose field is being read, for errors.
  private var owner = ""
  /// Paths of fields that were dropped.
  private(set) var unknownFields: [String] = []

  init(_ resource: ResourceDefinition) { self.resource = resource }

  /// The object with the fields of its type only.
  mutating func check(_ object: JSONValue) throws(Refusal) -> JSONValue {
    var result: JSONValue
    if let schema = resource.schema {
      result = try walk(object, schema, path: "")
    } else {
      result = object
      if let metadata = object["metadata"] {
        result["metadata"] = try walk(
          metadata, .object("ObjectMeta", isAtomic: false), path: "metadata")
      }
    }
    result["kind"] = object["kind"]
    result["apiVersion"] = object["apiVersion"]
    return result
  }

  private mutating func walk(
    _ value: JSONValue, _ schema: Schema, path: String
  ) throws(Refusal) -> JSONValue {
    switch (schema, value) {
    case (.any, _): return value
    case (_, .null): return .null
    case (.string, .string), (.bool, .bool), (.number, .integer),
      (.number, .double), (.intOrString, .string), (.intOrString, .integer):
      return value
    case (.quantity, .string(let text)):
      guard Quantity(text) != nil else { throw malformed(Quantity.grammarText) }
      return value
    case (.int32, .integer(let number)) where Int32(exactly: number) != nil: return value
    case (.int64, .integer): return value
    case (.bytes, .string(let text)):
      if let offset = Base64.firstIllegalByte(in: text) {
        throw malformed("illegal base64 data at input byte \(offset)")
      }
      return value
    case (.time, .string(let text)), (.microTime, .string(let text)):
      guard Timestamp.parse(text) != nil else {
        let layout =
          schema == .time ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00"
        throw malformed(
          "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(text)\" as \"2006\"")
      }
      return value
    case (.quantity, .integer), (.quantity, .double):
      return .string(value.text ?? "")
    case (.map(let item, _), .object(let members)):
      var result: [String: JSONValue] = [:]
      for (key, member) in members {
        result[key] = try walk(member, item, path: path)
      }
      return .object(result)
    case (.list(let item, _), .array(let items)):
      var result: [JSONValue] = []
      for member in items { result.append(try walk(member, item, path: path)) }
      return .array(result)
    case (.object(let type, _), .object(let members)):
      return .object(try fields(members, of: type, path: path))
    default: throw mismatch(value, schema, path: path)
    }
  }

  private mutating func fields(
    _ members: [String: JSONValue], of type: String, path: String
  ) throws(Refusal) -> [String: JSONValue] {
    let fields = SchemaCatalog.type(type)?.fields ?? [:]
    var result: [String: JSONValue] = [:]
    for (name, member) in members {
      let place = path.isEmpty ? name : "\(path).\(name)"
      guard let field = fields[name] else {
        if !(path.isEmpty && (name == "kind" || name == "apiVersion")) {
          unknownFields.append(place)
        }
        continue
      }
      // An explicit null is the same as leaving the field out.
      if member.isNull { continue }
      owner = type
      let value = try walk(member, field.schema, path: place)
      // Go leaves empty lists and maps out when it writes the object again.
      if value == .array([]) { continue }
      if value == .object([:]), case .map = field.schema { continue }
      result[name] = value
    }
    return result
  }

  private func mismatch(_ value: JSONValue, _ schema: Schema, path: String) -> Refusal {
    let found =
      switch value {
      case .string: "string"
      case .bool: "bool"
      case .integer, .double: "number"
      case .array: "array"
      case .object: "object"
      case .null: "null"
      }
    return malformed(
      "json: cannot unmarshal \(found) into Go struct field \(owner).\(path) of type \(schema.goName)"
    )
  }

  private func malformed(_ why: String) -> Refusal {
    let kind = resource.kind.kind
    return .badRequest(
      "\(kind) in version \"\(resource.kind.version)\" cannot be handled as a \(kind): \(why)")
  }
}

extension Schema {
  /// The type as Go's JSON decoder names it in errors.
  var goName: String {
    switch self {
    case .string: "string"
    case .int32: "int32"
    case .int64: "int64"
    case .bool: "bool"
    case .number: "float64"
    case .quantity: "resource.Quantity"
    case .intOrString: "intstr.IntOrString"
    case .time: "v1.Time"
    case .microTime: "v1.MicroTime"
    case .bytes: "[]uint8"
    case .any: "interface {}"
    case .map(let item, _): "map[string]\(item.goName)"
    case .list(let item, _): "[]\(item.goName)"
    case .object(let name, _): "v1.\(name)"
    }
  }
}
