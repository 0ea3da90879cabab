import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// Deleting a model: nothing goes by accident, and what goes is what was looked at.
@Suite("Delete dialog")
struct DeleteFlowTests {
  private let id = ModelID(namespace: "jan-models", name: "llama-70b")

  private func robot(_ name: String = "llama-70b", isReadOnly: Bool = false) -> Robot {
    var robot = Robot(
      DashboardFixtures.state(DashboardFixtures.models, isReadOnly: isReadOnly))
    robot.press("/")
    robot.type(name)
    robot.press("enter")
    return robot
  }

  @Test func theDialogSaysWhatGoesAndWhere() {
    var robot = robot()
    #expect(robot.press("D") == [.showDetails(id), .readRequests(id, port: 8000)])
    robot.expect("gpu-prod, namespace jan-models")
    robot.expect("16 returned (H200)")
    robot.expect("http://llama-70b.jan-models.svc.cluster.local:8000")
    robot.send(.details(DashboardFixtures.details))
    robot.expect("llama-70b-storage (Bound 200Gi): deleted with what is on it")
    robot.expect("Service llama-70b, Secret llama-70b-hf-token")
    robot.expectNot("ServiceMonitor")
    robot.expect("[>Cancel<]")
  }

  /// A low screen leaves nothing out: it says that there is more, and shows it.
  @Test func everythingThatGoesCanBeReadOnALowScreen() {
    var robot = robot()
    robot.resize(60, 15)
    robot.press("D")
    robot.send(.details(DashboardFixtures.details))
    robot.send(.requests(id, RequestsInFlight(running: 3, answered: 2, pods: 2)))
    robot.expect("PgDn shows the rest")
    robot.expect("[>Cancel<]")
    var read = robot.screen
    robot.press("pgdn")
    read += robot.screen
    robot.press("pgdn")
    read += robot.screen
    robot.expect("PgUp goes back")
    for label in ["Created", "Pods", "GPUs", "Endpoint", "Requests", "Volume", "Others"] {
      #expect(read.contains(label), "\(label)")
    }
    robot.type("llama-70b")
    robot.press("pgup pgup")
    robot.expect("Context")
    robot.expect("The name is right")
  }

  @Test func theTypedNameAndTheButtonDelete() {
    var robot = robot()
    robot.press("D")
    robot.type("llama-70b")
    let effects = robot.press("tab enter")
    #expect(
      effects == [
        .showDetails(nil), .delete(OperationID(1), id, uid: "uid-llama-70b", keepVolume: false),
      ])
    robot.expect("deleting llama-70b")
    robot.send(.operation(OperationID(1), .progress("waiting for 2 pods")))
    robot.expect("deleting llama-70b: waiting for 2 pods")
    robot.send(.operation(OperationID(1), .finished(.succeeded("Deleted llama-70b."))))
    robot.expect("10:30:00 Deleted llama-70b.")
  }

  @Test(arguments: [
    "enter", "esc", "llama-70b|enter", "llama-70|tab enter", "tab enter",
    "LLAMA-70B|tab enter", "llama-70bb|tab enter", "q|tab enter", "D|enter",
    "llama-70b|space", "y|enter",
  ])
  func nothingElseDeletes(input: String) {
    var robot = robot()
    robot.press("D")
    let parts = input.split(separator: "|")
    if parts.count == 2 { robot.type(String(parts[0])) }
    let effects = robot.press(String(parts[parts.count - 1]))
    #expect(effects.allSatisfy { $0 == .showDetails(nil) })
    #expect(robot.state.operations.isEmpty)
  }

  @Test func theVolumeCanBeKept() {
    var robot = robot()
    robot.press("D f2")
    robot.type("llama-70b")
    robot.expect("kept")
    #expect(
      robot.press("tab enter").last
        == .delete(OperationID(1), id, uid: "uid-llama-70b", keepVolume: true))
    robot = self.robot()
    robot.press("D tab tab space")
    robot.expect("[✓] keep the volume")
    robot.press("enter")
    robot.expect("[ ] keep the volume")
  }

  @Test func theRequestsInFlightAreTold() {
    var robot = robot()
    robot.press("D")
    robot.expect("asking its pods")
    robot.send(.requests(id, RequestsInFlight(running: 3, waiting: 1, answered: 1, pods: 2)))
    robot.expect("3 in progress, 1 waiting, on 1 of 2 pods: they break off")
    robot.press("esc D")
    robot.send(.requests(id, nil))
    robot.expect("not known")
    robot.press("esc")
    robot.send(.requests(id, RequestsInFlight(running: 3, answered: 1, pods: 1)))
    robot.expectNot("in progress")
  }

  @Test func whatSomebodyChangesMeanwhileIsTold() throws {
    var robot = robot()
    robot.press("D f1")
    var model = try #require(DashboardFixtures.models.first { $0.id == id })
    model.desiredReplicas = 3
    model.tags = ["other"]
    robot.send(
      .update(
        ClusterUpdate(changed: [model], connection: .live, asOf: DashboardFixtures.now)))
    robot.press("esc")
    robot.expect("since you looked: replicas 2 to 3, tags")
  }

  @Test func aPastedNameConfirmsAndAPastedNewLineDoesNotPress() {
    var robot = robot()
    robot.press("D tab")
    robot.paste("llama-70b\n")
    #expect(robot.state.operations.isEmpty)
    robot.expect("The name is right")
  }

  @Test(arguments: [
    ("blue-llama", "not managed by modeldeck"), ("bge-reranker", "being deleted already"),
  ])
  func whatIsNotOursOrGoingAlreadyIsNotDeleted(name: String, reason: String) {
    var robot = robot(name)
    #expect(robot.press("D").isEmpty)
    robot.expect(reason)
    robot.expectNot("Type the name")
    robot.expectNot("D delete")
  }

  @Test func anotherOrganizationsModelIsNotDeleted() {
    var robot = robot("secret-of-two")
    robot.press("o D")
    robot.expect("secret-of-two belongs to organization 2, not to 1.")
  }

  @Test func aReadOnlySessionSaysSo() {
    var robot = robot(isReadOnly: true)
    #expect(robot.press("D").isEmpty)
    robot.expect("This is a read-only session: nothing can be created or deleted.")
  }

  @Test func aNamesakeThatTookItsPlaceIsNotDeleted() {
    var robot = robot()
    robot.press("D")
    robot.type("llama-70b")
    var model = DashboardFixtures.model("llama-70b")
    model.uid = "another"
    robot.send(
      .update(
        ClusterUpdate(changed: [model], connection: .live, asOf: DashboardFixtures.now)))
    robot.expect("It was replaced by another of that name meanwhile")
    robot.press("tab enter")
    #expect(robot.state.operations.isEmpty)
  }

  @Test func aModelThatGoesWhileItIsAskedAboutIsNotDeleted() {
    var robot = robot()
    robot.press("D")
    robot.type("llama-70b")
    robot.send(
      .update(ClusterUpdate(removed: [id], connection: .live, asOf: DashboardFixtures.now)))
    robot.expect("It is gone already.")
    robot.press("tab enter")
    #expect(robot.state.operations.isEmpty)
  }

  /// The row under the cursor may change while the dialog is open; what is deleted does not.
  @Test func theSelectionMovesAndTheDialogStays() {
    var robot = Robot(DashboardFixtures.state(DashboardFixtures.models))
    robot.press("g D")
    robot.expect("is being deleted already")
    robot.press("j j D")
    robot.expect("Delete codellama-34b")
    robot.type("codellama-34b")
    robot.send(
      .update(
        ClusterUpdate(
          changed: [DashboardFixtures.model("aaa")], connection: .live,
          asOf: DashboardFixtures.now)))
    let effects = robot.press("tab enter")
    #expect(
      effects.last
        == .delete(
          OperationID(1), ModelID(namespace: "jan-models", name: "codellama-34b"),
          uid: "uid-codellama-34b", keepVolume: false))
  }

  @Test func aFailureIsTold() {
    var robot = robot()
    robot.press("D")
    robot.type("llama-70b")
    robot.press("tab enter")
    robot.send(
      .operation(
        OperationID(1),
        .finished(.failed(OperationFailure(.forbidden, "not allowed to delete deployments")))))
    robot.expect("error: deleting llama-70b: not allowed to delete deployments")
  }

  @Test func deletingFromTheDetailsGoesBackToThem() {
    var robot = robot()
    robot.press("enter D esc")
    robot.expect("Summary")
    #expect(robot.effects == [.showDetails(id), .readRequests(id, port: 8000)])
  }
}
