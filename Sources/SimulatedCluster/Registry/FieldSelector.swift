internal import Kubernetes

/// A field selector, e.g. `status.phase=Running,spec.nodeName!=`.
struct FieldSelector: Sendable, Equatable {
  struct Term: Sendable, Equatable {
    var field: String
    var value: String
    var isEqual: Bool
  }

  var terms: [Term] = []

  /// Reads the query parameter; refuses fields that this kind cannot be selected by.
  init(parsing text: String, for resource: ResourceDefinition) throws(Refusal) {
    for part in text.split(separator: ",") {
      let term = try Self.term(String(part))
      let known =
        ["metadata.name", "metadata.namespace"].contains(term.field)
        || resource.rules.selectableFields.contains(term.field)
      guard known else {
        // Kinds that can be selected by nothing of their own answer differently.
        throw .badRequest(
          resource.schema != nil && resource.rules.selectableFields.isEmpty
            ? "\"\(term.field)\" is not a known field selector: only \"metadata.name\", "
              + "\"metadata.namespace\""
            : "field label not supported: \(term.field)")
      }
      terms.append(term)
    }
  }

  private static func term(_ text: String) throws(Refusal) -> Term {
    for (mark, isEqual) in [("!=", false), ("==", true), ("=", true)] {
      guard let position = firstRange(of: mark, in: text) else { continue }
      return Term(
        field: String(text[..<position.lowerBound]), value: String(text[position.upperBound...]),
        isEqual: isEqual)
    }
    throw .badRequest("invalid selector: '\(text)'; can't understand '\(text)'")
  }

  private static func firstRange(of mark: String, in text: String) -> Range<String.Index>? {
    var index = text.startIndex
    while index < text.endIndex {
      if text[index...].hasPrefix(mark) {
        return index..<text.index(index, offsetBy: mark.count)
      }
      index = text.index(after: index)
    }
    return nil
  }

  func matches(_ object: JSONValue, of resource: ResourceDefinition) -> Bool {
    terms.allSatisfy { term in
      let value =
        switch term.field {
        case "metadata.name": object.name
        case "metadata.namespace": object.namespace
        default: resource.rules.selectableValue(term.field, of: object)
        }
      return (value == term.value) == term.isEqual
    }
  }

  /// The one name that it selects, where it selects by name.
  var name: String? {
    terms.first { $0.field == "metadata.name" && $0.isEqual }?.value
  }
}
