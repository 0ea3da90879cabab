import Dashboard
import FoundationEssentials
import ModelCore
import TerminalUI
import TestSupport
import Testing

/// What somebody does at the table, and what the screen shows then.
@Suite("Table flows")
struct TableFlowTests {
  private func robot(columns: Int = 80, rows: Int = 24) -> Robot {
    Robot(DashboardFixtures.state(DashboardFixtures.models, columns: columns, rows: rows))
  }

  private func many(_ count: Int) -> Robot {
    Robot(
      DashboardFixtures.state(
        (0..<count).map { DashboardFixtures.model("model-\(String(10_000 + $0).dropFirst())") }))
  }

  // MARK: Moving

  @Test(arguments: [
    ("j", 1), ("j j k", 1), ("down down up", 1), ("G", 99), ("end", 99), ("G g", 0),
    ("end home", 0), ("G j", 99), ("k", 0), ("pgdn", 14), ("ctrl+f", 14), ("pgdn pgup", 0),
    ("ctrl+d", 7), ("ctrl+d ctrl+d ctrl+u", 7), ("G ctrl+b", 85),
  ])
  func keysMoveTheSelection(keys: String, index: Int) {
    var robot = many(100)
    let effects = robot.press(keys)
    #expect(robot.state.table.selectedIndex == index)
    #expect(effects.isEmpty)
    robot.expect("▌model-00\(index < 10 ? "0" : "")\(index)")
  }

  @Test func whatIsBoundToNothingDoesNothing() {
    var robot = robot()
    let before = robot.screen
    #expect(robot.press("X ctrl+k Z 7 alt+x f9 delete backspace").isEmpty)
    robot.paste("j\nq\nD")
    #expect(robot.screen == before)
  }

  @Test func theMouseSelectsAndScrolls() {
    var robot = many(100)
    robot.click(row: 5, column: 10)
    #expect(robot.state.table.selectedIndex == 2)
    robot.send(.input(.mouse(MouseEvent(.scrollDown, at: Point(row: 5, column: 5)))))
    #expect(robot.state.table.selectedIndex == 5)
    robot.click(row: 2, column: 2)
    robot.expect("NAME▼")
  }

  // MARK: Reading

  @Test func theReasonIsReadableWithoutOpeningAnything() {
    var robot = robot()
    robot.press("j j j")
    robot.expect("no node has 9 free nvidia.com/gpu: the largest, gpu-node-1, has 8 in all;")
    robot.expect("8 or fewer")
  }

  @Test(arguments: [80, 120, 200])
  func namesAreWholeAtEveryWidth(columns: Int) {
    let name = "a-model-with-a-name-that-is-as-long-as-a-name-of-a-service-can"
    let robot = Robot(
      DashboardFixtures.state(
        DashboardFixtures.models + [DashboardFixtures.model(name)], columns: columns))
    robot.expect(name)
    robot.expect("STATUS")
  }

  @Test func aWideScreenShowsEveryColumn() {
    let robot = robot(columns: 300, rows: 40)
    for column in Column.all { robot.expect(column.title) }
    robot.expect("http://llama-70b.jan-models.svc.cluster.local:8000")
    robot.expect("vllm/vllm-openai:v0.6.3")
    robot.expect("llama,chat,prod")
  }

  @Test(arguments: [(80, 24), (50, 10), (36, 8), (200, 60)])
  func theImportantColumnsAreThereAtEverySize(columns: Int, rows: Int) {
    let robot = robot(columns: columns, rows: rows)
    robot.expect("NAME")
    robot.expect("STATUS")
  }

  @Test(arguments: [(20, 5), (1, 1), (0, 0), (35, 24), (80, 7), (3, 100)])
  func tinyTerminalsSayWhyAndStillQuit(columns: Int, rows: Int) {
    var robot = robot()
    robot.resize(columns, rows)
    #expect(robot.frame.size == Size(rows: rows, columns: columns))
    #expect(robot.press("j enter d / s ?").isEmpty)
    robot.resize(80, 24)
    #expect(robot.state.table.selectedIndex == 0)
    robot.resize(columns, rows)
    #expect(robot.press("q") == [.quit])
  }

  @Test func tinyTerminalsTellTheSizeTheyNeed() {
    var robot = robot()
    robot.resize(20, 5)
    robot.expect("terminal too small")
    robot.expect("36x8")
  }

  @Test(arguments: [
    "\u{1B}[31mred\u{1B}[0m", "a\u{202E}evil", "模型模型模型", "tab\there", "line\nbreak",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "e\u{301}\u{301}\u{301}\u{301}",
    "\u{5D0}\u{5D1}\u{5D2}", "\u{7}\u{8}\u{7F}\u{9B}2J",
  ])
  func hostileTextStaysInItsPlace(text: String) {
    var model = DashboardFixtures.model("plain", status: .failed, reason: text)
    model.nodes = [text]
    model.tags = [text]
    model.image = text
    model.drift = [text]
    var robot = Robot(DashboardFixtures.state([model], columns: 200))
    robot.press("d")
    for frame in [robot.frame, Robot(DashboardFixtures.state([model])).frame] {
      for line in frame.lines {
        #expect(line.displayWidth <= frame.size.columns)
        for scalar in line.unicodeScalars {
          #expect(scalar.value >= 32 && !(127..<160).contains(scalar.value))
          #expect(!(0x202A...0x202E).contains(scalar.value))
        }
      }
    }
  }

  // MARK: Sorting and filtering

  @Test func sortingGoesFromColumnToColumnAndInverts() {
    var robot = robot()
    robot.press(">")
    robot.expect("STATUS▲")
    #expect(robot.state.table.selected?.name == "bge-reranker")
    robot.press("g")
    #expect(robot.state.table.selected?.name == "gemma-2-27b")
    robot.press("> >")
    // The greatest first, where that is what one looks for.
    robot.expect("GPU▼")
    robot.press("g")
    #expect(robot.state.table.selected?.name == "llama-70b")
    robot.press("I")
    robot.expect("GPU▲")
    robot.press("< < <")
    robot.expect("NAME▲")
    robot.press("<")
    robot.expect("AGE▲")
    robot.press("g")
    #expect(robot.state.table.selected?.name == "codellama-34b")
  }

  @Test func theFilterNarrowsWhileItIsTyped() {
    var robot = robot()
    robot.press("/")
    robot.type("lla")
    robot.expect("3 of 12 models")
    robot.type("ma-7")
    robot.expect("1 of 12 models")
    robot.press("backspace backspace")
    robot.expect("3 of 12 models")
    robot.press("enter")
    robot.expect("filter  /llama")
    #expect(robot.press("q") == [.quit])
    robot.press("esc")
    robot.expect("12 models")
    robot.expectNot("filter  /")
  }

  @Test func lettersInTheFilterAreTextAndNotCommands() {
    var robot = robot()
    robot.press("/")
    #expect(robot.type("qDcsmI?").isEmpty)
    robot.expect("/qDcsmI?")
    robot.press("esc")
    robot.expect("12 models")
  }

  @Test func anExclamationMarkTurnsTheFilterRound() {
    var robot = robot()
    robot.press("/")
    robot.type("!running")
    robot.expect("5 of 12 models")
    robot.expectNot("llama-70b")
  }

  @Test func aPasteIntoTheFilterIsOneLine() {
    var robot = robot()
    robot.press("/")
    robot.paste("lla\nma\u{1B}[2J" + String(repeating: "x", count: 1_000_000))
    #expect(robot.state.table.filter.text.count <= 200)
    #expect(!robot.state.table.filter.text.contains("\n"))
  }

  @Test func theStatusMenuFilters() {
    var robot = robot()
    robot.press("s")
    robot.expect("pending")
    robot.press("j enter")
    robot.expect("status: pending")
    robot.expect("1 of 12 models")
    robot.press("s g enter")
    robot.expect("12 models")
    robot.press("s q")
    robot.expectNot("status: ")
  }

  @Test func managedAndUnmanagedModelsCanBeTold() {
    var robot = robot()
    robot.press("m")
    robot.expect("11 of 12 models")
    robot.expect("managed only")
    robot.press("m")
    robot.expect("1 of 12 models")
    robot.expect("blue-llama")
    robot.press("m")
    robot.expect("12 models")
    robot.press("o")
    robot.expect("13 models")
    robot.expect("secret-of-two")
  }

  // MARK: Leaving

  @Test(arguments: ["q", "ctrl+c"])
  func theseQuit(keys: String) {
    var robot = robot()
    #expect(robot.press(keys) == [.quit])
  }

  @Test func theProcessIsAskedToEnd() {
    var robot = robot()
    #expect(robot.send(.terminated) == [.quit])
  }

  @Test func controlKeysDoWhatTerminalsDo() {
    var robot = robot()
    #expect(robot.press("ctrl+z ctrl+l ctrl+r") == [.suspend, .redraw, .relist])
  }
}
