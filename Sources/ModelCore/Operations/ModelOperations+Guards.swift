internal import FoundationEssentials
internal import Kubernetes

extension ModelOperations {
  /// Why nothing may be written at all; `nil` where it may.
  package var writeRefusal: OperationFailure? {
    if settings.isReadOnly {
      return OperationFailure(
        .forbidden, "this is a read-only session: start without --read-only")
    }
    return settings.guards.writeRefusal
  }

  /// Carries out one write: not where a guard rail stands in the way, with the reconciler kept off meanwhile, and noted in
  /// the journal.
  ///
  /// - Parameters:
  ///   - action: what the journal calls it.
  ///   - refusal: why it may not be done here.
  func guarded(
    _ action: String, _ id: ModelID, refusal: OperationFailure? = nil,
    _ body: () async -> OperationResult
  ) async -> OperationResult {
    if let refusal = writeRefusal ?? refusal { return .failed(refusal) }
    busy.begin(id)
    defer { busy.end(id) }
    guard let journal else { return await body() }
    let before = await digest(of: id)
    let result = await body()
    let (outcome, message): (JournalEntry.Outcome, String)
    switch result {
    // Nothing was sent.
    case .invalid: return result
    case .succeeded(let text): (outcome, message) = (.done, text)
    case .failed(let failure): (outcome, message) = (.failed, failure.message)
    case .outcomeUnknown(let text): (outcome, message) = (.unknown, text)
    }
    // A server that is away is not waited for once more.
    var isAway = outcome == .unknown
    if case .failed(let failure) = result { isAway = failure.kind == .unavailable }
    let after = isAway ? nil : await digest(of: id)
    journal.note(action, id, before: before, after: after, outcome, message)
    return result
  }

  /// Throws where so many replicas of such pods ask for more GPUs than one model may have here.
  func checkGPUs(_ perReplica: Int, replicas: Int, of name: String) throws {
    let (count, overflow) = perReplica.multipliedReportingOverflow(by: max(1, replicas))
    if let refusal = settings.guards.refusal(ofGPUs: overflow ? .max : count, for: name) {
      throw ModelCreation.Stop(.failed(refusal))
    }
  }

  /// What the Deployment is now, for the journal; `nil` where there is none or it cannot be read.
  private func digest(of id: ModelID) async -> String? {
    let kind = K8s.Deployment.resourceKind
    let found = try? await api.get(kind, id.name, namespace: id.namespace)
    return found.map { ObjectDigest.of($0.json) }
  }
}
