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
    "tag", "delete", "undo", "kubectl", "bulk", "journal",
  ]

  package static func menu(in context: Context) -> [Binding] {
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
    let (rect, first, rest) = ActionMenuView.place(self)
    let inner = Box.inner(rect)
    guard inner.contains(point),
      point.row < inner.row + ActionMenuView.entries(rect, rest: rest)
    else { return [] }
    let selected = min(menuBindings.count - 1, first + point.row - inner.row)
    actionMenu?.selected = selected
    return chooseAction()
  }
}

enum ActionMenuView {
  private static let keyWidth = 8

  private static func text(_ binding: Binding, _ state: DashboardState) -> String {
    binding.disabledReason(state).map { "\(binding.title): not now. \($0)" }
      ?? "\(binding.title): \(binding.help)"
  }

  /// Where the menu is, its first entry on screen, and how many rows below the entries are for the whole text of the selected one.
  static func place(_ state: DashboardState) -> (rect: Rect, first: Int, rest: Int) {
    let area = Rect(dialogs: state.size)
    let bindings = state.menuBindings
    let columns = min(area.columns, 76)
    // As many as the longest needs, so that the menu stays where it is from entry to entry.
    let width = max(8, columns - 3)
    let rows =
      bindings.map { text($0, state) }
      .filter { $0.displayWidth > columns - 2 - keyWidth }
      .map { $0.wrapped(to: width).count }.max() ?? 0
    let rest = max(0, min(rows, area.rows - 8))
    let rect = area.centered(
      rows: min(area.rows, bindings.count + 2 + (rest > 0 ? rest + 1 : 0)), columns: columns)
    let first = Scrolling.offset(
      current: 0, selected: state.actionMenu?.selected ?? 0, count: bindings.count,
      height: entries(rect, rest: rest))
    return (rect, first, rest)
  }

  /// How many entries are on screen.
  static func entries(_ rect: Rect, rest: Int) -> Int {
    max(1, rect.rows - 2 - (rest > 0 ? rest + 1 : 0))
  }

  static func draw(_ state: DashboardState, into frame: inout Frame, theme: Theme) {
    let bindings = state.menuBindings
    let glyphs = state.configuration.glyphs
    let (rect, first, rest) = place(state)
    let inner = frame.dialog(title(state), rect: rect, theme: theme, glyphs: glyphs)
    let count = entries(rect, rest: rest)
    for (row, binding) in bindings.dropFirst(first).prefix(count).enumerated() {
      let isSelected = first + row == state.actionMenu?.selected
      let reason = binding.disabledReason(state)
      let style = theme[isSelected ? .tableSelected : reason == nil ? .popUp : .dim]
      let line = Rect(row: inner.row + row, column: inner.column, rows: 1, columns: inner.columns)
      frame.fill(line, style: style)
      let key = binding.chords.first?.label ?? ""
      let text = text(binding, state)
      frame.write(
        "\(isSelected ? ">" : " ")\(key.padded(to: keyWidth - 2)) \(text)"
          .cut(to: line.columns, glyphs),
        at: line.origin, style: style, maxWidth: line.columns)
      guard isSelected else { continue }
      frame.anchor = line.origin
      // What does not fit on its line is whole below.
      guard text.displayWidth > line.columns - keyWidth else { continue }
      for (index, part) in text.wrapped(to: max(8, line.columns - 1)).prefix(rest).enumerated() {
        frame.write(
          part, at: Point(row: inner.row + count + 1 + index, column: inner.column + 1),
          style: theme[reason == nil ? .popUp : .warning], maxWidth: line.columns - 1)
      }
    }
  }

  private static func title(_ state: DashboardState) -> String {
    let subjects = state.subjects
    guard let first = subjects.first else { return "actions" }
    return subjects.count == 1 ? "actions on \(first.name)" : "actions on \(subjects.count) models"
  }
}
