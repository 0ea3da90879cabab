package import Kubernetes

/// Compares what was asked for with what is there, on the fields that were asked for and no others.
///
/// What the server fills in, what a webhook adds and what others set beside our fields is no difference; quantities are
/// equal when their values are, however they are written. Where an addition changes what our own fields mean (a key in a Service's
/// selector, arguments after a command), the addition is a difference too: `FieldRules` says where.
package enum OwnedFields {
  /// A field whose value is not the one asked for.
  package struct Difference: Equatable, Sendable {
    /// As kubectl would name it: `spec.template.spec.containers[model].image`.
    package var path: String
    /// `.null` where there should be nothing.
    package var wanted: JSONValue
    /// `nil` where it is missing.
    package var found: JSONValue?
    /// Server-side apply would leave something behind, or be refused for it: the field is put in its place instead.
    package var isStubborn = false
  }

  /// The fields of `desired` that `observed` does not have so, in the order of their paths.
  package static func differences(desired: JSONValue, observed: JSONValue) -> [Difference] {
    var differences: [Difference] = []
    compare(desired, observed, at: FieldPath(), into: &differences)
    return differences.sorted { $0.path < $1.path }
  }

  private static func compare(
    _ desired: JSONValue, _ observed: JSONValue?, at path: FieldPath,
    into result: inout [Difference]
  ) {
    switch desired {
    case .object(let members):
      // An empty object asks for nothing but to be there (`emptyDir: {}`).
      guard let found = observed, case .object = found else {
        if !members.isEmpty || observed == nil || observed == .null {
          result.append(difference(path, desired, observed))
        }
        return
      }
      for (name, value) in members {
        compare(value, found[name], at: path.member(name), into: &result)
      }
      for (name, value) in FieldRules.unwanted(in: found, beside: members, at: path.fields) {
        result.append(difference(path.member(name), .null, value))
      }
    case .array(let elements):
      compareList(elements, observed, at: path, into: &result)
    case .null:
      if let observed, observed != .null { result.append(difference(path, desired, observed)) }
    default:
      if !isSame(desired, observed, quantity: path.holdsQuantity) {
        result.append(difference(path, desired, observed))
      }
    }
  }

  private static func difference(
    _ path: FieldPath, _ wanted: JSONValue, _ found: JSONValue?
  ) -> Difference {
    Difference(
      path: path.text, wanted: wanted, found: found,
      isStubborn: FieldRules.isStubborn(path.fields))
  }

  private static func compareList(
    _ desired: [JSONValue], _ observed: JSONValue?, at path: FieldPath,
    into result: inout [Difference]
  ) {
    let found = observed?.arrayValue ?? []
    let field = path.fields.last ?? ""
    if let key = FieldRules.key(of: field, in: desired) {
      for element in desired {
        let identity = element[key]
        let match = found.first { FieldRules.isSame($0, element, key: key) }
        let step = path.element(identity.map(text) ?? "?")
        if let match {
          compare(element, match, at: step, into: &result)
        } else {
          result.append(difference(step, element, nil))
        }
      }
    } else if FieldRules.sets.contains(field) {
      for element in desired {
        let isThere = found.contains { candidate in
          var differences: [Difference] = []
          compare(element, candidate, at: path, into: &differences)
          return differences.isEmpty
        }
        if !isThere {
          result.append(difference(path, .array(desired), observed))
          return
        }
      }
    } else if desired.isEmpty ? !found.isEmpty : !isSameList(desired, found, at: path) {
      result.append(difference(path, .array(desired), observed))
    }
  }

  private static func isSameList(_ a: [JSONValue], _ b: [JSONValue], at path: FieldPath) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).allSatisfy { desired, found in
      var differences: [Difference] = []
      compare(desired, found, at: path, into: &differences)
      return differences.isEmpty
    }
  }

  private static func isSame(_ a: JSONValue, _ b: JSONValue?, quantity: Bool) -> Bool {
    guard let b else { return false }
    if a == b { return true }
    if quantity, let first = Quantity(text(a)), let second = Quantity(text(b)) {
      return first == second
    }
    if let first = a.integerValue, let second = b.integerValue { return first == second }
    return false
  }

  static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .double(let number): String(number)
    default: ""
    }
  }
}
