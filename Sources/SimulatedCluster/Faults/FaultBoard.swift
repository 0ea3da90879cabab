internal import Synchronization

/// The faults that are on, and which of them happen to a request.
final class FaultBoard: Sendable {
  private struct Entry {
    var fault: Fault
    var isActive = false
    /// Requests that it concerned, and those that it happened to.
    var seen = 0
    var hits = 0
  }

  private struct State {
    var entries: [Int: Entry] = [:]
    var next = 1
  }

  private let state = Mutex(State())

  func add(_ fault: Fault) -> Int {
    state.withLock { state in
      let number = state.next
      state.next += 1
      state.entries[number] = Entry(fault: fault)
      return number
    }
  }

  func activate(_ number: Int) { state.withLock { $0.entries[number]?.isActive = true } }

  func noteHit(_ number: Int) { state.withLock { $0.entries[number]?.hits += 1 } }

  /// Returns the fault where it was there.
  @discardableResult
  func remove(_ number: Int) -> Fault? {
    state.withLock { $0.entries.removeValue(forKey: number)?.fault }
  }

  var numbers: [Int] { state.withLock { $0.entries.keys.sorted() } }

  var reports: [FaultReport] {
    state.withLock { state in
      state.entries.sorted { $0.key < $1.key }.map {
        FaultReport(fault: $0.value.fault, isActive: $0.value.isActive, hits: $0.value.hits)
      }
    }
  }

  /// What happens to a request, in the order in which it was asked for.
  func strike(_ request: RequestFacts) -> [Fault] {
    state.withLock { state in
      // A server without faults pays nothing for them.
      guard !state.entries.isEmpty else { return [] }
      var faults: [Fault] = []
      for number in state.entries.keys.sorted() {
        guard var entry = state.entries[number], entry.isActive, entry.fault.concerns(request)
        else { continue }
        entry.seen += 1
        let fault = entry.fault
        let isDue =
          entry.seen % (fault.count(.every) ?? 1) == 0
          && entry.hits < fault.count(.times) ?? .max
          && Double.random(in: 0..<1) < fault.share ?? 1
        if isDue {
          entry.hits += 1
          faults.append(fault)
        }
        state.entries[number] = entry
      }
      return faults
    }
  }
}

/// A fault that was asked for, and how often it has happened.
package struct FaultReport: Sendable, Equatable {
  package var fault: Fault
  /// Whether its time has begun.
  package var isActive: Bool
  /// How often it happened: to requests, or to the server.
  package var hits: Int
}
