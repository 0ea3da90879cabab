package import FoundationEssentials

/// Time as the watching half of the product sees it: what the calendar says, and waiting.
///
/// Both come from one place so that a test that moves the clock moves back-offs and ages together.
package struct WallClock: Sendable {
  /// The time of day, for ages and for what is shown.
  package var now: @Sendable () -> Date
  /// Returns after the duration; throws `CancellationError` when the task was cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void

  package init(
    now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// The machine's own time. Waiting goes on counting while the machine sleeps.
  package static let system = WallClock(
    now: { Date() }, sleep: { try await ContinuousClock().sleep(for: $0) })

  /// Time taken from a clock, which stood at `epoch` when this was made.
  package init(_ clock: some Clock<Duration>, epoch: Date) {
    let start = clock.now
    now = { epoch.addingTimeInterval(start.duration(to: clock.now).seconds) }
    sleep = { try await clock.sleep(for: $0) }
  }
}

extension Duration {
  /// The duration in seconds, as the calendar counts them.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
