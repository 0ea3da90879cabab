import TerminalUI
import TestSupport
import Testing

@Suite("Editor")
struct EditorTests {
  /// Keys as configuration writes them, then the text with the cursor as `|`.
  private func after(_ keys: String, _ text: String = "") -> String {
    var state = EditorState(text)
    press(keys, &state)
    return shown(state)
  }

  private func press(_ keys: String, _ state: inout EditorState) {
    for key in keys.split(separator: " ") {
      guard let chord = KeyChord(String(key)) else {
        Issue.record("no key is written \(key)")
        return
      }
      _ = state.handle(.key(chord))
    }
  }

  private func shown(_ state: EditorState) -> String {
    var lines = (0..<state.lineCount).map { state.line($0) }
    var scalars = Array(lines[state.cursor.row].unicodeScalars)
    scalars.insert("|", at: state.cursor.column)
    lines[state.cursor.row] = String(String.UnicodeScalarView(scalars))
    return lines.joined(separator: "\n")
  }

  @Test(arguments: [
    ("a b enter c", "", "ab\nc|"),
    // What opens a block is followed by a deeper line, what does not by one as deep.
    ("s p e c : enter a", "", "spec:\n  a|"),
    ("end enter x", "  replicas: 1", "  replicas: 1\n  x|"),
    ("end enter x", "- name: a", "- name: a\n  x|"),
    ("end enter x", "- --model", "- --model\nx|"),
    ("end enter x", "  - ports:", "  - ports:\n      x|"),
    ("end enter x", "data: |", "data: |\n  x|"),
    ("tab a tab b", "", "  a b|"),
    ("end shift+tab", "    a", "  a|"),
    ("end backspace x", "    ", "  x|"),
    ("end home home", "  a", "|  a"),
    ("end home", "  a", "  |a"),
    ("ctrl+end", "a\nb", "a\nb|"),
    ("down end backspace backspace", "a\nb", "a|"),
    ("end delete", "a\nb", "a|b"),
    ("end ctrl+k", "a\nb", "a|b"),
    ("ctrl+k", "abc\nd", "|\nd"),
    ("right right ctrl+u", "abc", "|c"),
    ("end ctrl+w", "one two", "one |"),
    ("right right right down down", "abc\n\nabcd", "abc\n\nabc|d"),
    // A letter and its marks go together.
    ("right right", "e\u{301}x", "e\u{301}x|"),
    ("end left", "xe\u{301}", "x|e\u{301}"),
    ("end backspace", "xe\u{301}", "x|"),
    ("end backspace", "x界", "x|"),
  ])
  func keysEdit(keys: String, text: String, expected: String) {
    #expect(after(keys, text) == expected)
  }

  // MARK: History

  @Test func wordsAreOneStepOfUndoing() {
    var state = EditorState()
    press("a b space c d", &state)
    state.undo()
    #expect(shown(state) == "ab |")
    state.undo()
    #expect(shown(state) == "|")
    let hasMore = state.undo()
    #expect(!hasMore)
    state.redo()
    state.redo()
    #expect(shown(state) == "ab cd|")
    let hasAgain = state.redo()
    #expect(!hasAgain)
  }

  @Test func deletingIsOneStep() {
    var state = EditorState("abcd")
    press("end backspace backspace backspace", &state)
    state.undo()
    #expect(shown(state) == "abcd|")
  }

  @Test func aMoveEndsAStep() {
    var state = EditorState()
    press("a b home x y", &state)
    state.undo()
    #expect(shown(state) == "|ab")
  }

  @Test func aPasteIsOneStep() {
    var state = EditorState("a\nb")
    press("down", &state)
    _ = state.handle(.paste("x\r\ny\rz"))
    #expect(shown(state) == "a\nx\ny\nz|b")
    state.undo()
    #expect(shown(state) == "a\n|b")
    press("q", &state)
    let hasMore = state.redo()
    #expect(!hasMore)
  }

  @Test(arguments: [
    ("a\nb\nc", "a\nx\nc"), ("a\nb\nc", "b\nc"), ("a\nb\nc", "a\nb"), ("a", ""), ("", "a\nb"),
    ("a\nb", "x\na\nb"), ("a\nb", "a\nb\nx"), ("a\na\na", "a\na"), ("a\nb\n", "a\nb"), ("x", "x"),
    ("a\nb\nc\nd", "a\nd"), ("a\nd", "a\nb\nc\nd"),
  ])
  func anotherTextIsOneStep(old: String, new: String) {
    var state = EditorState(old)
    press("down", &state)
    state.replaceAll(new)
    #expect(state.string == new)
    if old != new { state.undo() }
    #expect(state.string == old)
    state.redo()
    #expect(state.string == new)
  }

  /// Whatever is done can be taken back to the start, and done again to the end.
  @Test func anythingCanBeTakenBack() {
    var generator = SystemRandomNumberGenerator()
    let keys = [
      "a", "space", "enter", "backspace", "delete", "tab", "shift+tab", "left", "right", "up",
      "down", "home", "end", "ctrl+k", "ctrl+u", "ctrl+w", "alt+d", ":", "-", "界",
    ]
    for _ in 0..<30 {
      var state = EditorState("spec:\n  a: 1\n- b\n")
      var done: [String] = []
      for _ in 0..<120 {
        let key = keys.randomElement(using: &generator) ?? "a"
        done.append(key)
        press(key, &state)
        if key == "a", Bool.random(using: &generator) { _ = state.handle(.paste("p\nq")) }
      }
      let end = state.string
      while state.undo() {}
      #expect(state.string == "spec:\n  a: 1\n- b\n", "\(done)")
      while state.redo() {}
      #expect(state.string == end, "\(done)")
    }
  }

  // MARK: Limits

  @Test func whatIsTooMuchIsLeftOutAndSaid() {
    var state = EditorState("ab", maxLength: 5)
    press("end", &state)
    _ = state.handle(.paste("1234567"))
    #expect(state.string == "ab123")
    #expect(state.leftOut == 4)
    press("x enter tab", &state)
    #expect(state.string == "ab123")
  }

  @Test func aBreakOfTwoCharactersCountsAsOne() {
    var state = EditorState("", maxLength: 5)
    _ = state.handle(.paste("a\r\nb\r\nc"))
    #expect(state.string == "a\nb\nc")
    #expect(state.leftOut == 0)
    _ = state.undo()
    _ = state.handle(.paste("a\r\nb\r\nc\r\n"))
    #expect(state.string == "a\nb\nc")
    #expect(state.leftOut == 1)
  }

  @Test func aMegabyteIsPastedAndShownAtOnce() {
    var state = EditorState()
    let paste = String(repeating: "key: some words of a value in a line of text\n", count: 23_000)
    let time = processorTime {
      _ = state.handle(.paste(paste))
      for _ in 0..<100 {
        press("x", &state)
        state.settle(rows: 40, columns: 100)
        var frame = Frame(size: Size(rows: 40, columns: 110))
        Editor(state, isFocused: true).draw(into: &frame, rect: frame.bounds)
      }
    }
    #expect(state.lineCount == 23_001)
    // Tests are not optimized; what matters is that it does not grow with the text.
    #expect(time < .seconds(15), "\(time)")
  }

  @Test func aLineOfAMegabyteIsShownAtOnce() {
    var state = EditorState(String(repeating: "x", count: 1 << 20))
    let time = processorTime {
      press("end", &state)
      for _ in 0..<20 {
        press("left", &state)
        state.settle(rows: 10, columns: 80)
        var frame = Frame(size: Size(rows: 10, columns: 90))
        Editor(state, isFocused: true).draw(into: &frame, rect: frame.bounds)
      }
    }
    #expect(time < .seconds(15), "\(time)")
  }

  // MARK: Drawing

  private func frame(
    _ state: inout EditorState, rows: Int = 4, columns: Int = 20,
    marks: [Int: Editor.Mark] = [:]
  ) -> Frame {
    var frame = Frame(size: Size(rows: rows, columns: columns))
    let size = Editor.textSize(state, in: frame.bounds)
    state.settle(rows: size.rows, columns: size.columns)
    Editor(state, isFocused: true, marks: marks).draw(into: &frame, rect: frame.bounds)
    return frame
  }

  @Test func linesAreNumberedAndMarked() {
    var state = EditorState("apiVersion: v1\nkind: x")
    let mark = Editor.Mark("!", Style(.indexed(1)), columns: [6])
    let frame = frame(&state, marks: [1: mark])
    #expect(frame.lines == ["  1  apiVersion: v1", "  2! kind: x", "", ""])
    #expect(frame[1, 11].style.attributes.contains(.underline))
    #expect(frame.cursor == Point(row: 0, column: 5))
  }

  @Test func theCursorStaysOnTheScreen() {
    var state = EditorState((1...50).map { "line \($0)" }.joined(separator: "\n"))
    press("ctrl+end", &state)
    var shown = frame(&state)
    #expect(shown.lines[3].hasPrefix(" 50  line 50"))
    #expect(shown.cursor == Point(row: 3, column: 12))
    press("ctrl+home", &state)
    shown = frame(&state)
    #expect(shown.lines[0].hasPrefix("  1  line 1"))
  }

  @Test func longLinesScrollSideways() {
    var state = EditorState("0123456789abcdefghijklmnopqrstuvwxyz")
    press("end", &state)
    let shown = frame(&state, rows: 1)
    #expect(shown.lines[0].contains("z"))
    #expect(shown.lines[0].hasPrefix("  1  …"))
    #expect((shown.cursor?.column ?? 0) < 20)
    press("home", &state)
    #expect(frame(&state, rows: 1).lines == ["  1  0123456789abc…"])
  }

  /// Wide characters are never cut in two, and nothing in a text reaches the terminal as a command.
  @Test func hostileCharactersAreShownHarmlessly() {
    var state = EditorState("界界界界界界界界\n\u{1B}[2J\u{202E}x\u{200B}\ty")
    let shown = frame(&state)
    #expect(shown.lines[0] == "  1  界界界界界界 …")
    #expect(shown.lines[1] == "  2  ·[2J·x··y")
    press("down end", &state)
    #expect(frame(&state).cursor?.row == 1)
  }

  @Test func aClickFindsItsPlace() {
    var state = EditorState("abc\n界界x\n\nlast")
    _ = frame(&state)
    let rect = Rect(row: 0, column: 0, rows: 4, columns: 20)
    func place(_ row: Int, _ column: Int) -> EditorPlace? {
      Editor.place(state, at: Point(row: row, column: column), in: rect)
    }
    #expect(place(0, 6) == EditorPlace(row: 0, column: 1))
    #expect(place(0, 19) == EditorPlace(row: 0, column: 3))
    #expect(place(1, 9) == EditorPlace(row: 1, column: 2))
    #expect(place(2, 10) == EditorPlace(row: 2, column: 0))
    #expect(place(3, 0) == EditorPlace(row: 3, column: 0))
  }

  @Test func aWordIsFoundInBothDirectionsAndRound() {
    let state = EditorState("name: Llama\n模型: llama\n\nllamallama")
    func place(_ word: String, _ row: Int, _ column: Int, _ isBackwards: Bool = false) -> [Int]? {
      let start = EditorPlace(row: row, column: column)
      return state.place(of: word, from: start, isBackwards: isBackwards).map {
        [$0.row, $0.column]
      }
    }
    #expect(place("llama", 0, 0) == [0, 6])
    #expect(place("LLAMA", 0, 7) == [1, 4])
    #expect(place("llama", 1, 5) == [3, 0])
    #expect(place("llama", 3, 1) == [3, 5])
    #expect(place("llama", 3, 6) == [0, 6])
    #expect(place("llama", 0, 6, true) == [3, 5])
    #expect(place("llama", 3, 5, true) == [3, 0])
    #expect(place("llama", 3, 0, true) == [1, 4])
    #expect(place("模", 3, 0) == [1, 0])
    #expect(place("name", 0, 1) == [0, 0])
    #expect(place("none", 0, 0) == nil)
    #expect(place("", 0, 0) == nil)
    #expect(place("llamallamallama", 2, 0) == nil)
    #expect(EditorState("").place(of: "a", from: EditorPlace(row: 0, column: 0)) == nil)
    #expect(EditorState("a").place(of: "a", from: EditorPlace(row: 9, column: 9)) != nil)
  }
}
