internal import Synchronization

/// Wakes one waiter; a signal that comes while nobody waits is kept, and several count as one.
package final class WakeSignal: Sendable {
  private struct State {
    var isSet = false
    var waiter: CheckedContinuation<Bool, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  /// Wakes who waits, or the next who will.
  package func signal() {
    let waiter = state.withLock { state in
      let waiter = state.waiter
      state.waiter = nil
      if waiter == nil { state.isSet = true }
      return waiter
    }
    waiter?.resume(returning: true)
  }

  /// Forgets a signal that is kept.
  package func reset() {
    state.withLock { $0.isSet = false }
  }

  /// Returns at the next signal, at once where one is kept, or when the task is cancelled. Returns whether it was signalled.
  @discardableResult
  package func wait() async -> Bool {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> Bool? in
          if state.isSet {
            state.isSet = false
            return true
          }
          if Task.isCancelled { return false }
          // One waiter is the contract; a second would otherwise leave the first for ever.
          state.waiter?.resume(returning: false)
          state.waiter = continuation
          return nil
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        let waiter = state.waiter
        state.waiter = nil
        return waiter
      }
      waiter?.resume(returning: false)
    }
  }

  /// Waits for a signal, but no longer than the duration. Returns whether it was signalled.
  @discardableResult
  package func wait(atMost duration: Duration, clock: WallClock) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { await self.wait() }
      group.addTask {
        try? await clock.sleep(duration)
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      // A signal that came while the timer won must not be lost with the cancelled wait.
      let second = await group.next() ?? false
      return first || second
    }
  }
}
