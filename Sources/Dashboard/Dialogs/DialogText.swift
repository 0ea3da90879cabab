import TerminalUI

/// The text of a dialog, which may be higher than the place that a low screen has for it: then it is scrolled, and says so.
struct DialogText {
  private let lines: [StyledLine]
  /// Not all of it fits; the last row is for what says so.
  private let isCut: Bool
  /// How many lines are on screen at once.
  private let page: Int
  private let offset: Int

  init(_ lines: [StyledLine], rows: Int, offset: Int) {
    self.lines = lines
    isCut = lines.count > rows && rows > 1
    page = isCut ? rows - 1 : rows
    self.offset = Scrolling.clamped(offset, count: lines.count, height: page)
  }

  /// The first line on screen after a movement.
  func offset(after movement: Movement) -> Int {
    movement.applied(to: offset, count: max(1, lines.count - page + 1), page: page)
  }

  func draw(into frame: inout Frame, rect: Rect, theme: Theme) {
    var shown = Array(lines.dropFirst(offset).prefix(page))
    if isCut {
      let last = min(lines.count, offset + page)
      let keys = last < lines.count ? "PgDn shows the rest" : "PgUp goes back"
      shown.append(StyledLine("lines \(offset + 1)-\(last) of \(lines.count): \(keys)", .warning))
    }
    for (row, line) in shown.enumerated() {
      frame.write(
        line, at: Point(row: rect.row + row, column: rect.column), maxWidth: rect.columns,
        theme: theme)
    }
  }
}
