internal import FoundationEssentials
internal import Kubernetes

/// One step of the way to a field: a member, or an item of a list by its key or value.
enum FieldPathElement: Hashable, Sendable {
  case field(String)
  case key([String: JSONValue])
  case value(JSONValue)

  /// `f:name`, `k:{"name":"x"}`, `v:"x"`: the element in `fieldsV1`.
  var text: String {
    switch self {
    case .field(let name): "f:\(name)"
    case .key(let key): "k:" + JSONValue.object(key).jsonText
    case .value(let value): "v:" + value.jsonText
    }
  }

  init?(_ text: String) {
    let rest = String(text.dropFirst(2))
    switch text.prefix(2) {
    case "f:": self = .field(rest)
    case "k:":
      guard let key = (try? JSONValue(parsing: Data(rest.utf8)))?.objectValue else { return nil }
      self = .key(key)
    case "v:":
      guard let value = try? JSONValue(parsing: Data(rest.utf8)) else { return nil }
      self = .value(value)
    default: return nil
    }
  }

  /// The element in the path of an error: `.spec`, `[name="x"]`.
  var path: String {
    switch self {
    case .field(let name): ".\(name)"
    case .key(let key):
      "["
        + key.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.goText)" }
        .joined(separator: ",") + "]"
    case .value(let value): "[=\(value.goText)]"
    }
  }
}

/// A set of fields, as a tree.
struct FieldSet: Sendable, Equatable {
  /// What is in the set at this level.
  var members: Set<FieldPathElement> = []
  /// What is in the set below.
  var children: [FieldPathElement: FieldSet] = [:]

  var isEmpty: Bool { members.isEmpty && children.isEmpty }

  func contains(_ element: FieldPathElement) -> Bool {
    members.contains(element) || children[element] != nil
  }

  mutating func setChild(_ element: FieldPathElement, _ child: FieldSet) {
    children[element] = child.isEmpty ? nil : child
  }

  func union(_ other: FieldSet) -> FieldSet {
    var result = self
    result.members.formUnion(other.members)
    for (element, child) in other.children {
      result.children[element] = result.children[element]?.union(child) ?? child
    }
    return result
  }

  func intersection(_ other: FieldSet) -> FieldSet {
    var result = FieldSet(members: members.intersection(other.members))
    for (element, child) in children {
      guard let theirs = other.children[element] else { continue }
      result.setChild(element, child.intersection(theirs))
    }
    return result
  }

  /// The set without the members of another one.
  func subtracting(_ other: FieldSet) -> FieldSet {
    var result = FieldSet(members: members.subtracting(other.members))
    for (element, child) in children {
      result.setChild(element, other.children[element].map(child.subtracting) ?? child)
    }
    return result
  }

  /// The set without the members of another one and all that is below them.
  func subtractingTrees(_ other: FieldSet) -> FieldSet {
    var result = FieldSet(members: members.subtracting(other.members))
    for (element, child) in children where !other.members.contains(element) {
      result.setChild(element, other.children[element].map(child.subtractingTrees) ?? child)
    }
    return result
  }

  /// The paths of all members, in order.
  var paths: [String] {
    (members.map(\.path)
      + children.flatMap { element, child in child.paths.map { element.path + $0 } })
      .sorted()
  }
}

extension FieldSet {
  /// The set as `fieldsV1`.
  var json: JSONValue {
    var result: [String: JSONValue] = [:]
    for element in members { result[element.text] = [:] }
    for (element, child) in children {
      var tree = child.json
      if members.contains(element) { tree["."] = [:] }
      result[element.text] = tree
    }
    return .object(result)
  }

  init(_ json: JSONValue) {
    for (name, value) in json.objectValue ?? [:] where name != "." {
      guard let element = FieldPathElement(name) else { continue }
      let tree = value.objectValue ?? [:]
      if tree.isEmpty || tree["."] != nil { members.insert(element) }
      setChild(element, FieldSet(value))
    }
  }
}
