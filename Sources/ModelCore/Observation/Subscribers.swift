internal import Synchronization

/// Those who follow what is told; each gets what is told from its first moment on.
final class Subscribers<Element: Sendable>: Sendable {
  private struct State {
    var next = 0
    var all: [Int: AsyncStream<Element>.Continuation] = [:]
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: how much is kept for one who is slow; the newest stay.
  init(keeping limit: Int) { self.limit = limit }

  /// One more of them, and what it is told first.
  func stream(beginningWith first: [Element] = []) -> AsyncStream<Element> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Element.self, bufferingPolicy: .bufferingNewest(limit))
    for element in first { continuation.yield(element) }
    let number = state.withLock { state in
      state.next += 1
      state.all[state.next] = continuation
      return state.next
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.all[number] = nil }
    }
    return stream
  }

  func tell(_ element: Element) {
    for continuation in all { continuation.yield(element) }
  }

  /// Nothing is told any more.
  func finish() {
    for continuation in all { continuation.finish() }
  }

  // Told outside of the lock: a stream that ends takes it.
  private var all: [AsyncStream<Element>.Continuation] { state.withLock { Array($0.all.values) } }
}
