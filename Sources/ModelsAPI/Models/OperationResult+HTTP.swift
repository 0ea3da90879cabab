internal import HTTPTypes
internal import ModelCore

/// A write as the specification's statuses and texts tell it: to who asked, without the cluster's internals.
enum WriteAnswer {
  /// The answer to a write that did not succeed; `nil` where it did.
  static func failure(_ result: OperationResult, model: String, task: String) -> APIAnswer? {
    switch result {
    case .succeeded: nil
    case .invalid(let findings): self.findings(findings, model: model)
    case .failed(let failure): self.failure(failure, model: model, task: task)
    // Not 503, which says that nothing was done.
    case .outcomeUnknown:
      APIAnswer.error(
        .gatewayTimeout,
        "the connection to the cluster was lost while trying to \(task) model '\(model)': "
          + "whether it happened is not known yet, look at the model"
      ).retry(after: 5)
    }
  }

  private static func failure(
    _ failure: OperationFailure, model: String, task: String
  ) -> APIAnswer {
    switch failure.kind {
    case .notFound: .error(.notFound, APIText.notFound)
    case .prerequisites: .error(.forbidden, failure.message)
    case .conflict where task == "create": taken(model)
    case .conflict:
      .error(
        .conflict,
        "model '\(model)' was changed by somebody else at the same time: look at it and try again")
    case .rejected: .error(.badRequest, APIText.validationPrefix + failure.placedMessage)
    case .unavailable: APIAnswer.error(.serviceUnavailable, APIText.away).retry(after: 5)
    case .overdue:
      APIAnswer.error(
        .serviceUnavailable, "to \(task) model '\(model)' takes long: the cluster goes on with it"
      ).retry(after: 10)
    case .forbidden, .unauthenticated: .error(.badGateway, APIText.refused)
    case .other, .notOffered:
      .error(
        .badGateway,
        "the Kubernetes cluster did not \(task) model '\(model)': ask the operator, who finds the reason in the log"
      )
    }
  }

  /// Whose it is and where is not said: it may be another organization's.
  static func taken(_ name: String) -> APIAnswer {
    .error(.conflict, "model name '\(name)' is already taken: choose another name")
  }

  /// The most important of what is wrong with a request: what the cluster lacks, then the request itself, then its name.
  static func findings(_ findings: [Finding], model: String) -> APIAnswer {
    let errors = findings.filter { $0.severity == .error }
    if let missing = errors.first(where: { $0.kind == .prerequisite }) {
      return .error(.forbidden, missing.message)
    }
    let invalid = errors.filter { $0.kind == .invalid }
    if invalid.isEmpty, errors.contains(where: { $0.kind == .conflict }) { return taken(model) }
    return .error(.badRequest, text(of: invalid))
  }

  /// One sentence after the other. The served name's two texts stand alone, as the specification shows them.
  private static func text(of findings: [Finding]) -> String {
    if findings.count == 1, let only = findings.first,
      only.message.hasPrefix("--served-model-name")
    {
      return only.message
    }
    return APIText.validationPrefix + findings.prefix(8).map(sentence).joined(separator: "; ")
  }

  private static func sentence(_ finding: Finding) -> String {
    // These say themselves what to do, in the specification's words.
    if finding.field == .command, finding.message.contains("--served-model-name") {
      return finding.message
    }
    let place = finding.position.map { "line \($0.line), column \($0.column): " } ?? ""
    var fix = finding.fix
    while fix.last == "." { fix.removeLast() }
    return place + (fix.isEmpty ? finding.message : "\(finding.message) (\(fix))")
  }
}
