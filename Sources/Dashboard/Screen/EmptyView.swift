import FoundationEssentials
import ModelCore
import TerminalUI

/// What stands in the table's place when there is no row: why, and what to do.
enum EmptyView {
  static func lines(_ state: DashboardState) -> [StyledLine] {
    let configuration = state.configuration
    switch state.connection {
    case .connecting(let attempt, let error):
      let wait =
        state.credentials.awaited.map { "waiting for the credential plugin '\($0)'" }
        ?? "connecting to \(configuration.server)"
      var lines = [StyledLine(wait + dots(state), .title)]
      if let problem = state.credentials.problem {
        lines.append(StyledLine(problem.text, .headerError))
      } else if let error {
        lines.append(StyledLine("attempt \(attempt): \(error)", .headerError))
      }
      return lines
    case .loading(let objects):
      return [StyledLine("loading\(dots(state)) \(objects) objects", .title)]
    case .disconnected(let since, let error, let next):
      let time = clockTime(since, utcOffset: configuration.utcOffset)
      if let problem = state.credentials.problem {
        return [
          StyledLine(problem.text, .headerError),
          StyledLine("no data since \(time)"),
          StyledLine(HeaderView.nextAttempt(next, state.now), .dim),
        ]
      }
      return [
        StyledLine("disconnected from \(configuration.server) since \(time)", .headerError),
        StyledLine(error), StyledLine(HeaderView.nextAttempt(next, state.now), .dim),
        StyledLine("Ctrl-R tries at once", .dim),
      ]
    case .forbidden(let missing):
      let who = configuration.user.map { " for \($0)" } ?? ""
      var lines = [
        StyledLine(HeaderView.phrase(missing) + who, .headerError),
        StyledLine("ask the cluster's administrator for a role that allows it, then Ctrl-R", .dim),
      ]
      if missing.contains(" in namespace ") {
        lines.append(StyledLine(":namespace NAME looks into another one", .dim))
      }
      return lines
    case .live:
      return nothing(state)
    }
  }

  private static func nothing(_ state: DashboardState) -> [StyledLine] {
    let hidden = state.table.countInScope
    let filter = state.table.filter
    if !filter.isEmpty, hidden > 0 {
      let what = FilterLine.words(filter).joined(separator: "  ")
      return [
        StyledLine("no model matches  \(what)", .title),
        StyledLine(
          hidden == 1
            ? "1 model is hidden: Esc clears the filter"
            : "all \(hidden) models are hidden: Esc clears the filter", .dim),
      ]
    }
    let organization = state.configuration.organizationText
    if state.configuration.isWriteProtected || state.missingRightToCreate != nil {
      return [StyledLine("no models in \(organization) yet", .title)]
    }
    return [
      StyledLine("no models in \(organization) yet: press c to create one", .title)
    ]
  }

  private static func dots(_ state: DashboardState) -> String {
    state.configuration.glyphs == .ascii ? "..." : "…"
  }

  static func draw(
    _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let width = max(1, rect.columns - 4)
    let lines = lines(state).flatMap { line in
      (line.width <= width ? [line.text] : line.text.wrapped(to: width)).map {
        StyledLine($0, line.spans.first?.element ?? .text)
      }
    }
    let top = rect.row + max(0, (rect.rows - lines.count) / 2)
    for (index, line) in lines.prefix(rect.rows).enumerated() {
      let column = rect.column + max(0, (rect.columns - line.width) / 2)
      frame.write(
        line, at: Point(row: top + index, column: column), maxWidth: rect.columns, theme: theme)
    }
  }
}
