import ModelCore
import TerminalUI

/// The line after `:` while it is typed.
struct CommandLine: Sendable, Equatable {
  /// One way to go on.
  struct Match: Sendable, Equatable {
    /// The whole line with it.
    var line: String
    var title: String
    var note: String
  }

  private static let maxLength = 300
  var input = TextInputState(maxLength: maxLength)
  /// Why the line could not be run; until it is changed.
  var problem: String?
  /// What was typed before Tab or an arrow put a match into the line; the matches are those of it.
  var typed = ""
  /// The match that is in the line.
  var selected: Int?

  mutating func begin(with text: String) {
    input.set(text)
    typed = text
  }

  /// The command's name and what stands after it.
  var parts: (name: String, argument: String) {
    let text = input.text.drop { $0 == " " || $0 == ":" }
    guard let blank = text.firstIndex(of: " ") else { return (String(text), "") }
    return (
      String(text[..<blank]),
      String(text[blank...]).trimmingBlanks
    )
  }

  /// How the typed text can go on: what begins like it first, then what has it inside.
  func matches(_ state: DashboardState) -> [Match] {
    let text = String(typed.drop { $0 == " " || $0 == ":" })
    guard let blank = text.firstIndex(of: " ") else {
      let word = text.lowercased()
      return Command.all.filter { command in command.names.contains { $0.hasPrefix(word) } }
        .map {
          Match(
            line: $0.argument == .none ? $0.name : $0.name + " ", title: $0.usage, note: $0.help)
        }
    }
    guard let command = Command.command(named: String(text[..<blank])) else { return [] }
    let word = String(text[blank...]).trimmingBlanks.lowercased()
    let all = candidates(command.argument, state).filter { $0.title.lowercased().contains(word) }
    let first = all.filter { $0.title.lowercased().hasPrefix(word) }
    let rest = all.filter { !$0.title.lowercased().hasPrefix(word) }
    return (first + rest).map {
      Match(line: "\(command.name) \($0.title)", title: $0.title, note: $0.note)
    }
  }

  private func candidates(
    _ argument: Command.Argument, _ state: DashboardState
  ) -> [(title: String, note: String)] {
    switch argument {
    case .none, .text: return []
    case .context:
      return (state.contexts ?? []).map {
        ($0.name, $0.name == state.configuration.context ? "on screen now" : $0.place)
      }
    case .namespace:
      return state.knownNamespaces.map {
        ($0, state.noteOnNamespace($0))
      }
    case .status: return [("all", "")] + ModelStatus.allCases.map { ($0.rawValue, "") }
    case .column:
      return Column.all.map {
        ($0.id.rawValue, $0.id == state.table.sortColumn ? "sorted by this now" : "")
      }
    }
  }
}

extension ContextChoice {
  /// `cluster prod as alice, namespace team-a`, or `HTTP API https://models.example.com`
  var place: String {
    if let server { return "HTTP API \(server)" }
    let who = user.isEmpty ? "" : " as \(user)"
    let space = namespace.map { ", namespace \($0)" } ?? ""
    return "cluster \(cluster)\(who)\(space)"
  }
}

extension DashboardState {
  var commandLine: CommandLine? {
    get { if case .command(let line) = layers.last { line } else { nil } }
    set {
      guard let newValue, commandLine != nil else { return }
      layers[layers.count - 1] = .command(newValue)
    }
  }

  /// Namespaces that something on screen is in, or a context names.
  var knownNamespaces: [String] {
    var names = Set(table.models(in: 0..<table.count).map(\.namespace))
    names.insert(configuration.namespace)
    if case .names(let all) = choices?.namespaces { names.formUnion(all) }
    names.formUnion((contexts ?? []).compactMap(\.namespace).filter { !$0.isEmpty })
    return names.sorted()
  }

  /// Whether models can be made there, as far as that is known.
  fileprivate func noteOnNamespace(_ name: String) -> String {
    if name == configuration.namespace { return "models are made here now" }
    return access.refusal(of: ModelRights.creating(in: name)) == nil
      ? "" : "no permission to make models"
  }

  mutating func openCommandLine() -> [Effect] {
    layers.append(.command(CommandLine()))
    // The contexts are read anew, so that completion knows them by the time they are typed.
    return configuration.isSimulated ? [] : [.listContexts, .readChoices]
  }

  /// - Returns: whether the event was for the line's text.
  mutating func typeCommand(_ event: InputEvent) -> Bool {
    guard var line = commandLine else { return false }
    // As in vi: what is taken back beyond the colon leaves the line.
    if line.input.isEmpty, event == .key(.init(.backspace)) {
      layers.removeLast()
      return true
    }
    guard line.input.handle(event) else { return false }
    line.typed = line.input.text
    line.selected = nil
    line.problem = nil
    commandLine = line
    return true
  }

  /// Tab: as far as all matches agree, then one after the other.
  mutating func completeCommand(by step: Int) -> [Effect] {
    guard let line = commandLine else { return [] }
    let matches = line.matches(self)
    guard let first = matches.first else { return [] }
    if line.selected == nil, step > 0 {
      let common = matches.dropFirst().reduce(first.line) { Self.commonPrefix($0, $1.line) }
      if common.count > line.typed.count, common.hasPrefix(line.typed) {
        commandLine?.input.set(common)
        commandLine?.typed = common
        commandLine?.problem = nil
        return []
      }
    }
    return chooseMatch(by: step)
  }

  private static func commonPrefix(_ a: String, _ b: String) -> String {
    String(zip(a, b).prefix { $0 == $1 }.map(\.0))
  }

  /// Puts the next or the previous match into the line.
  mutating func chooseMatch(by step: Int) -> [Effect] {
    guard var line = commandLine else { return [] }
    let matches = line.matches(self)
    guard !matches.isEmpty else { return [] }
    let current = line.selected ?? (step > 0 ? -1 : 0)
    let next = (current + step + matches.count) % matches.count
    line.selected = next
    line.input.set(matches[next].line)
    line.problem = nil
    commandLine = line
    return []
  }

  mutating func runCommand() -> [Effect] {
    guard let line = commandLine else { return [] }
    let (name, argument) = line.parts
    layers.removeLast()
    guard !name.isEmpty else { return [] }
    let outcome: Command.Outcome
    if let command = Command.command(named: name) {
      outcome =
        command.argument == .none && !argument.isEmpty
        ? .refused(":\(command.name) takes nothing after it.") : command.run(&self, argument)
    } else {
      outcome = .refused("There is no command '\(name)': Tab lists what there is.")
    }
    switch outcome {
    case .done(let effects): return effects
    case .refused(let reason):
      var again = line
      again.problem = reason
      layers.append(.command(again))
      return []
    }
  }
}
