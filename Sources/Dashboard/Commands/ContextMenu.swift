import TerminalUI

/// The list of contexts that `:context` opens.
struct ContextMenuState: Sendable, Equatable {
  var selected = 0
}

extension DashboardState {
  var contextMenu: ContextMenuState? {
    get { if case .contexts(let menu) = layers.last { menu } else { nil } }
    set {
      guard let newValue, contextMenu != nil else { return }
      layers[layers.count - 1] = .contexts(newValue)
    }
  }

  mutating func selectCurrentContext() {
    let index = contexts?.firstIndex { $0.name == configuration.context }
    contextMenu?.selected = index ?? 0
  }

  mutating func chooseContext() -> [Effect] {
    guard let menu = contextMenu, let contexts, contexts.indices.contains(menu.selected) else {
      return []
    }
    layers.removeLast()
    let name = contexts[menu.selected].name
    // Who chooses what is on screen anyway has looked, and wants nothing.
    guard name != configuration.context else { return [] }
    guard case .done(let effects) = changeContext(to: name) else { return [] }
    return effects
  }

  /// - Parameter problem: why they cannot be listed.
  mutating func take(_ contexts: [ContextChoice], problem: String?) {
    if let problem {
      log.add("The contexts cannot be listed: \(problem)", .error, at: now)
      if contextMenu != nil { layers.removeLast() }
      return
    }
    let chosen = contextMenu.flatMap { menu in
      self.contexts.flatMap { $0.indices.contains(menu.selected) ? $0[menu.selected].name : nil }
    }
    self.contexts = contexts
    guard contextMenu != nil else { return }
    if let index = contexts.firstIndex(where: { $0.name == chosen }) {
      contextMenu?.selected = index
    } else {
      selectCurrentContext()
    }
  }
}

enum ContextMenuView {
  static func draw(
    _ state: DashboardState, _ menu: ContextMenuState, into frame: inout Frame, theme: Theme
  ) {
    let glyphs = state.configuration.glyphs
    let area = Rect(dialogs: state.size)
    guard let contexts = state.contexts, !contexts.isEmpty else {
      let text =
        state.contexts == nil
        ? "reading the kubeconfig" : "no kubeconfig has a context: there is nothing to switch to"
      let rect = area.centered(rows: 3, columns: min(area.columns, text.displayWidth + 4))
      let inner = frame.dialog("context", rect: rect, theme: theme, glyphs: glyphs)
      frame.write(
        text.cut(to: inner.columns, glyphs), at: Point(row: inner.row, column: inner.column + 1),
        style: theme[.popUp], maxWidth: max(0, inner.columns - 1))
      return
    }
    let names = min(40, contexts.map(\.name.displayWidth).max() ?? 0)
    let places = contexts.map(\.place.displayWidth).max() ?? 0
    let rect = area.centered(
      rows: min(area.rows, contexts.count + 2),
      columns: min(area.columns, names + places + 8))
    let inner = frame.dialog("context", rect: rect, theme: theme, glyphs: glyphs)
    let first = Scrolling.offset(
      current: 0, selected: menu.selected, count: contexts.count, height: inner.rows)
    for (row, index) in (first..<min(contexts.count, first + inner.rows)).enumerated() {
      let context = contexts[index]
      let isSelected = index == menu.selected
      let line = Rect(row: inner.row + row, column: inner.column, rows: 1, columns: inner.columns)
      let style = theme[isSelected ? .tableSelected : .popUp]
      frame.fill(line, style: style)
      let mark = context.name == state.configuration.context ? "*" : " "
      let name = context.name.truncatedInTheMiddle(to: names, ellipsis: glyphs.ellipsis)
      let text = "\(isSelected ? ">" : " ")\(mark) \(name.padded(to: names))  \(context.place)"
      frame.write(
        text.cut(to: line.columns, glyphs), at: line.origin, style: style, maxWidth: line.columns)
    }
  }
}
