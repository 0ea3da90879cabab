import FoundationEssentials
import Kubernetes
import TestSupport
import Testing

@testable import ModelCore

@Suite("Update mailbox")
struct UpdateMailboxTests {
  private func model(_ name: String, _ status: ModelStatus = .running) -> Model {
    var model = Model(id: ModelID(namespace: "jan-models", name: name), uid: name)
    model.status = status
    return model
  }

  private func update(
    _ changed: [Model] = [], removed: [Model] = [], complete: Bool = false
  ) -> ClusterUpdate {
    ClusterUpdate(
      changed: changed, removed: removed.map(\.id), isComplete: complete, connection: .live)
  }

  private func merged(_ updates: [ClusterUpdate]) async -> ClusterUpdate? {
    let mailbox = UpdateMailbox()
    for update in updates { mailbox.post(update) }
    return await mailbox.next()
  }

  @Test func mergesWhatWasNotTaken() async {
    let merged = await merged([
      update([model("a", .pending), model("b")], complete: true),
      update([model("a", .running)]), update(removed: [model("b")]), update([model("c")]),
    ])
    #expect(merged?.changed.map(\.name) == ["a", "c"])
    #expect(merged?.changed.first?.status == .running)
    #expect(merged?.isComplete == true)
    #expect(merged?.removed.isEmpty == true)
  }

  @Test func keepsRemovalsAndTakesThemBackWhenTheModelReturns() async {
    #expect(
      await merged([update(removed: [model("a"), model("b")]), update([model("a")])])?.removed
        == [model("b").id])
  }

  @Test func keepsTheCreationContextUntilItIsTaken() async {
    var first = update()
    first.creation = CreationContext()
    #expect(await merged([first, update([model("a")])])?.creation != nil)
  }

  @Test func aCompleteUpdateReplacesEverything() async {
    let merged = await merged([update([model("a")]), update([model("b")], complete: true)])
    #expect(merged?.changed.map(\.name) == ["b"])
  }

  @Test func endsWhenTheConsumerIsCancelled() async {
    let mailbox = UpdateMailbox()
    let waiting = Task { await mailbox.next() }
    waiting.cancel()
    #expect(await waiting.value == nil)
  }
}
