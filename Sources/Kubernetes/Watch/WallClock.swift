package import FoundationEssentials

/// Time as the watching half of the product sees it: what the calendar says, and waiting.
///
/// Both come from one place so that a test that moves the clock moves back-offs and ages together.
package struct WallClock: Sendable {
  /// The time of day, for what is shown and for what is compared with the cluster's own timestamps.
  package var now: @Sendable () -> Date
  /// A time that goes on evenly while the time of day is set: for how long ago something was. It differs from `now` by as much as the clock
  /// was set since this was made.
  package var steady: @Sendable () -> Date
  /// Returns after the duration; throws `CancellationError` when the task was cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void

  /// - Parameter steady: `nil` where `now` is steady itself.
  package init(
    now: @escaping @Sendable () -> Date, steady: (@Sendable () -> Date)? = nil,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.steady = steady ?? now
    self.sleep = sleep
  }

  /// The machine's own time. Waiting goes on counting while the machine sleeps, and is not moved by a clock that is set.
  package static let system = WallClock(
    now: { Date() }, steady: steadyTime(from: Date()),
    sleep: { try await ContinuousClock().sleep(for: $0) })

  private static func steadyTime(from epoch: Date) -> @Sendable () -> Date {
    let start = ContinuousClock.now
    return { epoch.addingTimeInterval(start.duration(to: .now).seconds) }
  }

  /// Time taken from a clock, which stood at `epoch` when this was made.
  package init(_ clock: some Clock<Duration>, epoch: Date) {
    let start = clock.now
    let time: @Sendable () -> Date = {
      epoch.addingTimeInterval(start.duration(to: clock.now).seconds)
    }
    now = time
    steady = time
    sleep = { try await clock.sleep(for: $0) }
  }
}

extension Duration {
  /// The duration in seconds, as the calendar counts them.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
