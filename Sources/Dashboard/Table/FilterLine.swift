import ModelCore
import TerminalUI

/// The line that says what the table hides, and where a filter is typed.
enum FilterLine {
  static func isShown(_ state: DashboardState) -> Bool {
    let filter = state.table.filter
    return state.filterInput != nil || !filter.isEmpty || filter.showsOtherOrganizations
      || !state.marks.isEmpty
  }

  /// What is filtered, in words; empty where nothing is.
  static func words(_ filter: RowFilter) -> [String] {
    var parts: [String] = []
    if !filter.text.isEmpty { parts.append("/\(filter.text)") }
    if let status = filter.status { parts.append("status: \(status.rawValue)") }
    switch filter.managed {
    case .all: break
    case .managed: parts.append("managed only")
    case .unmanaged: parts.append("unmanaged only")
    }
    return parts
  }

  static func draw(
    _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    frame.fill(rect, style: theme[.info])
    let filter = state.table.filter
    var parts = words(filter)
    if filter.showsOtherOrganizations { parts.append("all organizations") }
    let glyphs = state.configuration.glyphs
    guard let input = state.filterInput else {
      let hint = filter.isEmpty ? "" : "   Esc clears"
      let filtered = parts.isEmpty ? "" : "filter  " + parts.joined(separator: "  ") + hint
      let marked = state.marksText.map { "\($0)   u unmarks" }
      let text = [marked, filtered].compactMap { $0 }.filter { !$0.isEmpty }
        .joined(separator: "   ")
      frame.bar(text, rect, .info, theme: theme, glyphs: glyphs)
      return
    }
    let others = parts.filter { !$0.hasPrefix("/") }.joined(separator: "  ")
    let room = max(0, rect.columns - 1 - (others.isEmpty ? 0 : others.displayWidth + 2))
    frame.write("/", at: rect.origin, style: theme[.key])
    let field = Rect(
      row: rect.row, column: rect.column + 1, rows: 1, columns: room < 12 ? rect.columns - 1 : room)
    TextInput(
      input, isFocused: true, placeholder: "name, tag, node, status, image, reason; ! excludes",
      style: theme[.info], placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
    ).draw(into: &frame, rect: field)
    if room >= 12, !others.isEmpty {
      frame.write(
        others, at: Point(row: rect.row, column: rect.endColumn - others.displayWidth),
        style: theme[.info])
    }
  }
}
