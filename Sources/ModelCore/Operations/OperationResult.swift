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

  /// It was done; an outcome that is not known does not count.
  package var isSuccess: Bool { if case .succeeded = self { true } else { false } }

  /// The model is there, or was changed, but not all that belongs to it.
  package var isPartial: Bool {
    if case .failed(let failure) = self { failure.isPartial } else { false }
  }
}

/// Why a write was refused, in words for a person.
package struct OperationFailure: Error, Equatable, Sendable {
  /// What kind of reason: exit codes and HTTP statuses go by it.
  package enum Kind: Sendable, Equatable {
    /// The name is taken, an object is in the way, or somebody changed the model meanwhile.
    case conflict
    case notFound
    case forbidden
    /// The cluster does not take our credentials.
    case unauthenticated
    /// The cluster lacks something that models need.
    case prerequisites
    /// There was no answer, or the server is in no state to do it.
    case unavailable
    /// The server finds what was sent invalid.
    case rejected
    /// The way to the models has no such operation.
    case notOffered
    /// It was accepted and did not come to its end in the time that was given.
    case overdue
    case other
  }

  package var kind: Kind
  /// What failed, on what, what to do.
  package var message: String
  /// The field of the form that it is about, if one is.
  package var field: CreateField?
  /// Of a conflict with somebody who changed the same fields: what each made of them. Nothing was written.
  package var threeWay: ThreeWay?
  /// The model is there, but not all that belongs to it.
  package var isPartial = false
  /// The field of the object that the server names: `spec.ports[0].port`.
  var path: String?
  /// Where in the manifests it is; `nil` where it is about no text.
  package var position: YAMLPosition?

  /// The message behind its place in the manifests, where it has one.
  package var placedMessage: String {
    position.map { "line \($0.line), column \($0.column): \(message)" } ?? message
  }

  /// A refusal of the whole, unless a field is named.
  package init(
    _ kind: Kind, _ message: String, field: CreateField? = nil, threeWay: ThreeWay? = nil
  ) {
    self.kind = kind
    self.message = message
    self.field = field
    self.threeWay = threeWay
  }
}
