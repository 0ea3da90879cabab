package import FoundationEssentials

/// How the user's credentials are doing, for people.
package struct CredentialStatus: Sendable, Equatable {
  /// When they end, as far as they say so themselves.
  package var expiresAt: Date?
  /// New ones come by themselves: from a plugin or in a file that is rotated.
  package var renewsItself: Bool
  /// What is wrong with them and what to do, a sentence; `nil` as long as the server takes them.
  package var problem: String?

  package init(expiresAt: Date? = nil, renewsItself: Bool = false, problem: String? = nil) {
    self.expiresAt = expiresAt
    self.renewsItself = renewsItself
    self.problem = problem
  }
}
