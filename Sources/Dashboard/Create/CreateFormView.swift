import ModelCore
import TerminalUI

/// The create form: the fields, what is wrong with each under it, and help for the one in focus.
enum CreateFormView {
  static func draw(
    _ form: CreateForm, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let parts = parts(state)
    let configuration = state.configuration
    parts.draw(
      "Create a model \(state.isRemote ? "on" : "in") \(state.creationPlace), "
        + configuration.organizationText, state, into: &frame, theme: theme)
    drawBody(form, state, into: &frame, rect: parts.body, theme: theme)
    let (text, element) = summary(form, state)
    frame.rule(text, parts.rule, element, theme: theme, glyphs: configuration.glyphs)
    drawHelp(form, state, into: &frame, rect: parts.below, theme: theme)
  }

  /// Of every form for the fields of a model.
  static func parts(_ state: DashboardState) -> ScreenParts {
    ScreenParts(state.size, rule: 1, below: state.size.rows >= 14 ? 2 : 0)
  }

  // MARK: The fields

  private static func drawBody(
    _ form: CreateForm, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let layout = CreateFormLayout(form, state)
    var canvas = Frame(
      size: Size(rows: layout.rows, columns: rect.columns), style: theme[.text])
    for item in layout.items {
      switch item.content {
      case .field(let field):
        draw(field, form, state, into: &canvas, rect: item.rect, theme: theme)
      case .line(let line):
        canvas.write(line, at: item.rect.origin, maxWidth: rect.columns, theme: theme)
      case .buttons:
        buttons(form, theme: theme).draw(into: &canvas, rect: item.rect)
      }
    }
    frame.scroll(
      canvas, from: form.offset, in: rect, theme: theme, glyphs: state.configuration.glyphs)
  }

  private static func draw(
    _ field: CreateField, _ form: CreateForm, _ state: DashboardState, into frame: inout Frame,
    rect: Rect, theme: Theme
  ) {
    let specification = FieldSpecification[field]
    let hasError = form.shownFindings(field).contains { $0.severity == .error }
    FormFieldView.draw(
      specification.label, form.inputs[field], isFocused: form.focus == .field(field),
      mark: hasError ? "!" : " ", placeholder: specification.origin, into: &frame, rect: rect,
      theme: theme, glyphs: state.configuration.glyphs)
  }

  static func buttons(_ form: CreateForm, theme: Theme) -> ButtonRow {
    let focused: Int? =
      switch form.focus {
      case .create: 0
      case .cancel: 1
      case .field: nil
      }
    return ButtonRow(
      [
        .init("Create", isEnabled: form.operation == nil),
        .init(form.operation == nil ? "Cancel" : "Back"),
      ],
      focused: focused, alignment: .leading, theme: theme)
  }

  // MARK: Below the fields

  private static func summary(_ form: CreateForm, _ state: DashboardState)
    -> (String, Theme.Element)
  {
    if let id = form.operation {
      let progress = state.operations[id]?.progress ?? ""
      return (progress.isEmpty ? "creating" : "creating: \(progress)", .info)
    }
    var parts: [String] = []
    if form.errors > 0 { parts.append("\(form.errors) error\(form.errors == 1 ? "" : "s")") }
    if form.warnings > 0 {
      parts.append("\(form.warnings) warning\(form.warnings == 1 ? "" : "s")")
    }
    if parts.isEmpty { return ("nothing to fix: F10 shows the plan", .success) }
    let list = parts.joined(separator: ", ")
    return ("\(list): F2 lists all, F3 goes to the next", form.errors > 0 ? .formError : .warning)
  }

  private static func drawHelp(
    _ form: CreateForm, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    let text: String
    switch form.focus {
    case .field(let field):
      let specification = FieldSpecification[field]
      text = "\(specification.help)\n\(origin(specification, state))"
    case .create:
      text =
        form.operation == nil
        ? "Shows the objects that will be made and what the server says to them, before anything is made."
        : "The model is being created."
    case .cancel:
      text =
        form.operation == nil
        ? "Goes back without creating anything; what was typed is kept as a draft."
        : "Goes back; the model is created all the same."
    }
    Paragraph(text, style: theme[.formHelp]).draw(into: &frame, rect: rect)
  }

  /// Where the value of an empty field comes from, as the cluster has it now.
  private static func origin(_ field: FieldSpecification, _ state: DashboardState) -> String {
    guard field.field == .storageClass, let name = state.creation?.validation.defaultStorageClass
    else { return field.origin }
    return
      "\(field.origin.hasSuffix(".") ? String(field.origin.dropLast()) : field.origin): \(name)."
  }

  /// All findings with what to do about each, for the list that F2 opens.
  static func findingLines(_ form: CreateForm, columns: Int) -> [StyledLine] {
    let findings = form.allFindings
    if findings.isEmpty { return [StyledLine("Nothing is wrong.", .success)] }
    var lines: [StyledLine] = []
    for finding in findings {
      let label = finding.field.map { FieldSpecification[$0].label } ?? "The whole"
      let isError = finding.severity == .error
      let text = "\(isError ? "error" : "warning"): \(finding.message)"
      lines.append(StyledLine(label, .formSection))
      for line in text.wrapped(to: max(10, columns - 2)) {
        lines.append(StyledLine("  " + line, isError ? .formError : .warning))
      }
      for line in finding.fix.wrapped(to: max(10, columns - 2)) where !line.isEmpty {
        lines.append(StyledLine("  " + line))
      }
    }
    return lines
  }
}
