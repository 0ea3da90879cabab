internal import Synchronization

/// Runs the control loops: sleeps until something changed or is due, and works until nothing is left.
actor ControllerManager {
  private let controllers: [any Controller]
  private let clock: any SimulationClock
  private let inbox: Inbox
  private var queue = WorkQueue()

  /// Reconciles in a row before others on the same threads get a turn.
  private static let batch = 64

  init(clock: any SimulationClock, inbox: Inbox, controllers: sending [any Controller]) {
    self.clock = clock
    self.inbox = inbox
    self.controllers = controllers
  }

  func run() async {
    while !Task.isCancelled {
      deliver()
      queue.releaseDue(at: clock.elapsed)
      guard !queue.isIdle else {
        await inbox.wait(until: queue.nextDue, clock: clock)
        continue
      }
      for _ in 0..<Self.batch {
        guard let item = queue.next() else { break }
        if let delay = controllers[item.controller].reconcile(item.object) {
          queue.add(item, at: clock.elapsed + clock.scaled(delay))
        }
        deliver()
      }
      await Task.yield()
    }
  }

  /// Tells every controller what changed since the last time.
  private func deliver() {
    for change in inbox.take() {
      for (index, controller) in controllers.enumerated() {
        for object in controller.observe(change) {
          queue.add(WorkQueue.Item(controller: index, object: object))
        }
      }
    }
  }
}

/// Changes on their way to the controllers, and the wake-up call for them.
final class Inbox: Sendable {
  private struct State {
    var changes: [Change] = []
    var waiter: CheckedContinuation<Void, Never>?
    var isCancelled = false
  }

  private let state = Mutex(State())

  func add(_ change: Change) {
    let waiter = state.withLock { state in
      state.changes.append(change)
      return state.waiter.take()
    }
    waiter?.resume()
  }

  func take() -> [Change] {
    state.withLock { state in
      let changes = state.changes
      state.changes = []
      return changes
    }
  }

  /// Returns when there are changes, at the given time, or when the task is cancelled.
  func wait(until due: Duration?, clock: any SimulationClock) async {
    await withTaskGroup { group in
      group.addTask { await self.waitForChanges() }
      if let due {
        group.addTask { try? await clock.sleep(until: due) }
      }
      await group.next()
      group.cancelAll()
    }
  }

  private func waitForChanges() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.changes.isEmpty || state.isCancelled { return true }
          state.waiter = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
      state.withLock { $0.isCancelled = false }
    } onCancel: {
      let waiter = state.withLock { state in
        state.isCancelled = true
        return state.waiter.take()
      }
      waiter?.resume()
    }
  }
}
