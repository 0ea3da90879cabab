package import Kubernetes

extension OwnedFields {
  /// An object with our fields in their places and everything else as it is.
  ///
  /// What server-side apply merges or refuses is replaced here: the object is meant to be written back with the version that it was
  /// read with.
  package static func enforced(_ desired: JSONValue, on live: JSONValue) -> JSONValue {
    enforced(desired, on: live, at: [])
  }

  private static func enforced(
    _ desired: JSONValue, on live: JSONValue?, at fields: [String]
  ) -> JSONValue {
    if FieldRules.isUnit(fields), case .object = desired { return desired }
    switch desired {
    case .object(let members):
      guard let live, case .object(var result) = live else { return desired }
      for (name, value) in members {
        result[name] = enforced(value, on: result[name], at: fields + [name])
      }
      for (name, _) in FieldRules.unwanted(in: live, beside: members, at: fields) {
        result[name] = nil
      }
      return .object(result)
    case .array(let elements):
      return enforced(elements, on: live?.arrayValue ?? [], at: fields)
    default:
      return desired
    }
  }

  private static func enforced(
    _ desired: [JSONValue], on live: [JSONValue], at fields: [String]
  ) -> JSONValue {
    let field = fields.last ?? ""
    if field == "endpoints" || fields == ["spec", "ports"] { return .array(desired) }
    if FieldRules.sets.contains(field) {
      let missing = desired.filter { wanted in
        !live.contains { differences(desired: wanted, observed: $0).isEmpty }
      }
      return .array(live + missing)
    }
    guard let key = FieldRules.key(of: field, in: desired) else { return .array(desired) }
    var result = live
    for element in desired {
      guard let index = result.firstIndex(where: { FieldRules.isSame($0, element, key: key) })
      else {
        // A container that was given another name would go on running beside ours.
        if field == "containers" { return .array(desired) }
        result.append(element)
        continue
      }
      let isWhole =
        FieldRules.isUnit(fields)
        && !differences(desired: element, observed: result[index]).isEmpty
      result[index] = isWhole ? element : enforced(element, on: result[index], at: fields)
    }
    return .array(result)
  }

  /// What makes one object of the other as a merge patch (RFC 7396): nobody needs more than the right to patch.
  static func patch(from old: JSONValue, to new: JSONValue) -> JSONValue {
    guard case .object(let before) = old, case .object(let after) = new else { return new }
    var patch: [String: JSONValue] = [:]
    for (name, value) in after where before[name] != value {
      patch[name] = before[name].map { Self.patch(from: $0, to: value) } ?? value
    }
    for name in before.keys where after[name] == nil { patch[name] = .null }
    return .object(patch)
  }
}
