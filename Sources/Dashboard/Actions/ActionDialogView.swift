import ModelCore
import TerminalUI

/// Draws the question before an action.
enum ActionDialogView {
  struct Layout {
    var outer: Rect
    var text: Rect
    var input: Rect
    var confirmation: Rect
    var keepVolume: Rect
    var stopAtSurprise: Rect
    var status: Rect
    var buttons: Rect
  }

  private static let labelWidth = 11

  static func layout(_ dialog: ActionDialog, _ state: DashboardState) -> Layout {
    let columns = min(76, state.size.columns)
    let text = lines(dialog, state, width: columns - 4).count
    let rows = [
      dialog.hasInput, dialog.confirmation != nil, dialog.action == .delete, dialog.isBulk,
    ].map { $0 ? 1 : 0 }
    let fixed = rows.reduce(0, +) + 2
    // On a low screen the text loses, and never the question.
    let outer = Rect(dialogs: state.size).centered(rows: text + fixed + 4, columns: columns)
    let inner = Box.inner(outer).inset(columns: 1)
    let isRoomy = inner.rows >= text + fixed + 2
    let gap = Rect.Length.fixed(isRoomy ? 1 : 0)
    let fields = rows.map { Rect.Length.fixed($0) }
    let parts = inner.split(.vertical, [.fill(), gap] + fields + [.fixed(1), gap, .fixed(1)])
    return Layout(
      outer: outer, text: parts[0], input: parts[2], confirmation: parts[3], keepVolume: parts[4],
      stopAtSurprise: parts[5], status: parts[6], buttons: parts[8])
  }

  // MARK: The text

  static func lines(
    _ dialog: ActionDialog, _ state: DashboardState, width: Int
  ) -> [StyledLine] {
    var lines: [StyledLine] = []
    func add(_ label: String, _ text: String, _ element: Theme.Element = .popUp) {
      for (index, part) in text.wrapped(to: max(8, width - labelWidth)).enumerated() {
        let start = index == 0 ? label : ""
        lines.append(StyledLine([(start.padded(to: labelWidth), .headerLabel), (part, element)]))
      }
    }
    let models = dialog.models
    if let model = models.first, models.count == 1, !dialog.isBulk {
      add("Model", "\(model.name), \(model.status.rawValue)", .title)
    } else {
      add("Models", names(models), .title)
    }
    let namespaces = Set(models.map(\.namespace)).sorted()
    add(
      "Context",
      "\(state.configuration.context), namespace \(namespaces.joined(separator: ", "))"
        + (state.configuration.guards.word.map { "  [\($0)]" } ?? ""))
    let consequences = ActionConsequences(
      action: dialog.action, models: models, replicas: dialog.replicas, state: state)
    for (label, text) in consequences.lines { add(label, text) }
    if dialog.action == .tag, models.count == 1 { add("Tags", tags(models[0].tags)) }
    if dialog.action == .tag, !dialog.tagChange.isEmpty, let model = models.first,
      models.count == 1
    {
      add("Then", tags(dialog.tagChange.applied(to: model.tags)))
    }
    for (name, reason) in dialog.skipped.prefix(3) {
      add("Left out", reason.hasPrefix(name) ? reason : "\(name): \(reason)", .warning)
    }
    if dialog.skipped.count > 3 { add("", "and \(dialog.skipped.count - 3) more", .warning) }
    if !dialog.gone.isEmpty {
      add("Left out", "gone meanwhile: \(dialog.gone.joined(separator: ", "))", .warning)
    }
    return lines
  }

  private static func names(_ models: [Model]) -> String {
    let shown = models.prefix(6).map(\.name).joined(separator: ", ")
    return models.count > 6 ? "\(models.count): \(shown) and \(models.count - 6) more" : shown
  }

  private static func tags(_ tags: [String]) -> String {
    tags.isEmpty ? "none" : tags.joined(separator: ", ")
  }

  // MARK: Drawing

  static func text(_ dialog: ActionDialog, _ state: DashboardState) -> DialogText {
    let rect = layout(dialog, state).text
    return DialogText(
      lines(dialog, state, width: rect.columns), rows: rect.rows, offset: dialog.offset)
  }

  static func draw(
    _ dialog: ActionDialog, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let layout = layout(dialog, state)
    let glyphs = state.configuration.glyphs
    frame.dialog(
      dialog.title, rect: layout.outer, theme: theme, glyphs: glyphs,
      isDanger: dialog.action.isDisruptive)
    text(dialog, state).draw(into: &frame, rect: layout.text, theme: theme)
    buttons(dialog, theme: theme).draw(into: &frame, rect: layout.buttons)
    drawToggle(
      "keep the volumes and what is on them (F2)", dialog.keepsVolume, dialog.focus == .keepVolume,
      state, into: &frame, rect: layout.keepVolume, theme: theme)
    drawToggle(
      "begin no other after the first that does not succeed (F3)", dialog.stopsAtSurprise,
      dialog.focus == .stopAtSurprise, state, into: &frame, rect: layout.stopAtSurprise,
      theme: theme)
    drawStatus(dialog, glyphs, into: &frame, rect: layout.status, theme: theme)
    drawField(
      dialog.action == .scale ? "Replicas: " : "Tags (-tag takes off): ", dialog.input,
      isFocused: dialog.focus == .input, state, into: &frame, rect: layout.input, theme: theme)
    // What is typed goes here wherever else the focus is.
    drawField(
      "Type \(dialog.confirmation ?? "") to confirm: ", dialog.typed,
      isFocused: dialog.focus != .input, state, into: &frame, rect: layout.confirmation,
      theme: theme)
  }

  private static func drawField(
    _ label: String, _ input: TextInputState, isFocused: Bool, _ state: DashboardState,
    into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    let label = label.cut(to: max(8, rect.columns - 12), state.configuration.glyphs)
    frame.write(label, at: rect.origin, style: theme[.popUp], maxWidth: rect.columns)
    let field = Rect(
      row: rect.row, column: rect.column + label.displayWidth, rows: 1,
      columns: max(1, rect.columns - label.displayWidth))
    TextInput(
      input, isFocused: isFocused, style: theme[.formField],
      placeholderStyle: theme[.formPlaceholder], glyphs: state.configuration.glyphs
    ).draw(into: &frame, rect: field)
  }

  private static func drawToggle(
    _ label: String, _ isOn: Bool, _ isFocused: Bool, _ state: DashboardState,
    into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    let glyphs = state.configuration.glyphs
    frame.write(
      "\(isFocused ? glyphs.selection : " ")\(isOn ? glyphs.checked : glyphs.unchecked) \(label)",
      at: rect.origin, style: theme[isFocused ? .buttonFocused : .popUp], maxWidth: rect.columns)
  }

  private static func drawStatus(
    _ dialog: ActionDialog, _ glyphs: Glyphs, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard let obstacle = dialog.obstacle else {
      if dialog.confirmation != nil {
        frame.write(
          "That is right: Tab to \(dialog.action.title), then Enter.", at: rect.origin,
          style: theme[.warning], maxWidth: rect.columns)
      }
      return
    }
    let typed = dialog.typed.text
    let isWrong =
      dialog.models.isEmpty
      || dialog.confirmation.map { !typed.isEmpty && !$0.hasPrefix(typed) } == true
    frame.write(
      obstacle.cut(to: rect.columns, glyphs), at: rect.origin,
      style: theme[isWrong ? .formError : .popUp],
      maxWidth: rect.columns)
  }

  private static func buttons(_ dialog: ActionDialog, theme: Theme) -> ButtonRow {
    let focused: Int? =
      switch dialog.focus {
      case .cancel: 0
      case .apply: 1
      default: nil
      }
    return ButtonRow(
      [
        .init("Cancel"),
        .init(
          dialog.action.title, isDanger: dialog.action.isDisruptive,
          isEnabled: dialog.obstacle == nil),
      ], focused: focused, theme: theme)
  }

  /// What a click at a point of the screen is for.
  static func focus(
    _ dialog: ActionDialog, _ state: DashboardState, at point: Point
  ) -> ActionDialog.Focus? {
    let layout = layout(dialog, state)
    if layout.input.contains(point) { return .input }
    if layout.confirmation.contains(point) { return .confirmation }
    if layout.keepVolume.contains(point) { return .keepVolume }
    if layout.stopAtSurprise.contains(point) { return .stopAtSurprise }
    switch buttons(dialog, theme: .default).places(in: layout.buttons)
      .firstIndex(where: { $0.contains(point) })
    {
    case 0: return .cancel
    case 1: return .apply
    default: return nil
    }
  }
}
