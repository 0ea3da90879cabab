internal import Synchronization

/// What the servers of models have been asked so far, by pod.
final class ModelTraffic: Sendable {
  struct Counts: Sendable {
    var running = 0
    var finished = 0
    var promptTokens = 0
    var generatedTokens = 0
  }

  private let counts = Mutex<[String: Counts]>([:])

  func of(_ pod: String) -> Counts { counts.withLock { $0[pod] ?? Counts() } }

  func began(_ pod: String) { counts.withLock { $0[pod, default: Counts()].running += 1 } }

  func ended(_ pod: String, prompt: Int, generated: Int) {
    counts.withLock { counts in
      var own = counts[pod] ?? Counts()
      own.running = max(0, own.running - 1)
      own.finished += 1
      own.promptTokens += prompt
      own.generatedTokens += generated
      counts[pod] = own
    }
  }
}
