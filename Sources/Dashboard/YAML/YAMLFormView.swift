import ModelCore
import TerminalUI

/// The screen on which a model is written: the text, what is wrong with it, and what will come of it.
enum YAMLFormView {
  static func parts(_ state: DashboardState) -> ScreenParts {
    let rows = state.size.rows
    return ScreenParts(
      state.size, head: rows >= 16 ? 1 : 0, rule: 1,
      below: rows >= 36 ? 6 : rows >= 20 ? 4 : rows >= 12 ? 2 : 1)
  }

  static func draw(
    _ form: YAMLForm, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let parts = parts(state)
    let configuration = state.configuration
    parts.draw(
      "Create from YAML on \(configuration.context), \(configuration.organizationText)", state,
      into: &frame, theme: theme)
    frame.write(head(form), at: parts.head.origin, maxWidth: parts.head.columns, theme: theme)
    var marks = marks(form, theme: theme)
    if let (row, mark) = YAMLFindView.mark(state, theme: theme) { marks[row] = mark }
    let editor = Editor(
      form.editor, isFocused: form.operation == nil, marks: marks,
      style: theme[.text], numberStyle: theme[.dim], track: theme[.scrollTrack],
      thumb: theme[.scrollThumb], glyphs: configuration.glyphs,
      highlight: { YAMLHighlight.parts($0).map { ($0.from, theme[$0.element]) } })
    editor.draw(into: &frame, rect: parts.body)
    if form.editor.isEmpty { drawPlaceholder(form, into: &frame, rect: parts.body, theme: theme) }
    drawRule(form, state, into: &frame, rect: parts.rule, theme: theme)
    drawFindings(form, state, into: &frame, rect: parts.below, theme: theme)
  }

  // MARK: What will come of it

  private static func head(_ form: YAMLForm) -> StyledLine {
    guard !form.check.name.isEmpty else {
      return StyledLine(" The name of the Deployment will be that of the model.", .dim)
    }
    var line = StyledLine([
      (" Model ", .formLabel), (form.check.name, .text), ("  in ", .formLabel),
      (form.check.namespace, .text), ("  ", .text), (kinds(form.check.kinds), .dim),
    ])
    if let name = form.inputs[.displayName], !name.isEmpty {
      line.append("  \"\(name.text)\"", .text)
    }
    let tags = CreateRequest.tags(in: form.inputs[.tags]?.text ?? "")
    if !tags.isEmpty { line.append("  tags " + tags.joined(separator: ", "), .dim) }
    return line
  }

  /// `Deployment, Service, 2 ConfigMaps`
  private static func kinds(_ kinds: [String]) -> String {
    var counts: [(kind: String, count: Int)] = []
    for kind in kinds {
      if let index = counts.firstIndex(where: { $0.kind == kind }) {
        counts[index].count += 1
      } else {
        counts.append((kind, 1))
      }
    }
    return counts.map { $0.count == 1 ? $0.kind : "\($0.count) \($0.kind)s" }
      .joined(separator: ", ")
  }

  private static func drawPlaceholder(
    _ form: YAMLForm, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let lines = [
      "Type or paste the manifests of one model:",
      "a Deployment, and what belongs to it.",
      "F7 reads a file, F6 opens your editor,",
      "F9 begins with a skeleton.",
    ]
    let column = rect.column + Editor.gutter(form.editor)
    for (row, line) in lines.enumerated() where row + 1 < rect.rows {
      frame.write(
        line, at: Point(row: rect.row + row, column: column + 1),
        style: theme[.formPlaceholder], maxWidth: max(0, rect.columns - column - 1))
    }
  }

  // MARK: What is wrong

  private static func marks(_ form: YAMLForm, theme: Theme) -> [Int: Editor.Mark] {
    var marks: [Int: Editor.Mark] = [:]
    if form.editor.isEmpty { return marks }
    for finding in form.check.findings {
      let row = finding.position.line - 1
      let isError = finding.severity == .error
      let mark = Editor.Mark(
        isError ? "!" : "?", theme[isError ? .formError : .warning],
        columns: [finding.position.column - 1] + (marks[row]?.columns ?? []))
      // An error is not hidden by a warning of the same line.
      if isError || marks[row]?.character != "!" {
        marks[row] = mark
      } else {
        marks[row]?.columns.append(finding.position.column - 1)
      }
    }
    return marks
  }

  private static func drawRule(
    _ form: YAMLForm, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    let place = " \(form.editor.cursor.row + 1):\(form.editor.cursor.column + 1) "
    let (text, element) = summary(form, state)
    frame.rule(
      text, rect, element, reserved: place.displayWidth, theme: theme,
      glyphs: state.configuration.glyphs)
    frame.write(
      place, at: Point(row: rect.row, column: max(0, rect.endColumn - place.displayWidth - 1)),
      style: theme[.dim])
  }

  private static func summary(_ form: YAMLForm, _ state: DashboardState) -> (String, Theme.Element)
  {
    if let id = form.operation {
      let progress = state.operations[id]?.progress ?? ""
      return (progress.isEmpty ? "creating" : "creating: \(progress)", .info)
    }
    if form.editor.isEmpty { return ("nothing written yet", .dim) }
    if !form.isChecked { return ("checking", .info) }
    if !form.refusals.isEmpty { return ("refused: see below", .formError) }
    let list = form.check.summary
    if list.isEmpty { return ("nothing to fix: F10 shows the plan", .success) }
    return form.check.errors > 0
      ? ("\(list): F3 goes to the next, F2 lists all", .formError)
      : ("\(list): F10 shows the plan, F3 goes to the next", .warning)
  }

  /// What the server refused, then the finding at the cursor with what to do, then those below it.
  private static func drawFindings(
    _ form: YAMLForm, _ state: DashboardState, into frame: inout Frame, rect: Rect, theme: Theme
  ) {
    guard !rect.isEmpty else { return }
    var lines: [StyledLine] = []
    for finding in form.refusals {
      let place = finding.position.map { "\($0.line):\($0.column) " } ?? ""
      for text in "\(place)refused: \(finding.message)".wrapped(to: rect.columns - 1) {
        lines.append(StyledLine(" " + text, .formError))
      }
      if !finding.fix.isEmpty { lines.append(StyledLine("   " + finding.fix, .text)) }
    }
    if form.editor.isEmpty {
      lines.append(
        StyledLine(" What is wrong is told here, line by line, while you type.", .dim))
    } else if let current = form.currentIndex {
      lines += self.lines(form.check.findings[current], isCurrent: form.findingHere != nil, rect)
      for finding in form.check.findings[(current + 1)...].prefix(rect.rows) {
        lines += self.lines(finding, isCurrent: false, rect)
      }
    } else {
      lines += form.fieldFindings.map {
        StyledLine(" \($0.message) (F8)", $0.severity == .error ? .formError : .warning)
      }
    }
    for (row, line) in lines.prefix(rect.rows).enumerated() {
      frame.write(
        line, at: Point(row: rect.row + row, column: rect.column), maxWidth: rect.columns,
        theme: theme)
    }
  }

  private static func lines(
    _ finding: YAMLFinding, isCurrent: Bool, _ rect: Rect
  ) -> [StyledLine] {
    let isError = finding.severity == .error
    let element: Theme.Element = isError ? .formError : .warning
    let text = " \(finding.place) \(isError ? "error" : "warning"): \(finding.message)"
    guard isCurrent, rect.rows > 1 else {
      return [StyledLine(text.truncated(to: rect.columns), element)]
    }
    var lines = text.wrapped(to: rect.columns - 1).prefix(max(1, rect.rows - 1))
      .map { StyledLine($0, element) }
    lines.append(advice(finding, indent: 3))
    return lines
  }

  /// What the key does comes first: it is not cut where the line ends.
  private static func advice(_ finding: YAMLFinding, indent: Int) -> StyledLine {
    var line = StyledLine(String(repeating: " ", count: indent), .text)
    if let fix = finding.fix {
      line.append("F4", .key)
      line.append(" \(fix.summary)   ", .hint)
    }
    line.append(finding.advice, .text)
    return line
  }

  /// All findings with what to do about each, for the list that F2 opens, and which lines each has.
  static func findingLines(
    _ form: YAMLForm, selected: Int, columns: Int
  ) -> (lines: [StyledLine], selected: Range<Int>) {
    guard !form.check.findings.isEmpty else {
      return ([StyledLine("Nothing is wrong.", .success)], 0..<1)
    }
    var lines: [StyledLine] = []
    var range = 0..<1
    for (index, finding) in form.check.findings.enumerated() {
      let start = lines.count
      let isError = finding.severity == .error
      let mark = index == selected ? "> " : "  "
      let text = "\(finding.place) \(isError ? "error" : "warning"): \(finding.message)"
      for (row, line) in text.wrapped(to: max(10, columns - 3)).enumerated() {
        lines.append(
          StyledLine((row == 0 ? mark : "  ") + line, isError ? .formError : .warning))
      }
      lines.append(advice(finding, indent: 6))
      if index == selected { range = start..<lines.count }
    }
    return (lines, range)
  }
}

extension YAMLFinding {
  /// `12:7`
  var place: String { "\(position.line):\(position.column)" }
}

/// Which parts of a line are keys, comments and separators: enough to find one's way.
enum YAMLHighlight {
  static func parts(
    _ line: [Unicode.Scalar]
  ) -> [(from: Int, element: Theme.Element)] {
    if line.starts(with: ["-", "-", "-"]) { return [(0, .formSection)] }
    var start = 0
    while start < line.count, line[start] == " " || line[start] == "-" && isEntry(line, start) {
      start += 1
    }
    var parts: [(from: Int, element: Theme.Element)] = []
    var index = start
    var quote: Unicode.Scalar?
    while index < line.count {
      let scalar = line[index]
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "\"" || scalar == "'", index == start || line[index - 1] == " " {
        quote = scalar
      } else if scalar == "#", index == 0 || line[index - 1] == " " {
        parts.append((index, .dim))
        break
      } else if scalar == ":", parts.isEmpty, index + 1 == line.count || line[index + 1] == " " {
        parts = [(start, .formLabel), (index + 1, .text)]
      }
      index += 1
    }
    return parts
  }

  private static func isEntry(_ line: [Unicode.Scalar], _ index: Int) -> Bool {
    index + 1 == line.count || line[index + 1] == " "
  }
}
