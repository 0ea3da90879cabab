import Kubernetes
import ModelCore
import Scripting

/// What is waited for.
enum WaitCondition: Equatable, Sendable {
  /// Every replica that is asked for is ready.
  case ready
  case status(ModelStatus)
  case deleted

  static let running = WaitCondition.status(.running)

  init?(_ word: String) {
    switch word {
    case "ready": self = .ready
    case "deleted", "delete": self = .deleted
    default:
      guard let status = ModelStatus(rawValue: word) else { return nil }
      self = .status(status)
    }
  }

  static var allowed: [String] { ModelStatus.allCases.map(\.rawValue) + ["ready", "deleted"] }

  var word: String {
    switch self {
    case .ready: "ready"
    case .deleted: "deleted"
    case .status(let status): status.rawValue
    }
  }

  /// - Parameter model: `nil` is one that is not there.
  func isMet(by model: Model?) -> Bool {
    guard let model else { return self == .deleted }
    switch self {
    case .deleted: return false
    case .ready:
      return model.status == .running && model.readyReplicas >= model.desiredReplicas
        && !model.isDeleting
    // What is stopped has let go of its pods.
    case .status(.stopped): return model.status == .stopped && model.readyReplicas == 0
    case .status(let status): return model.status == status && !model.isDeleting
    }
  }
}

/// Waits for models to become something, by the watch: nothing is asked for again and again.
struct Waiting: Sendable {
  let run: CommandRun
  let session: any ModelsSession
  let condition: WaitCondition
  let limit: Duration

  private enum Outcome: Sendable {
    case met
    case overdue
    case vanished(ModelID)
    case cancelled
  }

  func wait(_ ids: [ModelID]) async throws {
    // What is so already is no matter of time: 0 looks once.
    guard await !isMet(ids) else { return }
    let outcome = await withTaskGroup(of: Outcome.self, returning: Outcome.self) { group in
      group.addTask { await follow(ids) }
      group.addTask {
        guard (try? await Task.sleep(for: limit)) != nil else { return .cancelled }
        return .overdue
      }
      defer { group.cancelAll() }
      return await group.next() ?? .cancelled
    }
    run.progress.clear()
    switch outcome {
    case .met: return
    case .cancelled: throw CancellationError()
    case .vanished(let id):
      throw CommandFailure(.notFound, "model \(id) was deleted while it was waited for.")
    case .overdue: throw await overdue(ids)
    }
  }

  private func isMet(_ ids: [ModelID]) async -> Bool {
    for id in ids {
      // What cannot be read is not known to be gone.
      guard let model = try? await session.model(id) as Model??, condition.isMet(by: model) else {
        return false
      }
    }
    return true
  }

  private func follow(_ ids: [ModelID]) async -> Outcome {
    var models: [ModelID: Model] = [:]
    var seen: Set<ModelID> = []
    for await update in await session.updates() {
      if update.isComplete { models = [:] }
      for id in update.removed { models[id] = nil }
      for model in update.changed where ids.contains(model.id) { models[model.id] = model }
      // What is not there is known once everything was read.
      guard update.isSettled else { continue }
      seen.formUnion(models.keys)
      if case .disconnected(_, let error, _) = update.connection {
        run.progress.show("not connected: \(error)")
        continue
      }
      if condition != .deleted,
        let gone = ids.first(where: { seen.contains($0) && models[$0] == nil })
      {
        return .vanished(gone)
      }
      let open = ids.filter { !condition.isMet(by: models[$0]) }
      guard let first = open.first else { return .met }
      run.progress.show("waiting for \(state(models[first], first))")
    }
    return .cancelled
  }

  private func overdue(_ ids: [ModelID]) async -> CommandFailure {
    var lines: [String] = []
    for id in ids {
      do {
        let model = try await session.model(id)
        if !condition.isMet(by: model) { lines.append("  " + state(model, id)) }
      } catch {
        lines.append("  \(id): not known, \(error)")
      }
    }
    if lines.isEmpty { lines = ["  the connection was lost meanwhile"] }
    return CommandFailure(
      .timedOut, "not \(condition.word) within \(limit.inWords):", details: lines)
  }

  private func state(_ model: Model?, _ id: ModelID) -> String {
    guard let model else { return "\(id): there is no such model" }
    let reason = model.reason.isEmpty ? "" : ": \(Excerpt.line(model.reason))"
    let replicas =
      session.isRemote ? "" : ", \(model.readyReplicas)/\(model.desiredReplicas) ready"
    return "\(id): \(ModelListing.status(of: model))\(replicas)\(reason)"
  }
}

extension Duration {
  /// `30 s`, `1.5 s`
  var inWords: String {
    let tenths = (seconds * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths)) s" : "\(tenths) s"
  }
}
