internal import FoundationEssentials
package import Kubernetes

/// kubectl's JSONPath templates: text with expressions in braces, such as `{range .models[*]}{.id}{"\n"}{end}`.
///
/// Source: kubernetes.io/docs/reference/kubectl/jsonpath. A member that is not there gives nothing, as with kubectl.
package struct JSONPath: Equatable, Sendable {
  indirect enum Node: Equatable, Sendable {
    case text(String)
    case path([Step])
    case range([Step], [Node])
  }

  enum Step: Equatable, Sendable {
    case root
    case members([String])
    case everything
    case descend
    case elements([Int])
    /// As Python slices: negative counts from the end.
    case slice(from: Int?, to: Int?, by: Int)
    case filter(path: [Step], comparison: Comparison?)
  }

  struct Comparison: Equatable, Sendable {
    enum Operator: String, CaseIterable, Sendable {
      // The longer ones first: they begin alike.
      case equal = "=="
      case notEqual = "!="
      case lessOrEqual = "<="
      case greaterOrEqual = ">="
      case less = "<"
      case greater = ">"
    }
    var operation: Operator
    var operand: Operand
  }

  indirect enum Operand: Equatable, Sendable {
    case value(JSONValue)
    case path([Step])
  }

  let nodes: [Node]

  /// Reads a template; without braces the whole is one expression. Throws with what cannot be read.
  package init(_ template: String) throws(ScriptingError) {
    guard !template.isEmpty else { throw ScriptingError("jsonpath= needs a template") }
    let text = template.contains("{") ? template : "{\(template)}"
    var parser = JSONPathParser(text)
    nodes = try parser.template()
  }

  /// What the template gives for a document.
  package func text(for document: JSONValue) -> String {
    Evaluation(root: document).render(nodes, at: document)
  }
}

/// Follows the steps of a template.
private struct Evaluation {
  let root: JSONValue

  func render(_ nodes: [JSONPath.Node], at value: JSONValue) -> String {
    nodes.map { node in
      switch node {
      case .text(let text): text
      case .path(let steps): values(steps, from: value).map(Self.text).joined(separator: " ")
      case .range(let steps, let body):
        values(steps, from: value).map { render(body, at: $0) }.joined()
      }
    }.joined()
  }

  /// Strings as they are, everything else as JSON.
  private static func text(_ value: JSONValue) -> String {
    if case .string(let text) = value { return text }
    guard let data = try? value.encoded() else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  func values(_ steps: [JSONPath.Step], from value: JSONValue) -> [JSONValue] {
    steps.reduce([value]) { values, step in values.flatMap { apply(step, to: $0) } }
  }

  private func apply(_ step: JSONPath.Step, to value: JSONValue) -> [JSONValue] {
    switch step {
    case .root: return [root]
    case .members(let names): return names.compactMap { value.objectValue?[$0] }
    case .everything: return children(of: value)
    case .descend: return [value] + children(of: value).flatMap { apply(.descend, to: $0) }
    case .elements(let indexes):
      guard let elements = value.arrayValue else { return [] }
      return indexes.compactMap { index in
        let place = index < 0 ? elements.count + index : index
        return elements.indices.contains(place) ? elements[place] : nil
      }
    case .slice(let from, let to, let by):
      guard let elements = value.arrayValue else { return [] }
      func place(_ index: Int) -> Int {
        min(elements.count, max(0, index < 0 ? elements.count + index : index))
      }
      return stride(from: place(from ?? 0), to: place(to ?? elements.count), by: by)
        .map { elements[$0] }
    case .filter(let path, let comparison):
      return children(of: value).filter { admits($0, path, comparison) }
    }
  }

  private func children(of value: JSONValue) -> [JSONValue] {
    if let elements = value.arrayValue { return elements }
    return value.objectValue?.sorted { $0.key < $1.key }.map(\.value) ?? []
  }

  private func admits(
    _ value: JSONValue, _ path: [JSONPath.Step], _ comparison: JSONPath.Comparison?
  ) -> Bool {
    let found = values(path, from: value)
    guard let comparison else { return !found.isEmpty }
    let operands: [JSONValue]
    switch comparison.operand {
    case .value(let operand): operands = [operand]
    case .path(let steps): operands = values(steps, from: value)
    }
    guard let left = found.first, let right = operands.first else { return false }
    return comparison.operation.holds(left, right)
  }
}

extension JSONPath.Comparison.Operator {
  fileprivate func holds(_ a: JSONValue, _ b: JSONValue) -> Bool {
    switch self {
    case .equal: return Self.isEqual(a, b)
    case .notEqual: return !Self.isEqual(a, b)
    case .less: return Self.order(a, b) ?? 0 < 0
    case .greater: return Self.order(a, b) ?? 0 > 0
    case .lessOrEqual: return Self.order(a, b).map { $0 <= 0 } ?? false
    case .greaterOrEqual: return Self.order(a, b).map { $0 >= 0 } ?? false
    }
  }

  private static func isEqual(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let order = order(a, b) { return order == 0 }
    return a == b
  }

  /// Negative where the first is less; `nil` where they cannot be compared.
  private static func order(_ a: JSONValue, _ b: JSONValue) -> Int? {
    if let a = number(a), let b = number(b) { return a < b ? -1 : a > b ? 1 : 0 }
    if let a = a.stringValue, let b = b.stringValue { return a < b ? -1 : a > b ? 1 : 0 }
    return nil
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
