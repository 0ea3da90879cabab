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
      result[name] = try merged(change, into: result[name], schema.member(name) ?? .any)
    }
    for (name, change) in changes where name.hasPrefix("$deleteFromPrimitiveList/") {
      let field = String(name.dropFirst("$deleteFromPrimitiveList/".count))
      let gone = Set(change.arrayValue ?? [])
      result[field] = .array((result[field]?.arrayValue ?? []).filter { !gone.contains($0) })
    }
    for (name, order) in changes where name.hasPrefix("$setElementOrder/") {
      let field = String(name.dropFirst("$setElementOrder/".count))
      guard let items = result[field]?.arrayValue else { continue }
      result[field] = .array(sorted(items, by: order.arrayValue ?? [], schema.member(field)))
    }
    return .object(result)
  }

  private static func merged(
    _ change: JSONValue, into old: JSONValue?, _ schema: Schema
  ) throws(Refusal) -> JSONValue {
    switch (change, schema) {
    case (.object, _): return try apply(change, to: old ?? [:], schema: schema)
    case (.array(let items), .list(let item, .map(let keys))):
      return .array(
        try mergedItems(items, into: old?.arrayValue ?? [], key: keys[0], item))
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
        throw .badRequest(
          "map: \(change.jsonText) does not contain declared merge key: \(key)")
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

  /// The items in the order of a list of keys; those that it does not name keep their place after the rest.
  private static func sorted(
    _ items: [JSONValue], by order: [JSONValue], _ schema: Schema?
  ) -> [JSONValue] {
    var key: String?
    if case .list(_, .map(let keys)) = schema { key = keys[0] }
    func place(_ item: JSONValue) -> Int {
      let index = order.firstIndex { entry in
        key.map { entry[$0] == item[$0] } ?? (entry == item)
      }
      return index ?? order.count
    }
    return items.enumerated()
      .sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
      .map(\.element)
  }
}
