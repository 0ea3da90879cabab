internal import Kubernetes

extension OwnedFields {
  /// An object with the fields of a new manifest in the place of those of an old one: what only the old one asked for goes, what
  /// others put beside them stays.
  static func replacing(_ old: JSONValue, with new: JSONValue, on live: JSONValue) -> JSONValue {
    enforced(new, on: without(old, wanted: new, in: live, at: []) ?? live)
  }

  /// What is left of a value when what the old manifest asked for and the new one does not is taken out; `nil` is nothing.
  private static func without(
    _ old: JSONValue, wanted new: JSONValue?, in live: JSONValue, at fields: [String]
  ) -> JSONValue? {
    switch (old, live) {
    case (.object(let members), .object(var result)):
      for (name, value) in members {
        guard let found = result[name] else { continue }
        result[name] = without(value, wanted: new?[name], in: found, at: fields + [name])
      }
      return new == nil && result.isEmpty ? nil : .object(result)
    case (.array(let elements), .array(let found)):
      let rest = without(elements, wanted: new?.arrayValue ?? [], in: found, at: fields)
      return new == nil && rest.isEmpty ? nil : .array(rest)
    default:
      return new == nil ? nil : live
    }
  }

  private static func without(
    _ old: [JSONValue], wanted new: [JSONValue], in live: [JSONValue], at fields: [String]
  ) -> [JSONValue] {
    let field = fields.last ?? ""
    if let key = FieldRules.key(of: field, in: old) {
      return live.compactMap { element in
        guard let asked = old.first(where: { FieldRules.isSame($0, element, key: key) }) else {
          return element
        }
        guard let next = new.first(where: { FieldRules.isSame($0, element, key: key) }) else {
          return nil
        }
        return without(asked, wanted: next, in: element, at: fields)
      }
    }
    guard FieldRules.sets.contains(field) else { return new.isEmpty ? [] : live }
    return live.filter { element in
      let isOld = old.contains { differences(desired: $0, observed: element).isEmpty }
      return !isOld || new.contains { differences(desired: $0, observed: element).isEmpty }
    }
  }
}
