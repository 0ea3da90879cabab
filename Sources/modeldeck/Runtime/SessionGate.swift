import Dashboard
import Synchronization

/// What a session sends to the loop; closed when another cluster takes its place.
///
/// Closing and posting exclude each other: once it is closed, nothing of the old cluster can come after what is posted then.
final class SessionGate: Sendable {
  private let mailbox: Mailbox<Message>
  private let isOpen = Mutex(true)

  init(_ mailbox: Mailbox<Message>) { self.mailbox = mailbox }

  /// What is only true of the cluster on screen: dropped when it is not that any more.
  func post(_ message: Message) {
    isOpen.withLock { if $0 { mailbox.post(message) } }
  }

  /// What a write tells is never dropped.
  func post(_ id: OperationID, _ event: OperationEvent) { mailbox.post(.operation(id, event)) }

  func close() { isOpen.withLock { $0 = false } }
}
