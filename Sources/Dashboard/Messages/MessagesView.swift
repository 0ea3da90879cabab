import TerminalUI

/// The line that tells what just happened, and the list of what happened before.
enum MessagesView {
  static func drawLine(
    _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    var right = ""
    let unread = state.log.unreadErrors
    if unread > 0 { right = unread == 1 ? "1 earlier error: M" : "\(unread) earlier errors: M" }
    let room = max(0, rect.columns - (right.isEmpty ? 0 : right.displayWidth + 1))
    if let line = current(state) {
      frame.write(
        line.text.cut(to: room, state.configuration.glyphs), at: rect.origin,
        style: theme[line.element], maxWidth: room)
    }
    if !right.isEmpty {
      frame.write(
        right, at: Point(row: rect.row, column: max(0, rect.endColumn - right.displayWidth)),
        style: theme[.error])
    }
  }

  /// What runs goes before what was.
  private static func current(_ state: DashboardState) -> (text: String, element: Theme.Element)? {
    // A plan tells on its own screen how far it is.
    let running = state.operations.filter { !$0.value.isPlan }.keys.sorted()
    if let latest = running.last, let operation = state.operations[latest] {
      let progress = operation.progress.isEmpty ? "" : ": \(operation.progress)"
      let more = running.count > 1 ? " (and \(running.count - 1) more)" : ""
      // An error that came meanwhile is not hidden by it, nor why the last key did nothing.
      if let last = state.log.last,
        state.isExplaining || last.severity == .error && last.date == state.now
      {
        return (text(last, state), element(last.severity))
      }
      if let several = state.bulkProgress(of: latest) { return (several, .text) }
      return ("\(operation.title)\(progress)\(more)", .text)
    }
    guard let last = state.log.last else { return nil }
    return (text(last, state), element(last.severity))
  }

  private static func text(_ entry: MessageLog.Entry, _ state: DashboardState) -> String {
    let time = clockTime(entry.date, utcOffset: state.configuration.utcOffset)
    let mark = mark(entry.severity)
    let count = entry.count > 1 ? " (\(entry.count) times)" : ""
    return "\(time) \(mark)\(entry.text)\(count)"
  }

  /// A severity is told by a word, not by its colour.
  private static func mark(_ severity: Notice.Severity) -> String {
    switch severity {
    case .information: ""
    case .warning: "note: "
    case .error: "error: "
    }
  }

  private static func element(_ severity: Notice.Severity) -> Theme.Element {
    switch severity {
    case .information: .text
    case .warning: .warning
    case .error: .error
    }
  }

  static func lines(_ state: DashboardState) -> [StyledLine] {
    if state.log.entries.isEmpty { return [StyledLine("Nothing happened yet.", .dim)] }
    return state.log.entries.flatMap { entry in
      text(entry, state).wrapped(to: state.size.columns)
        .map { StyledLine($0, element(entry.severity)) }
    }
  }
}
