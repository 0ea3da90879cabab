import TerminalUI
import Testing

@Suite("Widgets")
struct WidgetTests {
  private func lines(_ rows: Int, _ columns: Int, _ draw: (inout Frame) -> Void) -> [String] {
    var frame = Frame(size: Size(rows: rows, columns: columns))
    draw(&frame)
    return frame.lines
  }

  @Test func boxes() {
    let drawn = lines(3, 20) { Box(title: "モデル", footer: "1/9").draw(into: &$0, rect: $0.bounds) }
    #expect(drawn == ["┌─ モデル ─────────┐", "│                  │", "└──────────── 1/9 ─┘"])
    let ascii = lines(2, 12) {
      Box(title: "a long title", glyphs: .ascii).draw(into: &$0, rect: $0.bounds)
    }
    #expect(ascii == ["+- a lon~ -+", "+----------+"])
    #expect(Box.inner(Rect(row: 0, column: 0, rows: 1, columns: 1)).isEmpty)
  }

  @Test(arguments: [
    (20, "left           right"), (10, "left right"), (9, "left"), (8, "left"),
    (3, "le…"),
  ])
  func textLines(width: Int, line: String) {
    let drawn = lines(1, width) {
      TextLine("left", trailing: "right").draw(into: &$0, rect: $0.bounds)
    }
    #expect(drawn == [line])
  }

  @Test func cutsTheLeftBeforeTheRightGoes() {
    let drawn = lines(1, 16) {
      TextLine("a long text at the left", trailing: "right").draw(into: &$0, rect: $0.bounds)
    }
    #expect(drawn == ["a long te… right"])
  }

  @Test func alignsTextLines() {
    let middle = lines(1, 10) {
      TextLine("日本", alignment: .center).draw(into: &$0, rect: $0.bounds)
    }
    #expect(middle == ["   日本"])
    let end = lines(1, 10) {
      TextLine("日本", alignment: .trailing).draw(into: &$0, rect: $0.bounds)
    }
    #expect(end == ["      日本"])
  }

  @Test func buttons() {
    var frame = Frame(size: Size(rows: 1, columns: 40))
    let row = ButtonRow([.init("Cancel"), .init("Delete", isDanger: true)], focused: 0)
    row.draw(into: &frame, rect: frame.bounds)
    #expect(frame.lines == ["         [>Cancel<]  [ Delete ]"])
    #expect(frame.anchor == Point(row: 0, column: 11))
    #expect(frame.cursor == nil)
    #expect(frame[0, 9].style == Theme.default[.buttonFocused])
    #expect(frame[0, 22].style == Theme.default[.buttonDanger])
    #expect(row.places(in: frame.bounds)[1].contains(Point(row: 0, column: 22)))
  }

  @Test func paragraphs() {
    let paragraph = Paragraph("one two three four", offset: 1)
    #expect(lines(2, 5) { paragraph.draw(into: &$0, rect: $0.bounds) } == ["two", "three"])
    #expect(paragraph.height(width: 5) == 4)
    #expect(paragraph.height(width: 80) == 1)
  }

  @Test(arguments: [
    (0, 8, "██││"), (1, 8, "│██│"), (2, 8, "│██│"), (3, 8, "│██│"), (4, 8, "││██"),
    (0, 4, ""), (50, 1000, "│█││"), (995, 1000, "││█│"), (996, 1000, "│││█"),
  ])
  func scrollBars(offset: Int, count: Int, bar: String) {
    let drawn = lines(4, 1) {
      ScrollBar(offset: offset, count: count).draw(into: &$0, rect: $0.bounds)
    }
    // The thumb is at an end only when the list is.
    #expect(drawn.joined() == bar)
  }

  @Test(arguments: [
    (0, 0, 100, 10, 0, 0), (0, 9, 100, 10, 0, 0), (0, 10, 100, 10, 0, 1), (5, 3, 100, 10, 0, 3),
    (95, 99, 100, 10, 0, 90), (0, 5, 3, 10, 0, 0), (0, 9, 100, 10, 2, 2), (10, 11, 100, 10, 2, 9),
    (0, 0, 100, 10, 2, 0), (90, 99, 100, 10, 2, 90), (5, 5, 100, 0, 0, 0), (0, 3, 10, 1, 5, 3),
  ])
  func offsets(current: Int, selected: Int, count: Int, height: Int, margin: Int, offset: Int) {
    let result = Scrolling.offset(
      current: current, selected: selected, count: count, height: height, margin: margin)
    #expect(result == offset)
  }
}

@Suite("Layout")
struct LayoutTests {
  @Test func splits() {
    let rect = Rect(row: 2, column: 3, rows: 10, columns: 20)
    let rows = rect.split(.vertical, [.fixed(1), .fill(), .fixed(2)])
    #expect(rows.map(\.row) == [2, 3, 10])
    #expect(rows.map(\.rows) == [1, 7, 2])
    let columns = rect.split(.horizontal, [.fill(2), .fill(1)])
    #expect(columns.map(\.columns) == [13, 7])
  }

  @Test("Later parts lose where there is no room, and none is negative")
  func splitsTooLittle() {
    let rect = Rect(row: 0, column: 0, rows: 3, columns: 3)
    let parts = rect.split(.vertical, [.fixed(2), .fill(), .fixed(5)])
    #expect(parts.map(\.rows) == [2, 0, 1])
    let none = Rect(row: 0, column: 0, rows: 0, columns: 0).split(.vertical, [.fixed(1), .fill()])
    #expect(none.map(\.rows) == [0, 0])
  }

  @Test func centersAndIntersects() {
    let rect = Rect(row: 0, column: 0, rows: 10, columns: 20)
    #expect(rect.centered(rows: 4, columns: 10) == Rect(row: 3, column: 5, rows: 4, columns: 10))
    #expect(rect.centered(rows: 40, columns: 100) == rect)
    let other = Rect(row: 8, column: 15, rows: 10, columns: 10)
    #expect(rect.intersection(other) == Rect(row: 8, column: 15, rows: 2, columns: 5))
    #expect(rect.intersection(Rect(row: 20, column: 0, rows: 2, columns: 2)).isEmpty)
  }
}
