internal import FoundationEssentials
internal import Synchronization

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

/// Hands out the addresses of services and pods.
final class AddressPool: Sendable {
  private let used = Mutex<(next: UInt16, taken: Set<String>)>((1, []))

  /// An address in 10.96.0.0/16 that is not in use.
  func takeServiceAddress() -> String {
    used.withLock { state in
      var address = ""
      repeat {
        state.next = state.next == .max ? 2 : state.next + 1
        address = "10.96.\(state.next >> 8).\(state.next & 255)"
      } while state.taken.contains(address) && state.taken.count < 65_000
      state.taken.insert(address)
      return address
    }
  }

  /// Takes the address that was asked for; `false` where another service has it.
  func take(_ address: String) -> Bool {
    used.withLock { $0.taken.insert(address).inserted }
  }

  func giveBack(_ address: String) {
    used.withLock { _ = $0.taken.remove(address) }
  }
}
