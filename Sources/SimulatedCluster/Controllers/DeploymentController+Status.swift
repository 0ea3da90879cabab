internal import Kubernetes

extension DeploymentController {
  /// Writes the status; returns when to look at the progress deadline again.
  func updateStatus(
    _ deployment: StoredObject, _ sets: [StoredObject], current: StoredObject?
  ) -> Duration? {
    func sum(_ field: String) -> Int {
      sets.reduce(0) { $0 + Int($1.json.integer("status", field) ?? 0) }
    }
    let counts = Counts(
      total: sum("replicas"), updated: Int(current?.json.integer("status", "replicas") ?? 0),
      ready: sum("readyReplicas"), available: sum("availableReplicas"))
    let failure = sets.compactMap { $0.json.condition("ReplicaFailure") }.first
    var again: Duration?
    context.change(deployment.reference) { json in
      let old = json["status"] ?? [:]
      json["status"] = status(counts, old, generation: deployment.json.generation)
      setAvailable(&json, deployment, counts)
      if let current, !deployment.json.isBeingDeleted {
        again = setProgress(&json, old: old, deployment, counts, current)
      }
      if let failure {
        json.setCondition(
          "ReplicaFailure", "True", reason: failure.string("reason"),
          message: failure.string("message"), at: context.now, updates: true,
          unlessSame: true)
      } else {
        json.removeCondition("ReplicaFailure")
      }
    }
    return again
  }

  struct Counts {
    var total: Int
    var updated: Int
    var ready: Int
    var available: Int
  }

  private func status(_ counts: Counts, _ old: JSONValue, generation: Int64) -> JSONValue {
    var status: JSONValue = ["observedGeneration": .integer(generation)]
    let unavailable = max(0, counts.total - counts.available)
    for (name, count) in [
      ("replicas", counts.total), ("updatedReplicas", counts.updated),
      ("readyReplicas", counts.ready), ("availableReplicas", counts.available),
      ("unavailableReplicas", unavailable),
    ] where count > 0 {
      status[name] = .integer(Int64(count))
    }
    status["conditions"] = old["conditions"]
    status["collisionCount"] = old["collisionCount"]
    return status
  }

  private func setAvailable(
    _ json: inout JSONValue, _ deployment: StoredObject, _ counts: Counts
  ) {
    let isAvailable = counts.available >= wanted(deployment) - maxUnavailable(deployment)
    json.setCondition(
      "Available", isAvailable ? "True" : "False",
      reason: isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
      message: isAvailable
        ? "Deployment has minimum availability."
        : "Deployment does not have minimum availability.",
      at: context.now, updates: true, unlessSame: true)
  }

  /// Whether the rollout is done, gets further, or has been stuck for too long.
  private func setProgress(
    _ json: inout JSONValue, old: JSONValue, _ deployment: StoredObject, _ counts: Counts,
    _ set: StoredObject
  ) -> Duration? {
    let wanted = wanted(deployment)
    let reason = json.condition("Progressing")?.string("reason") ?? ""
    let isComplete =
      counts.updated == wanted && counts.total == wanted && counts.available == wanted
    let name = set.key.name
    func count(_ field: String) -> Int { Int(old.integer(field) ?? 0) }
    let isFurther =
      counts.total - counts.updated < count("replicas") - count("updatedReplicas")
      || counts.updated > count("updatedReplicas") || counts.ready > count("readyReplicas")
      || counts.available > count("availableReplicas")
    if isComplete {
      lastProgress[deployment.uid] = nil
      json.setCondition(
        "Progressing", "True", reason: "NewReplicaSetAvailable",
        message: "ReplicaSet \"\(name)\" has successfully progressed.", at: context.now,
        updates: true, unlessSame: true)
      return nil
    }
    // A rollout that was done stays done, whatever its pods do afterwards.
    if reason == "NewReplicaSetAvailable", counts.total == counts.updated { return nil }
    if isFurther {
      lastProgress[deployment.uid] = context.clock.elapsed
      json.setCondition(
        "Progressing", "True", reason: "ReplicaSetUpdated",
        message: "ReplicaSet \"\(name)\" is progressing.", at: context.now, updates: true)
    }
    if reason == "ProgressDeadlineExceeded", !isFurther { return nil }
    return checkDeadline(&json, deployment, name)
  }

  private func checkDeadline(
    _ json: inout JSONValue, _ deployment: StoredObject, _ name: String
  ) -> Duration? {
    guard deployment.json["spec", "paused"]?.boolValue != true else { return nil }
    let deadline = Duration.seconds(
      deployment.json.integer("spec", "progressDeadlineSeconds") ?? 600)
    let now = context.clock.elapsed
    let since = lastProgress[deployment.uid] ?? now
    lastProgress[deployment.uid] = since
    let left = since + context.clock.scaled(deadline) - now
    guard left <= .zero else { return left * (deadline / context.clock.scaled(deadline)) }
    json.setCondition(
      "Progressing", "False", reason: "ProgressDeadlineExceeded",
      message: "ReplicaSet \"\(name)\" has timed out progressing.", at: context.now,
      updates: true)
    return nil
  }
}

extension JSONValue {
  /// Sets a condition with an update time, and leaves it alone where it says the same already.
  fileprivate mutating func setCondition(
    _ type: String, _ status: String, reason: String, message: String, at now: JSONValue,
    updates: Bool, unlessSame: Bool
  ) {
    if unlessSame, let old = condition(type), old.string("status") == status,
      old.string("reason") == reason
    {
      return
    }
    setCondition(type, status, reason: reason, message: message, at: now, updates: updates)
  }
}
