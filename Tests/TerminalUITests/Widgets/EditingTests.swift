import TerminalUI
import Testing

/// Applies keys as configuration writes them; `'text'` types, `<text>` pastes, and `⏎` in a paste
/// is a line break.
private func events(_ keys: String) -> [InputEvent] {
  keys.split(separator: " ").flatMap { word -> [InputEvent] in
    let inner = String(word.dropFirst().dropLast())
    if word.hasPrefix("'"), word.count > 1 {
      return inner.map { .key(.character($0)) }
    }
    if word.hasPrefix("<"), word.hasSuffix(">"), word.count > 1 {
      return [.paste(inner.replacing("⏎", with: "\n").replacing("␣", with: " "))]
    }
    guard let chord = KeyChord(String(word)) else {
      Issue.record("no key: \(word)")
      return []
    }
    return [.key(chord)]
  }
}

@Suite("Text input")
struct TextInputTests {
  @Test(arguments: [
    ("|", "'abc'", "abc|"), ("abc|", "left left 'x'", "ax|bc"), ("abc|", "backspace", "ab|"),
    ("|abc", "backspace", "|abc"), ("|abc", "delete", "|bc"), ("abc|", "delete", "abc|"),
    ("a|bc", "home 'x'", "x|abc"), ("a|bc", "end 'x'", "abcx|"), ("a|bc", "ctrl+a ctrl+e", "abc|"),
    ("one two|", "ctrl+w", "one |"), ("one two  |", "ctrl+w ctrl+w", "|"),
    ("one two-three|", "alt+backspace", "one two-|"), ("|one two", "alt+d", "| two"),
    ("|one two", "ctrl+right 'x'", "onex| two"), ("one two|", "alt+b 'x'", "one x|two"),
    ("one two|", "ctrl+left ctrl+left 'x'", "x|one two"), ("one| two", "ctrl+k", "one|"),
    ("one| two", "ctrl+u", "| two"), ("日本|語", "backspace 'x'", "日x|語"),
    ("|", "<https://host/⏎path⏎>", "https://host/path|"), ("a|b", "<x␣y>", "ax y|b"),
    ("👨‍👩‍👧|", "backspace", "|"), ("|", "space 'a'", " a|"), ("|", "left right backspace delete", "|"),
  ])
  func edits(before: String, keys: String, after: String) {
    let parts = before.split(separator: "|", omittingEmptySubsequences: false)
    var state = TextInputState(before.replacing("|", with: ""), cursor: parts[0].count)
    for event in events(keys) {
      let isTaken = state.handle(event)
      #expect(isTaken)
    }
    #expect(state.description == after)
  }

  @Test("A combining mark joins the character before the cursor")
  func combines() {
    var state = TextInputState("ex", cursor: 1)
    _ = state.handle(.key(.character("\u{301}")))
    #expect(state.description == "e\u{301}|x")
    _ = state.handle(.key(KeyChord(.backspace)))
    #expect(state.description == "|x")
    _ = state.handle(.key(.character("\u{301}")))
    _ = state.handle(.key(.character("a")))
    #expect(state.description == "\u{301}a|x")
  }

  @Test(
    "Keys that are not for the text are left to the form",
    arguments: [
      "enter", "tab", "shift+tab", "esc", "up", "down", "pgup", "f5", "ctrl+c", "ctrl+s", "alt+x",
      "shift+left",
    ])
  func leaves(key: String) {
    var state = TextInputState("abc")
    for event in events(key) {
      let isTaken = state.handle(event)
      #expect(!isTaken)
    }
    #expect(state.description == "abc|")
  }

  @Test func keepsControlCharactersOut() {
    var state = TextInputState()
    _ = state.handle(.paste("a\u{1B}[2J\tb\u{0}"))
    #expect(state.text == "a[2J b")
  }

  @Test func obeysItsLength() {
    var state = TextInputState("abcd", cursor: 2, maxLength: 6)
    _ = state.handle(.paste("12345"))
    #expect(state.description == "ab12|cd")
    _ = state.handle(.key(.character("x")))
    #expect(state.description == "ab12|cd")
    #expect(TextInputState("abcdef", maxLength: 3).text == "abc")
  }

  @Test(
    "The text scrolls with the cursor",
    arguments: [
      ("abc|", "abc     ", 3), ("abcdefg|", "abcdefg ", 7), ("abcdefgh|", "efgh    ", 4),
      ("abcdefghijkl|", "ijkl    ", 4), ("|abcdefghijkl", "abcdefgh", 0),
      ("abcdefg|hijkl", "abcdefgh", 7), ("abcdefgh|ijkl", "efghijkl", 4),
      ("日本語日本|", "語日本  ", 6), ("日本語|日本", "日本語日", 6), ("日本語x|日", "語x日   ", 3),
    ])
  func scrolls(text: String, shown: String, cursor: Int) {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false)
    let state = TextInputState(text.replacing("|", with: ""), cursor: parts[0].count)
    var frame = Frame(size: Size(rows: 1, columns: 8))
    TextInput(state, isFocused: true).draw(into: &frame, rect: frame.bounds)
    #expect(frame.lines == [String(shown.reversed().drop { $0 == " " }.reversed())])
    #expect(frame.cursor == Point(row: 0, column: cursor))
  }

  @Test func withoutFocusItShowsItsStart() {
    var frame = Frame(size: Size(rows: 1, columns: 6))
    TextInput(TextInputState("abcdefgh"), isFocused: false).draw(into: &frame, rect: frame.bounds)
    #expect(frame.lines == ["abcde…"])
    #expect(frame.cursor == nil)
  }

  @Test func placeholder() {
    var frame = Frame(size: Size(rows: 1, columns: 6))
    TextInput(TextInputState(), isFocused: true, placeholder: "default 8000")
      .draw(into: &frame, rect: frame.bounds)
    #expect(frame.lines == ["defau…"])
    #expect(frame.cursor == Point(row: 0, column: 0))
  }

  @Test("A secret is never shown, nor described")
  func secret() {
    var state = TextInputState("hf_secret", isMasked: true)
    _ = state.handle(.key(.character("日")))
    for glyphs in [Glyphs.unicode, .ascii] {
      var frame = Frame(size: Size(rows: 1, columns: 12))
      TextInput(state, isFocused: true, glyphs: glyphs).draw(into: &frame, rect: frame.bounds)
      #expect(frame.lines == [String(repeating: glyphs.mask, count: 10)])
      #expect(frame.cursor == Point(row: 0, column: 10))
    }
    #expect(!"\(state)".contains("hf_"))
    var dumped = ""
    dump([state], to: &dumped)
    #expect(!dumped.contains("hf_"))
    #expect(!String(reflecting: state).contains("hf_"))
    #expect(!"\(Optional(state) as Any)".contains("hf_"))
  }
}

@Suite("Text area")
struct TextAreaTests {
  /// The text with a bar at the cursor and `/` between lines.
  private func text(_ state: TextAreaState) -> String {
    state.lines.enumerated().map { row, line in
      row == state.row
        ? "\(line.prefix(state.column))|\(line.dropFirst(state.column))" : line
    }.joined(separator: "/")
  }

  @Test(arguments: [
    ("", "'ab' enter 'c'", "ab/c|"), ("ab/cd", "home backspace", "ab|cd"),
    ("ab/cd", "up delete", "ab|cd"), ("ab/cd", "up up", "ab|/cd"),
    ("abcd/e/fghi", "up up", "abcd|/e/fghi"), ("ab/cd", "left left left 'x'", "abx|/cd"),
    ("ab/cd", "up end right 'x'", "ab/x|cd"), ("abcd", "left left enter", "ab/|cd"),
    ("one two/x", "up end ctrl+w", "one |/x"), ("ab/cd", "ctrl+u", "ab/|"),
    ("ab/cd", "up home ctrl+k", "|/cd"), ("ab/cd", "ctrl+home 'x'", "x|ab/cd"),
    ("ab/cd/ef", "up ctrl+end", "ab/cd/ef|"), ("a/b", "<1⏎2⏎3>", "a/b1/2/3|"),
    ("ab", "left <1⏎2>", "a1/2|b"), ("a/b", "<x⏎>", "a/bx/|"),
    ("ab/cd/ef", "ctrl+home pgdn", "ab/cd/|ef"),
    ("日本/x", "up 'é'", "日é|本/x"), ("ab/cd", "home left", "ab|/cd"),
  ])
  func edits(before: String, keys: String, after: String) {
    var state = TextAreaState(before.split(separator: "/").map(String.init))
    for event in events(keys) { _ = state.handle(event) }
    #expect(text(state) == after)
    #expect(state.text == after.replacing("|", with: "").replacing("/", with: "\n"))
  }

  @Test("Up from the first line and down from the last leave the field")
  func leaves() {
    var state = TextAreaState(["a", "b"])
    let taken = ["down", "up", "up", "tab", "esc", "shift+tab", "f10", "ctrl+s"].map { key in
      events(key).allSatisfy { state.handle($0) }
    }
    #expect(taken == [false, true, false, false, false, false, false, false])
  }

  @Test func normalizesLineBreaksAndControlCharacters() {
    var state = TextAreaState()
    _ = state.handle(.paste("--model x\r\n--port\t8000\u{1B}\r--seed 1"))
    #expect(state.lines == ["--model x", "--port 8000", "--seed 1"])
    #expect(TextAreaState(text: "a\nb").lines == ["a", "b"])
    #expect(TextAreaState([]).lines == [""])
  }

  @Test func obeysItsLength() {
    var state = TextAreaState(["abc"], maxLength: 6)
    _ = state.handle(.paste("1\n234"))
    #expect(state.lines == ["abc1", "2"])
  }

  @Test func drawsAroundTheCursor() {
    let lines = (1...9).map { "line \($0)" }
    var state = TextAreaState(lines)
    var frame = Frame(size: Size(rows: 3, columns: 9))
    func draw() -> [String] {
      frame = Frame(size: frame.size)
      TextArea(state, isFocused: true).draw(into: &frame, rect: frame.bounds)
      return frame.lines
    }
    #expect(draw() == ["line 7  │", "line 8  │", "line 9  █"])
    #expect(frame.cursor == Point(row: 2, column: 6))
    for _ in 0..<4 { _ = state.handle(.key(KeyChord(.up))) }
    #expect(draw() == ["line 4  │", "line 5  █", "line 6  │"])
    #expect(frame.cursor == Point(row: 1, column: 6))
    for event in events("ctrl+home") { _ = state.handle(event) }
    #expect(draw() == ["line 1  █", "line 2  │", "line 3  │"])
  }

  @Test func aLongLineScrollsAlone() {
    var state = TextAreaState(["--served-model-name", "--port"])
    var frame = Frame(size: Size(rows: 2, columns: 8))
    TextArea(state, isFocused: true).draw(into: &frame, rect: frame.bounds)
    #expect(frame.lines == ["--serve…", "--port"])
    for event in events("up end") { _ = state.handle(event) }
    frame = Frame(size: frame.size)
    TextArea(state, isFocused: true).draw(into: &frame, rect: frame.bounds)
    #expect(frame.lines == ["el-name", "--port"])
  }
}
