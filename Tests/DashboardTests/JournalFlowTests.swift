import Dashboard
import FoundationEssentials
import ModelCore
import TestSupport
import Testing

/// The journal on screen, and contexts that are guarded.
@Suite("Journal and guard rails")
struct JournalFlowTests {
  private func entry(_ name: String, _ outcome: JournalEntry.Outcome) -> JournalEntry {
    JournalEntry(
      time: DashboardFixtures.now, user: "admin", context: "gpu-prod",
      model: ModelID(namespace: "jan-models", name: name), action: "scale", before: "0123",
      after: "4567", outcome: outcome, message: "scaled model \(name) from 1 to 2")
  }

  @Test func theJournalIsReadWhenItIsOpened() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    #expect(robot.press("W") == [.readJournal])
    robot.expect("reading the journal")
    robot.send(
      .journal([entry("llama-70b", .done), entry("mistral-7b", .unknown)], problem: nil))
    robot.expect("scale mistral-7b  outcome unknown  on gpu-prod by admin")
    robot.expect("scaled model llama-70b from 1 to 2")
    robot.expect("hash 0123 to 4567")
    robot.press("esc")
    robot.expectNot("Journal")
  }

  @Test func inTheDetailsItIsOfThatModel() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.press("/")
    robot.type("mistral")
    robot.press("enter enter W")
    robot.send(
      .journal([entry("llama-70b", .done), entry("mistral-7b", .failed)], problem: nil))
    robot.expect("scale mistral-7b  failed")
    robot.expectNot("llama-70b")
  }

  @Test func itSaysWhyItCannotBeRead() {
    var robot = Robot(DashboardFixtures.state())
    robot.press(":")
    robot.type("journal")
    robot.press("enter")
    robot.send(.journal([], problem: "the journal /x cannot be read: Permission denied"))
    robot.expect("the journal /x cannot be read: Permission denied")
  }

  private func guarded(_ change: (inout GuardRails) -> Void) -> Robot {
    var guards = GuardRails()
    guards.context = "prod-eu"
    change(&guards)
    var robot = Robot(DashboardFixtures.state())
    robot.send(
      .switched(
        ClusterIdentity(
          context: "prod-eu", server: "https://1", user: nil, namespace: "jan-models",
          guards: guards)))
    robot.send(
      .update(
        ClusterUpdate(
          changed: DashboardFixtures.models, isComplete: true, connection: .live,
          asOf: DashboardFixtures.now)))
    return robot
  }

  @Test func aGuardedContextLooksDifferentByAWord() {
    var robot = guarded { $0.label = "PRODUCTION" }
    robot.expect("[PRODUCTION]")
    robot.resize(60, 20)
    robot.expect("[PRODUCTION]")
    robot = guarded { $0.confirmsByTyping = true }
    robot.expect("[PROTECTED]")
  }

  @Test func whatIsDeniedIsNotOffered() {
    var robot = guarded { $0.deniesDelete = true }
    robot.press("j D")
    robot.expect("nothing is deleted in context prod-eu")
    robot.expectNot("D delete")
    robot = guarded { $0.isReadOnly = true }
    robot.expect("READ-ONLY")
    robot.press("c")
    robot.expect("context prod-eu is read-only")
  }
}
