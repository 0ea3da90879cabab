package import Kubernetes

/// Compares what was asked for with what is there, on the fields that were asked for and no others.
///
/// What the server fills in, what a webhook adds and what others set beside our fields is no difference;
/// quantities are equal when their values are, however they are written.
package enum OwnedFields {
  /// A field whose value is not the one asked for.
  package struct Difference: Equatable, Sendable {
    /// As kubectl would name it: `spec.template.spec.containers[model].image`.
    package var path: String
    package var wanted: JSONValue
    /// `nil` where it is missing.
    package var found: JSONValue?
  }

  /// The fields of `desired` that `observed` does not have so, in the order of their paths.
  package static func differences(desired: JSONValue, observed: JSONValue) -> [Difference] {
    var differences: [Difference] = []
    compare(desired, observed, at: Path(), into: &differences)
    return differences.sorted { $0.path < $1.path }
  }

  /// Where in the object, with the field names alone (for rules) and as text (for people).
  private struct Path {
    var fields: [String] = []
    var text = ""

    func member(_ name: String) -> Path {
      Path(fields: fields + [name], text: text.isEmpty ? name : "\(text).\(name)")
    }

    func element(_ key: String) -> Path { Path(fields: fields, text: "\(text)[\(key)]") }

    /// Below `resources`, a size limit or a capacity, where values are quantities.
    var holdsQuantity: Bool {
      fields.last == "sizeLimit" || fields.contains("requests") || fields.contains("limits")
        || fields.contains("capacity")
    }
  }

  /// The fields that tell the elements of a list apart: the `listMapKey`s of the API's own schema.
  private static let keys: [String: [String]] = [
    "containers": ["name"], "initContainers": ["name"], "env": ["name"], "volumes": ["name"],
    "volumeMounts": ["mountPath"], "ownerReferences": ["uid"],
    "ports": ["containerPort", "port"], "endpoints": ["port"],
  ]
  /// Lists whose every element has to be there, in any order, among others. The schema calls tolerations atomic,
  /// but admission adds its own, and taking those away again and again would be a fight.
  private static let sets: Set<String> = ["tolerations", "accessModes", "finalizers"]

  private static func compare(
    _ desired: JSONValue, _ observed: JSONValue?, at path: Path, into result: inout [Difference]
  ) {
    switch desired {
    case .object(let members):
      // An empty object asks for nothing but to be there (`emptyDir: {}`).
      guard let found = observed, case .object = found else {
        if !members.isEmpty || observed == nil || observed == .null {
          result.append(Difference(path: path.text, wanted: desired, found: observed))
        }
        return
      }
      for (name, value) in members {
        compare(value, found[name], at: path.member(name), into: &result)
      }
    case .array(let elements):
      compareList(elements, observed, at: path, into: &result)
    case .null:
      if let observed, observed != .null {
        result.append(Difference(path: path.text, wanted: desired, found: observed))
      }
    default:
      if !isSame(desired, observed, quantity: path.holdsQuantity) {
        result.append(Difference(path: path.text, wanted: desired, found: observed))
      }
    }
  }

  private static func compareList(
    _ desired: [JSONValue], _ observed: JSONValue?, at path: Path,
    into result: inout [Difference]
  ) {
    let found = observed?.arrayValue ?? []
    let field = path.fields.last ?? ""
    if let keys = keys[field], let key = keys.first(where: { desired.first?[$0] != nil }) {
      for element in desired {
        let identity = element[key]
        let match = found.first { $0[key] == identity && sameProtocol($0, element) }
        let step = path.element(identity.map(text) ?? "?")
        if let match {
          compare(element, match, at: step, into: &result)
        } else {
          result.append(Difference(path: step.text, wanted: element, found: nil))
        }
      }
    } else if sets.contains(field) {
      for element in desired {
        let isThere = found.contains { candidate in
          var differences: [Difference] = []
          compare(element, candidate, at: path, into: &differences)
          return differences.isEmpty
        }
        if !isThere {
          result.append(Difference(path: path.text, wanted: .array(desired), found: observed))
          return
        }
      }
    } else if desired.isEmpty ? !found.isEmpty : !isSameList(desired, found, at: path) {
      result.append(Difference(path: path.text, wanted: .array(desired), found: observed))
    }
  }

  private static func isSameList(_ a: [JSONValue], _ b: [JSONValue], at path: Path) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).allSatisfy { desired, found in
      var differences: [Difference] = []
      compare(desired, found, at: path, into: &differences)
      return differences.isEmpty
    }
  }

  /// Ports are told apart by number and protocol; TCP is what the server fills in.
  private static func sameProtocol(_ a: JSONValue, _ b: JSONValue) -> Bool {
    (a["protocol"]?.stringValue ?? "TCP") == (b["protocol"]?.stringValue ?? "TCP")
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

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .double(let number): String(number)
    default: ""
    }
  }
}
