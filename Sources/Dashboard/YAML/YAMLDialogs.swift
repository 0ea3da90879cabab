import ModelCore
import TerminalUI

/// The line in which a file is named, in the place of the message line, with what it can go on with above it.
enum YAMLFileView {
  private static let most = 8

  static func draw(
    _ prompt: FilePrompt, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let parts = Rect(state.size).split(.vertical, [.fill(), .fixed(1), .fixed(1)])
    let line = parts[1]
    frame.fill(line, style: theme[.text])
    let label = prompt.isReading ? "Reading " : "File: "
    frame.write(label, at: line.origin, style: theme[.key])
    let field = Rect(
      row: line.row, column: line.column + label.displayWidth, rows: 1,
      columns: max(0, line.columns - label.displayWidth))
    TextInput(
      prompt.input, isFocused: true, placeholder: "a path; Tab completes it", style: theme[.text],
      placeholderStyle: theme[.formPlaceholder], glyphs: state.configuration.glyphs
    ).draw(into: &frame, rect: field)
    if let problem = prompt.problem {
      draw(
        problem.wrapped(to: max(1, state.size.columns)).suffix(3).map { $0 }, .error,
        above: line.row, into: &frame, theme: theme)
    } else if prompt.matches.count > 1 {
      draw(
        matchLines(prompt.matches, columns: state.size.columns), .popUp, above: line.row,
        into: &frame, theme: theme)
    }
  }

  /// The names side by side, as a shell lists them.
  private static func matchLines(_ matches: [String], columns: Int) -> [String] {
    let width = min(columns, (matches.map(\.displayWidth).max() ?? 1) + 2)
    let perLine = max(1, columns / max(1, width))
    var lines: [String] = []
    var index = 0
    while index < matches.count, lines.count < most {
      let row = matches[index..<min(matches.count, index + perLine)]
      lines.append(row.map { $0.fitted(to: width - 2) + "  " }.joined())
      index += perLine
    }
    if index < matches.count {
      lines[lines.count - 1] = "and \(matches.count - index + perLine) more"
    }
    return lines
  }

  private static func draw(
    _ lines: [String], _ element: Theme.Element, above row: Int, into frame: inout Frame,
    theme: Theme
  ) {
    let shown = lines.suffix(max(0, row))
    for (index, text) in shown.enumerated() {
      let rect = Rect(
        row: row - shown.count + index, column: 0, rows: 1, columns: frame.size.columns)
      frame.fill(rect, style: theme[element])
      frame.write(text, at: rect.origin, style: theme[element], maxWidth: rect.columns)
    }
  }
}

/// What is said of the model beside its text: the fields that the form has, too.
enum YAMLFieldsView {
  private static let labelWidth = 14

  private static func rect(_ size: Size) -> Rect {
    Rect(dialogs: size).centered(rows: 9, columns: min(72, size.columns))
  }

  static func draw(
    _ field: YAMLForm.Field, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    guard let form = state.yamlForm else { return }
    let glyphs = state.configuration.glyphs
    let inner = frame.dialog(
      "What is shown of the model", rect: rect(state.size), theme: theme, glyphs: glyphs
    ).inset(columns: 1)
    for (row, each) in YAMLForm.Field.allCases.enumerated() {
      let specification = FieldSpecification[each.createField]
      let isFocused = each == field
      let origin = Point(row: inner.row + row, column: inner.column)
      frame.write(
        (isFocused ? glyphs.selection : " ") + specification.label, at: origin,
        style: theme[isFocused ? .formLabelFocused : .formLabel].over(theme[.popUp]),
        maxWidth: labelWidth)
      guard let input = form.inputs[each] else { continue }
      TextInput(
        input, isFocused: isFocused, style: theme[isFocused ? .formFieldFocused : .formField],
        placeholderStyle: theme[.formPlaceholder], glyphs: glyphs
      ).draw(
        into: &frame,
        rect: Rect(
          row: origin.row, column: inner.column + labelWidth, rows: 1,
          columns: max(1, inner.columns - labelWidth)))
    }
    let below = Rect(
      row: inner.row + 4, column: inner.column, rows: max(0, inner.rows - 4), columns: inner.columns
    )
    let finding = form.fieldFindings.first { $0.field == field.createField }
    let help = FieldSpecification[field.createField].help
    Paragraph(
      finding.map { "\($0.message). \($0.fix)" } ?? help,
      style: theme[finding == nil ? .formHelp : .formError].over(theme[.popUp])
    ).draw(into: &frame, rect: below)
  }
}
