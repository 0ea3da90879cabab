import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// The plan screen: read what would happen, then do it or go back.
@Suite("Plan screen")
struct PlanFlowTests {
  private static let sheet = PlanSheet(
    answer: .accepted("dry run of 3 objects"),
    notes: ["The model takes 2 GPUs on one node."],
    warnings: ["the cluster has no default storage class"],
    changes: [
      .init(field: "GPUs", before: "1", after: "2", note: "restarts the pods"),
      .init(field: "Tags", before: "", after: "chat"),
    ],
    objects: [
      .init(
        label: "Deployment jan-models/llama-7b", note: "created",
        yaml: "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: llama-7b\n"),
      .init(
        label: "Secret jan-models/llama-7b-hf-token", note: "created",
        yaml: "apiVersion: v1\nkind: Secret\nstringData:\n  token: <redacted>\n"),
    ])

  private func robot(_ columns: Int = 80, _ rows: Int = 24, isDanger: Bool = false) -> Robot {
    var state = DashboardFixtures.state(DashboardFixtures.models, columns: columns, rows: rows)
    _ = state.openPlan(
      title: "Update llama-7b", applyTitle: "Update", isDanger: isDanger,
      of: ModelID(namespace: "jan-models", name: "llama-7b"), ask: { _ in .redraw },
      apply: { _ in [.relist] })
    return Robot(state)
  }

  @Test func theAnswerIsWaitedForAndNothingIsDoneBefore() {
    var robot = robot()
    robot.expect("Plan: Update llama-7b")
    robot.expect("Asking the API server")
    #expect(robot.press("f10").isEmpty)
    robot.expect("The server has not answered yet.")
    robot.send(.operation(OperationID(1), .progress("dry run of Deployment llama-7b")))
    robot.expect("Asking: dry run of Deployment llama-7b.")
  }

  @Test(arguments: [(80, 24), (140, 45), (36, 8)])
  func everythingCanBeRead(columns: Int, rows: Int) {
    var robot = robot(columns, rows)
    robot.send(.plan(OperationID(1), Self.sheet))
    var seen = robot.screen
    for _ in 0..<60 {
      robot.press("j")
      seen += "\n" + robot.screen
    }
    for text in [
      "accepted: dry run of 3 objects", "warning: ", "GPUs  (restarts the pods)", "- 1", "+ 2",
      "+ chat", "kind: Deployment", "token: <redacted>",
    ] {
      #expect(seen.contains(text), "\(text)")
    }
  }

  @Test func itIsAppliedByTheKeyOrTheButton() {
    for keys in ["f10", "enter", "ctrl+x"] {
      var robot = robot()
      robot.send(.plan(OperationID(1), Self.sheet))
      #expect(robot.press(keys) == [.relist])
      robot.expectNot("Plan:")
    }
    var robot = robot(isDanger: true)
    robot.send(.plan(OperationID(1), Self.sheet))
    robot.expect("[>Back<]")
    #expect(robot.press("enter").isEmpty)
    robot.expectNot("Plan:")
  }

  @Test func theKubectlCommandOfWhatIsPlannedIsShown() {
    var state = DashboardFixtures.state(DashboardFixtures.models, columns: 100, rows: 24)
    let request = CreateRequest(name: "llama-7b", image: "vllm/vllm-openai:v0.9.2", command: [])
    _ = state.openPlan(
      title: "create llama-7b", applyTitle: "Create",
      of: ModelID(namespace: "jan-models", name: "llama-7b"),
      ask: { .plan($0, .create(request)) }, apply: { _ in [] })
    var robot = Robot(state)
    robot.send(.plan(OperationID(1), Self.sheet))
    robot.press("f4")
    robot.expect("-n jan-models apply --server-side --field-manager=modeldeck")
    robot.expect("llama-7b.yaml: the objects that the plan shows")
    robot.press("esc")
    robot.expect("Plan: create llama-7b")
  }

  @Test func whatTheServerRefusesCannotBeApplied() {
    var robot = robot()
    robot.send(
      .plan(
        OperationID(1),
        PlanSheet(answer: .refused("admission webhook said no", fix: "Choose another image."))))
    robot.expect("refused: admission webhook said no")
    robot.expect("Choose another image.")
    #expect(robot.press("f10").isEmpty)
    robot.expect("The server refuses it")
    robot.expect("[>Back<]")
    robot.press("enter")
    robot.expectNot("Plan:")
  }

  @Test func whereTheServerCannotBeAskedTheWriteDecides() {
    var robot = robot()
    robot.send(.plan(OperationID(1), PlanSheet(answer: .unknown("the server has no dry run"))))
    robot.expect("not checked: the server has no dry run")
    #expect(robot.press("f10") == [.relist])
  }

  @Test func goingBackDropsTheAnswerThatComesLater() {
    var robot = robot()
    robot.press("esc")
    robot.expectNot("planning llama-7b")
    robot.send(.plan(OperationID(1), Self.sheet))
    robot.expectNot("Plan:")
    #expect(robot.press("f10").isEmpty)
  }

  @Test func anotherClusterEndsTheQuestion() {
    var robot = robot()
    robot.send(
      .switched(ClusterIdentity(context: "lab", server: "", user: nil, namespace: "jan-models")))
    robot.expectNot("Plan:")
    robot.expectNot("planning")
    robot.send(.plan(OperationID(1), Self.sheet))
    robot.expectNot("Plan:")
  }

  @Test func hostileTextStaysText() {
    var robot = robot()
    let yaml =
      "data:\n  a: \"\u{1B}]0;owned\u{7}\u{202E}\(String(repeating: "界", count: 3_000))\"\n"
    robot.send(
      .plan(
        OperationID(1),
        PlanSheet(
          answer: .accepted("\u{1B}[2J"),
          objects: [.init(label: "Secret x", note: "created", yaml: yaml)])))
    for _ in 0..<200 { robot.press("pgdn") }
    #expect(!robot.screen.contains("\u{1B}"))
    #expect(!robot.screen.contains("\u{202E}"))
    robot.expect("lines")
  }
}
