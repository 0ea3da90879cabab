internal import Kubernetes

/// JSON patch (RFC 6902).
enum JSONPatch {
  static func apply(_ patch: JSONValue, to object: JSONValue) throws(Refusal) -> JSONValue {
    guard let operations = patch.arrayValue else {
      throw .badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    }
    var object = object
    for operation in operations { object = try apply(operation: operation, to: object) }
    return object
  }

  private static func apply(
    operation: JSONValue, to object: JSONValue
  ) throws(Refusal) -> JSONValue {
    var object = object
    let name = operation.string("op")
    let path = try pointer(operation["path"])
    switch name {
    case "add": try put(operation["value"] ?? .null, at: path[...], in: &object, replaces: false)
    case "replace": try put(operation["value"] ?? .null, at: path[...], in: &object, replaces: true)
    case "remove": try remove(path[...], from: &object)
    case "test":
      guard try value(at: path, in: object) == operation["value"] ?? .null else {
        throw refusal
      }
    case "copy", "move":
      let source = try pointer(operation["from"])
      let moved = try value(at: source, in: object)
      if name == "move" { try remove(source[...], from: &object) }
      try put(moved, at: path[...], in: &object, replaces: false)
    default: throw .badRequest("Unexpected kind: \(name)")
    }
    return object
  }

  /// The server keeps to itself what exactly does not fit.
  private static let refusal = Refusal(
    code: 422, reason: "Invalid",
    message: "the server rejected our request due to an error in our request", details: [:])

  private static func pointer(_ value: JSONValue?) throws(Refusal) -> [String] {
    guard let text = value?.stringValue else { throw .badRequest("a JSON patch needs a path") }
    if text.isEmpty { return [] }
    guard text.first == "/" else { throw refusal }
    return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      .map { unescape($0) }
  }

  private static func unescape(_ part: Substring) -> String {
    var result = ""
    var rest = part
    while let character = rest.popFirst() {
      if character == "~", let next = rest.first, next == "0" || next == "1" {
        rest = rest.dropFirst()
        result.append(next == "0" ? "~" : "/")
      } else {
        result.append(character)
      }
    }
    return result
  }

  private static func value(at path: [String], in object: JSONValue) throws(Refusal) -> JSONValue {
    var value = object
    for part in path {
      switch value {
      case .object(let members):
        guard let member = members[part] else { throw refusal }
        value = member
      case .array(let items):
        guard let index = Int(part), items.indices.contains(index) else { throw refusal }
        value = items[index]
      default: throw refusal
      }
    }
    return value
  }

  private static func put(
    _ value: JSONValue, at path: ArraySlice<String>, in object: inout JSONValue, replaces: Bool
  ) throws(Refusal) {
    guard let first = path.first else {
      object = value
      return
    }
    switch object {
    case .object(var members):
      if path.count == 1 {
        if replaces, members[first] == nil { throw refusal }
        members[first] = value
      } else {
        guard var member = members[first] else { throw refusal }
        try put(value, at: path.dropFirst(), in: &member, replaces: replaces)
        members[first] = member
      }
      object = .object(members)
    case .array(var items):
      if path.count == 1, !replaces {
        guard let index = first == "-" ? items.count : Int(first), (0...items.count).contains(index)
        else { throw refusal }
        items.insert(value, at: index)
      } else {
        guard let index = Int(first), items.indices.contains(index) else {
          throw refusal
        }
        try put(value, at: path.dropFirst(), in: &items[index], replaces: replaces)
      }
      object = .array(items)
    default: throw refusal
    }
  }

  private static func remove(
    _ path: ArraySlice<String>, from object: inout JSONValue
  ) throws(Refusal) {
    guard let first = path.first else { throw refusal }
    switch object {
    case .object(var members):
      guard var member = members[first] else { throw refusal }
      if path.count == 1 {
        members[first] = nil
      } else {
        try remove(path.dropFirst(), from: &member)
        members[first] = member
      }
      object = .object(members)
    case .array(var items):
      guard let index = Int(first), items.indices.contains(index) else {
        throw refusal
      }
      if path.count == 1 {
        items.remove(at: index)
      } else {
        try remove(path.dropFirst(), from: &items[index])
      }
      object = .array(items)
    default: throw refusal
    }
  }
}
