import TerminalUI

/// The line after `:`, in the place of the message line, and above it how it can go on or what is wrong with it.
enum CommandLineView {
  private static let most = 8

  static func draw(
    _ line: CommandLine, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let parts = Rect(state.size).split(.vertical, [.fill(), .fixed(1), .fixed(1)])
    drawPrompt(line, state, into: &frame, rect: parts[1], theme: theme)
    if let problem = line.problem {
      drawProblem(problem, state, into: &frame, above: parts[1].row, theme: theme)
    } else {
      drawMatches(line, state, into: &frame, above: parts[1].row, theme: theme)
    }
  }

  private static func drawPrompt(
    _ line: CommandLine, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    frame.fill(rect, style: theme[.text])
    frame.write(":", at: rect.origin, style: theme[.key])
    let field = Rect(
      row: rect.row, column: rect.column + 1, rows: 1, columns: max(0, rect.columns - 1))
    TextInput(
      line.input, isFocused: true, placeholder: "a command; Tab completes it", style: theme[.text],
      placeholderStyle: theme[.formPlaceholder], glyphs: state.configuration.glyphs
    ).draw(into: &frame, rect: field)
  }

  private static func drawProblem(
    _ problem: String, _ state: DashboardState, into frame: inout Frame, above row: Int,
    theme: Theme
  ) {
    let lines = problem.wrapped(to: max(1, state.size.columns)).suffix(max(0, min(4, row)))
    for (index, text) in lines.enumerated() {
      let rect = Rect(
        row: row - lines.count + index, column: 0, rows: 1, columns: state.size.columns)
      frame.fill(rect, style: theme[.error])
      frame.write(text, at: rect.origin, style: theme[.error], maxWidth: rect.columns)
    }
  }

  private static func drawMatches(
    _ line: CommandLine, _ state: DashboardState, into frame: inout Frame, above row: Int,
    theme: Theme
  ) {
    let matches = line.matches(state)
    let height = min(most, matches.count, max(0, row - 4))
    guard height > 0 else { return }
    let widest = matches.map(\.title.displayWidth).max() ?? 0
    let titles = min(widest, max(10, state.size.columns / 2))
    let notes = matches.map(\.note.displayWidth).max() ?? 0
    let columns = min(state.size.columns, titles + (notes > 0 ? notes + 2 : 0) + 4)
    let rect = Rect(row: row - height - 2, column: 0, rows: height + 2, columns: columns)
    let first = Scrolling.offset(
      current: 0, selected: line.selected ?? 0, count: matches.count, height: height)
    let title =
      matches.count > height ? "\(first + 1)-\(first + height) of \(matches.count)" : ""
    let glyphs = state.configuration.glyphs
    let inner = frame.dialog(title, rect: rect, theme: theme, glyphs: glyphs)
    for (index, match) in matches[first..<first + height].enumerated() {
      let isSelected = first + index == line.selected
      let style = theme[isSelected ? .tableSelected : .popUp]
      let bar = Rect(
        row: inner.row + index, column: inner.column, rows: 1, columns: inner.columns)
      frame.fill(bar, style: style)
      frame.write(isSelected ? ">" : " ", at: bar.origin, style: style)
      let text =
        match.title.cut(to: titles, glyphs).padded(to: titles)
        + (match.note.isEmpty ? "" : "  " + match.note)
      frame.write(
        text.cut(to: max(0, bar.columns - 1), glyphs),
        at: Point(row: bar.row, column: bar.column + 1), style: style,
        maxWidth: max(0, bar.columns - 1))
    }
  }
}
