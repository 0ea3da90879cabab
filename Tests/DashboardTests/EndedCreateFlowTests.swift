import Dashboard
import FoundationEssentials
import ModelCore
import TestSupport
import Testing

/// What becomes of a form whose create did not simply work: the model may be there all the same.
@Suite("Creates that ended half-way")
struct EndedCreateFlowTests {
  private let model = ModelID(namespace: "jan-models", name: "llama-7b")

  /// It turned out to be there.
  private var createdAfterAll: Message {
    .settled(
      Settlement(model: model, isDone: true, message: "model llama-7b was created after all"))
  }

  private func robot() -> Robot {
    var robot = Robot(
      DashboardFixtures.state(DashboardFixtures.models, creation: DashboardFixtures.creation))
    robot.press("c")
    DashboardFixtures.fillForm(&robot)
    return robot
  }

  private func text() throws -> (robot: Robot, write: OperationID) {
    var robot = Robot(
      DashboardFixtures.state(DashboardFixtures.models, creation: DashboardFixtures.creation))
    robot.press("Y")
    robot.paste(YAMLFlowTests.manifest)
    guard case .plan(let question, _) = robot.press("f10").first else {
      throw Stop()
    }
    robot.send(.plan(question, PlanSheet(answer: .accepted("it"))))
    guard case .write(let write, _) = robot.press("f10").first else { throw Stop() }
    return (robot, write)
  }

  private struct Stop: Error {}

  private static func partial(_ text: String) -> OperationResult {
    var failure = OperationFailure(.forbidden, text)
    failure.isPartial = true
    return .failed(failure)
  }

  private func appear(_ name: String, _ robot: inout Robot) {
    robot.send(
      .update(
        ClusterUpdate(
          changed: [DashboardFixtures.model(name, status: .pending)], connection: .live,
          asOf: DashboardFixtures.now)))
  }

  @Test func aModelThatLacksAPartIsInTheTableAndItsFormIsGone() {
    var robot = robot()
    robot.submitForm()
    robot.send(
      .operation(
        OperationID(2),
        .finished(Self.partial("Deployment llama-7b was created, but its Service was not"))))
    robot.expect("creating llama-7b: Deployment llama-7b was created, but")
    robot.expect("12 models")
    appear("llama-7b", &robot)
    #expect(robot.state.table.selected?.name == "llama-7b")
    robot.press("c")
    robot.expectNot("Llama 2 7B Chat")
  }

  @Test func theDraftOfAFormThatWasLeftIsGoneToo() {
    var robot = robot()
    robot.submitForm()
    robot.press("esc")
    robot.send(
      .operation(OperationID(2), .finished(Self.partial("it was created, but not all of it"))))
    robot.expect("it was created, but not all of it")
    robot.press("c")
    robot.expectNot("Llama 2 7B Chat")
  }

  @Test func whatIsFoundOutLaterClosesTheForm() {
    var robot = robot()
    robot.submitForm()
    robot.send(.operation(OperationID(2), .finished(.outcomeUnknown("The connection was lost."))))
    robot.expect("error: The connection was lost.")
    robot.send(
      .settled(
        Settlement(model: model, isDone: false, message: "model llama-7b was not created")))
    robot.expect("model llama-7b was not created")
    robot.expect("Llama 2 7B Chat")
    robot.send(createdAfterAll)
    robot.expect("model llama-7b was created after all")
    robot.expect("12 models")
    robot.press("c")
    robot.expectNot("Llama 2 7B Chat")
  }

  @Test func whatWasTypedSinceIsKept() {
    var robot = robot()
    robot.submitForm()
    robot.send(.operation(OperationID(2), .finished(.outcomeUnknown("The connection was lost."))))
    robot.press("pgup end")
    robot.type("-b")
    robot.send(createdAfterAll)
    robot.expect("llama-7b-b")
    robot.expect("Llama 2 7B Chat")
  }

  @Test func aPlanToMakeItOnceMoreIsOverWhenItIsThere() {
    var robot = robot()
    robot.submitForm()
    robot.send(.operation(OperationID(2), .finished(.outcomeUnknown("The connection was lost."))))
    robot.press("f10")
    robot.expect("Plan: create llama-7b")
    robot.send(createdAfterAll)
    robot.expectNot("Plan:")
    robot.expect("12 models")
    #expect(robot.state.operations.isEmpty)
  }

  /// Nobody completes it: what is there has to go, and then the text is sent again.
  @Test func aTextWhoseModelIsIncompleteIsKept() throws {
    var (robot, write) = try text()
    robot.send(
      .operation(write, .finished(Self.partial("Deployment phi-4 could not be removed again"))))
    robot.expect("(the text is kept: Y) creating phi-4: Deployment phi-4")
    robot.expectNot("Create from YAML")
    robot.press("Y")
    robot.press("ctrl+home")
    robot.expect("name: phi-4")
  }

  @Test func aTextThatIsCreatedAfterAllIsGone() throws {
    var (robot, write) = try text()
    robot.send(.operation(write, .finished(.outcomeUnknown("The connection was lost."))))
    robot.expect("The connection was lost.")
    robot.send(
      .settled(
        Settlement(
          model: ModelID(namespace: "default", name: "phi-4"), isDone: true,
          message: "model phi-4 was created after all")))
    robot.expectNot("Create from YAML")
    robot.press("Y")
    robot.press("ctrl+home")
    robot.expectNot("name: phi-4")
  }

  @Test func theKubectlCommandsOfAFormAreShown() {
    var robot = robot()
    robot.press("f4")
    robot.expect("kubectl: Create llama-7b")
    robot.expect("-n jan-models apply --server-side")
    robot.press("esc")
    robot.expect("Create a model in jan-models")
    robot.press("pgup ctrl+u f4")
    robot.expect("# nothing yet: something has to be typed first")
  }

  @Test func theKubectlCommandsOfATextAreShown() {
    var robot = Robot(
      DashboardFixtures.state(DashboardFixtures.models, creation: DashboardFixtures.creation))
    robot.press("Y alt+k")
    robot.expect("# nothing yet: something has to be typed first")
    robot.press("esc")
    robot.paste(YAMLFlowTests.manifest)
    robot.press("alt+k")
    robot.expect("kubectl: Create phi-4")
    robot.expect("-n default apply --server-side")
    robot.press("esc")
    robot.expect("Create from YAML")
  }
}
