/// Time that only runs forward, also while the machine sleeps: what leases are measured with.
///
/// The calendar's clock may jump, and two machines never agree on it.
package struct SteadyClock: Sendable {
  /// Since some moment in the past that is the same for the whole process.
  package var now: @Sendable () -> Duration
  /// Returns after the duration; throws `CancellationError` when the task was cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void

  /// A clock of its own: for tests that let time pass by hand.
  package init(
    now: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// The machine's own.
  package static let system = SteadyClock(ContinuousClock())

  /// The time since now, by a clock of the standard library.
  package init(_ clock: some Clock<Duration>) {
    let start = clock.now
    now = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(for: $0) }
  }
}
