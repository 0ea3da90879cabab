package import FoundationEssentials

/// How the user's credentials are doing, for people.
package struct CredentialStatus: Sendable, Equatable {
  /// What is wrong: in two words for a header, and in a sentence with whose they are and what to do.
  package struct Problem: Sendable, Equatable {
    package var summary: String
    package var text: String

    package init(summary: String, text: String) {
      self.summary = summary
      self.text = text
    }
  }

  /// When they end, as far as they say so themselves.
  package var expiresAt: Date?
  /// New ones come by themselves: from a plugin or in a file that is rotated.
  package var renewsItself: Bool
  /// `nil` as long as the server takes them.
  package var problem: Problem?
  /// The plugin that has to give some before anything can be asked, and has not ended yet.
  package var awaited: String?

  package init(
    expiresAt: Date? = nil, renewsItself: Bool = false, problem: Problem? = nil,
    awaited: String? = nil
  ) {
    self.expiresAt = expiresAt
    self.renewsItself = renewsItself
    self.problem = problem
    self.awaited = awaited
  }
}
