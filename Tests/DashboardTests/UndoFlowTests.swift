import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// What was deleted can be made again for ten minutes.
@Suite("Undo of a delete")
struct UndoFlowTests {
  private let id = ModelID(namespace: "jan-models", name: "llama-70b")

  private var kept: KeptModel {
    KeptModel(
      id: id, uid: "uid-llama-70b",
      content: .managed(
        CreateRequest(name: "llama-70b", image: "vllm/vllm-openai:v0.9.2", command: ["vllm"])),
      replicas: 2, hadToken: true, claims: ["llama-70b-storage": "uid-claim"],
      warnings: ["the Hugging Face token is not kept"])
  }

  private func robot(keepsUndo: Bool = false) -> Robot {
    var configuration = DashboardFixtures.configuration()
    configuration.keepsUndo = keepsUndo
    var state = DashboardState(
      configuration: configuration, size: Size(rows: 24, columns: 80), now: DashboardFixtures.now)
    _ = update(
      &state,
      .update(
        ClusterUpdate(
          changed: DashboardFixtures.models, isComplete: true, connection: .live,
          gpus: DashboardFixtures.gpus, asOf: DashboardFixtures.now)))
    return Robot(state)
  }

  /// Deletes it; the last message is what came of it.
  @discardableResult
  private func delete(_ robot: inout Robot, _ result: OperationResult) -> [Effect] {
    robot.press("/")
    robot.type("llama-70b")
    robot.press("enter D")
    robot.type("llama-70b")
    robot.press("tab enter esc")
    var effects = robot.send(.operation(OperationID(1), .kept(kept)))
    effects += robot.send(.operation(OperationID(1), .finished(result)))
    return effects
  }

  @Test func itIsOfferedAndMakesTheModelAgain() {
    var robot = robot()
    robot.press("U")
    robot.expect("Nothing was deleted from here in the last ten minutes.")
    delete(&robot, .succeeded("deleted model llama-70b"))
    robot.expect("(U undoes it) deleted model llama-70b")
    robot.wait(60)
    robot.press("U")
    robot.expect("llama-70b in jan-models, deleted")
    robot.expect("2 replicas")
    robot.expect("the Hugging Face token is not kept")
    robot.expect("Its volume llama-70b-storage was kept and is taken back")
    #expect(robot.press("enter") == [.write(OperationID(2), .recreate(kept))])
    robot.expect("re-create llama-70b")
    // Not twice at once.
    robot.press("U")
    robot.expectNot("make again what was deleted")
    robot.send(.operation(OperationID(2), .finished(.failed(.init(.unavailable, "away")))))
    robot.press("U")
    robot.expect("llama-70b in jan-models, deleted")
    robot.press("enter")
    robot.send(.operation(OperationID(3), .finished(.succeeded("created model llama-70b"))))
    robot.press("U")
    robot.expect("Nothing was deleted")
  }

  @Test func aDeleteThatWasRefusedLeavesNothingToUndo() {
    var robot = robot()
    delete(&robot, .failed(OperationFailure(.forbidden, "not allowed")))
    robot.press("U")
    robot.expect("Nothing was deleted from here")
  }

  @Test func aDeleteThatGoesOnOrIsNotKnownCanBeUndone() {
    var robot = robot()
    delete(&robot, .failed(OperationFailure(.overdue, "held by finalizer x")))
    robot.press("M")
    robot.expectText("(U undoes it) deleting llama-70b: held by finalizer x")
    var other = self.robot()
    delete(&other, .outcomeUnknown("the connection was lost"))
    other.expect("Should llama-70b be gone, U makes it again.")
    other.press("U")
    other.expect("Whether it was deleted is not known")
  }

  @Test func afterTenMinutesItIsNot() {
    var robot = robot()
    delete(&robot, .succeeded("deleted"))
    robot.wait(601)
    robot.press("U")
    robot.expect("Nothing was deleted from here in the last ten minutes.")
  }

  @Test func itIsOfferedOnItsOwnClusterAlone() {
    var robot = robot()
    delete(&robot, .succeeded("deleted"))
    robot.send(
      .switched(
        ClusterIdentity(context: "other", server: "https://1", user: nil, namespace: "jan-models")))
    robot.press("U")
    robot.expect("Nothing was deleted from here")
  }

  @Test func itIsOnDiskForItsTime() {
    var robot = robot(keepsUndo: true)
    let saved = delete(&robot, .succeeded("deleted")).compactMap { effect in
      if case .saveUndo(let entry) = effect { entry } else { nil }
    }
    // Before the delete is sent, and when it was done.
    #expect(saved.map(\.isSettled) == [false, true])
    #expect(saved.allSatisfy { $0.kept == kept && $0.place.context == "gpu-prod" })
    #expect(robot.wait(601) == [.removeUndo("uid-llama-70b")])
  }

  @Test func whatAnEarlierSessionDeletedIsOffered() {
    var robot = robot(keepsUndo: true)
    let place = DraftPlace(context: "gpu-prod", namespace: "jan-models", organization: "1")
    let elsewhere = DraftPlace(context: "other", namespace: "jan-models", organization: "1")
    var other = kept
    other.id = ModelID(namespace: "jan-models", name: "not-here")
    other.uid = "other"
    robot.send(
      .undo(
        [
          UndoEntry(
            kept: kept, place: place, deletedAt: DashboardFixtures.now.addingTimeInterval(-60)),
          UndoEntry(
            kept: other, place: elsewhere, deletedAt: DashboardFixtures.now.addingTimeInterval(-60)),
        ], problems: []))
    robot.expect("Deleted a short while ago: llama-70b. U makes it again.")
    robot.press("U")
    robot.expect("llama-70b in jan-models, deleted")
    robot.expectNot("not-here")
    #expect(robot.press("enter") == [.write(OperationID(1), .recreate(kept))])
    let effects = robot.send(
      .operation(OperationID(1), .finished(.succeeded("created model llama-70b"))))
    #expect(effects == [.removeUndo("uid-llama-70b")])
  }
}
