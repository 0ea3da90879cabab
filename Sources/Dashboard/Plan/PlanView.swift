import ModelCore
import TerminalUI

/// The plan of a write: what the server says to it, what changes, and the objects as YAML.
enum PlanView {
  static func parts(_ size: Size) -> ScreenParts {
    var parts = ScreenParts(size, rule: size.rows >= 12 ? 1 : 0, below: 1)
    parts.below = parts.below.inset(columns: 1)
    return parts
  }

  static func draw(
    _ plan: PlanState, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let parts = parts(state.size)
    let glyphs = state.configuration.glyphs
    parts.draw("Plan: \(plan.title)", state, into: &frame, theme: theme)
    let lines = lines(plan, state)
    let rows = parts.body.rows
    let start = Scrolling.clamped(plan.offset, count: lines.count, height: rows)
    let isScrolled = lines.count > rows
    frame.scroll(
      lines, from: start, in: parts.body, width: parts.body.columns - (isScrolled ? 1 : 0),
      theme: theme, glyphs: glyphs)
    frame.rule(
      isScrolled
        ? "lines \(start + 1)-\(min(lines.count, start + rows)) of \(lines.count)" : "",
      parts.rule, theme: theme, glyphs: glyphs)
    buttons(plan, theme: theme).draw(into: &frame, rect: parts.below)
  }

  static func buttons(_ plan: PlanState, theme: Theme) -> ButtonRow {
    ButtonRow(
      [
        .init(plan.applyTitle, isDanger: plan.isDanger, isEnabled: plan.refusal == nil),
        .init("Back"),
      ], focused: plan.focused, alignment: .leading, theme: theme)
  }

  // MARK: The text

  /// Everything there is to read, for a screen of this width.
  static func lines(_ plan: PlanState, _ state: DashboardState) -> [StyledLine] {
    guard let sheet = plan.sheet else {
      let progress = state.operations[plan.question]?.progress ?? ""
      return [
        StyledLine(
          progress.isEmpty ? "Asking the API server what it would say." : "Asking: \(progress).",
          .info)
      ]
    }
    let width = max(12, state.size.columns - 2)
    var lines = answer(sheet.answer, width: width)
    for note in sheet.notes { lines += wrapped(note, .text, width) }
    for warning in sheet.warnings { lines += wrapped("warning: \(warning)", .warning, width) }
    if !sheet.changes.isEmpty {
      lines += [StyledLine(), StyledLine("What changes", .formSection)]
      for change in sheet.changes { lines += self.lines(change, width: width) }
    }
    if !sheet.objects.isEmpty {
      lines += [StyledLine(), StyledLine("Objects", .formSection)]
      lines += sheet.objects.map {
        StyledLine([("  " + $0.label + "  ", .text), ($0.note, .info)])
      }
    }
    for object in sheet.objects {
      lines += [
        StyledLine(), StyledLine([(object.label, .formSection), (" (\(object.note))", .dim)]),
      ]
      lines += object.yaml.split(separator: "\n", omittingEmptySubsequences: false)
        .reversed().drop { $0.isEmpty }.reversed()
        .flatMap { yaml(String($0), width: width) }
    }
    return lines
  }

  private static func answer(_ answer: PlanSheet.Answer, width: Int) -> [StyledLine] {
    switch answer {
    case .accepted(let text): return wrapped("accepted: \(text)", .success, width)
    case .refused(let text, let fix):
      return wrapped("refused: \(text)", .formError, width)
        + (fix.isEmpty ? [] : wrapped(fix, .text, width))
    case .unknown(let text): return wrapped("not checked: \(text)", .warning, width)
    }
  }

  private static func wrapped(
    _ text: String, _ element: Theme.Element, _ width: Int
  ) -> [StyledLine] {
    text.wrapped(to: width).map { StyledLine($0, element) }
  }

  /// A field's values one under the other, each with a sign: told without colours, too.
  private static func lines(_ change: PlanSheet.Change, width: Int) -> [StyledLine] {
    var lines = change.field.wrapped(to: max(8, width - 2)).map { StyledLine("  " + $0, .text) }
    if !change.note.isEmpty { lines[lines.count - 1].append("  (\(change.note))", .warning) }
    let values: [(String, String, Theme.Element)] = [
      ("-", change.before, .removed), ("+", change.after, .added),
    ]
    for (sign, value, element) in values where !value.isEmpty {
      for line in value.wrapped(to: max(8, width - 6)) {
        lines.append(StyledLine("    \(sign) \(line)", element))
      }
    }
    return lines
  }

  /// A line of YAML as it is written, broken where the screen ends: nothing of an object is hidden.
  private static func yaml(_ line: String, width: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    var text = "  "
    var used = 2
    // One way through, however long the line is.
    for character in line.printable {
      let columns = character.displayWidth
      if used + columns > width, used > 4 {
        lines.append(StyledLine(text, .text))
        text = "    "
        used = 4
      }
      text.append(character)
      used += columns
    }
    return lines + [StyledLine(text, .text)]
  }
}
