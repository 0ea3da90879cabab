/// A Secret of the cluster that holds a Hugging Face token already: named instead of a token, read by the pods alone.
///
/// It belongs to whoever made it: it is neither changed nor deleted with the model. Only the form and the command line know it;
/// the specification's request has no such field, so that nobody reaches another's Secret through the HTTP API.
package struct TokenSecret: Equatable, Sendable {
  /// In the namespace of the model.
  package var name: String
  /// The key of its data that holds the token.
  package var key: String

  /// What stands before the name where a token could be.
  package static let prefix = "secret:"

  /// With the key that our own Secrets have, unless another is given.
  package init(name: String, key: String = ModelKeys.tokenKey) {
    self.name = name
    self.key = key
  }

  /// `secret:NAME` or `secret:NAME/KEY`; `nil` for anything else.
  package init?(_ text: String) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    let parts = text.dropFirst(Self.prefix.count).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    key = parts.count > 1 ? String(parts[1]) : ModelKeys.tokenKey
  }

  /// As it is written in a form: `secret:NAME/KEY`, the key always there.
  package var text: String { "\(Self.prefix)\(name)/\(key)" }

  /// - Parameter known: the Secrets of the namespace, where they may be listed.
  func findings(known: Set<String>?) -> [Finding] {
    guard StorageClassRule.isSubdomain(name) else {
      return [
        Finding(
          field: .huggingFaceToken, message: "\(Excerpt.quoted(name)) is no name of a Secret",
          fix: "Write secret:NAME or secret:NAME/KEY.")
      ]
    }
    let isKey =
      (1...253).contains(key.utf8.count)
      && key.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || "-._".utf8.contains($0)
      }
    guard isKey else {
      return [
        Finding(
          field: .huggingFaceToken, message: "\(Excerpt.quoted(key)) is no key of a Secret",
          fix: "Write secret:NAME/KEY with letters, digits, '-', '_' and '.' in the key.")
      ]
    }
    guard let known, !known.contains(name) else { return [] }
    return [
      Finding(
        field: .huggingFaceToken, severity: .warning,
        message: "the namespace has no Secret '\(name)'",
        fix: "The pods wait until it is there: make it, or choose another with Ctrl-N.")
    ]
  }
}
