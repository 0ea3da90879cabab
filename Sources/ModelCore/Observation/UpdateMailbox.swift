internal import Synchronization

/// What one subscriber has not taken yet, merged: however slow it is, nothing is lost and nothing piles up.
final class UpdateMailbox: Sendable {
  private struct State {
    var pending: PendingUpdate?
    var isFinished = false
    var waiter: CheckedContinuation<ClusterUpdate?, Never>?
  }

  private let state = Mutex(State())

  init() {}

  /// Merges an update into what waits, or hands it to who waits for one.
  func post(_ update: ClusterUpdate) {
    let delivery = state.withLock { state -> (CheckedContinuation<ClusterUpdate?, Never>)? in
      guard !state.isFinished else { return nil }
      if let waiter = state.waiter {
        state.waiter = nil
        return waiter
      }
      if state.pending == nil {
        state.pending = PendingUpdate(update)
      } else {
        state.pending?.merge(update)
      }
      return nil
    }
    delivery?.resume(returning: update)
  }

  func finish() {
    let waiter = state.withLock { state in
      state.isFinished = true
      state.pending = nil
      let waiter = state.waiter
      state.waiter = nil
      return waiter
    }
    waiter?.resume(returning: nil)
  }

  /// The next update; `nil` when there will be none, or the task was cancelled.
  func next() async -> ClusterUpdate? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLock { state -> ClusterUpdate?? in
          if state.isFinished || Task.isCancelled { return .some(nil) }
          if let pending = state.pending {
            state.pending = nil
            return .some(pending.update)
          }
          state.waiter = continuation
          return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      finish()
    }
  }
}

/// Updates merged into one that says the same.
struct PendingUpdate: Sendable {
  private var changed: [ModelID: Model] = [:]
  private var removed: Set<ModelID> = []
  /// Everything but the models: the latest.
  private var rest: ClusterUpdate

  init(_ update: ClusterUpdate) {
    rest = update
    rest.changed = []
    rest.removed = []
    changed = Dictionary(update.changed.map { ($0.id, $0) }) { _, last in last }
    removed = Set(update.removed)
  }

  mutating func merge(_ update: ClusterUpdate) {
    if update.isComplete {
      self = PendingUpdate(update)
      return
    }
    for model in update.changed {
      changed[model.id] = model
      removed.remove(model.id)
    }
    for id in update.removed {
      changed[id] = nil
      removed.insert(id)
    }
    let wasComplete = rest.isComplete
    let creation = update.creation ?? rest.creation
    rest = update
    rest.changed = []
    rest.removed = []
    rest.isComplete = wasComplete
    rest.creation = creation
  }

  var update: ClusterUpdate {
    var update = rest
    update.changed = changed.values.sorted { $0.id < $1.id }
    update.removed = update.isComplete ? [] : removed.sorted()
    return update
  }
}
