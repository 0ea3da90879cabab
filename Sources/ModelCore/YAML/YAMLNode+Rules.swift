internal import Kubernetes

// What the policies of all kinds say in the same way.

extension YAMLNode {
  /// The finding that a member may not be there, with its removal; none where it is absent or `isSet` says no.
  func forbidden(
    _ key: String, _ reason: String, advice: String = "Leave it out.",
    if isSet: (YAMLNode) -> Bool = { !$0.isNull }
  ) -> [YAMLFinding] {
    guard let member = member(key), isSet(member.value) else { return [] }
    return [
      YAMLFinding(
        member.keyPosition, "\(key) is not allowed: \(reason)", advice: advice,
        fix: removal(of: key, "remove \(key)"))
    ]
  }

  /// Anything else than `false` and nothing: what is no boolean may be read as one.
  var isNotFalse: Bool { !isNull && json != .bool(false) }

  /// Something that is neither null nor an empty list, mapping or text.
  var hasContent: Bool {
    switch content {
    case .mapping(let members): !members.isEmpty
    case .sequence(let elements): !elements.isEmpty
    case .scalar(let value, let text, _): value != .null && !text.isEmpty
    }
  }

  /// What was written for a scalar.
  var scalarText: String? {
    if case .scalar(_, let text, _) = content { text } else { nil }
  }

  /// The text of a scalar that is a string or was meant to be one.
  var spelled: String { scalarText ?? "" }

  /// The values of a mapping of texts by key; the first of two.
  var texts: [String: String] {
    Dictionary(members.map { ($0.key, $0.value.spelled) }) { first, _ in first }
  }
}
