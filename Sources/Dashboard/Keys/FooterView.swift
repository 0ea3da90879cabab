import TerminalUI

/// The keys that work now, as many as fit.
enum FooterView {
  static func draw(
    _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    frame.fill(rect, style: theme[.hint])
    let bindings = Binding.bindings(in: state.context)
      .filter {
        $0.footer != nil && ($0.disabledReason(state) == nil || $0.missingRight(state) != nil)
      }
      .sorted { ($0.footer ?? 0, $0.id) < ($1.footer ?? 0, $1.id) }
    var line = StyledLine()
    for binding in bindings {
      guard let key = binding.chords.first?.label else { continue }
      let title = binding.titleNow(state) ?? binding.title
      let isDisabled = binding.disabledReason(state) != nil
      let cost =
        key.displayWidth + 1 + title.displayWidth + (line.spans.isEmpty ? 0 : 2)
        + (isDisabled ? 2 : 0)
      guard line.width + cost <= rect.columns else { continue }
      if !line.spans.isEmpty { line.append("  ", .hint) }
      if isDisabled {
        // In parentheses, because dimmed alone is nothing to somebody without colours.
        line.append("(\(key) \(title))", .dim)
      } else {
        line.append(key, .key)
        line.append(" " + title, .hint)
      }
    }
    frame.write(line, at: rect.origin, maxWidth: rect.columns, theme: theme)
  }
}
