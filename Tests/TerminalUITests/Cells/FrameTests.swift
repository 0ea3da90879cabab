import TerminalUI
import Testing

@Suite("Frame")
struct FrameTests {
  private func frame(_ rows: Int = 3, _ columns: Int = 10) -> Frame {
    Frame(size: Size(rows: rows, columns: columns))
  }

  @Test func writesAndCutsAtTheEdge() {
    var frame = frame()
    #expect(frame.write("hello world", at: Point(row: 0, column: 2)) == 8)
    #expect(frame.write("abc", at: Point(row: 1, column: 0), maxWidth: 2) == 2)
    #expect(frame.write("abc", at: Point(row: 3, column: 0)) == 0)
    #expect(frame.write("abc", at: Point(row: -1, column: 0)) == 0)
    #expect(frame.write("abc", at: Point(row: 0, column: 10)) == 0)
    #expect(frame.lines == ["  hello wo", "ab", ""])
  }

  @Test("A wide character that does not fit is left out, not halved")
  func wideAtTheEdge() {
    var frame = frame(2, 5)
    #expect(frame.write("日本語", at: Point(row: 0, column: 0)) == 4)
    #expect(frame.write("日本", at: Point(row: 1, column: 0), maxWidth: 3) == 2)
    #expect(frame.lines == ["日本", "日"])
  }

  @Test("What is cut at the left leaves the rest in place")
  func leftEdge() {
    var frame = frame(2, 5)
    frame.write("abcdef", at: Point(row: 0, column: -2))
    frame.write("日本", at: Point(row: 1, column: -1))
    #expect(frame.lines == ["cdef", " 本"])
  }

  @Test(
    "Overwriting half of a wide character blanks the other half",
    arguments: [
      (0, "x 本"), (1, " x本"), (2, "日x"), (3, "日 x"),
    ])
  func halves(column: Int, line: String) {
    var frame = frame(1, 4)
    frame.write("日本", at: Point(row: 0, column: 0))
    frame.write("x", at: Point(row: 0, column: column))
    #expect(frame.lines == [line])
    for column in 0..<4 where frame[0, column].isContinuation {
      #expect(!frame[0, column - 1].isContinuation)
      #expect(frame[0, column - 1].character.displayWidth == 2)
    }
  }

  @Test func wideOverWide() {
    var frame = frame(1, 6)
    frame.write("日本語", at: Point(row: 0, column: 0))
    frame.write("한", at: Point(row: 0, column: 1))
    #expect(frame.lines == [" 한 語"])
  }

  @Test func fillsAndClips() {
    var frame = frame()
    frame.write("日日日日日", at: Point(row: 1, column: 0))
    frame.fill(Rect(row: 1, column: 1, rows: 9, columns: 4), character: ".")
    frame.fill(Rect(row: -2, column: -2, rows: 3, columns: 4), character: "#")
    #expect(frame.lines == ["##", " .... 日日", " ...."])
  }

  @Test("Combining marks stay with their letter")
  func combining() {
    var frame = frame(1, 6)
    frame.write("e\u{301}te\u{301}", at: Point(row: 0, column: 0))
    #expect(frame.lines == ["e\u{301}te\u{301}"])
    #expect(frame[0, 2].character == "e\u{301}")
  }

  @Test(
    "Nothing traps on frames without cells",
    arguments: [
      Size(rows: 0, columns: 0), Size(rows: 1, columns: 1), Size(rows: -3, columns: 5),
      Size(rows: 1, columns: 0), Size(rows: 2, columns: 3),
    ])
  func tiny(size: Size) {
    var frame = Frame(size: size)
    frame.write("日本", at: Point(row: 0, column: 0))
    frame.write("日本", at: Point(row: 0, column: -1))
    frame.fill(Rect(row: 0, column: 0, rows: 9, columns: 9))
    let all = Rect(row: 0, column: 0, rows: 9, columns: 9)
    for rect in [all, frame.bounds] { drawEveryWidget(into: &frame, rect: rect) }
    #expect(frame.lines.count == max(0, size.rows))
  }

  private func drawEveryWidget(into frame: inout Frame, rect: Rect) {
    Box(title: "title", footer: "1 of 2").draw(into: &frame, rect: rect)
    TextLine("left", trailing: "right").draw(into: &frame, rect: rect)
    Paragraph("some words to wrap").draw(into: &frame, rect: rect)
    ScrollBar(offset: 3, count: 100).draw(into: &frame, rect: rect)
    ButtonRow([.init("Cancel"), .init("Delete")], focused: 1).draw(into: &frame, rect: rect)
    TextInput(TextInputState("some text"), isFocused: true).draw(into: &frame, rect: rect)
    TextArea(TextAreaState(["日本", "b", "c"]), isFocused: true).draw(into: &frame, rect: rect)
  }
}

@Suite("Style and cells")
struct StyleTests {
  @Test("A style keeps what it is given")
  func packs() {
    let colors: [Color] = [.default, .indexed(0), .indexed(1), .indexed(127), .indexed(255)]
    for foreground in colors {
      for background in colors {
        for raw in UInt8(0)..<32 {
          let style = Style(foreground, on: background, Attributes(rawValue: raw))
          #expect(style.foreground == foreground)
          #expect(style.background == background)
          #expect(style.attributes.rawValue == raw)
        }
      }
    }
    var style = Style(.indexed(255), on: .indexed(255), .bold)
    style.foreground = .default
    style.attributes = [.italic, .dim]
    #expect(style == Style(.default, on: .indexed(255), [.italic, .dim]))
  }

  @Test func laysOneStyleOverAnother() {
    let base = Style(.indexed(1), on: .indexed(2), .bold)
    #expect(Style(.indexed(3)).over(base) == Style(.indexed(3), on: .indexed(2), .bold))
    #expect(Style.plain.over(base) == base)
  }

  @Test func aCellIsSmall() {
    #expect(MemoryLayout<Cell>.stride == 16)
    #expect(_isPOD(Cell.self))
  }
}
