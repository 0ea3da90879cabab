import TerminalUI
import Testing

@Suite("Fitting text")
struct FittingTests {
  @Test(arguments: [
    ("hello", 5, "hello"), ("hello", 4, "hel…"), ("hello", 1, "…"), ("hello", 0, ""),
    ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 2, "…"), ("", 3, ""),
    ("e\u{301}te\u{301}s", 3, "e\u{301}t…"),
  ])
  func truncates(text: String, width: Int, cut: String) {
    #expect(text.truncated(to: width) == cut)
  }

  @Test(arguments: [
    ("llama-7d9f8b6c5-x2x4z", 11, "llama…x2x4z"), ("short", 11, "short"), ("abcdef", 3, "a…f"),
    ("abcdef", 2, "a…"), ("日本語日本語", 7, "日本…語"), ("abcdef", 0, ""),
  ])
  func truncatesInTheMiddle(text: String, width: Int, cut: String) {
    #expect(text.truncatedInTheMiddle(to: width) == cut)
  }

  @Test func truncatesInASCII() {
    #expect("hello".truncated(to: 4, ellipsis: Glyphs.ascii.ellipsis) == "hel~")
    #expect("hello".truncated(to: 4, ellipsis: "") == "hell")
  }

  @Test func pads() {
    #expect("日".padded(to: 4) == "日  ")
    #expect("日".padded(to: 5, .trailing) == "   日")
    #expect("日".padded(to: 5, .center) == " 日  ")
    #expect("hello".padded(to: 3) == "hello")
    #expect("hello".fitted(to: 3, .trailing) == "he…")
  }

  @Test(arguments: [
    ("the quick brown fox", 10, ["the quick", "brown fox"]),
    ("a-very-long-word here", 6, ["a-very", "-long-", "word", "here"]),
    ("one\n\ntwo", 10, ["one", "", "two"]),
    ("  indented text stays", 10, ["  indented", "  text", "  stays"]),
    ("日本語のモデル", 6, ["日本語", "のモデ", "ル"]),
    ("x 日本語", 5, ["x", "日本", "語"]),
    ("", 5, [""]), ("anything", 0, []), ("a", 1, ["a"]), ("日", 1, ["日"]),
    ("a\u{1B}[31mb", 10, ["a·[31mb"]),
  ])
  func wraps(text: String, width: Int, lines: [String]) {
    #expect(text.wrapped(to: width) == lines)
  }

  @Test("No line is wider than asked", arguments: 2...40)
  func wrapsToAnyWidth(width: Int) {
    let text = "Pod llama-3.1-8b: 0/4 nodes are available: 4 Insufficient nvidia.com/gpu 日本語 🚀x"
    let lines = text.wrapped(to: width)
    #expect(lines.allSatisfy { $0.displayWidth <= width })
    let letters = lines.joined().filter { $0 != " " }
    #expect(letters == text.filter { $0 != " " })
  }
}

@Suite("Styled text")
struct StyledTextTests {
  private let red = Style(.indexed(1))

  @Test func writesRunsInTheirStyles() {
    var frame = Frame(size: Size(rows: 1, columns: 8))
    let text = StyledText("日") + StyledText("ok", red)
    #expect(frame.write(text, at: Point(row: 0, column: 1), over: Style(.indexed(2))) == 4)
    #expect(frame.lines == [" 日ok"])
    #expect(frame[0, 1].style == Style(.indexed(2)))
    #expect(frame[0, 3].style == red)
  }

  @Test("A run that is cut ends the line")
  func cutsOnce() {
    var frame = Frame(size: Size(rows: 1, columns: 5))
    frame.write("日本語" + StyledText("x", red), at: Point(row: 0, column: 0))
    #expect(frame.lines == ["日本"])
  }

  @Test(arguments: [(7, "one two"), (6, "one t…"), (4, "one…"), (3, "on…"), (1, "…"), (0, "")])
  func truncates(width: Int, text: String) {
    let styled = StyledText("one ") + StyledText("two", red)
    #expect(styled.truncated(to: width).text == text)
  }
}
