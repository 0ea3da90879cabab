import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// The command line, and switching to another cluster.
@Suite("Commands and contexts")
struct CommandFlowTests {
  private let now = DashboardFixtures.now
  private let contexts = [
    ContextChoice(name: "gpu-prod", cluster: "prod", user: "admin"),
    ContextChoice(name: "gpu-staging", cluster: "staging", user: "admin", namespace: "team-a"),
    ContextChoice(name: "lab", cluster: "lab", user: "guest"),
  ]
  private let staging = ClusterIdentity(
    context: "gpu-staging", server: "https://10.0.0.2:6443", user: "admin", namespace: "team-a")

  private func robot(columns: Int = 80, rows: Int = 24) -> Robot {
    var robot = Robot(
      DashboardFixtures.state(DashboardFixtures.models, columns: columns, rows: rows))
    robot.send(.contexts(contexts, problem: nil))
    return robot
  }

  @Test func theColonOpensALineThatListsEveryCommand() {
    var robot = robot()
    #expect(robot.press(":") == [.listContexts, .readChoices])
    robot.expect(":a command; Tab completes it")
    robot.expect("context [NAME]")
    robot.expect("Enter run")
    robot.press("escape")
    robot.expect("? help")
    robot.expectNot("context [NAME]")
  }

  @Test func tabCompletesCommandsAndContexts() {
    var robot = robot()
    robot.press(":")
    robot.type("cont")
    robot.press("tab")
    robot.expect(":context")
    robot.expect("on screen now")
    robot.type("g")
    robot.press("tab")
    robot.expect(":context gpu-")
    robot.press("tab")
    robot.expect(":context gpu-prod")
    robot.press("tab")
    robot.expect(":context gpu-staging")
    #expect(robot.press("enter") == [.switchContext("gpu-staging")])
    robot.expect("Switching to gpu-staging.")
    // Until it is known that it can be used, the old cluster stays.
    robot.expect("llama-70b")
  }

  @Test(arguments: [
    ("nonsense", "There is no command 'nonsense'"),
    ("context nowhere", "There is no context 'nowhere'"),
    ("ns", "Say which: models are made in jan-models now"),
    ("ns Not_A_Name", "cannot be a namespace"),
    ("status odd", "There is no status 'odd'"), ("sort odd", "There is no column 'odd'"),
    ("help me", ":help takes nothing after it"), ("q now", ":quit takes nothing after it"),
  ])
  func whatCannotBeRunStaysAndSaysWhy(line: String, reason: String) {
    var robot = robot()
    robot.press(":")
    robot.type(line)
    let count = robot.effects.count
    robot.press("enter")
    #expect(robot.effects.count == count)
    robot.expectText(reason)
    robot.expect(":\(line)")
    robot.type("x")
    robot.expectNot(String(reason.prefix(20)))
  }

  @Test func commandsDoWhatKeysDo() {
    var robot = robot()
    func run(_ line: String) -> [Effect] {
      robot.press(":")
      robot.type(line)
      return robot.press("enter")
    }
    #expect(run("filter llama").isEmpty)
    robot.expect("3 of 12 models")
    #expect(run("filter").isEmpty)
    robot.expect("12 models")
    #expect(run("status failed").isEmpty)
    robot.expect("1 of 12 models")
    #expect(run("status all").isEmpty)
    #expect(run("sort restarts").isEmpty)
    robot.expect("RESTARTS▼")
    #expect(run("refresh") == [.relist])
    #expect(run("h").isEmpty)
    robot.expect("Commands")
    robot.press("escape")
    #expect(run("q") == [.quit])
  }

  @Test func withoutANameTheListOfContextsOpens() {
    var robot = robot()
    robot.press(":")
    robot.type("ctx")
    #expect(robot.press("enter") == [.listContexts])
    robot.expect(">* gpu-prod")
    robot.expect("cluster staging as admin, namespace team-a")
    #expect(robot.press("j enter") == [.switchContext("gpu-staging")])
    robot.expectNot("cluster staging")
  }

  @Test func choosingTheContextOnScreenDoesNothing() {
    var robot = robot()
    robot.press(":")
    robot.type("context")
    robot.press("enter")
    #expect(robot.press("enter").isEmpty)
  }

  @Test func rowsOfTheOldClusterAreGoneBeforeTheNewNameIsShown() {
    var robot = robot()
    robot.press("enter")
    #expect(robot.send(.switched(staging)) == [.connect])
    robot.expect("gpu-staging")
    robot.expect("connecting to https://10.0.0.2:6443")
    robot.expect("Switched from gpu-prod to gpu-staging.")
    robot.expectNot("gpu-prod as")
    for model in DashboardFixtures.models { robot.expectNot(" \(model.name) ") }
    robot.expectNot("32 used")
    // What is created from now on is created there.
    robot.press("c")
    robot.expect("in team-a on gpu-staging")
  }

  @Test func aDeleteDialogDoesNotOutliveItsCluster() {
    var robot = robot()
    robot.press("j j D")
    robot.expect("Cancel")
    robot.send(.switched(staging))
    robot.expectNot("Cancel")
  }

  @Test func writesOfTheOldClusterAreToldWithItsName() {
    var robot = robot(columns: 160)
    robot.press("c")
    DashboardFixtures.fillForm(&robot)
    let effects = robot.submitForm()
    guard case .create(let id, _)? = effects.first else {
      Issue.record("nothing was created: \(robot.screen)")
      return
    }
    robot.press("escape")
    robot.send(.switched(staging))
    robot.expect("creating llama-7b on gpu-prod")
    robot.press("M")
    robot.expectText("Still creating llama-7b on gpu-prod: what comes of it is told here.")
    robot.press("escape")
    robot.send(.operation(id, .progress("applying Service llama-7b")))
    robot.expect("creating llama-7b on gpu-prod: applying Service llama-7b")
    robot.send(.operation(id, .finished(.succeeded("Created llama-7b."))))
    robot.expect("On gpu-prod: Created llama-7b.")
  }

  @Test func aContextThatCannotBeUsedLeavesTheOldOne() {
    var robot = robot(columns: 120)
    robot.send(
      .switchFailed(
        reason: "context 'lab' names the user 'guest', which is not in ~/.kube/config"))
    robot.expect(
      "Still on gpu-prod: context 'lab' names the user 'guest', which is not in ~/.kube/config")
    robot.expect("llama-70b")
  }

  @Test func theDemoHasNothingToSwitchTo() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models, isSimulated: true))
    #expect(robot.press(":").isEmpty)
    robot.type("context prod")
    #expect(robot.press("enter").isEmpty)
    robot.expectText("there is no other context to switch to")
  }

  @Test func backspaceOnTheEmptyLineClosesIt() {
    var robot = robot()
    robot.press(": a backspace")
    robot.expect(":a command")
    robot.press("backspace")
    robot.expect("? help")
  }
}
