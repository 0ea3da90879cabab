internal import Dispatch
internal import Synchronization

/// Calls a handler again and again. Behind a protocol so that tests tick by hand.
package protocol Ticker: Sendable {
  /// Starts ticking, the first time after one interval. The handler must return at once: it only posts.
  func start(every interval: Duration, _ handler: @escaping @Sendable () -> Void)
  func stop()
}

/// Ticks by a Dispatch timer.
package final class DispatchTicker: Ticker {
  /// A timer source is safe to use from any thread; the box only lets the lock hold it.
  private struct Source: @unchecked Sendable {
    // Invariant: only `cancel` is called on it once it is active, which Dispatch allows from anywhere.
    let timer: any DispatchSourceTimer
  }

  private let source = Mutex<Source?>(nil)

  /// Does not tick yet.
  package init() {}

  /// Ticks to within a twentieth of the interval, on a queue of Dispatch. A second start replaces the first.
  package func start(every interval: Duration, _ handler: @escaping @Sendable () -> Void) {
    let nanoseconds = Int(
      clamping: interval.components.seconds * 1_000_000_000
        + interval.components.attoseconds / 1_000_000_000)
    let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
    timer.schedule(
      deadline: .now() + .nanoseconds(nanoseconds), repeating: .nanoseconds(nanoseconds),
      leeway: .nanoseconds(nanoseconds / 20))
    timer.setEventHandler { @Sendable in handler() }
    timer.activate()
    replace(with: Source(timer: timer))
  }

  /// No tick begins after this; one that has begun may still be running.
  package func stop() { replace(with: nil) }

  private func replace(with new: Source?) {
    let old = source.withLock { current in
      let old = current
      current = new
      return old
    }
    old?.timer.cancel()
  }

  deinit { stop() }
}
