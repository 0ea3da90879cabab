import ModelCore
import TerminalUI

/// What the row of the selected model has no room for: why it is not serving, and its endpoint.
enum InfoView {
  static func draw(
    _ state: DashboardState, into frame: inout Frame, layout: ScreenLayout, theme: Theme
  ) {
    guard let model = state.table.selected else { return }
    let glyphs = state.configuration.glyphs
    frame.rule(
      "\(model.name): \(model.status.rawValue)", layout.rule, theme: theme, glyphs: glyphs)
    let width = layout.info.columns
    let isTitled = !layout.rule.isEmpty
    let hidden = state.unread.why(.deployments)
    var lines = why(model, isTitled: isTitled, hidden: hidden).wrapped(to: max(1, width))
    let unread = state.unread.why(.services, in: model.namespace)
    let endpoint = model.endpoint ?? unread.map { "endpoint not known: \($0)" } ?? "no endpoint"
    let roomForWhy = max(1, layout.info.rows - 1)
    if lines.count > roomForWhy {
      // The last line that fits ends with the sign that the details say more.
      let rest = lines[(roomForWhy - 1)...].joined(separator: " ")
      lines = Array(lines[..<(roomForWhy - 1)]) + [rest.cut(to: width, glyphs)]
    }
    if layout.info.rows > 1 { lines.append(endpoint) }
    for (index, line) in lines.prefix(layout.info.rows).enumerated() {
      let isEndpoint = index == lines.count - 1 && layout.info.rows > 1
      frame.write(
        line.cut(to: width, glyphs),
        at: Point(row: layout.info.row + index, column: 0),
        style: theme[isEndpoint ? .dim : .text], maxWidth: width)
    }
  }

  /// The reason with what else is to be known, as a sentence or two.
  ///
  /// - Parameter hidden: why its replicas are not known; `nil` where they are.
  static func why(_ model: Model, isTitled: Bool, hidden: String? = nil) -> String {
    var parts: [String] = []
    if !isTitled { parts.append("\(model.name): \(model.status.rawValue)") }
    if model.isDeleting, !model.reason.lowercased().contains("delet") {
      parts.append("being deleted")
    }
    if model.reason.isEmpty {
      if let hidden {
        parts.append("reason and replicas: \(hidden)")
      } else if isTitled {
        parts.append(readiness(model))
      }
    } else {
      parts.append(model.reason)
    }
    if !model.drift.isEmpty { parts.append("drift: " + model.drift.joined(separator: ", ")) }
    if !model.isOurs { parts.append(model.ownership) }
    return parts.joined(separator: "; ")
  }

  private static func readiness(_ model: Model) -> String {
    switch model.desiredReplicas {
    case 0: "no replica asked for"
    case 1: model.readyReplicas == 1 ? "ready" : "not ready"
    default: "\(model.readyReplicas) of \(model.desiredReplicas) replicas ready"
    }
  }
}

extension Model {
  /// Why it may not be changed from here.
  var ownership: String {
    if isManaged, let organization {
      return "managed for organization \(organization), read-only here"
    }
    return "not managed by modeldeck, read-only"
  }
}
