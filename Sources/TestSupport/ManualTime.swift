package import ModelCore
internal import Synchronization

/// A steady clock that goes on when a test says so; its sleeps last as long as they do.
package final class ManualTime: Sendable {
  private let elapsed = Mutex(Duration.zero)

  package init() {}

  /// Puts the clock forward. Wakes no sleep: those last as long as they do.
  package func pass(_ duration: Duration) { elapsed.withLock { $0 += duration } }

  /// The clock to hand to what is tested.
  package var clock: SteadyClock {
    SteadyClock(now: { self.elapsed.withLock { $0 } }, sleep: SteadyClock.system.sleep)
  }
}
