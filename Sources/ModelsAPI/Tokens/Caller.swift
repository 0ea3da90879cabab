/// Who asks, as a verified token says it.
package struct Caller: Equatable, Sendable {
  package enum Role: String, Sendable, CaseIterable {
    /// Sees its organization's models.
    case reader
    /// Changes them, too.
    case owner
  }

  package var organization: String
  package var role: Role
  /// For the annotations `created-by` and `updated-by`, for the rate limit and for the log; `nil` where the token names none.
  package var subject: String?

  package init(organization: String, role: Role, subject: String? = nil) {
    self.organization = organization
    self.role = role
    self.subject = subject
  }

  package var mayWrite: Bool { role == .owner }
  /// Whose requests are counted together.
  var rateKey: String { "\(organization)/\(subject ?? "")" }
}

/// Why a token was not accepted. The text is for who sent it: it says nothing about keys.
package struct TokenRefusal: Error, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
