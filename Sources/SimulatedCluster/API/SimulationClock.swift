internal import FoundationEssentials

/// The time that the simulated cluster goes by; tests give their own.
protocol SimulationClock: Sendable {
  /// The time of day, for timestamps.
  var date: Date { get }
  /// The time since some fixed moment.
  var elapsed: Duration { get }
  /// Returns when `elapsed` has reached a time, or throws when the task is cancelled.
  func sleep(until elapsed: Duration) async throws
  /// How long something lasts that takes a given time on a real cluster.
  func scaled(_ duration: Duration) -> Duration
}

/// Real time, in which a simulated cluster goes through its delays faster or slower than a real one.
struct WallClock: SimulationClock {
  let timeScale: Double
  private let start = ContinuousClock.now

  init(timeScale: Double) { self.timeScale = timeScale }

  var date: Date { Date.now }
  var elapsed: Duration { ContinuousClock.now - start }
  func scaled(_ duration: Duration) -> Duration { duration / timeScale }

  func sleep(until elapsed: Duration) async throws {
    try await Task.sleep(until: start + elapsed, clock: .continuous)
  }
}
