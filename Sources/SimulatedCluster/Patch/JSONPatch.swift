internal import Kubernetes

/// JSON patch (RFC 6902).
enum JSONPatch {
  static func apply(_ patch: JSONValue, to object: JSONValue) throws(Refusal) -> JSONValue {
    guard let operations = patch.arrayValue else {
      throw .badRequest("a JSON patch is a list of operations")
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
        throw refusal(
          "testing value \(text(path)) failed")
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

  private static func refusal(_ text: String) -> Refusal {
    Refusal(
      code: 422, reason: "Invalid",
      message: "the server rejected our request due to an error in our request",
      details: [
        "causes": [["message": .string(text)]]
      ])
  }

  private static func pointer(_ value: JSONValue?) throws(Refusal) -> [String] {
    guard let text = value?.stringValue else { throw .badRequest("a JSON patch needs a path") }
    if text.isEmpty { return [] }
    guard text.first == "/" else { throw refusal("the path \(text) is no JSON pointer") }
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

  private static func text(_ path: [String]) -> String {
    "/" + path.joined(separator: "/")
  }

  private static func value(at path: [String], in object: JSONValue) throws(Refusal) -> JSONValue {
    var value = object
    for part in path {
      switch value {
      case .object(let members):
        guard let member = members[part] else { throw missing(path) }
        value = member
      case .array(let items):
        guard let index = Int(part), items.indices.contains(index) else { throw missing(path) }
        value = items[index]
      default: throw missing(path)
      }
    }
    return value
  }

  private static func missing(_ path: [String]) -> Refusal {
    refusal("the path \(text(path)) does not exist")
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
        if replaces, members[first] == nil { throw missing(Array(path)) }
        members[first] = value
      } else {
        guard var member = members[first] else { throw missing(Array(path)) }
        try put(value, at: path.dropFirst(), in: &member, replaces: replaces)
        members[first] = member
      }
      object = .object(members)
    case .array(var items):
      if path.count == 1, !replaces {
        guard let index = first == "-" ? items.count : Int(first), (0...items.count).contains(index)
        else { throw missing(Array(path)) }
        items.insert(value, at: index)
      } else {
        guard let index = Int(first), items.indices.contains(index) else {
          throw missing(Array(path))
        }
        try put(value, at: path.dropFirst(), in: &items[index], replaces: replaces)
      }
      object = .array(items)
    default: throw missing(Array(path))
    }
  }

  private static func remove(
    _ path: ArraySlice<String>, from object: inout JSONValue
  ) throws(Refusal) {
    guard let first = path.first else { throw refusal("the whole object cannot be removed") }
    switch object {
    case .object(var members):
      guard var member = members[first] else { throw missing(Array(path)) }
      if path.count == 1 {
        members[first] = nil
      } else {
        try remove(path.dropFirst(), from: &member)
        members[first] = member
      }
      object = .object(members)
    case .array(var items):
      guard let index = Int(first), items.indices.contains(index) else {
        throw missing(Array(path))
      }
      if path.count == 1 {
        items.remove(at: index)
      } else {
        try remove(path.dropFirst(), from: &items[index])
      }
      object = .array(items)
    default: throw missing(Array(path))
    }
  }
}
