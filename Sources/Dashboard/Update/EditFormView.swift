import ModelCore
import TerminalUI

/// The rows of an edit form, one under the other, before they are scrolled.
struct EditFormLayout {
  struct Item {
    enum Content {
      case field(CreateField)
      case confirmation
      case line(StyledLine)
      case buttons
    }
    var content: Content
    var rect: Rect
  }

  private(set) var items: [Item] = []
  private(set) var rows = 0
  /// The rows of what has the focus.
  private(set) var focused = 0..<1
  private let columns: Int

  init(_ form: EditForm, _ state: DashboardState) {
    columns = state.size.columns
    if let problem = form.problem {
      add(problem, .formError, indent: 1)
    } else if form.stored == nil {
      add("Reading \(form.model.name) from the server.", .info, indent: 1)
    }
    if let text = state.changedMeanwhile(form) { add(text, .warning, indent: 1) }
    // What is about a field of another form is told here, too.
    for finding in form.allFindings
    where finding.field.map({ !form.fields.contains($0) }) ?? true {
      add(finding)
    }
    for field in form.fields {
      let start = rows
      add(.field(field), rows: Self.height(form.inputs[field], of: field))
      if let old = form.stored?.fields[field], form.change[field] != nil {
        add("was: \(old.description.isEmpty ? "empty" : old.description)", .removed)
      }
      for finding in form.allFindings where finding.field == field { add(finding) }
      if form.focus == .field(field) { focused = start..<rows }
    }
    if form.confirmation != nil, form.stored != nil {
      let start = rows
      add(.confirmation, rows: 1)
      if form.focus == .confirmation { focused = start..<rows }
    }
    rows += 1
    let start = rows
    add(.buttons, rows: 1)
    if form.focus == .apply || form.focus == .cancel { focused = start..<rows }
  }

  private static func height(_ input: FormInput?, of field: CreateField) -> Int {
    guard case .area(let area) = input else { return 1 }
    return FormLines.height(area, isParagraph: field == .description)
  }

  private mutating func add(_ content: Item.Content, rows count: Int) {
    items.append(
      Item(content: content, rect: Rect(row: rows, column: 0, rows: count, columns: columns)))
    rows += count
  }

  private mutating func add(_ finding: Finding) {
    add(FormLines.words(finding), FormLines.element(finding))
  }

  private mutating func add(_ text: String, _ element: Theme.Element, indent: Int? = nil) {
    for line in FormLines.lines(text, element, columns: columns, indent: indent) {
      add(.line(line), rows: 1)
    }
  }
}

/// The form that changes a model: its fields with what they were, and what is wrong with each.
enum EditFormView {
  static func draw(
    _ form: EditForm, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let parts = CreateFormView.parts(state)
    parts.draw(title(form, state), state, into: &frame, theme: theme)
    drawBody(form, state, into: &frame, rect: parts.body, theme: theme)
    let (text, element) = summary(form, state)
    frame.rule(text, parts.rule, element, theme: theme, glyphs: state.configuration.glyphs)
    Paragraph(help(form), style: theme[.formHelp]).draw(into: &frame, rect: parts.below)
  }

  private static func title(_ form: EditForm, _ state: DashboardState) -> String {
    let place = "in \(form.model.namespace) on \(state.configuration.context)"
    switch form.kind {
    case .texts: return "Edit \(form.model.name) \(place): no pod restarts"
    case .redeploy: return "Redeploy \(form.model.name) \(place): its pods are replaced"
    }
  }

  private static func summary(
    _ form: EditForm, _ state: DashboardState
  ) -> (String, Theme.Element) {
    if let id = form.operation {
      let progress = state.operations[id]?.progress ?? ""
      return (progress.isEmpty ? "updating" : "updating: \(progress)", .info)
    }
    if form.problem != nil { return ("it cannot be changed here: Esc goes back", .formError) }
    if form.errors > 0 { return ("\(form.errors) error\(form.errors == 1 ? "" : "s")", .formError) }
    let count = form.change.changed.count
    if count == 0 { return ("nothing changed yet", .dim) }
    let fields = count == 1 ? "1 field changed" : "\(count) fields changed"
    return form.kind == .texts
      ? ("\(fields): F10 updates, and no pod restarts", .success)
      : ("\(fields): F10 shows what would be done, before it is", .warning)
  }

  private static func help(_ form: EditForm) -> String {
    switch form.focus {
    case .field(let field):
      let specification = FieldSpecification[field]
      let note =
        switch field {
        case .storageSize: "A volume can grow, where its class allows it, and never shrink."
        default: specification.origin
        }
      return "\(specification.help)\n\(note)"
    case .confirmation: return "This context is guarded: what ends pods is confirmed by the name."
    case .apply:
      return form.kind == .texts
        ? "Changes the Deployment's annotations alone: requests go on."
        : "First shows the objects, what changes in them, and what the server says."
    case .cancel: return "Goes back without changing anything."
    }
  }

  // MARK: The fields

  private static func drawBody(
    _ form: EditForm, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let layout = EditFormLayout(form, state)
    var canvas = Frame(
      size: Size(rows: layout.rows, columns: rect.columns), style: theme[.text])
    for item in layout.items {
      switch item.content {
      case .field(let field):
        draw(field, form, state, into: &canvas, rect: item.rect, theme: theme)
      case .confirmation:
        FormFieldView.draw(
          "Type its name", form.confirmation.map(FormInput.line),
          isFocused: form.focus == .confirmation,
          placeholder: "to confirm that its pods are replaced", into: &canvas, rect: item.rect,
          theme: theme, glyphs: state.configuration.glyphs)
      case .line(let line):
        canvas.write(line, at: item.rect.origin, maxWidth: rect.columns, theme: theme)
      case .buttons: buttons(form, theme: theme).draw(into: &canvas, rect: item.rect)
      }
    }
    frame.scroll(
      canvas, from: form.offset, in: rect, theme: theme, glyphs: state.configuration.glyphs)
  }

  private static func draw(
    _ field: CreateField, _ form: EditForm, _ state: DashboardState, into frame: inout Frame,
    rect: Rect, theme: Theme
  ) {
    let specification = FieldSpecification[field]
    let hasError = form.allFindings.contains { $0.field == field && $0.severity == .error }
    let isChanged = form.change[field] != nil
    FormFieldView.draw(
      specification.label, form.inputs[field], isFocused: form.focus == .field(field),
      mark: hasError ? "!" : isChanged ? "*" : " ", placeholder: specification.origin,
      into: &frame, rect: rect, theme: theme, glyphs: state.configuration.glyphs)
  }

  static func buttons(_ form: EditForm, theme: Theme) -> ButtonRow {
    let focused: Int? =
      switch form.focus {
      case .apply: 0
      case .cancel: 1
      case .field, .confirmation: nil
      }
    return ButtonRow(
      [
        .init(form.kind == .texts ? "Update" : "Plan", isEnabled: form.obstacle == nil),
        .init(form.operation == nil ? "Cancel" : "Back"),
      ], focused: focused, alignment: .leading, theme: theme)
  }
}
