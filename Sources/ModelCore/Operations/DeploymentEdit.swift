internal import FoundationEssentials
internal import Kubernetes

/// One change of a model's Deployment: it is read, what to do about it is decided, and that version is patched; again
/// where somebody was faster.
///
/// Every patch names UID and version, so that it takes effect at most once however often its answer gets lost, and never
/// on top of something that was not looked at.
struct DeploymentEdit: Sendable {
  typealias Stop = ModelCreation.Stop

  struct Decision: Sendable {
    /// `nil` where it is as it should be.
    var patch: JSONValue?
    /// What was done, as a sentence.
    var done: String
    /// What is said where there was nothing to do.
    var idle: String
  }

  let operations: ModelOperations
  let target: ModelTarget
  /// As in `could not update model llama-7b`.
  let task: String
  /// Looks at what is there. Throws `Stop` where the change may not be made to it.
  let decide: @Sendable (LiveDeployment) throws -> Decision

  private static let attempts = 8

  func run() async throws -> OperationResult {
    var generator = SystemRandomNumberGenerator()
    var lost: APIError?
    // A second look at what was written has nothing left to say what that was.
    var done = ""
    var last = APIError.timedOut("no answer")
    for attempt in 1...Self.attempts {
      if attempt > 1 {
        let delay = operations.retry.delay(
          attempt: attempt - 1, retryAfter: last.retryAfter, using: &generator)
        try? await operations.clock.sleep(delay)
      }
      if Task.isCancelled { break }
      var isSent = false
      do {
        let live = try await operations.live(target.id)
        try live.checkChangeable(target, organization: operations.settings.organization)
        let decision = try decide(live)
        guard var patch = decision.patch else {
          return .succeeded(lost == nil ? decision.idle : done)
        }
        if let version = target.resourceVersion, version != live.resourceVersion {
          throw Stop(.conflict, ModelOperations.changedMeanwhile(target.id))
        }
        patch["metadata", "uid"] = .string(live.uid)
        patch["metadata", "resourceVersion"] = .string(live.resourceVersion)
        done = decision.done
        isSent = true
        try await operations.api.mergePatch(
          K8s.Deployment.resourceKind, target.id.name, namespace: target.id.namespace, patch: patch)
        return .succeeded(decision.done)
      } catch let error as APIError where error.isNotFound {
        throw Stop(.notFound, "model not found in organization")
      } catch let error as APIError where error.isConflict {
        // Somebody was faster, or it was us: the next look tells.
        last = error
      } catch let error as APIError where isSent && error.mayHaveTakenEffect {
        lost = error
        last = error
      } catch let error as APIError where error.isTransient {
        last = error
      } catch let error as APIError {
        guard lost != nil else { throw Stop(error, doing: task) }
        last = error
        break
      }
    }
    return try await unsettled(lost, last, done: done)
  }

  private func unsettled(
    _ lost: APIError?, _ last: APIError, done: String
  ) async throws -> OperationResult {
    guard let lost else {
      guard last.isConflict else { throw Stop(last, doing: task) }
      throw Stop(
        .conflict,
        "could not \(task): somebody else changes it again and again. Nothing was changed: try again."
      )
    }
    await operations.outcomes.follow(PendingEdit(edit: self, done: done))
    return .outcomeUnknown(
      "the connection was lost while trying to \(task) (\(lost.description)). "
        + "What became of it is found out and told here as soon as the server answers.")
  }
}

/// A change of a Deployment that may or may not have been made.
struct PendingEdit: PendingOutcome {
  var edit: DeploymentEdit
  /// What is said when it was made.
  var done: String

  var operations: ModelOperations { edit.operations }
  var id: ModelID { edit.target.id }
  /// The verb of what was tried.
  var action: String { String(edit.task.prefix { $0 != " " }) }

  func look(absence: Duration) async throws -> (settlement: Settlement?, isLast: Bool) {
    do {
      let live = try await operations.live(id)
      try live.checkChangeable(edit.target, organization: operations.settings.organization)
      let decision = try edit.decide(live)
      if decision.patch == nil { return (told(true, done), true) }
      guard absence >= Self.patience else { return (nil, false) }
      return (told(false, "could not \(edit.task): the request did not come through"), false)
    } catch let error as APIError where error.isNotFound {
      return (told(false, "model \(id.name) is gone"), true)
    } catch let stop as ModelCreation.Stop {
      guard case .failed(let failure) = stop.result else { return (nil, true) }
      return (told(false, failure.message), true)
    }
  }

  private func told(_ isDone: Bool, _ message: String) -> Settlement {
    Settlement(model: id, isDone: isDone, message: message)
  }
}
