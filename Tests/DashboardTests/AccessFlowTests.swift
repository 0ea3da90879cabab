import Dashboard
import FoundationEssentials
import Kubernetes
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// What may not be written is disabled with the verb that is missing, and what may not be read is said to be so.
@Suite("Missing rights")
struct AccessFlowTests {
  private func denied(_ rights: [AccessRight]) -> AccessBoard {
    var board = AccessBoard()
    for right in rights {
      board[right.everywhere] = false
      board[right] = false
    }
    return board
  }

  private func robot(columns: Int = 100, _ rights: [AccessRight]) -> Robot {
    var robot = Robot(
      DashboardFixtures.state(
        DashboardFixtures.models, columns: columns, creation: DashboardFixtures.creation))
    robot.send(.access(denied(rights)))
    return robot
  }

  @Test func creatingIsDisabledWithTheVerb() {
    var robot = robot(
      columns: 120, [AccessRight("create", K8s.Deployment.resourceKind, in: "jan-models")])
    robot.expect("(c create)")
    robot.press("c")
    robot.expect(
      "no permission to create deployments.apps in namespace jan-models (ask for the verb create)")
    robot.expectNot("Create a model")
    robot.press("?")
    robot.expectText("(not now: no permission to create deployments.apps in namespace jan-models")
  }

  @Test func deletingIsDisabledInTheNamespaceOfTheModel() {
    var robot = robot(
      columns: 120, [AccessRight("delete", K8s.Deployment.resourceKind, in: "jan-models")])
    robot.press("j j")
    robot.expect("(D delete)")
    robot.press("D")
    robot.expect("no permission to delete deployments.apps in namespace jan-models")
    robot.expectNot("Cancel")
    robot.send(.access(AccessBoard()))
    robot.press("D")
    robot.expect("Cancel")
  }

  @Test func whatThisModelNeedsBesidesIsToldBeforeAnythingIsSent() {
    var robot = robot([
      AccessRight("create", K8s.PersistentVolumeClaim.resourceKind, in: "jan-models")
    ])
    robot.press("c")
    DashboardFixtures.fillForm(&robot)
    #expect(robot.press("f10").isEmpty)
    robot.press("M")
    robot.expectText("Nothing was sent: no permission to create persistentvolumeclaims")
  }

  @Test func whatCannotBeReadIsNeverZeroOrNone() {
    var model = DashboardFixtures.model("llama-70b")
    model.endpoint = nil
    model.gpu = GPUAssignment(perReplica: 8, requested: 8)
    var unread = UnreadKinds()
    for kind in UnreadKinds.Kind.allCases where kind != .deployments {
      unread.set(kind, why: "no permission to list \(kind)")
    }
    var update = ClusterUpdate(
      changed: [model], isComplete: true, connection: .live,
      gpus: .forbidden(missing: "no permission to list nodes"), asOf: DashboardFixtures.now)
    update.unread = unread
    var robot = Robot(DashboardFixtures.state(columns: 120, rows: 50))
    robot.send(.update(update))
    let row =
      robot.frame.lines.first { $0.contains(" llama-70b ") || $0.contains("▌llama-70b") } ?? ""
    #expect(row.contains("?/8"))
    #expect(row.split(separator: " ").filter { $0 == "?" }.count == 3, "\(row)")
    robot.expect("endpoint not known: no permission to list services")
    robot.press("enter")
    var details = ModelDetails(id: model.id)
    details.objects = [.init(kind: "Service", name: "llama-70b", state: "not known")]
    robot.send(.details(details))
    robot.expect("8 asked for; where is not known: no permission to list pods")
    robot.expect("not known: no permission to list services")
    robot.expect("restarts not known")
    #expect(robot.frame.lines.contains("  no permission to list pods"))
  }

  @Test func theHeaderSaysThatOnlyOneNamespaceIsSeen() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models, columns: 140))
    var update = ClusterUpdate(
      connection: .live, gpus: DashboardFixtures.gpus, asOf: DashboardFixtures.now)
    update.scope = "team-a"
    robot.send(.update(update))
    robot.expect("namespace team-a only")
    // Models are made there, and nowhere that is not seen.
    robot.press("c")
    robot.expect("Create a model in team-a")
  }

  @Test func useThatIsNotSeenIsNoZero() {
    var totals = GPUTotals(products: [.init(name: "NVIDIA-H200", total: 24, used: 2)])
    totals.isUseKnown = false
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.send(
      .update(
        ClusterUpdate(connection: .live, gpus: .totals(totals), asOf: DashboardFixtures.now)))
    robot.expect("GPUs ?/24 used")
  }
}
