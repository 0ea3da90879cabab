/// Who asks, as a verified token says it.
package struct Caller: Equatable, Sendable {
  /// What the caller may do in its organization; the raw value is the word of the claim.
  package enum Role: String, Sendable, CaseIterable {
    /// Sees its organization's models.
    case reader
    /// Changes them, too.
    case owner
  }

  /// The one whose models it may see and change, as labels hold it.
  package var organization: String
  package var role: Role
  /// For the annotations `created-by` and `updated-by`, for the rate limit and for the log; `nil` where the token names none.
  package var subject: String?

  /// Nothing of it is checked here: that is the verifier's business.
  package init(organization: String, role: Role, subject: String? = nil) {
    self.organization = organization
    self.role = role
    self.subject = subject
  }

  /// Whether it may create, change and delete.
  package var mayWrite: Bool { role == .owner }
  /// Whose requests are counted together.
  var rateKey: String { "\(organization)/\(subject ?? "")" }
}

/// Why a token was not accepted. The text is for who sent it: it says nothing about keys.
package struct TokenRefusal: Error, Equatable, CustomStringConvertible {
  /// One sentence without a full stop, for the body of the 401.
  package var description: String

  /// `description` goes to who sent the token.
  package init(_ description: String) { self.description = description }
}
