package import Kubernetes

/// A field of a manifest, and what a hand may do to it: for tests that go through every one.
package struct JSONLeaf: Sendable, CustomStringConvertible {
  /// One step on the way from the manifest to the field.
  package enum Step: Sendable, Equatable {
    case member(String)
    /// The element of a list that has this value there.
    case element(key: String, value: JSONValue)
  }

  /// From the outermost to the field itself.
  package var steps: [Step]
  /// The field's value in the manifest.
  package var value: JSONValue

  /// As the planner names it.
  package var description: String {
    steps.reduce("") { text, step in
      switch step {
      case .member(let name): text.isEmpty ? name : "\(text).\(name)"
      case .element(_, let value): "\(text)[\(value.stringValue ?? "\(value.integerValue ?? 0)")]"
      }
    }
  }

  /// The last name on the way: of the field, or of the list that it is an element of.
  package var field: String {
    for case .member(let name) in steps.reversed() { return name }
    return ""
  }

  private static let keys = ["name", "mountPath", "containerPort", "uid", "port", "key"]

  /// The leaves of a manifest: values, lists of values and empty objects, without what identifies the object itself.
  package static func all(of manifest: JSONValue) -> [JSONLeaf] {
    let identity: Set<String> = ["apiVersion", "kind", "metadata.name", "metadata.namespace"]
    return leaves(manifest, []).filter { !identity.contains($0.description) }
      .sorted { $0.description < $1.description }
  }

  private static func leaves(_ value: JSONValue, _ steps: [Step]) -> [JSONLeaf] {
    switch value {
    case .object(let members) where !members.isEmpty:
      return members.flatMap { leaves($0.value, steps + [.member($0.key)]) }
    case .array(let elements) where elements.contains { $0.objectValue != nil }:
      return elements.flatMap { element -> [JSONLeaf] in
        // A port is told by its number, a mount by its path: their names may be the same or absent.
        let key =
          ["mountPath", "containerPort", "uid"].first { element[$0] != nil }
          ?? keys.first { element[$0] != nil }
        guard let key, let identity = element[key] else { return [] }
        return leaves(element, steps + [.element(key: key, value: identity)])
      }
    default:
      return [JSONLeaf(steps: steps, value: value)]
    }
  }

  /// The object with another value in this field; `nil` where it has no such field.
  package func changed(in object: JSONValue) -> JSONValue? {
    let other = otherValue
    return Self.changed(object, steps[...]) { _ in .some(other) }
  }

  /// The object without this field; `nil` where it has no such field.
  package func removed(from object: JSONValue) -> JSONValue? {
    // Of a JSON value a plain `nil` would be a null.
    Self.changed(object, steps[...]) { _ in Optional<JSONValue>.none }
  }

  private static func changed(
    _ value: JSONValue, _ steps: ArraySlice<Step>, _ change: (JSONValue) -> JSONValue?
  ) -> JSONValue? {
    guard let step = steps.first else { return value }
    let rest = steps.dropFirst()
    var result = value
    switch step {
    case .member(let name):
      guard let old = value[name] else { return nil }
      if rest.isEmpty {
        result[name] = change(old)
      } else {
        guard let new = changed(old, rest, change) else { return nil }
        result[name] = new
      }
    case .element(let key, let identity):
      guard var elements = value.arrayValue,
        let index = elements.firstIndex(where: { $0[key] == identity }),
        let new = changed(elements[index], rest, change)
      else { return nil }
      elements[index] = new
      result = .array(elements)
    }
    return result
  }

  /// Another value that the API allows for this field as such.
  package var otherValue: JSONValue {
    let choices: [String: JSONValue] = [
      "imagePullPolicy": "Always", "protocol": "UDP", "medium": "", "operator": "Equal",
      "effect": "NoExecute", "interval": "60s", "image": "somebody/else:1",
      "accessModes": ["ReadWriteMany"], "cpu": "2", "memory": "3Gi", "storage": "2Gi",
      "nvidia.com/gpu": "3", "apiVersion": "extensions/v1beta1", "kind": "ReplicaSet",
    ]
    if field == "type" {
      return value == "ClusterIP" ? "NodePort" : value == "Recreate" ? "RollingUpdate" : "x"
    }
    if let choice = choices[field] { return choice }
    switch value {
    case .string(let text): return .string(text + "x")
    case .integer(let number): return .integer(number + 1)
    case .bool(let flag): return .bool(!flag)
    case .array(let elements): return .array(elements + ["--more"])
    default: return .null
    }
  }
}
