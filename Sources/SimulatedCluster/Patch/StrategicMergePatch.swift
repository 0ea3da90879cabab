internal import Kubernetes

/// Strategic merge patch: a merge patch that merges lists of keyed objects item by item, with its directives
/// `$patch`, `$deleteFromPrimitiveList/`, `$setElementOrder/` and `$retainKeys`.
enum StrategicMergePatch {
  static func apply(
    _ patch: JSONValue, to object: JSONValue, schema: Schema
  ) throws(Refusal) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    switch changes["$patch"]?.stringValue {
    case "replace": return .object(changes.filter { $0.key != "$patch" })
    case "delete": return [:]
    case "merge", nil: break
    case .some(let other):
      throw .badRequest("Unknown patch type found: \(other)")
    }
    var result = object.objectValue ?? [:]
    if let kept = changes["$retainKeys"]?.arrayValue {
      let names = Set(kept.compactMap(\.stringValue))
      result = result.filter { names.contains($0.key) }
    }
    for (name, change) in changes where !name.hasPrefix("$") {
      guard change != .null else {
        result[name] = nil
        continue
      }
      result[name] = try merged(
        change, into: result[name], schema.member(name) ?? .any,
        order: changes["$setElementOrder/\(name)"]?.arrayValue)
    }
    for (name, change) in changes where name.hasPrefix("$deleteFromPrimitiveList/") {
      let field = String(name.dropFirst("$deleteFromPrimitiveList/".count))
      let gone = Set(change.arrayValue ?? [])
      result[field] = .array((result[field]?.arrayValue ?? []).filter { !gone.contains($0) })
    }
    // An order for a list that is not changed otherwise.
    for (name, order) in changes where name.hasPrefix("$setElementOrder/") {
      let field = String(name.dropFirst("$setElementOrder/".count))
      guard changes[field] == nil, let items = result[field]?.arrayValue else { continue }
      var key: String?
      if case .list(_, .map(let keys)) = schema.member(field) { key = keys[0] }
      result[field] = .array(
        ListOrder(key: key, wanted: order.arrayValue ?? [], server: items).sorted(items))
    }
    return .object(result)
  }

  private static func merged(
    _ change: JSONValue, into old: JSONValue?, _ schema: Schema, order: [JSONValue]?
  ) throws(Refusal) -> JSONValue {
    switch (change, schema) {
    case (.object, _): return try apply(change, to: old ?? [:], schema: schema)
    case (.array(let items), .list(let item, .map(let keys))):
      let before = old?.arrayValue ?? []
      let after = try mergedItems(items, into: before, key: keys[0], item)
      return .array(
        ListOrder(key: keys[0], wanted: order ?? items, server: before).sorted(after))
    case (.array(let items), .list(_, .set)):
      var result = old?.arrayValue ?? []
      for item in items where !result.contains(item) { result.append(item) }
      return .array(result)
    default: return change
    }
  }

  private static func mergedItems(
    _ changes: [JSONValue], into old: [JSONValue], key: String, _ schema: Schema
  ) throws(Refusal) -> [JSONValue] {
    if changes.contains(where: { $0.string("$patch") == "replace" }) {
      return changes.filter { $0["$patch"] == nil }
    }
    var result = old
    for change in changes {
      guard let value = change[key] else {
        throw Refusal(
          code: 500, reason: "",
          message: "map: \(GoText.value(change)) does not contain declared merge key: \(key)")
      }
      let index = result.firstIndex { $0[key] == value }
      if change.string("$patch") == "delete" {
        if let index { result.remove(at: index) }
      } else if let index {
        result[index] = try apply(change, to: result[index], schema: schema)
      } else {
        result.append(try apply(change, to: [:], schema: schema))
      }
    }
    return result
  }
}

/// The order of a list after a merge: what the patch names in the patch's order, in between the rest in the server's.
private struct ListOrder {
  private let key: String?
  private let wanted: [JSONValue]
  private let server: [JSONValue]

  init(key: String?, wanted: [JSONValue], server: [JSONValue]) {
    self.key = key
    self.wanted = wanted.map { item in key.map { item[$0] ?? .null } ?? item }
    self.server = server.map { item in key.map { item[$0] ?? .null } ?? item }
  }

  private func identity(_ item: JSONValue) -> JSONValue { key.map { item[$0] ?? .null } ?? item }

  func sorted(_ items: [JSONValue]) -> [JSONValue] {
    let named = wanted.compactMap { name in items.first { identity($0) == name } }
    var rest = items.filter { !wanted.contains(identity($0)) }[...]
    var result: [JSONValue] = []
    for item in named {
      // What the server had before this one stays before it; new items come as early as they can.
      if let place = server.firstIndex(of: identity(item)) {
        while let next = rest.first,
          let other = server.firstIndex(of: identity(next)), other < place
        {
          result.append(next)
          rest = rest.dropFirst()
        }
      }
      result.append(item)
    }
    return result + rest
  }
}
