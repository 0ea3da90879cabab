import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// What was typed is kept until a model was made of it, or somebody says that it may go.
@Suite("Drafts")
struct DraftFlowTests {
  private func robot(_ models: [Model] = DashboardFixtures.models, keepsDrafts: Bool = true)
    -> Robot
  {
    var configuration = DashboardFixtures.configuration()
    configuration.keepsDrafts = keepsDrafts
    configuration.instance = "42"
    var state = DashboardState(
      configuration: configuration, size: Size(rows: 24, columns: 80), now: DashboardFixtures.now)
    _ = update(
      &state,
      .update(
        ClusterUpdate(
          changed: models, isComplete: true, connection: .live, gpus: DashboardFixtures.gpus,
          asOf: DashboardFixtures.now, creation: DashboardFixtures.creation)))
    return Robot(state)
  }

  private func saved(_ effects: [Effect]) -> [Draft] {
    effects.compactMap { if case .saveDraft(let draft) = $0 { draft } else { nil } }
  }

  private func removed(_ effects: [Effect]) -> [String] {
    effects.compactMap { if case .removeDraft(let id) = $0 { id } else { nil } }
  }

  private let place = DraftPlace(context: "gpu-prod", namespace: "jan-models", organization: "1")

  @Test func everythingButTheTokenIsKeptWhileTyping() throws {
    var robot = robot()
    #expect(saved(robot.press("c")).isEmpty)
    DashboardFixtures.fillForm(&robot)
    let draft = try #require(saved(robot.effects).last)
    #expect(draft.fields["name"] == "llama-7b")
    #expect(draft.fields["gpu_count"] == "2")
    #expect(draft.fields["tags"] == "llama, chat,7b")
    #expect(draft.fields["initial_delay_seconds"] == nil)
    #expect(draft.hadToken)
    #expect(draft.place == place)
    #expect(draft.savedAt == DashboardFixtures.now)
    #expect(!String(reflecting: saved(robot.effects)).contains("hf_secret"))
    #expect(!String(decoding: try JSONEncoder().encode(draft), as: UTF8.self).contains("hf_secret"))
    // Moving about changes nothing.
    #expect(saved(robot.press("tab shift+tab up f6 esc")).isEmpty)
  }

  @Test func aModelThatWasMadeNeedsNoDraft() throws {
    var robot = robot()
    robot.press("c")
    DashboardFixtures.fillForm(&robot)
    let id = try #require(saved(robot.effects).last?.id)
    #expect(removed(robot.submitForm()).isEmpty)
    let effects = robot.send(.operation(OperationID(2), .finished(.succeeded("Created llama-7b."))))
    #expect(removed(effects) == [id])
  }

  @Test func aFailedCreateKeepsItsDraft() {
    var robot = robot()
    robot.press("c")
    DashboardFixtures.fillForm(&robot)
    robot.submitForm()
    robot.send(
      .operation(OperationID(2), .finished(.failed(OperationFailure(.unavailable, "gone")))))
    robot.press("esc")
    #expect(removed(robot.effects).isEmpty)
    robot.press("c")
    robot.expect("llama-7b")
  }

  @Test func discardingRemovesIt() {
    var robot = robot()
    robot.press("c")
    robot.type("x")
    #expect(removed(robot.press("esc")).isEmpty)
    robot.press("c f9 tab")
    #expect(removed(robot.press("enter")).count == 1)
    // So does emptying the form.
    robot.type("y")
    #expect(removed(robot.press("backspace")).count == 1)
  }

  @Test func aDraftOfAnEarlierSessionIsOfferedAndContinued() {
    var robot = robot()
    let draft = Draft(
      id: "1-2-3", savedAt: DashboardFixtures.now.addingTimeInterval(-310), place: place,
      fields: ["name": "llama-7b", "command": "vllm\nserve", "gpu_count": "4"], hadToken: true,
      billions: "7")
    robot.send(.drafts([draft], problems: []))
    robot.expect("Draft of llama-7b from 5 min ago: c continues it.")
    robot.press("c")
    robot.expect("▌Name               llama-7b")
    robot.expect("draft from 5 min ago; its token was not kept")
    robot.press("tab tab tab tab tab")
    robot.expect("▌GPUs               4")
    #expect(saved(robot.effects).isEmpty)
    robot.type("8")
    #expect(saved(robot.effects).last?.id == "1-2-3")
  }

  @Test func aDraftOfAnotherClusterWaitsForThat() {
    var robot = robot()
    var elsewhere = place
    elsewhere.context = "gpu-staging"
    let draft = Draft(
      id: "1", savedAt: DashboardFixtures.now, place: elsewhere, fields: ["name": "staging-model"])
    robot.send(.drafts([draft], problems: []))
    robot.expectNot("staging-model")
    robot.press("c")
    robot.expectNot("staging-model")
    robot.press("esc")
    robot.send(
      .switched(
        ClusterIdentity(context: "gpu-staging", server: "", user: nil, namespace: "jan-models")))
    robot.press("c")
    robot.expect("staging-model")
  }

  @Test func aDamagedDraftIsTold() {
    var robot = robot()
    robot.send(.drafts([], problems: ["The draft a.json cannot be read: it is kept aside."]))
    robot.expect("The draft a.json cannot be read: it is kept aside.")
  }

  @Test func leavingNeedsNoQuestionWhereDraftsAreKept() {
    var robot = robot()
    robot.press("c")
    robot.type("x")
    #expect(robot.press("ctrl+c") == [.quit])
    robot = self.robot(keepsDrafts: false)
    robot.press("c")
    robot.type("x")
    #expect(robot.press("ctrl+c").isEmpty)
    robot.expect("Quit?")
  }

  @Test func twoDraftsAreTwo() {
    var robot = robot()
    robot.press("c")
    robot.type("one")
    robot.press("f9 tab enter")
    robot.type("two")
    let ids = Set(saved(robot.effects).map(\.id))
    #expect(ids.count == 2)
    #expect(ids.allSatisfy { $0.contains("-42-") })
  }
}
