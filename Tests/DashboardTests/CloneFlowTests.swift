import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// A model like another one, through the form.
@Suite("Clone")
struct CloneFlowTests {
  private func robot() -> Robot {
    Robot(DashboardFixtures.state(DashboardFixtures.models, creation: DashboardFixtures.creation))
  }

  private func question(_ effects: [Effect]) -> (OperationID, ModelID)? {
    for case .readStored(let id, let model) in effects { return (id, model) }
    return nil
  }

  @Test func aModelThatCannotBeReadBackIsCopiedAsItIsSeen() throws {
    var robot = robot()
    robot.press("g j")
    let name = try #require(robot.state.table.selected?.name)
    #expect(name == "blue-llama")
    let (id, _) = try #require(question(robot.press("C")))
    robot.send(
      .stored(id, .failure(OperationFailure(.notFound, "model not found in organization"))))
    robot.expect("▌Name               blue-llama-2")
    robot.expectText("as far as it can be seen")
    robot.expect("registry.example.com/team-lab/custom-vllm:2024.11")
    robot.expectText("--served-model-name blue-llama-2")
    // A second copy has the next free name.
    #expect(robot.press("esc").isEmpty)
    robot.expect("The draft of blue-llama-2 is kept")
  }

  @Test func theFailureToReadOneOfOursIsTold() throws {
    var robot = robot()
    robot.type("/")
    robot.type("llama-70b")
    robot.press("enter")
    let (id, model) = try #require(question(robot.press("C")))
    #expect(model.name == "llama-70b")
    robot.send(.stored(id, .failure(OperationFailure(.unavailable, "the server is away"))))
    robot.expect("cloning llama-70b: the server is away")
    robot.expectNot("Create a model")
    // An answer to nobody's question changes nothing.
    robot.send(.stored(OperationID(99), .failure(OperationFailure(.other, "late"))))
    robot.expectNot("late")
  }

  @Test func aReadOnlySessionClonesNothing() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models, isReadOnly: true))
    #expect(robot.press("C").isEmpty)
    robot.expect("read-only session")
  }
}
