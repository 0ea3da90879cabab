import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// The work of a frame and of a change is bounded by the screen, not by the number of models.
///
/// Times are compared with those of a small table on the same machine, so that a slow one does not fail.
@Suite("Table speed", .serialized)
struct TableSpeedTests {
  private func robot(_ count: Int) -> Robot {
    Robot(
      DashboardFixtures.state(
        (0..<count).map { number in
          var model = DashboardFixtures.model("model-\(number * 7_919 % 100_003)")
          model.restarts = number % 50
          return model
        }))
  }

  /// The shortest of several runs: the others were disturbed.
  private func shortest(_ runs: Int = 15, _ body: () -> Void) -> Duration {
    let clock = ContinuousClock()
    return (0..<runs).map { _ in clock.measure(body) }.min() ?? .zero
  }

  @Test func aFrameCostsTheRowsOnScreen() {
    let (small, large) = (robot(40), robot(10_000))
    let few = shortest { _ = small.frame }
    let many = shortest { _ = large.frame }
    #expect(many < few * 3 + .milliseconds(1))
  }

  @Test(arguments: ["j", "G g", "pgdn"])
  func aKeyCostsTheRowsOnScreen(keys: String) {
    var (small, large) = (robot(40), robot(10_000))
    let few = shortest { small.press(keys) }
    let many = shortest { large.press(keys) }
    #expect(many < few * 3 + .milliseconds(1))
  }

  @Test func aChangeCostsASearchAndNotASort() {
    var (small, large) = (robot(40), robot(10_000))
    func change(_ robot: inout Robot) {
      var model = robot.state.table.selected ?? DashboardFixtures.model("model-0")
      model.restarts += 1
      robot.send(
        .update(ClusterUpdate(changed: [model], connection: .live, asOf: DashboardFixtures.now)))
    }
    let few = shortest { change(&small) }
    let many = shortest { change(&large) }
    #expect(many < few * 3 + .milliseconds(2))
  }
}
