import Dashboard
import FoundationEssentials
import ModelCore
import TestSupport
import Testing

/// Marking several models: by identity, whatever is sorted, filtered or refreshed.
@Suite("Marks")
struct MarkFlowTests {
  private func robot() -> Robot { Robot(DashboardFixtures.state(DashboardFixtures.models)) }

  @Test func spaceMarksAndGoesOn() {
    var robot = robot()
    robot.press("g space space")
    robot.expect("2 marked")
    robot.expect(" *bge-reranker")
    robot.press("u")
    robot.expectNot("marked")
    robot.expectNot("*bge-reranker")
  }

  @Test func marksSurviveSortingFilteringAndRefreshing() {
    var robot = robot()
    robot.press("/")
    robot.type("llama-70b")
    robot.press("enter space esc")
    robot.expect("1 marked")
    robot.press("/")
    robot.type("mistral")
    robot.press("enter")
    robot.expect("1 marked (1 hidden by the filter)")
    robot.press("esc > I")
    robot.send(
      .update(
        ClusterUpdate(
          changed: DashboardFixtures.models, isComplete: true, connection: .live,
          asOf: DashboardFixtures.now)))
    robot.press("ctrl+r")
    #expect(robot.state.marks.ids == [ModelID(namespace: "jan-models", name: "llama-70b")])
  }

  @Test func aNamesakeIsNotMarkedAndWhatIsGoneNeither() {
    var robot = robot()
    robot.press("*")
    let all = robot.state.marks.count
    var other = DashboardFixtures.model("llama-70b")
    other.uid = "another"
    robot.send(
      .update(
        ClusterUpdate(
          changed: [other], removed: [ModelID(namespace: "jan-models", name: "mistral-7b")],
          connection: .live, asOf: DashboardFixtures.now)))
    #expect(robot.state.marks.count == all - 2)
  }

  @Test func aRangeGoesFromTheLastMark() {
    var robot = robot()
    robot.press("g space j V")
    #expect(robot.state.marks.count == 3)
    robot.press("j V")
    #expect(robot.state.marks.count == 4)
    robot.press("* *")
    #expect(robot.state.marks.isEmpty)
  }

  @Test func escTakesTheFilterFirstAndThenTheMarks() {
    var robot = robot()
    robot.press("space m esc")
    robot.expect("1 marked")
    robot.expectNot("managed only")
    robot.press("esc")
    robot.expectNot("marked")
  }

  @Test func anotherClusterHasNoMarks() {
    var robot = robot()
    robot.press("space")
    robot.send(
      .switched(
        ClusterIdentity(context: "other", server: "https://1", user: nil, namespace: "jan-models")))
    #expect(robot.state.marks.isEmpty)
  }
}
