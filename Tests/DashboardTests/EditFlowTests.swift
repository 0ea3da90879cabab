import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// Changing a model through a form: only what was changed is sent, and nobody's change is lost.
@Suite("Edit form")
struct EditFlowTests {
  private let target = ModelTarget(
    ModelID(namespace: "jan-models", name: "llama-70b"), uid: "uid-llama-70b")

  private var stored: StoredModel {
    var request = CreateRequest(
      name: "llama-70b", image: "vllm/vllm-openai:v0.6.3",
      command: ["vllm", "serve", "--served-model-name", "llama-70b"])
    request.displayName = "Llama 3.1 70B Instruct"
    request.modelDescription = "The large model for chat; two replicas."
    request.tags = ["llama", "chat", "prod"]
    request.gpuCount = 8
    request.storageSize = 200
    return StoredModel(
      id: target.id, uid: "uid-llama-70b", resourceVersion: "1", isManaged: true,
      isDeleting: false, replicas: 2, fields: ModelFields(request), request: request,
      hasToken: false)
  }

  private func robot(_ key: String) -> Robot {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.press("/")
    robot.type("llama-70b")
    robot.press("enter")
    #expect(robot.press(key) == [.readStored(OperationID(1), target.id)])
    robot.expect("Reading llama-70b from the server.")
    robot.send(.stored(OperationID(1), .success(stored)))
    return robot
  }

  /// A form whose first field is typed over.
  private func robot(_ key: String, typing text: String) -> Robot {
    var robot = robot(key)
    robot.press("ctrl+u")
    robot.type(text)
    return robot
  }

  private func renamed(_ name: String) -> ModelChange {
    var change = ModelChange()
    change.displayName = name
    return change
  }

  private func moved(_ image: String) -> ModelChange {
    var change = ModelChange()
    change.image = image
    return change
  }

  /// What is there when somebody was faster.
  private var theirs: ModelFields {
    var fields = stored.fields
    fields.displayName = "Theirs"
    return fields
  }

  /// The write is answered with what both changed.
  private func conflict(_ mine: ModelChange, by user: String? = nil) -> Message {
    let threeWay = ThreeWay(
      base: stored.fields, change: mine, current: theirs, updatedBy: user)
    return .operation(
      OperationID(2),
      .finished(.failed(OperationFailure(.conflict, "changed meanwhile", threeWay: threeWay))))
  }

  @Test func onlyWhatWasChangedIsSent() {
    var robot = robot("e")
    robot.expect("no pod restarts")
    robot.expect("nothing changed yet")
    robot.press("ctrl+u")
    robot.type("Llama")
    robot.expect("was: Llama 3.1 70B Instruct")
    #expect(
      robot.press("f10")
        == [.write(OperationID(2), .update(target, renamed("Llama"), base: stored.fields))])
    robot.send(.operation(OperationID(2), .finished(.succeeded("updated model llama-70b"))))
    robot.expectNot("Edit llama-70b")
    robot.expect("updated model llama-70b")
  }

  /// Somebody's kubectl put it there; it is not changed by looking at it.
  @Test func whatAFormCannotHoldIsNoChange() {
    var hostile = stored
    hostile.fields.modelDescription = "e\u{1B}[31mvil \u{202E} \u{1B}]0;title\u{7}"
    hostile.request?.modelDescription = hostile.fields.modelDescription
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.press("/")
    robot.type("llama-70b")
    robot.press("enter e")
    robot.send(.stored(OperationID(1), .success(hostile)))
    robot.expect("nothing changed yet")
    robot.press("ctrl+u")
    robot.type("Llama")
    #expect(
      robot.press("f10")
        == [.write(OperationID(2), .update(target, renamed("Llama"), base: hostile.fields))])
  }

  @Test func nothingIsSentWithoutAChangeOrWithAnError() {
    var robot = robot("e")
    #expect(robot.press("f10").isEmpty)
    robot.expect("Nothing was changed yet.")
    robot.press("tab tab ctrl+u")
    robot.type(String(repeating: "x", count: 300))
    robot.expect("error:")
    #expect(robot.press("f10").isEmpty)
    robot.expect("Nothing was sent")
  }

  @Test func escAsksWhereSomethingWasChanged() {
    var robot = robot("e")
    robot.press("esc")
    robot.expectNot("Edit llama-70b")
    robot = self.robot("e")
    robot.type("x")
    robot.press("esc")
    robot.expect("Discard the changes?")
    robot.press("enter")
    robot.expect("Edit llama-70b")
  }

  @Test func aRedeployShowsItsPlanFirst() {
    var robot = robot("R")
    robot.expect("its pods are replaced")
    robot.press("ctrl+u")
    robot.type("vllm/vllm-openai:v0.9.2")
    robot.expect("was: vllm/vllm-openai:v0.6.3")
    let effects = robot.press("f10")
    let change = moved("vllm/vllm-openai:v0.9.2")
    #expect(effects == [.plan(OperationID(2), .update(target, change, base: stored.fields))])
    // Somebody else's change of another field stays, and is no question.
    robot.send(
      .plan(
        OperationID(2),
        PlanSheet(
          answer: .accepted("of the Deployment"),
          threeWay: ThreeWay(base: stored.fields, change: change, current: theirs))))
    robot.expect("- vllm/vllm-openai:v0.6.3")
    robot.expect("+ vllm/vllm-openai:v0.9.2")
    #expect(
      robot.press("f10")
        == [.write(OperationID(3), .update(target, change, base: stored.fields))])
  }

  @Test func whatBothChangedIsChosenFieldByField() {
    var robot = robot("e", typing: "Mine")
    robot.press("f10")
    robot.send(conflict(renamed("Mine"), by: "bob"))
    robot.expect("llama-70b was changed by bob meanwhile: nothing was written yet")
    robot.expect("was    Llama 3.1 70B Instruct")
    robot.expect("mine   Mine")
    robot.expect("theirs Theirs")
    #expect(robot.press("f10").isEmpty)
    #expect(
      robot.press("m f10")
        == [.write(OperationID(3), .update(target, renamed("Mine"), base: theirs))])
  }

  @Test func aPlanThatMeetsSomebodyElsesChangeAsksFieldByField() {
    var robot = robot("R", typing: "vllm/vllm-openai:v0.9.2")
    robot.press("f10")
    var current = stored.fields
    current.image = "vllm/vllm-openai:v0.8.0"
    let change = moved("vllm/vllm-openai:v0.9.2")
    let threeWay = ThreeWay(base: stored.fields, change: change, current: current)
    robot.send(
      .plan(
        OperationID(2),
        PlanSheet(answer: .refused("changed meanwhile", fix: ""), threeWay: threeWay)))
    robot.expect("theirs vllm/vllm-openai:v0.8.0")
    // A redeploy is planned again with what was chosen.
    #expect(
      robot.press("m f10")
        == [.plan(OperationID(3), .update(target, change, base: current))])
    robot.send(.plan(OperationID(3), PlanSheet(answer: .accepted("of the Deployment"))))
    #expect(
      robot.press("f10")
        == [.write(OperationID(4), .update(target, change, base: current))])
  }

  @Test func whatAPlanRefusesComesBackBesideItsField() {
    var robot = robot("R", typing: "vllm/vllm-openai:v0.9.2")
    robot.press("f10")
    robot.send(
      .plan(
        OperationID(2),
        PlanSheet(
          answer: .refused("the webhook says no", fix: ""),
          findings: [Finding(field: .image, message: "the webhook says no", fix: "")])))
    #expect(robot.press("f10").isEmpty)
    robot.press("esc")
    robot.expect("error: the webhook says no")
  }

  @Test func whatWasLeftWhileItWasWrittenComesBackWhenThatFails() {
    var robot = robot("e", typing: "Mine")
    robot.press("f10 esc")
    robot.expectNot("Edit llama-70b")
    robot.send(
      .operation(OperationID(2), .finished(.failed(OperationFailure(.unavailable, "away")))))
    robot.expect("(e brings back what was typed) update llama-70b: away")
    robot.press("q")
    robot.expect("Quit?")
    robot.press("esc e")
    robot.send(.stored(OperationID(3), .success(stored)))
    robot.expect("was: Llama 3.1 70B Instruct")
    robot.expect("What was typed before is back.")
    robot.press("ctrl+c")
    robot.expect("Quit?")
  }

  @Test func whatWasTypedSurvivesALostSession() throws {
    var configuration = DashboardFixtures.configuration()
    configuration.keepsDrafts = true
    func start() -> Robot {
      var state = DashboardState(
        configuration: configuration, size: Size(rows: 24, columns: 80), now: DashboardFixtures.now)
      _ = update(
        &state,
        .update(
          ClusterUpdate(
            changed: DashboardFixtures.models, isComplete: true, connection: .live,
            gpus: DashboardFixtures.gpus, asOf: DashboardFixtures.now)))
      var robot = Robot(state)
      robot.press("/")
      robot.type("llama-70b")
      robot.press("enter")
      return robot
    }
    func draft(_ effects: [Effect]) -> Draft? {
      for case .saveDraft(let draft) in effects.reversed() { return draft }
      return nil
    }
    var first = start()
    first.press("e")
    first.send(.stored(OperationID(1), .success(stored)))
    #expect(draft(first.effects) == nil)
    first.press("ctrl+u")
    let kept = try #require(draft(first.type("Mine")))
    var second = start()
    second.send(.drafts([kept], problems: []))
    second.expectText("A change of llama-70b from")
    second.press("e")
    // Somebody changed the same field in between: that is asked about, and not overwritten.
    var current = stored
    current.fields.displayName = "Theirs"
    current.request?.displayName = "Theirs"
    second.send(.stored(OperationID(1), .success(current)))
    second.expect("was: Llama 3.1 70B Instruct")
    let written = second.press("f10")
    #expect(
      written.contains(
        .write(OperationID(2), .update(target, renamed("Mine"), base: stored.fields))))
    let done = second.send(
      .operation(OperationID(2), .finished(.succeeded("changed display name"))))
    #expect(done == [.removeDraft(kept.id)])
  }

  @Test func takingTheirsSendsNothing() {
    var robot = robot("e", typing: "Mine")
    robot.press("f10")
    robot.send(conflict(renamed("Mine")))
    #expect(robot.press("t f10").isEmpty)
    robot.expect("stays as they made it")
  }

  @Test func aNamesakeIsNotChanged() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.press("/")
    robot.type("llama-70b")
    robot.press("enter e")
    var other = stored
    other.uid = "another"
    robot.send(.stored(OperationID(1), .success(other)))
    robot.expect("It was deleted and made again since you looked")
    #expect(robot.press("f10").isEmpty)
  }
}
