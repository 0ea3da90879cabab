internal import FoundationEssentials
internal import Kubernetes

/// Waits until nothing is left of a deleted model, and says what holds it where that takes too long.
struct DeletionWatch: Sendable {
  let deletion: ModelDeletion
  let uid: String
  let objects: [OwnObjects.Reference]
  /// Claims that outlive the model.
  let kept: [String]

  private var operations: ModelOperations { deletion.operations }
  private var id: ModelID { deletion.id }

  func run() async throws -> OperationResult {
    let survey = DeletionSurvey(operations: operations, id: id, objects: objects)
    let limit = operations.settings.deleteLimit
    let end = operations.clock.steady().addingTimeInterval(limit.seconds)
    var left: [LeftOver] = []
    var error: APIError?
    var pause = Duration.milliseconds(200)
    var last = ""
    while true {
      do {
        left = try await remaining(survey)
        error = nil
        if left.isEmpty { return succeeded }
        let text = "waiting for " + Self.summary(left)
        if text != last { deletion.progress(text) }
        last = text
      } catch let failure as APIError {
        error = failure
      }
      guard operations.clock.steady() < end else { break }
      try await operations.clock.sleep(pause)
      pause = min(pause * 1.5, .seconds(2))
    }
    return overdue(left, error, limit)
  }

  private func remaining(_ survey: DeletionSurvey) async throws -> [LeftOver] {
    var left = try await survey.remaining(of: uid)
    if let deployment = try await deployment() { left.insert(deployment, at: 0) }
    guard left.isEmpty else { return left }
    // Garbage collection takes what has an owner; the rest is ours to take.
    let orphans = try await survey.orphans()
    guard !orphans.isEmpty else { return [] }
    try await deletion.remove(orphans)
    return try await survey.orphans()
  }

  private func deployment() async throws -> LeftOver? {
    do {
      let found = try await operations.api.get(
        K8s.Deployment.self, id.name, namespace: id.namespace)
      return found.metadata.uid == uid
        ? LeftOver(K8s.Deployment.resourceKind, found.metadata) : nil
    } catch let error as APIError where error.isNotFound {
      return nil
    }
  }

  private var succeeded: OperationResult {
    let kept = kept.isEmpty ? "" : "; its volume \(kept.joined(separator: ", ")) was kept"
    return .succeeded("deleted model \(id.name) and everything that belonged to it\(kept)")
  }

  private static func summary(_ left: [LeftOver]) -> String {
    let pods = left.count { $0.kind == K8s.Pod.resourceKind }
    if pods > 0 {
      let held = left.first { $0.kind == K8s.Pod.resourceKind && $0.isHeld }
      return (pods == 1 ? "1 pod to stop" : "\(pods) pods to stop")
        + (held.map { ", \($0.explained)" } ?? "")
    }
    // Whoever waits sees at once what holds it.
    return (left.filter(\.isHeld) + left.filter { !$0.isHeld }).map(\.explained).prefix(3).joined(
      separator: ", ")
      + (left.count > 3 ? " and \(left.count - 3) more" : "")
  }

  private func overdue(
    _ left: [LeftOver], _ error: APIError?, _ limit: Duration
  ) -> OperationResult {
    if let error {
      return .outcomeUnknown(
        "the deletion of Deployment \(id) was accepted, but whether it ended is not known: "
          + "\(error.description)")
    }
    let seconds = Int(limit.seconds)
    return .failed(
      OperationFailure(
        .overdue,
        "model \(id.name) is being deleted, but after \(seconds) s there is still: "
          + left.map(\.explained).joined(separator: "; ")
          + ". Kubernetes goes on with it; look for what holds these objects."))
  }
}
