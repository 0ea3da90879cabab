internal import Kubernetes

/// An object seen as a tree of fields, by the type of its kind.
enum FieldTree {
  /// The members of a value with the elements that name them; `nil` for what is owned as a whole.
  static func members(
    _ value: JSONValue, _ schema: Schema
  ) -> [(element: FieldPathElement, value: JSONValue, schema: Schema)]? {
    guard !schema.isAtomic else { return nil }
    switch (value, schema) {
    case (.object(let members), _):
      return members.map { (.field($0.key), $0.value, schema.member($0.key) ?? .any) }
    case (.array(let items), .list(let item, .map(let keys))):
      return items.map { (.key(key(of: $0, keys)), $0, item) }
    case (.array(let items), .list(let item, .set)):
      return items.map { (.value($0), $0, item) }
    default: return nil
    }
  }

  /// The values that tell an item of a list from the others.
  static func key(of item: JSONValue, _ keys: [String]) -> [String: JSONValue] {
    var result: [String: JSONValue] = [:]
    for key in keys {
      // The one key with a default in the API's types.
      result[key] = item[key] ?? (key == "protocol" ? "TCP" : .null)
    }
    return result
  }

  /// All fields of a value that a manager sets: what it applies, it owns.
  static func fields(of value: JSONValue, _ schema: Schema) -> FieldSet {
    var set = FieldSet()
    let isMap = if case .map = schema { true } else { schema == .any }
    for (element, value, schema) in members(value, schema) ?? [] {
      if let inner = members(value, schema) {
        set.setChild(element, fields(of: value, schema))
        if inner.isEmpty || isMap { set.members.insert(element) }
      } else {
        set.members.insert(element)
      }
      // Items of lists are owned as such, so that they go when nobody applies them any more.
      if case .field = element {} else { set.members.insert(element) }
    }
    return set
  }

  struct Difference {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()
  }

  /// What is different in the second of two values.
  static func compare(_ old: JSONValue?, _ new: JSONValue?, _ schema: Schema) -> Difference {
    var difference = Difference()
    let before = index(old, schema)
    let after = index(new, schema)
    for (element, entry) in after {
      guard let previous = before[element] else {
        if members(entry.value, entry.schema) != nil {
          difference.added.setChild(
            element, compare(nil, entry.value, entry.schema).added)
        }
        difference.added.members.insert(element)
        continue
      }
      guard previous.value != entry.value else { continue }
      guard members(previous.value, entry.schema) != nil, members(entry.value, entry.schema) != nil
      else {
        difference.modified.members.insert(element)
        continue
      }
      let inner = compare(previous.value, entry.value, entry.schema)
      difference.added.setChild(element, inner.added)
      difference.modified.setChild(element, inner.modified)
      difference.removed.setChild(element, inner.removed)
    }
    for element in before.keys where after[element] == nil {
      difference.removed.members.insert(element)
    }
    return difference
  }

  private static func index(
    _ value: JSONValue?, _ schema: Schema
  ) -> [FieldPathElement: (value: JSONValue, schema: Schema)] {
    guard let value, let members = members(value, schema) else { return [:] }
    return Dictionary(
      members.filter { !$0.value.isNull }.map { ($0.element, ($0.value, $0.schema)) }
    ) { first, _ in first }
  }

  /// An applied configuration laid over an object.
  static func merge(
    _ configuration: JSONValue, into live: JSONValue?, _ schema: Schema
  ) -> JSONValue {
    guard let live, !schema.isAtomic else { return configuration }
    switch (configuration, live, schema) {
    case (.object(let changes), .object(var members), _):
      for (name, change) in changes {
        members[name] = merge(change, into: members[name], schema.member(name) ?? .any)
      }
      return .object(members)
    case (.array(let changes), .array(var items), .list(let item, .map(let keys))):
      for change in changes {
        let key = key(of: change, keys)
        if let index = items.firstIndex(where: { self.key(of: $0, keys) == key }) {
          items[index] = merge(change, into: items[index], item)
        } else {
          items.append(change)
        }
      }
      return .array(items)
    case (.array(let changes), .array(let items), .list(_, .set)):
      return .array(items + changes.filter { !items.contains($0) })
    default: return configuration
    }
  }

  /// An object without fields of a set that nobody in another set owns; `nil` where nothing is left of it.
  static func prune(
    _ value: JSONValue, _ schema: Schema, removing gone: FieldSet, owned: FieldSet
  ) -> JSONValue? {
    guard let members = members(value, schema) else { return value }
    var result: [(element: FieldPathElement, value: JSONValue)] = []
    for (element, member, schema) in members {
      if gone.members.contains(element), !owned.contains(element) { continue }
      if let inner = gone.children[element] {
        let below = owned.children[element] ?? FieldSet()
        guard let rest = prune(member, schema, removing: inner, owned: below) else { continue }
        result.append((element, rest))
      } else {
        result.append((element, member))
      }
    }
    if result.isEmpty, !members.isEmpty { return nil }
    if case .array = value { return .array(result.map(\.value)) }
    var object: [String: JSONValue] = [:]
    for (element, member) in result {
      if case .field(let name) = element { object[name] = member }
    }
    return .object(object)
  }
}
