import ModelCore
import TerminalUI

/// Everything that can be done, with its key, and why not where it cannot.
struct ActionMenuState: Sendable, Equatable {
  var selected = 0
}

extension Binding {
  /// What the menu lists, in its order; what is not bound here is left out.
  private static let menuIDs = [
    "details", "create", "clone", "yaml", "edit", "redeploy", "scale", "stop", "start", "restart",
    "tag", "delete", "undo", "kubectl", "journal",
  ]

  static func menu(in context: Context) -> [Binding] {
    menuIDs.compactMap { id in binding(id).flatMap { $0.contexts.contains(context) ? $0 : nil } }
  }
}

extension DashboardState {
  /// Where the menu was opened: its entries are what works there.
  private var menuContext: Binding.Context { detailsState == nil ? .table : .details }

  var menuBindings: [Binding] { Binding.menu(in: menuContext) }

  var actionMenu: ActionMenuState? {
    get { if case .action(.menu(let menu)) = layers.last { menu } else { nil } }
    set {
      guard let newValue, actionMenu != nil else { return }
      layers[layers.count - 1] = .action(.menu(newValue))
    }
  }

  mutating func openActionMenu() -> [Effect] {
    layers.append(.action(.menu(ActionMenuState())))
    return []
  }

  mutating func chooseAction() -> [Effect] {
    guard let menu = actionMenu, menuBindings.indices.contains(menu.selected) else { return [] }
    return run(menuBindings[menu.selected])
  }

  /// Runs an entry as its key would; what cannot be done says why, and the menu stays.
  private mutating func run(_ binding: Binding) -> [Effect] {
    if let reason = binding.disabledReason(self) {
      log.add(reason, .warning, at: now)
      return []
    }
    layers.removeLast()
    return binding.action(&self)
  }

  /// The key of an entry works in the menu, too.
  ///
  /// - Returns: what it has to be done; `nil` where the key is of no entry.
  mutating func pressInMenu(_ chord: KeyChord) -> [Effect]? {
    // Enter is for the entry in focus.
    guard actionMenu != nil, chord.key != .enter,
      let binding = menuBindings.first(where: { $0.chords.contains(chord) })
    else { return nil }
    return run(binding)
  }

  mutating func clickMenu(_ point: Point) -> [Effect] {
    guard actionMenu != nil else { return [] }
    let (rect, first) = ActionMenuView.place(self)
    let inner = Box.inner(rect)
    guard inner.contains(point) else { return [] }
    let selected = min(menuBindings.count - 1, first + point.row - inner.row)
    actionMenu?.selected = selected
    return chooseAction()
  }
}

enum ActionMenuView {
  /// Where the menu is, and its first entry on screen.
  static func place(_ state: DashboardState) -> (rect: Rect, first: Int) {
    let area = Rect(dialogs: state.size)
    let count = state.menuBindings.count
    let rect = area.centered(rows: min(area.rows, count + 2), columns: min(area.columns, 76))
    let first = Scrolling.offset(
      current: 0, selected: state.actionMenu?.selected ?? 0, count: count, height: rect.rows - 2)
    return (rect, first)
  }

  static func draw(_ state: DashboardState, into frame: inout Frame, theme: Theme) {
    let bindings = state.menuBindings
    let glyphs = state.configuration.glyphs
    let (rect, first) = place(state)
    let inner = frame.dialog(title(state), rect: rect, theme: theme, glyphs: glyphs)
    for (row, binding) in bindings.dropFirst(first).prefix(inner.rows).enumerated() {
      let isSelected = first + row == state.actionMenu?.selected
      let reason = binding.disabledReason(state)
      let style = theme[isSelected ? .tableSelected : reason == nil ? .popUp : .dim]
      let line = Rect(row: inner.row + row, column: inner.column, rows: 1, columns: inner.columns)
      frame.fill(line, style: style)
      let key = binding.chords.first?.label ?? ""
      let text =
        reason.map { "\(binding.title): not now. \($0)" } ?? "\(binding.title): \(binding.help)"
      frame.write(
        "\(isSelected ? ">" : " ")\(key.padded(to: 6)) \(text)".cut(to: line.columns, glyphs),
        at: line.origin, style: style, maxWidth: line.columns)
      if isSelected { frame.anchor = line.origin }
    }
  }

  private static func title(_ state: DashboardState) -> String {
    let subjects = state.subjects
    guard let first = subjects.first else { return "actions" }
    return subjects.count == 1 ? "actions on \(first.name)" : "actions on \(subjects.count) models"
  }
}
