internal import FoundationEssentials
internal import Kubernetes

/// Stop, start, scale and restart: what a Deployment's replicas and pods are to do.
///
/// None of these fields is the reconciler's: its manifests have no replicas, and an annotation beside ours stays.
struct ModelScaling: Sendable {
  typealias Stop = ModelCreation.Stop

  enum Goal: Sendable, Equatable {
    case stopped
    case started
    case replicas(Int)
    case restarted
  }

  /// So many replicas may be asked for: a number beyond is a slip of the finger.
  static let bounds = 0...1_000

  let operations: ModelOperations
  let target: ModelTarget
  let goal: Goal
  /// When it was asked for: names this restart among others.
  let now: Date

  private var name: String { target.id.name }

  var verb: String {
    switch goal {
    case .stopped: "stop"
    case .started: "start"
    case .replicas: "scale"
    case .restarted: "restart"
    }
  }

  func run() async throws -> OperationResult {
    if let findings { return .invalid(findings) }
    let owners = try await owners()
    return try await edit(owners).run()
  }

  var findings: [Finding]? {
    guard case .replicas(let count) = goal, !Self.bounds.contains(count) else { return nil }
    return [
      Finding(
        field: nil, message: "replicas is \(count)",
        fix: "Choose a number from \(Self.bounds.lowerBound) to \(Self.bounds.upperBound).")
    ]
  }

  /// Who else sets the replicas. Nobody is asked for a restart, which leaves them alone.
  func owners() async throws -> [ScaleOwner] {
    guard goal != .restarted else { return [] }
    do {
      return try await ScaleOwner.find(of: target.id, by: operations)
    } catch {
      throw Stop(error, doing: "look for autoscalers of model \(name)")
    }
  }

  func edit(_ owners: [ScaleOwner]) -> DeploymentEdit {
    DeploymentEdit(operations: operations, target: target, task: "\(verb) model \(name)") { live in
      try decide(live, owners)
    }
  }

  func decide(
    _ live: LiveDeployment, _ owners: [ScaleOwner]
  ) throws -> DeploymentEdit.Decision {
    if live.isIncomplete {
      throw Stop(
        .conflict,
        "model \(name) was not created completely: delete it and create it again")
    }
    let owner = owners.first?.label
    switch goal {
    case .stopped, .replicas(0): return try stop(live, owner)
    case .started: return try start(live, owner)
    case .replicas(let count):
      if let owner, count != live.replicas {
        throw Stop(
          .conflict,
          "the replicas of model \(name) are set by \(owner), which would change them back. Change its limits, or "
            + "delete it. Stopping and starting works: it rests while there are no replicas.")
      }
      return try decision(
        count, of: live, remembered: nil,
        done: "model \(name) gets \(Self.counted(count)), it had \(live.replicas)",
        idle: "model \(name) has \(Self.counted(count)) already")
    case .restarted: return try restart(live)
    }
  }

  private func stop(_ live: LiveDeployment, _ owner: String?) throws -> DeploymentEdit.Decision {
    let rests = owner.map { "; \($0) rests meanwhile" } ?? ""
    return try decision(
      0, of: live, remembered: live.replicas,
      done: "stopped model \(name), which had \(Self.counted(live.replicas))\(rests)",
      idle: "model \(name) is stopped already")
  }

  private func start(_ live: LiveDeployment, _ owner: String?) throws -> DeploymentEdit.Decision {
    let count = max(1, live.stored.replicasBeforeStop ?? 1)
    let scales = owner.map { "; \($0) scales it from now on" } ?? ""
    return try decision(
      live.replicas > 0 ? live.replicas : count, of: live, remembered: nil,
      done: "started model \(name) with \(Self.counted(count))\(scales)",
      idle: "model \(name) is started already: it has \(Self.counted(live.replicas))")
  }

  /// As `kubectl rollout restart` does it.
  private func restart(_ live: LiveDeployment) throws -> DeploymentEdit.Decision {
    guard live.replicas > 0 else {
      throw Stop(.conflict, "model \(name) is stopped: there is nothing to restart. Start it.")
    }
    guard !live.isPaused else {
      throw Stop(
        .conflict,
        "the rollout of model \(name) is paused, so that no new pods would come: "
          + "kubectl -n \(target.id.namespace) rollout resume deployment/\(name)")
    }
    let stamp = Timestamp.formatMicro(now)
    let path = ["spec", "template", "metadata", "annotations", ModelKeys.restartedAt]
    guard live.json[path: path] != .string(stamp) else {
      return decision(nil, done: restarted(live), idle: restarted(live))
    }
    var patch: JSONValue = [:]
    patch[path: path] = .string(stamp)
    return decision(patch, done: restarted(live), idle: "")
  }

  private func restarted(_ live: LiveDeployment) -> String {
    let isAtOnce = live.json["spec", "strategy", "type"] == "Recreate"
    return "restarts model \(name): "
      + (isAtOnce
        ? "its pods end, and new ones are made then"
        : "new pods are made, and the old ones end as those get ready")
  }

  private func replicas(_ count: Int, remembered: Int?) -> JSONValue {
    var patch: JSONValue = ["spec": ["replicas": .integer(Int64(count))]]
    patch["metadata", "annotations", ModelKeys.replicasBeforeStop] =
      remembered.map { .string(String($0)) } ?? .null
    return patch
  }

  private func decision(
    _ count: Int, of live: LiveDeployment, remembered: Int?, done: String, idle: String
  ) throws -> DeploymentEdit.Decision {
    guard live.replicas != count else { return decision(nil, done: done, idle: idle) }
    if count > live.replicas {
      try operations.checkGPUs(
        LiveDeployment.gpus(live.deployment), replicas: count, of: live.name)
    }
    return decision(replicas(count, remembered: remembered), done: done, idle: idle)
  }

  /// Who did it and when is noted with it.
  private func decision(
    _ patch: JSONValue?, done: String, idle: String
  ) -> DeploymentEdit.Decision {
    var patch = patch
    if patch != nil {
      patch?["metadata", "annotations", ModelKeys.updatedBy] =
        operations.settings.user.map(JSONValue.string) ?? .null
      patch?["metadata", "annotations", ModelKeys.updatedAt] = .string(Timestamp.format(now))
    }
    return DeploymentEdit.Decision(patch: patch, done: done, idle: idle)
  }

  static func counted(_ count: Int) -> String { count == 1 ? "1 replica" : "\(count) replicas" }
}
