internal import Kubernetes

/// Takes the members of a request's JSON by type, and notes what is of another. `null` is absent.
struct FieldReader {
  let members: [String: JSONValue]
  var findings: [Finding] = []

  /// `nil` where the request is no object; that is the finding then.
  init?(_ json: JSONValue, _ findings: inout [Finding]) {
    guard let members = json.objectValue else {
      findings.append(
        Finding(
          field: nil, message: "the request is no JSON object", fix: "Send an object of fields."))
      return nil
    }
    self.members = members
  }

  private func member(_ name: String) -> JSONValue? {
    guard let member = members[name], !member.isNull else { return .none }
    return member
  }

  private mutating func refuse(_ name: String, _ wanted: String) {
    findings.append(
      Finding(
        field: CreateField(rawValue: name), message: "\(name) is not \(wanted)",
        fix: "Send \(wanted)."))
  }

  mutating func text(_ field: CreateField) -> String? { text(field.rawValue) }

  mutating func text(_ name: String) -> String? {
    guard let member = member(name) else { return nil }
    guard let text = member.stringValue else {
      refuse(name, "a string")
      return nil
    }
    return text
  }

  mutating func texts(_ field: CreateField) -> [String]? {
    guard let member = member(field.rawValue) else { return nil }
    guard let elements = member.arrayValue else {
      refuse(field.rawValue, "an array of strings")
      return nil
    }
    let texts = elements.compactMap(\.stringValue)
    if texts.count < elements.count { refuse(field.rawValue, "an array of strings") }
    return texts
  }

  mutating func number(_ field: CreateField) -> Int? {
    guard let member = member(field.rawValue) else { return nil }
    guard let number = member.integerValue.flatMap(Int.init(exactly:)) else {
      refuse(field.rawValue, "a whole number")
      return nil
    }
    return number
  }

  /// Keys that the specification does not have are warnings: they are mostly misspelt ones.
  mutating func warnOfOthers(than known: Set<String>) {
    for key in members.keys.sorted().lazy.filter({ !known.contains($0) }).prefix(8) {
      findings.append(
        Finding(
          field: nil, severity: .warning, message: "there is no field \(Excerpt.quoted(key))",
          fix: "Remove it, or check its spelling."))
    }
  }
}
