import TerminalUI

/// A question whose answer may lose something: the safe answer has the focus at first.
struct Confirmation: Sendable, Equatable {
  enum Subject: Sendable, Equatable {
    /// Esc in a form with something typed in it.
    case discardDraft(name: String)
    /// Esc in a form with changes in it.
    case discardEdit(name: String)
    /// Leaving the dashboard with something typed and not created.
    case quit(drafts: Int)
  }

  var subject: Subject
  /// 0 is the safe answer.
  var focused = 0

  static func discardDraft(name: String) -> Confirmation {
    Confirmation(subject: .discardDraft(name: name))
  }
  static func discardEdit(name: String) -> Confirmation {
    Confirmation(subject: .discardEdit(name: name))
  }
  static func quit(drafts: Int) -> Confirmation { Confirmation(subject: .quit(drafts: drafts)) }

  var isAboutDraft: Bool { if case .discardDraft = subject { true } else { false } }

  var title: String {
    switch subject {
    case .discardDraft: "Discard this draft?"
    case .discardEdit: "Discard the changes?"
    case .quit: "Quit?"
    }
  }

  var text: String {
    switch subject {
    case .discardDraft(let name):
      name.isEmpty
        ? "What was typed is lost." : "What was typed for \(name) is lost; nothing was created."
    case .discardEdit(let name): "What was typed for \(name) is lost; nothing was changed."
    case .quit(let drafts):
      drafts == 1
        ? "A form with something typed in it is lost."
        : "\(drafts) forms with something typed in them are lost."
    }
  }

  var answers: [ButtonRow.Button] {
    switch subject {
    case .discardDraft, .discardEdit: [.init("Keep editing"), .init("Discard", isDanger: true)]
    case .quit: [.init("Stay"), .init("Quit", isDanger: true)]
    }
  }
}

enum ConfirmationView {
  private static func rect(_ confirmation: Confirmation, _ size: Size) -> Rect {
    let columns = min(56, size.columns)
    let lines = confirmation.text.wrapped(to: max(1, columns - 4)).count
    return Rect(dialogs: size).centered(rows: lines + 5, columns: columns)
  }

  static func draw(
    _ confirmation: Confirmation, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let inner = frame.dialog(
      confirmation.title, rect: rect(confirmation, state.size), theme: theme,
      glyphs: state.configuration.glyphs)
    let parts = inner.inset(columns: 1).split(.vertical, [.fixed(1), .fill(), .fixed(1)])
    Paragraph(confirmation.text, style: theme[.popUp]).draw(into: &frame, rect: parts[1])
    buttons(confirmation, theme: theme).draw(into: &frame, rect: parts[2])
  }

  /// Which answer is at a point of the screen.
  static func answer(_ confirmation: Confirmation, _ size: Size, at point: Point) -> Int? {
    let inner = Box.inner(rect(confirmation, size)).inset(columns: 1)
    let row = inner.split(.vertical, [.fixed(1), .fill(), .fixed(1)])[2]
    return buttons(confirmation, theme: .default).places(in: row)
      .firstIndex { $0.contains(point) }
  }

  private static func buttons(_ confirmation: Confirmation, theme: Theme) -> ButtonRow {
    ButtonRow(confirmation.answers, focused: confirmation.focused, theme: theme)
  }
}

extension DashboardState {
  var confirmation: Confirmation? {
    if case .confirmation(let confirmation) = layers.last { confirmation } else { nil }
  }

  mutating func moveAnswer(by step: Int) -> [Effect] {
    guard var confirmation else { return [] }
    let count = confirmation.answers.count
    confirmation.focused = (confirmation.focused + step + count) % count
    layers[layers.count - 1] = .confirmation(confirmation)
    return []
  }

  mutating func answer() -> [Effect] {
    guard let confirmation else { return [] }
    layers.removeLast()
    guard confirmation.focused == 1 else { return [] }
    switch confirmation.subject {
    case .discardDraft: return replaceForm()
    case .discardEdit: return closeLayer()
    case .quit: return [.quit]
    }
  }

  /// Forms that would be lost: typed in, and neither created nor being created.
  var unsavedDrafts: Int {
    let open = createForm.map { $0.isDirty && $0.operation == nil } == true ? 1 : 0
    let text = yamlForm ?? yamlDraft
    let texts = text.map { !$0.isEmpty && $0.operation == nil } == true ? 1 : 0
    return open + shelf.forms.count { $0.operation == nil && $0.isDirty } + texts
  }

  mutating func quit() -> [Effect] {
    // What is kept on disk is there the next time.
    let drafts = configuration.keepsDrafts ? 0 : unsavedDrafts + unsavedEdits
    guard drafts > 0 else { return [.quit] }
    layers.append(.confirmation(.quit(drafts: drafts)))
    return []
  }

  /// Ctrl-C: the second one needs no answer.
  mutating func interrupt() -> [Effect] {
    if case .quit = confirmation?.subject { return [.quit] }
    return quit()
  }
}
