/// How a write ended, for a person and for an exit code.
package enum OperationResult: Equatable, Sendable {
  /// Done; the sentence says what.
  case succeeded(String)
  /// The request was refused before anything was sent.
  case invalid([Finding])
  /// The server or a rule of ours refused; nothing was changed, or what was changed was taken back.
  case failed(OperationFailure)
  /// The connection was lost in mid-write and reading back did not settle it: what to look at.
  case outcomeUnknown(String)
}

package struct OperationFailure: Equatable, Sendable {
  package enum Kind: Sendable, Equatable {
    case conflict, notFound, forbidden, prerequisites, unavailable, other
  }

  package var kind: Kind
  /// What failed, on what, what to do.
  package var message: String
  /// The field of the form that it is about, if one is.
  package var field: CreateField?

  package init(_ kind: Kind, _ message: String, field: CreateField? = nil) {
    self.kind = kind
    self.message = message
    self.field = field
  }
}
