internal import Kubernetes

/// What differs between two versions of an object, field by field, for a person.
struct FieldDiff {
  private let mask: SecretMask
  private(set) var changes: [OperationPlan.FieldChange] = []

  /// Fields that say nothing: what the server counts, and the request that repeats the other annotations.
  private static let silent: Set<String> = [
    "status", "metadata.managedFields", "metadata.resourceVersion", "metadata.generation",
    "metadata.uid", "metadata.annotations.\(ModelKeys.specification)",
  ]

  init(from old: JSONValue, to new: JSONValue, mask: SecretMask) {
    self.mask = mask
    compare(old, new, at: FieldPath())
  }

  private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, at path: FieldPath) {
    guard old != new, !Self.silent.contains(path.text) else { return }
    switch (old, new) {
    case (.object(let before), .object(let after)):
      for name in Set(before.keys).union(after.keys).sorted() {
        compare(before[name], after[name], at: path.member(name))
      }
    case (.array(let before), .array(let after)):
      guard let key = FieldRules.key(of: path.fields.last ?? "", in: after.isEmpty ? before : after)
      else { return add(old, new, at: path) }
      for element in before {
        let match = after.first { FieldRules.isSame($0, element, key: key) }
        compare(element, match, at: path.element(OwnedFields.text(element[key] ?? .null)))
      }
      for element in after
      where !before.contains(where: { FieldRules.isSame($0, element, key: key) }) {
        add(nil, element, at: path.element(OwnedFields.text(element[key] ?? .null)))
      }
    default: add(old, new, at: path)
    }
  }

  private mutating func add(_ old: JSONValue?, _ new: JSONValue?, at path: FieldPath) {
    changes.append(
      OperationPlan.FieldChange(path: path.text, old: text(old), new: text(new)))
  }

  /// One line.
  private func text(_ value: JSONValue?) -> String? {
    guard let value, value != .null else { return nil }
    return Excerpt.line(mask.masked(Self.plain(value)))
  }

  private static func plain(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): return text
    case .array(let elements) where elements.allSatisfy({ $0.stringValue != nil }):
      return elements.compactMap(\.stringValue).joined(separator: " ")
    default: return ModelSpecification.text(of: value)
    }
  }
}
