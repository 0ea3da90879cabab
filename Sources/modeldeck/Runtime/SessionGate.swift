import Dashboard
import ModelCore
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

  /// Carries out several writes, one after the other, and tells what each comes to; what is not begun because of an earlier
  /// one is told as such.
  func perform(
    _ numbered: [NumberedWrite], stopsAtSurprise: Bool,
    _ body:
      @Sendable (OperationID, ModelWrite, @escaping @Sendable (String) -> Void) async ->
      OperationResult
  ) async {
    let results = await BulkRun.run(
      numbered.map(\.write), stopsAtSurprise: stopsAtSurprise,
      perform: { write in
        guard let id = numbered.first(where: { $0.write == write })?.id else {
          return .failed(OperationFailure(.other, "it is none of those that were asked for"))
        }
        post(id, .progress("begun"))
        return await body(id, write) { self.post(id, .progress($0)) }
      }, report: { index, result in post(numbered[index].id, .finished(result)) })
    for (index, entry) in results.enumerated() where entry.result == nil {
      post(numbered[index].id, .notBegun("an earlier one did not succeed"))
    }
  }

  func close() { isOpen.withLock { $0 = false } }

  /// A write that was asked for before there was a connection, and is not begun any more.
  func refuse(_ id: OperationID) {
    let text = "not begun: there was no connection before the context was changed"
    post(id, .finished(.failed(.init(.unavailable, text))))
  }
}

extension Effect {
  /// The writes that it asks for.
  var writes: [OperationID] {
    switch self {
    case .create(let id, _), .delete(let id, _, _, _), .write(let id, _): [id]
    case .writeAll(let numbered, _): numbered.map(\.id)
    default: []
    }
  }
}
