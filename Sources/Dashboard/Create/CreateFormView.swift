import ModelCore
import TerminalUI

/// The create form: the fields, what is wrong with each under it, and help for the one in focus.
enum CreateFormView {
  static func draw(
    _ form: CreateForm, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let parts = parts(state)
    let configuration = state.configuration
    frame.bar(
      " Create a model \(state.isRemote ? "on" : "in") \(state.creationPlace), "
        + configuration.organizationText, parts.title, .title, theme: theme,
      glyphs: configuration.glyphs)
    drawBody(form, state, into: &frame, rect: parts.body, theme: theme)
    drawSummary(form, state, into: &frame, rect: parts.rule, theme: theme)
    drawHelp(form, state, into: &frame, rect: parts.help, theme: theme)
    MessagesView.drawLine(state, into: &frame, rect: parts.message, theme: theme)
    FooterView.draw(state, into: &frame, rect: parts.footer, theme: theme)
  }

  struct Parts {
    var title: Rect
    var body: Rect
    var rule: Rect
    var help: Rect
    var message: Rect
    var footer: Rect
  }

  static func parts(_ state: DashboardState) -> Parts {
    let rects = Rect(state.size).split(
      .vertical,
      [
        .fixed(1), .fill(), .fixed(1), .fixed(state.size.rows >= 14 ? 2 : 0), .fixed(1), .fixed(1),
      ])
    return Parts(
      title: rects[0], body: rects[1], rule: rects[2], help: rects[3], message: rects[4],
      footer: rects[5])
  }

  // MARK: The fields

  private static func drawBody(
    _ form: CreateForm, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let layout = CreateFormLayout(form, state)
    // Drawn as a whole and then shown in part: no field has to know where the screen cuts it.
    var canvas = Frame(
      size: Size(rows: layout.rows, columns: rect.columns), style: theme[.text])
    for item in layout.items {
      switch item.content {
      case .field(let field):
        draw(field, form, state, into: &canvas, layout: layout, item: item, theme: theme)
      case .line(let line):
        canvas.write(line, at: item.rect.origin, maxWidth: rect.columns, theme: theme)
      case .buttons:
        buttons(form, theme: theme).draw(into: &canvas, rect: item.rect)
      }
    }
    frame.show(canvas, from: form.offset, in: rect)
    ScrollBar(
      offset: form.offset, count: layout.rows, track: theme[.scrollTrack],
      thumb: theme[.scrollThumb], glyphs: state.configuration.glyphs
    ).draw(into: &frame, rect: rect)
  }

  private static func draw(
    _ field: CreateField, _ form: CreateForm, _ state: DashboardState, into frame: inout Frame,
    layout: CreateFormLayout, item: CreateFormLayout.Item, theme: Theme
  ) {
    let specification = FieldSpecification[field]
    let isFocused = form.focus == .field(field)
    let hasError = form.shownFindings(field).contains { $0.severity == .error }
    let glyphs = state.configuration.glyphs
    let mark = isFocused ? glyphs.selection : hasError ? "!" : " "
    frame.write(
      mark + specification.label.cut(to: CreateFormLayout.labelWidth - 2, glyphs),
      at: item.rect.origin, style: theme[isFocused ? .formLabelFocused : .formLabel])
    let style = theme[isFocused ? .formFieldFocused : .formField]
    let rect = layout.input(item)
    switch form.inputs[field] {
    case .line(let input):
      TextInput(
        input, isFocused: isFocused, placeholder: specification.origin, style: style,
        placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
      ).draw(into: &frame, rect: rect)
    case .area(let area):
      TextArea(
        area, isFocused: isFocused, placeholder: specification.origin, style: style,
        placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
      ).draw(into: &frame, rect: rect)
    case nil: break
    }
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

  private static func drawSummary(
    _ form: CreateForm, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let glyphs = state.configuration.glyphs
    frame.fill(rect, style: theme[.border], character: glyphs.horizontal.first ?? "-")
    let (text, element) = summary(form, state)
    frame.write(
      " \(text) ".cut(to: max(0, rect.columns - 4), glyphs),
      at: Point(row: rect.row, column: rect.column + 2), style: theme[element])
  }

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

extension Frame {
  /// Copies rows of another frame, from one on, with its cursor where that is among them.
  mutating func show(_ canvas: Frame, from offset: Int, in rect: Rect) {
    for row in 0..<rect.rows where row + offset < canvas.size.rows && row + offset >= 0 {
      for column in 0..<min(rect.columns, canvas.size.columns) {
        self[rect.row + row, rect.column + column] = canvas[row + offset, column]
      }
    }
    func moved(_ point: Point?) -> Point? {
      guard let point, (offset..<offset + rect.rows).contains(point.row) else { return nil }
      return Point(row: rect.row + point.row - offset, column: rect.column + point.column)
    }
    cursor = moved(canvas.cursor)
    anchor = moved(canvas.anchor)
  }
}
