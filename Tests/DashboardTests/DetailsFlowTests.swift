import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

@Suite("Details")
struct DetailsFlowTests {
  private let id = ModelID(namespace: "jan-models", name: "llama-70b")

  private func robot() -> Robot {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.press("end k k k k")
    return robot
  }

  @Test(arguments: ["enter", "d"])
  func theyAreAskedForAndGivenBack(key: String) {
    var robot = robot()
    #expect(robot.press(key) == [.showDetails(id)])
    robot.expect("loading…")
    #expect(robot.press("esc") == [.showDetails(nil)])
    #expect(robot.state.table.selectedID == id)
  }

  @Test func theyShowEverythingThereIs() {
    var robot = robot()
    robot.press("d")
    robot.send(.details(DashboardFixtures.details))
    robot.resize(120, 60)
    for text in [
      "8 on gpu-node-1 (NVIDIA-H200)", "16 asked for (8 per replica), 16 assigned",
      "meta-llama/Llama-3.1-70B-Instruct", "vllm serve --served-model-name llama-70b",
      "2026-01-12 08:30:00, 3d2h ago by admin", "Available=True",
      "llama-70b-6f7c9d5b8-x2zq4", "code 137", "Readiness probe failed", "12 times",
      "Bound 200Gi", "missing", "llama, chat, prod",
    ] { robot.expect(text) }
  }

  @Test func theyAreLive() {
    var robot = robot()
    robot.press("d")
    robot.send(.details(DashboardFixtures.details))
    var details = DashboardFixtures.details
    details.pods = []
    robot.send(.details(details))
    robot.resize(120, 60)
    robot.expectNot("x2zq4  Running")
    var model = DashboardFixtures.model("llama-70b", status: .failed, reason: "no more GPUs")
    model.gpu = GPUAssignment(perReplica: 1, requested: 1)
    robot.send(
      .update(ClusterUpdate(changed: [model], connection: .live, asOf: DashboardFixtures.now)))
    robot.expect("llama-70b: failed")
    robot.expect("no more GPUs")
  }

  @Test func detailsOfAnotherModelAreNotMixedIn() {
    var robot = robot()
    robot.press("d")
    robot.send(.details(ModelDetails(id: ModelID(namespace: "jan-models", name: "other"))))
    robot.expect("loading…")
  }

  @Test func aModelThatGoesStaysOnScreenAndIsSaidToBeGone() {
    var robot = robot()
    robot.press("d")
    robot.send(.details(DashboardFixtures.details))
    robot.send(
      .update(ClusterUpdate(removed: [id], connection: .live, asOf: DashboardFixtures.now)))
    robot.expect("DELETED")
    robot.expect("Endpoint")
    #expect(robot.press("D").isEmpty)
    robot.expect("llama-70b is gone already.")
    #expect(robot.press("esc") == [.showDetails(nil)])
  }

  @Test func theTextScrollsAndJumpsFromSectionToSection() {
    var robot = robot()
    robot.press("d")
    robot.send(.details(DashboardFixtures.details))
    robot.resize(80, 12)
    robot.press("tab")
    #expect(robot.frame.lines[1] == "Conditions")
    robot.press("tab tab")
    #expect(robot.frame.lines[1] == "Events")
    robot.press("shift+tab")
    #expect(robot.frame.lines[1] == "Pods")
    robot.press("j k k")
    #expect(robot.frame.lines[2] == "Pods")
    robot.press("G")
    robot.expect("ServiceMonitor")
    robot.press("g")
    #expect(robot.frame.lines[1] == "Summary")
  }

  @Test func theNextModelIsOneKeyAway() {
    var robot = robot()
    robot.press("d")
    let effects = robot.press("n")
    #expect(effects == [.showDetails(ModelID(namespace: "jan-models", name: "mistral-7b"))])
    robot.expect("mistral-7b: running")
    robot.press("p")
    robot.expect("llama-70b: running")
  }

  @Test func eventsThatMayNotBeReadAreSaidToBe() {
    var robot = robot()
    robot.press("d")
    var details = DashboardFixtures.details
    details.events = []
    details.eventsUnavailable = "no permission to list events"
    robot.send(.details(details))
    robot.resize(120, 60)
    robot.expect("no permission to list events")
  }

  @Test func theirAgesAreDue() throws {
    var robot = robot()
    robot.press("d")
    robot.send(.details(DashboardFixtures.details))
    robot.resize(120, 60)
    // The latest event is 190 s old: the next minute is 50 s away.
    let due = try #require(robot.state.nextDue(after: DashboardFixtures.now))
    #expect(due.timeIntervalSince(DashboardFixtures.now) <= 50)
  }

  /// The table stays where there is room for both, and the keys of the details go on working.
  @Test func onWideTerminalsTheDetailsStandBesideTheTable() {
    var robot = Robot(
      DashboardFixtures.state(DashboardFixtures.models, columns: 160, rows: 40))
    robot.press("enter")
    robot.expect("Summary")
    robot.expect("NAME▲")
    robot.expect("gpu-prod as admin")
    for model in DashboardFixtures.models where model.organization != "2" {
      robot.expect(model.name)
    }
    robot.press("J")
    robot.expect("▌blue-llama")
    robot.expect("blue-llama: running")
    robot.resize(100, 40)
    robot.expectNot("NAME▲")
    robot.expect("Summary")
    robot.resize(160, 40)
    robot.press("escape")
    robot.expectNot("Summary")
    robot.expect("MANAGED")
  }
}
