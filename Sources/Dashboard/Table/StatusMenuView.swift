import ModelCore
import TerminalUI

/// The choice of a status for the filter, with the count of each.
enum StatusMenuView {
  static func draw(
    _ state: DashboardState, _ menu: StatusMenuState, into frame: inout Frame, theme: Theme
  ) {
    let choices = StatusMenuState.choices
    let rect = Rect(dialogs: state.size).centered(rows: choices.count + 2, columns: 34)
    let inner = frame.dialog("status", rect: rect, theme: theme, glyphs: state.configuration.glyphs)
    // On a low screen the list scrolls with the choice.
    let first = max(0, min(menu.selected - inner.rows + 1, choices.count - inner.rows))
    for (row, index) in (first..<min(choices.count, first + inner.rows)).enumerated() {
      let status = choices[index]
      let isSelected = index == menu.selected
      let count = status.map { state.table.counts[$0, default: 0] } ?? state.table.countInScope
      let line = Rect(row: inner.row + row, column: inner.column, rows: 1, columns: inner.columns)
      let style = theme[isSelected ? .tableSelected : .popUp]
      frame.fill(line, style: style)
      let name = status.map { "\($0.glyph) \($0.rawValue)" } ?? "  all"
      frame.write(isSelected ? ">" : " ", at: line.origin, style: style)
      frame.write(
        name, at: Point(row: line.row, column: line.column + 2), style: style,
        maxWidth: max(0, line.columns - 2))
      let number = "\(count)"
      frame.write(
        number, at: Point(row: line.row, column: line.endColumn - number.count - 1), style: style)
    }
  }
}
