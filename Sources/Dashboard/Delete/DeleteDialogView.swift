import ModelCore
import TerminalUI

/// Draws the dialog before a model is deleted.
enum DeleteDialogView {
  private struct Layout {
    var outer: Rect
    var text: Rect
    var prompt: Rect
    var toggle: Rect
    var status: Rect
    var buttons: Rect
  }

  private static let labelWidth = 11

  private static func layout(_ dialog: DeleteDialog, _ state: DashboardState) -> Layout {
    let columns = min(76, state.size.columns)
    let text = lines(dialog, state, width: columns - 4).count
    // On a low screen the text loses, and never the question.
    let outer = Rect(dialogs: state.size).centered(rows: text + 8, columns: columns)
    let inner = Box.inner(outer).inset(columns: 1)
    let isRoomy = inner.rows >= text + 6
    let parts = inner.split(
      .vertical,
      [
        .fill(), .fixed(isRoomy ? 1 : 0), .fixed(1), .fixed(1), .fixed(1),
        .fixed(isRoomy ? 1 : 0), .fixed(1),
      ])
    return Layout(
      outer: outer, text: parts[0], prompt: parts[2], toggle: parts[3], status: parts[4],
      buttons: parts[6])
  }

  private static func lines(_ dialog: DeleteDialog, _ state: DashboardState, width: Int)
    -> [StyledLine]
  {
    let model = dialog.model
    let configuration = state.configuration
    var lines: [StyledLine] = []
    func add(_ label: String, _ text: String, _ element: Theme.Element = .popUp) {
      for (index, part) in text.wrapped(to: max(8, width - labelWidth)).enumerated() {
        let start = index == 0 ? label : ""
        lines.append(
          StyledLine([(start.padded(to: labelWidth), .headerLabel), (part, element)]))
      }
    }
    add("Model", "\(model.name), \(model.status.rawValue)", .title)
    if !dialog.changes.isEmpty {
      add("Changed", "since you looked: \(dialog.changes.joined(separator: ", "))", .warning)
    }
    add(
      "Context",
      "\(configuration.context), namespace \(model.namespace)"
        + (configuration.guards.word.map { "  [\($0)]" } ?? ""))
    if let created = model.createdAt {
      let by = model.createdBy.map { " by \($0)" } ?? ""
      let time = calendarTime(created, utcOffset: configuration.utcOffset)
      add("Created", "\(time), \(Age.words(since: created, now: state.now)) ago\(by)")
    }
    if state.isRemote {
      add("Endpoint", model.endpoint ?? "none")
      add(
        "With it",
        "its pods, its volume and what is on it; which they are is \(RemoteModels.notTold)")
    } else {
      for (label, text) in dialog.consequences { add(label, text) }
    }
    return lines
  }

  static func text(_ dialog: DeleteDialog, _ state: DashboardState) -> DialogText {
    let rect = layout(dialog, state).text
    return DialogText(
      lines(dialog, state, width: rect.columns), rows: rect.rows, offset: dialog.offset)
  }

  static func draw(
    _ dialog: DeleteDialog, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let layout = layout(dialog, state)
    let glyphs = state.configuration.glyphs
    frame.dialog(
      "Delete \(dialog.model.name)", rect: layout.outer, theme: theme, glyphs: glyphs,
      isDanger: true)
    text(dialog, state).draw(into: &frame, rect: layout.text, theme: theme)
    buttons(dialog, theme: theme).draw(into: &frame, rect: layout.buttons)
    if state.isRemote {
      frame.write(
        "keeping the volume is \(RemoteModels.notTold)", at: layout.toggle.origin,
        style: theme[.dim], maxWidth: layout.toggle.columns)
    } else {
      drawToggle(dialog, into: &frame, rect: layout.toggle, theme: theme, glyphs: glyphs)
    }
    drawStatus(dialog, into: &frame, rect: layout.status, theme: theme)
    let label = "Type the name to confirm: "
    frame.write(label, at: layout.prompt.origin, style: theme[.popUp])
    let field = Rect(
      row: layout.prompt.row, column: layout.prompt.column + label.count, rows: 1,
      columns: max(1, layout.prompt.columns - label.count))
    TextInput(
      dialog.typed, isFocused: true, style: theme[.formField],
      placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
    ).draw(into: &frame, rect: field)
  }

  private static func drawToggle(
    _ dialog: DeleteDialog, into frame: inout Frame, rect: Rect, theme: Theme, glyphs: Glyphs
  ) {
    let isFocused = dialog.focus == .keepVolume
    let box = dialog.keepsVolume ? glyphs.checked : glyphs.unchecked
    frame.write(
      "\(isFocused ? glyphs.selection : " ")\(box) keep the volume and what is on it (F2)",
      at: rect.origin, style: theme[isFocused ? .buttonFocused : .popUp], maxWidth: rect.columns)
  }

  private static func drawStatus(
    _ dialog: DeleteDialog, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let text: String
    let element: Theme.Element
    if let obstacle = dialog.obstacle {
      (text, element) = (obstacle, .formError)
    } else if dialog.isConfirmed {
      (text, element) = ("The name is right: Tab to Delete, then Enter.", .warning)
    } else if dialog.typed.isEmpty || dialog.model.name.hasPrefix(dialog.typed.text) {
      (text, element) = ("", .hint)
    } else {
      (text, element) = ("That is not its name.", .formError)
    }
    frame.write(text, at: rect.origin, style: theme[element], maxWidth: rect.columns)
  }

  private static func buttons(_ dialog: DeleteDialog, theme: Theme) -> ButtonRow {
    let focused: Int? =
      switch dialog.focus {
      case .cancel: 0
      case .delete: 1
      case .keepVolume: nil
      }
    return ButtonRow(
      [.init("Cancel"), .init("Delete", isDanger: true, isEnabled: dialog.isConfirmed)],
      focused: focused, theme: theme)
  }

  /// What a click at a point of the screen is for.
  static func focus(_ dialog: DeleteDialog, _ state: DashboardState, at point: Point)
    -> DeleteDialog.Focus?
  {
    let layout = layout(dialog, state)
    if layout.toggle.contains(point) { return .keepVolume }
    switch buttons(dialog, theme: .default).places(in: layout.buttons)
      .firstIndex(where: { $0.contains(point) })
    {
    case 0: return .cancel
    case 1: return .delete
    default: return nil
    }
  }
}
