/// The inference servers that a container's command starts, found inside wrappers and shells.
package struct ServerCommand: Equatable, Sendable {
  /// One start of a server.
  package struct Invocation: Equatable, Sendable {
    /// What stands behind the server's name.
    package var arguments: EngineArguments
    /// Known to be vLLM's (or a like) server by how it is started, not only by its options.
    package var isRecognized: Bool
    /// `vllm serve`.
    package var isServe: Bool
  }

  package private(set) var invocations: [Invocation]
  /// A shell script in the command that no shell can read, e.g. `a single quote (') is not closed`.
  package private(set) var syntaxError: String?
  /// The command is a script for a shell.
  package private(set) var usesShell: Bool

  /// - Parameter command: `command` and `args` of a container, one after the other.
  package init(_ command: [String]) {
    invocations = []
    usesShell = false
    collect(command.map { CommandArgument($0) }, depth: 0)
    if invocations.contains(where: \.isRecognized) {
      invocations.removeAll { !$0.isRecognized }
    }
  }

  /// The port that the server listens on: the first that the command names.
  package var port: EngineArguments.Port {
    invocations.map(\.arguments.port).first { $0 != .absent } ?? .absent
  }

  /// What the server reports as its name; of several servers the first that does not serve `name`.
  package func servedModelName(expecting name: String) -> ServedModelName {
    let found = invocations.map(\.arguments.servedModelName)
    return found.first { !$0.matches(name) } ?? found.first ?? .absent
  }

  /// The model that is loaded: the first that the command names.
  package var model: String? { invocations.lazy.compactMap(\.arguments.model).first }

  /// The options of the first server that say how large it is, by vLLM's long names; see ``EngineArguments/sizing``.
  package var sizing: [String: String] { invocations.first?.arguments.sizing ?? [:] }

  // MARK: Finding the servers

  private static let deepest = 4

  private mutating func collect(_ words: [CommandArgument], depth: Int) {
    let words = CommandWrapper.strip(words)
    guard let program = words.first?.text else { return }
    let name = program.lastPathComponent
    if Self.shells.contains(name) {
      return collectShell(Array(words.dropFirst()), depth: depth)
    }
    if name == "eval" {
      let script = words.dropFirst().map(\.text).joined(separator: " ")
      return collectScript(script, positional: [], depth: depth)
    }
    guard !Self.bystanders.contains(name) else { return }
    if let start = Self.serverStart(words) {
      let arguments = EngineArguments(Array(words[start.index...]), isServe: start.isServe)
      invocations.append(
        Invocation(arguments: arguments, isRecognized: true, isServe: start.isServe))
    } else {
      let isBare = program.utf8.first == UInt8(ascii: "-")
      let arguments = EngineArguments(isBare ? words : Array(words.dropFirst()), isServe: false)
      let says =
        arguments.servedModelName != .absent || arguments.port != .absent
        || arguments.gluedFlag != nil
      if says || depth == 0 {
        invocations.append(Invocation(arguments: arguments, isRecognized: false, isServe: false))
      }
    }
  }

  /// Where the options of a known server begin: behind `vllm serve`, or behind `-m vllm...`.
  private static func serverStart(_ words: [CommandArgument]) -> (index: Int, isServe: Bool)? {
    for index in words.indices.dropLast() {
      let next = words[index + 1].text
      if words[index].text.lastPathComponent == "vllm", next == "serve" { return (index + 2, true) }
      if words[index].text == "-m", next.hasPrefix("vllm.") || next.hasPrefix("sglang.") {
        let isServe = index + 2 < words.count && words[index + 2].text == "serve"
        return (index + (isServe ? 3 : 2), isServe)
      }
    }
    for index in words.indices where words[index].text.lastPathComponent == "api_server.py" {
      return (index + 1, false)
    }
    return nil
  }

  private static let shells: Set<String> = [
    "sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "busybox",
  ]

  /// Commands that start no server, whatever stands behind them.
  private static let bystanders: Set<String> = [
    "echo", "printf", "cat", "cd", "set", "unset", "test", "[", "[[", "true", "false", ":", "sleep",
    "mkdir", "rm", "cp", "mv", "ln", "chmod", "chown", "ls", "grep", "sed", "awk", "tee", "tail",
    "head", "pip", "pip3", "apt", "apt-get", "huggingface-cli", "hf", "curl", "wget", "wait",
    "trap",
    "source", ".", "ulimit", "umask", "kill", "logger", "which", "type", "read", "shift", "return",
    "exit", "break", "continue", "nvidia-smi", "git", "touch", "env", "alias", "hash",
  ]

  /// `sh [options] -c SCRIPT [NAME ARGS...]`, or a script file with its arguments.
  private mutating func collectShell(_ words: [CommandArgument], depth: Int) {
    usesShell = true
    var runsText = false
    var index = 0
    if index < words.count, Self.shells.contains(words[index].text) { index += 1 }  // busybox sh
    while index < words.count {
      let text = words[index].text
      guard text.count > 1, text.hasPrefix("-") || text.hasPrefix("+") else { break }
      index += 1
      if text == "--" { break }
      if text.hasPrefix("--") {
        if text == "--rcfile" || text == "--init-file" { index += 1 }
        continue
      }
      let letters = text.dropFirst()
      if letters.contains("c"), text.hasPrefix("-") { runsText = true }
      index += letters.count { $0 == "o" || $0 == "O" }
    }
    guard index < words.count else { return }
    let rest = Array(words[index...])
    if runsText {
      collectScript(rest[0].text, positional: Array(rest.dropFirst()), depth: depth)
    } else {
      collect(rest, depth: depth)
    }
  }

  private mutating func collectScript(
    _ script: String, positional: [CommandArgument], depth: Int
  ) {
    guard depth < Self.deepest else { return }
    let parsed: ShellScript
    do {
      parsed = try ShellScript(parsing: script)
    } catch {
      syntaxError = syntaxError ?? error.message
      return
    }
    // `sh -c SCRIPT` without a name has the shell's own as `$0`.
    var shell = ShellExpansion(
      positional: positional.isEmpty ? [CommandArgument("sh")] : positional)
    for command in parsed.commands {
      var words = command.words[...]
      while let word = words.first, Self.isReserved(word) { words = words.dropFirst() }
      if let name = words.first?.literal, ["for", "case", "select", "function"].contains(name) {
        continue
      }
      let isDeclaration = ["export", "readonly", "local", "declare", "typeset"]
        .contains(words.first?.literal ?? "")
      if isDeclaration { words = words.dropFirst() }
      let assignments = words.prefix { ShellScript.isAssignment($0) || isDeclaration }
      words = words.dropFirst(assignments.count)
      if words.isEmpty {
        for assignment in assignments { shell.assign(assignment) }
      } else {
        collect(words.flatMap { shell.expand($0) }, depth: depth + 1)
      }
    }
  }

  private static func isReserved(_ word: ShellScript.Word) -> Bool {
    guard !word.isQuoted, let text = word.literal else { return false }
    return [
      "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "{", "}", "!", "time",
    ]
    .contains(text)
  }
}
