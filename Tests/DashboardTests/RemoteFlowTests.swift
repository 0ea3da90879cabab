import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// The dashboard on an HTTP API, which tells and does less than a cluster.
@Suite("Through the HTTP API")
struct RemoteFlowTests {
  private let now = DashboardFixtures.now

  private var model: Model {
    var model = DashboardFixtures.model("llama-7b")
    model.organization = "7"
    model.desiredReplicas = 0
    model.readyReplicas = 0
    model.image = ""
    model.command = []
    model.gpu = GPUAssignment(perReplica: 2, requested: 2)
    return model
  }

  private func robot(columns: Int = 80) -> Robot {
    var robot = Robot(DashboardFixtures.state(columns: columns))
    robot.send(
      .switched(
        ClusterIdentity(
          context: "api", server: "https://models.example.com:443", user: "ada", namespace: "",
          organization: "7", way: .httpAPI)))
    var update = ClusterUpdate(
      changed: [model], isComplete: true, connection: .live, gpus: .notOffered, asOf: now)
    update.unread = RemoteModels.unread
    robot.send(.update(update))
    return robot
  }

  @Test func whatIsNotToldIsNotShownAsNothing() {
    var robot = robot(columns: 120)
    robot.expect("organization 7")
    robot.expect("GPUs: not offered")
    robot.expect("?/2")
    robot.expectNot("0/0")
    robot.expect("reason and replicas: not offered by the HTTP API")
    robot.press("d")
    robot.expectText("Replicas not known: not offered by the HTTP API")
    robot.expectText("Image not known: not offered by the HTTP API")
    robot.expectNot("none yet")
  }

  @Test func aTokenOfAnotherOrganizationLeavesNothingOfTheFirst() {
    var robot = robot(columns: 120)
    robot.expect("llama-7b")
    robot.send(
      .switched(
        ClusterIdentity(
          context: "api", server: "https://models.example.com:443", user: "eve", namespace: "",
          organization: "8", way: .httpAPI)))
    robot.expect("organization 8")
    robot.expectNot("organization 7")
    robot.expectNot("llama-7b")
    robot.expect("The token is organization 8's now: these are its models.")
  }

  @Test func whatIsNotOfferedSaysSo() {
    var robot = robot()
    #expect(robot.press("C").isEmpty)
    robot.expect("This is not offered by the HTTP API: it needs a kubeconfig.")
    robot.press(":")
    robot.type("namespace team-a")
    #expect(robot.press("enter").allSatisfy { $0 != .switchNamespace("team-a") })
    robot.expectText("not offered by the HTTP API")
    robot.press("escape D")
    robot.expect("keeping the volume is not offered by the HTTP API")
    robot.press("f2")
    robot.type("llama-7b")
    let effects = robot.press("tab enter")
    #expect(
      effects.contains {
        if case .delete(_, _, _, let keepVolume) = $0 { !keepVolume } else { false }
      })
  }

  @Test func aModelIsMadeWhereTheServerSays() {
    var robot = robot()
    robot.press("c")
    robot.expect("Create a model on api, organization 7")
    robot.type("new")
    robot.press("tab tab tab")
    robot.type("img:1")
    robot.press("tab")
    robot.paste("vllm\nserve\na/b\n--served-model-name\nnew")
    let asked = robot.press("f10")
    guard case .plan(let id, _)? = asked.first else {
      Issue.record("no plan was asked for on:\n\(robot.screen)")
      return
    }
    robot.send(.plan(id, PlanSheet(answer: .unknown("a dry run is not offered by the HTTP API"))))
    robot.expect("not checked: a dry run is not offered by the HTTP API")
    let effects = robot.press("f10")
    guard case .create(let operation, _)? = effects.first else {
      Issue.record("nothing was created: \(effects)")
      return
    }
    robot.send(.operation(operation, .finished(.succeeded("created model new"))))
    var created = model
    created.id = ModelID(namespace: "jan-models", name: "new")
    robot.send(
      .update(
        ClusterUpdate(changed: [created, model], isComplete: true, connection: .live, asOf: now)))
    #expect(robot.state.table.selectedID == created.id)
  }
}
