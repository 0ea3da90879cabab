import ModelCore
import TerminalUI

/// What can be typed after `:`; the completion and the help are made from these.
package struct Command: Sendable {
  /// What stands after the command's name.
  package enum Argument: Sendable, Equatable {
    case none
    /// A name of a context: of the kubeconfig, or of an HTTP API in the configuration file.
    case context
    case namespace
    case status
    case column
    /// Words, not completed.
    case text
  }

  /// What became of a command.
  package enum Outcome: Sendable {
    case done([Effect])
    /// Nothing was done; a sentence says why. The line stays open.
    case refused(String)
  }

  /// The name, then what else it may be called.
  package let names: [String]
  /// How what stands after the name is completed.
  package let argument: Argument
  /// How it is written, for the help: `context [NAME]`.
  package let usage: String
  /// What it does, in a few words without a full stop.
  package let help: String
  /// Carries it out on the state. The text is what stands after the name, empty where nothing does.
  package let run: @Sendable (inout DashboardState, String) -> Outcome

  /// The name that is shown and completed; aliases are not.
  package var name: String { names[0] }

  init(
    _ names: [String], _ argument: Argument = .none, usage: String? = nil, help: String,
    run: @escaping @Sendable (inout DashboardState, String) -> Outcome
  ) {
    self.names = names
    self.argument = argument
    self.usage = usage ?? names[0]
    self.help = help
    self.run = run
  }

  /// A command that does what a key does, and is refused when the key is.
  private init(_ names: [String], likeKey id: String, help: String) {
    self.init(names, help: help) { state, _ in
      guard let binding = Binding.binding(id) else { return .done([]) }
      if let reason = binding.disabledReason(state) { return .refused(reason) }
      return .done(binding.action(&state))
    }
  }

  /// Every command, in the order of the help.
  package static let all: [Command] = [
    Command(
      ["context", "ctx"], .context, usage: "context [NAME]",
      help: "switch to another context; without a name, choose from the list",
      run: { $0.changeContext(to: $1) }),
    Command(
      ["namespace", "ns"], .namespace, usage: "namespace NAME",
      help: "make models there; shown alone where not all may be listed",
      run: { $0.changeNamespace(to: $1) }),
    Command(
      ["filter"], .text, usage: "filter [TEXT]", help: "filter as / does; without a text, clear it",
      run: { $0.setFilter($1) }),
    Command(
      ["status"], .status, usage: "status [WORD]",
      help: "show one status only; without a word, all", run: { $0.setStatusFilter($1) }),
    Command(
      ["sort"], .column, usage: "sort COLUMN",
      help: "sort by any column; again turns the order round",
      run: { $0.setSort($1) }),
    Command(["details"], likeKey: "details", help: "show the selected model"),
    Command(["create"], likeKey: "create", help: "create a model"),
    Command(["clone"], likeKey: "clone", help: "create a model like the selected one"),
    Command(
      ["yaml"], .text, usage: "yaml [FILE]", help: "create a model from manifests, from a file",
      run: { $0.runYAML($1) }),
    Command(["delete"], likeKey: "delete", help: "delete the selected model, after a question"),
    Command(["edit"], likeKey: "edit", help: "change display name, description and tags"),
    Command(["redeploy"], likeKey: "redeploy", help: "change image, command, GPUs, delay, storage"),
    Command(["scale"], likeKey: "scale", help: "set the number of replicas"),
    Command(["stop"], likeKey: "stop", help: "zero replicas, after a question"),
    Command(["start"], likeKey: "start", help: "as many replicas as before"),
    Command(["restart"], likeKey: "restart", help: "new pods, after a question"),
    Command(["tag"], likeKey: "tag", help: "put tags on, take tags off"),
    Command(["actions"], likeKey: "actions", help: "everything that can be done, with its key"),
    Command(["bulk"], likeKey: "bulk", help: "what became of the last action on several"),
    Command(["undo"], likeKey: "undo", help: "make a model again that was deleted from here"),
    Command(["kubectl"], likeKey: "kubectl", help: "the kubectl commands that do the same"),
    Command(["journal"], likeKey: "journal", help: "what was written from here, and by whom"),
    Command(["messages"], likeKey: "messages", help: "what happened so far"),
    Command(["refresh"], likeKey: "relist", help: "list everything again"),
    Command(["help", "h"], help: "the commands and the keys") { state, _ in
      state.layers.append(.help(HelpState(origin: .command)))
      return .done([])
    },
    Command(["quit", "q"], likeKey: "quit", help: "quit"),
    Command(["quit!", "q!"], help: "quit, and lose what was typed into forms") { _, _ in
      .done([.quit])
    },
  ]

  /// The command of a name, an alias, or the beginning of just one name.
  package static func command(named text: String) -> Command? {
    if let exact = all.first(where: { $0.names.contains(text) }) { return exact }
    let begun = all.filter { $0.name.hasPrefix(text) }
    return begun.count == 1 ? begun[0] : nil
  }
}

extension DashboardState {
  // MARK: What commands do

  private static let noOtherContext =
    "This is the embedded cluster of modeldeck demo: there is no other context to switch to."

  mutating func changeContext(to name: String) -> Command.Outcome {
    if configuration.isSimulated { return .refused(Self.noOtherContext) }
    guard !name.isEmpty else {
      layers.append(.contexts(ContextMenuState()))
      selectCurrentContext()
      return .done([.listContexts])
    }
    if let contexts, !contexts.contains(where: { $0.name == name }), name != configuration.context {
      return .refused("There is no context '\(name)': \(Self.known(contexts)).")
    }
    log.add("Switching to \(name).", .information, at: now)
    return .done([.switchContext(name)])
  }

  private static func known(_ contexts: [ContextChoice]) -> String {
    let names = contexts.prefix(5).map(\.name).joined(separator: ", ")
    switch contexts.count {
    case 0: return "the kubeconfig has none"
    case ...5: return "there are \(names)"
    default: return "there are \(names) and \(contexts.count - 5) more (Tab lists them)"
    }
  }

  mutating func changeNamespace(to name: String) -> Command.Outcome {
    if configuration.isSimulated {
      return .refused("In modeldeck demo models are made in \(configuration.namespace) only.")
    }
    if let refusal = offerRefusal("form-namespace") { return .refused(refusal) }
    guard !name.isEmpty else {
      return .refused("Say which: models are made in \(configuration.namespace) now.")
    }
    guard Self.isNamespace(name) else {
      return .refused(
        "'\(name)' cannot be a namespace: up to 63 lower-case letters, digits and '-'.")
    }
    return .done([.switchNamespace(name)])
  }

  /// An RFC 1123 label, as the API server asks for.
  private static func isNamespace(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return (1...63).contains(bytes.count) && bytes.first != 45 && bytes.last != 45
      && bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
  }

  mutating func setFilter(_ text: String) -> Command.Outcome {
    table.setFilter { $0.text = String(text.prefix(Self.filterLength)) }
    return .done([])
  }

  mutating func setStatusFilter(_ word: String) -> Command.Outcome {
    let status = ModelStatus(rawValue: word)
    guard word.isEmpty || word == "all" || status != nil else {
      let words = ModelStatus.allCases.map(\.rawValue).joined(separator: ", ")
      return .refused("There is no status '\(word)': all, \(words).")
    }
    table.setFilter { $0.status = status }
    return .done([])
  }

  mutating func setSort(_ name: String) -> Command.Outcome {
    guard let column = Column.all.first(where: { $0.id.rawValue == name.lowercased() }) else {
      let names = Column.all.map(\.id.rawValue).joined(separator: ", ")
      return .refused(
        name.isEmpty ? "Say by what: \(names)." : "There is no column '\(name)': \(names).")
    }
    if column.id == table.sortColumn { return .done(invertSort()) }
    table.sort(by: column.id, isDescending: column.sortsDescending)
    return .done([])
  }
}
