import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// The screens of what is done with models that are there, as golden files.
@Suite("Screens of actions")
struct ActionScreenTests {
  private func expectScreen(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ press: (inout Robot) -> Void
  ) {
    let screens = ScreenTests.sizes.map { columns, rows in
      var robot = Robot(
        DashboardFixtures.state(DashboardFixtures.models, columns: columns, rows: rows))
      robot.press("end k k k k")
      press(&robot)
      return view(robot.state, theme: .default).goldenText
    }
    expectGolden(
      screens.joined(separator: "\n"), named: name, sourceLocation: sourceLocation)
  }

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
      id: ModelID(namespace: "jan-models", name: "llama-70b"), uid: "uid-llama-70b",
      resourceVersion: "1", isManaged: true, isDeleting: false, replicas: 2,
      fields: ModelFields(request), request: request, hasToken: false)
  }

  @Test func menu() { expectScreen("action-menu") { $0.press("x") } }

  @Test func stop() { expectScreen("action-stop") { $0.press("0") } }

  @Test func scale() {
    expectScreen("action-scale") { robot in
      robot.press("S ctrl+u")
      robot.type("5")
    }
  }

  @Test func deleteSeveral() {
    expectScreen("action-delete-several") { robot in
      robot.press("space space D")
      robot.type("delete")
    }
  }

  @Test func several() {
    expectScreen("action-bulk") { robot in
      robot.press("space space 0 tab enter")
      robot.send(
        .operation(OperationID(1), .finished(.failed(OperationFailure(.conflict, "it changed")))))
      robot.send(.operation(OperationID(2), .notBegun("an earlier one did not succeed")))
    }
  }

  @Test func kubectl() { expectScreen("action-kubectl") { $0.press("f4") } }

  @Test func edit() {
    expectScreen("edit-texts") { robot in
      robot.press("e")
      robot.send(.stored(OperationID(1), .success(stored)))
      robot.press("ctrl+u")
      robot.type("Llama")
    }
  }

  @Test func redeploy() {
    expectScreen("edit-redeploy") { robot in
      robot.press("R")
      robot.send(.stored(OperationID(1), .success(stored)))
      robot.press("tab tab ctrl+u")
      robot.type("x")
    }
  }

  @Test func threeWay() {
    expectScreen("edit-three-way") { robot in
      robot.press("e")
      robot.send(.stored(OperationID(1), .success(stored)))
      robot.type("!")
      robot.press("tab tab")
      robot.type(", mine")
      robot.press("f10")
      var current = stored.fields
      current.displayName = "Theirs"
      current.tags.append("theirs")
      current.modelDescription = "Another."
      var change = ModelChange()
      change.displayName = "Llama 3.1 70B Instruct!"
      change.tags = stored.fields.tags + ["mine"]
      let threeWay = ThreeWay(
        base: stored.fields, change: change, current: current, updatedBy: "bob")
      robot.send(
        .operation(
          OperationID(2),
          .finished(.failed(OperationFailure(.conflict, "changed", threeWay: threeWay)))))
      robot.press("m")
    }
  }

  @Test func undo() {
    expectScreen("undo") { robot in
      robot.press("D")
      robot.type("llama-70b")
      robot.press("tab enter")
      robot.send(
        .operation(
          OperationID(1),
          .kept(
            KeptModel(
              id: stored.id, uid: stored.uid, content: .managed(stored.request ?? CreateRequest()),
              replicas: 2, hadToken: true, claims: ["llama-70b-storage": "uid"],
              warnings: ["the Hugging Face token is not kept"]))))
      robot.send(.operation(OperationID(1), .finished(.succeeded("deleted model llama-70b"))))
      robot.press("U")
    }
  }
}
