import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// Every screen at every reference size in the default and the mono theme, as a golden file.
@Suite("Screens")
struct ScreenTests {
  static let sizes = [(80, 24), (120, 40), (60, 15)]
  private static let now = DashboardFixtures.now

  private func expectScreen(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ state: (_ columns: Int, _ rows: Int) -> DashboardState
  ) {
    for theme in [Theme.default, .mono] {
      let screens = Self.sizes.map { view(state($0.0, $0.1), theme: theme).goldenText }
      expectGolden(
        screens.joined(separator: "\n"), named: "\(name).\(theme.name)",
        sourceLocation: sourceLocation)
    }
  }

  private func live(_ columns: Int, _ rows: Int) -> DashboardState {
    DashboardFixtures.state(DashboardFixtures.models, columns: columns, rows: rows)
  }

  private func pressed(_ keys: String) -> (Int, Int) -> DashboardState {
    { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.press(keys)
      return robot.state
    }
  }

  private func connecting(_ connection: Connection) -> (Int, Int) -> DashboardState {
    { columns, rows in
      var state = DashboardState(
        configuration: DashboardFixtures.configuration(),
        size: Size(rows: rows, columns: columns), now: Self.now)
      _ = update(&state, .update(ClusterUpdate(connection: connection)))
      return state
    }
  }

  // MARK: The table

  @Test func table() { expectScreen("table") { live($0, $1) } }

  @Test func tableInASCIIOnASimulatedCluster() {
    expectScreen("table-ascii-simulated-read-only") { columns, rows in
      DashboardFixtures.state(
        DashboardFixtures.models, columns: columns, rows: rows, isReadOnly: true,
        isSimulated: true, glyphs: .ascii)
    }
  }

  @Test func whyAModelIsNotServing() {
    expectScreen("table-pending-selected", pressed("j j j"))
  }

  @Test func disconnected() {
    expectScreen("table-disconnected") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.wait(43)
      robot.send(
        .update(
          ClusterUpdate(
            connection: .disconnected(
              since: Self.now, error: "cannot reach https://10.0.0.1:6443: connection refused",
              nextAttempt: Self.now.addingTimeInterval(47)), gpus: DashboardFixtures.gpus,
            asOf: Self.now)))
      return robot.state
    }
  }

  // MARK: No rows

  @Test func connecting() {
    expectScreen("connecting", connecting(.connecting(attempt: 1, error: nil)))
  }

  @Test func connectingAgain() {
    expectScreen(
      "connecting-again",
      connecting(.connecting(attempt: 3, error: "connection refused: is the API server up?")))
  }

  @Test func loading() { expectScreen("loading", connecting(.loading(objects: 1_500))) }

  @Test func forbidden() {
    expectScreen("forbidden", connecting(.forbidden(missing: "list deployments")))
  }

  @Test func empty() {
    expectScreen("empty") { DashboardFixtures.state(columns: $0, rows: $1) }
  }

  @Test func everythingFilteredAway() {
    expectScreen("filtered-away") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.press("/")
      robot.type("nothing like it")
      robot.press("enter m")
      return robot.state
    }
  }

  // MARK: Filters

  @Test func typingAFilter() {
    expectScreen("filter-typed") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.press("m /")
      robot.type("llama")
      return robot.state
    }
  }

  @Test func statusMenu() { expectScreen("status-menu", pressed("s j j")) }

  // MARK: Other screens

  @Test func help() { expectScreen("help", pressed("?")) }

  @Test func messages() {
    expectScreen("messages") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.send(.notice(Notice("embed-e5: created the missing Service embed-e5.")))
      robot.wait(5)
      robot.send(.notice(Notice("Cannot write the journal: disk full.", severity: .error)))
      robot.send(.notice(Notice("Something later.")))
      robot.press("M")
      return robot.state
    }
  }

  // MARK: Details

  @Test func details() {
    expectScreen("details") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.press("end k k k k enter")
      robot.send(.details(DashboardFixtures.details))
      return robot.state
    }
  }

  @Test func detailsLoading() { expectScreen("details-loading", pressed("end k enter")) }

  @Test func detailsScrolled() {
    expectScreen("details-scrolled") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.press("end k k k k enter")
      robot.send(.details(DashboardFixtures.details))
      robot.press("tab tab tab")
      return robot.state
    }
  }

  // MARK: The create form

  private func form(
    _ columns: Int, _ rows: Int, isReadOnly: Bool = false, _ act: (inout Robot) -> Void
  ) -> DashboardState {
    var robot = Robot(
      DashboardFixtures.state(
        DashboardFixtures.models, columns: columns, rows: rows,
        creation: DashboardFixtures.creation))
    robot.press("c")
    act(&robot)
    return robot.state
  }

  @Test func createFormEmpty() { expectScreen("form-empty") { form($0, $1) { _ in } } }

  @Test func createFormWithErrors() {
    expectScreen("form-errors") { columns, rows in
      form(columns, rows) { robot in
        robot.type("Llama_7B")
        robot.press("f10")
      }
    }
  }

  @Test func createFormFilled() {
    expectScreen("form-filled") { columns, rows in
      form(columns, rows) { DashboardFixtures.fillForm(&$0) }
    }
  }

  @Test func createFormWrongServedName() {
    expectScreen("form-served-name") { columns, rows in
      form(columns, rows) { robot in
        DashboardFixtures.fillForm(&robot, servedName: "other")
        robot.press("f10")
      }
    }
  }

  @Test func createFormCreating() {
    expectScreen("form-creating") { columns, rows in
      form(columns, rows) { robot in
        DashboardFixtures.fillForm(&robot)
        robot.submitForm()
        robot.send(.operation(OperationID(2), .progress("checking with the server")))
      }
    }
  }

  @Test func createFormRefused() {
    expectScreen("form-refused") { columns, rows in
      form(columns, rows) { robot in
        DashboardFixtures.fillForm(&robot)
        robot.submitForm()
        robot.send(
          .operation(
            OperationID(2),
            .finished(
              .failed(
                OperationFailure(
                  .conflict, "the name llama-7b is taken by Deployment team-b/llama-7b",
                  field: .name)))))
      }
    }
  }

  @Test func createFormFindings() {
    expectScreen("form-findings") { columns, rows in
      form(columns, rows) { robot in
        robot.type("Llama_7B")
        robot.press("f2")
      }
    }
  }

  @Test func whereItFits() {
    expectScreen("form-fit") { columns, rows in
      form(columns, rows) { robot in
        var creation = DashboardFixtures.creation
        creation.nodes = DashboardFixtures.nodes
        creation.validation.gpuMemory = ["NVIDIA-H200": 143_771, "NVIDIA-L4": 23_034]
        robot.send(
          .update(
            ClusterUpdate(connection: .live, gpus: DashboardFixtures.gpus, creation: creation)))
        DashboardFixtures.fillForm(&robot)
        robot.press("f6")
      }
    }
  }

  @Test func plan() {
    expectScreen("plan") { columns, rows in
      form(columns, rows) { robot in
        DashboardFixtures.fillForm(&robot)
        robot.press("f10")
        robot.send(.plan(OperationID(1), DashboardFixtures.planSheet))
      }
    }
  }

  @Test func discardingADraft() {
    expectScreen("form-discard") { columns, rows in
      form(columns, rows) { robot in
        robot.type("llama")
        robot.press("f9")
      }
    }
  }

  // MARK: The delete dialog

  @Test func deleteDialog() {
    expectScreen("delete") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.press("end k k k k D")
      robot.send(.details(DashboardFixtures.details))
      return robot.state
    }
  }

  @Test func deleteDialogConfirmed() {
    expectScreen("delete-confirmed") { columns, rows in
      var robot = Robot(live(columns, rows))
      robot.press("end k k k k D")
      robot.send(.details(DashboardFixtures.details))
      robot.type("llama-70b")
      robot.press("f2 tab")
      return robot.state
    }
  }

  @Test func tooSmall() {
    expectScreen("too-small") { columns, _ in live(columns / 4, 5) }
  }
}
