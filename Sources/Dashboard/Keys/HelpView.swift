import TerminalUI

/// The help: every key of where it was opened, then of everywhere else, made from the bindings.
enum HelpView {
  static func lines(_ state: DashboardState, _ help: HelpState) -> [StyledLine] {
    var contexts = Binding.Context.allCases
    contexts.removeAll { $0 == help.origin }
    contexts.insert(help.origin, at: 0)
    var lines: [StyledLine] = help.origin == .command ? commands(state) : []
    for context in contexts {
      if !lines.isEmpty { lines.append(StyledLine()) }
      lines.append(StyledLine(context.title, .formSection))
      for binding in Binding.bindings(in: context) {
        lines += entry(binding, state, isHere: context == help.origin)
      }
    }
    if help.origin != .command { lines += [StyledLine()] + commands(state) }
    lines += [StyledLine(), StyledLine("Marks", .formSection)]
    lines += marks.map { StyledLine([(pad($0.0), .key), ($0.1, .text)]) }
    return lines
  }

  private static let keyWidth = 16
  private static let marks = [
    ("+ running", "at least one replica serves; degraded when fewer than asked for"),
    ("~ creating", "its pods are scheduled and starting"),
    (". pending", "not prepared yet, or no node fits"),
    ("x failed", "it will not come up without help"),
    ("! crash_loop...", "its container keeps dying"),
    ("- stopped", "no replica is asked for"),
    ("/deleting", "it is being deleted"),
    ("/drift or *", "something differs from what was asked for"),
  ]

  private static func entry(_ binding: Binding, _ state: DashboardState, isHere: Bool)
    -> [StyledLine]
  {
    let keys = binding.chords.map(\.label).joined(separator: " ")
    let width = max(20, state.size.columns - keyWidth - 2)
    var text = binding.help
    if isHere, let reason = binding.disabledReason(state) { text += " (not now: \(reason))" }
    return text.wrapped(to: width).enumerated().map { index, part in
      StyledLine([(pad(index == 0 ? keys : ""), .key), (part, .text)])
    }
  }

  private static func commands(_ state: DashboardState) -> [StyledLine] {
    Command.all.reduce(into: [StyledLine("Commands", .formSection)]) { $0 += entry($1, state) }
  }

  private static func entry(_ command: Command, _ state: DashboardState) -> [StyledLine] {
    let others = command.names.dropFirst().map { ":\($0)" }.joined(separator: " ")
    let text = others.isEmpty ? command.help : "\(command.help); also \(others)"
    let width = max(20, state.size.columns - keyWidth - 2)
    return text.wrapped(to: width).enumerated().map { index, part in
      StyledLine([(pad(index == 0 ? ":\(command.usage)" : ""), .key), (part, .text)])
    }
  }

  private static func pad(_ text: String) -> String {
    "  " + text + String(repeating: " ", count: max(1, keyWidth - text.displayWidth))
  }
}
