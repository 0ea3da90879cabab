import Synchronization

/// Messages from anywhere to the loop; one wake-up however many wait, so that a burst is drawn once.
final class Mailbox<Message: Sendable>: Sendable {
  private let waiting = Mutex<[Message]>([])
  private let signal: AsyncStream<Void>.Continuation
  /// One element whenever there may be something to take.
  let wakeUps: AsyncStream<Void>

  init() {
    (wakeUps, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  func post(_ message: Message) {
    waiting.withLock { $0.append(message) }
    signal.yield(())
  }

  /// Wakes the loop without a message: a draw is due.
  func wake() {
    signal.yield(())
  }

  /// All that wait, in order.
  func take() -> [Message] {
    waiting.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
