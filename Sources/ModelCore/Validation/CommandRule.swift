/// Rules for the command: the served name has to be the model's, because Aibrix routes by it.
enum CommandRule {
  /// One argument may hold so many bytes on Linux, the ending zero included (`MAX_ARG_STRLEN`).
  private static let longestArgument = 131_071

  static func findings(_ command: [String], name: String) -> [Finding] {
    guard command.contains(where: { !$0.trimmingBlanks.isEmpty }) else {
      return [
        Finding(
          field: .command,
          message: "command is required and must contain --served-model-name parameter",
          fix: "Enter e.g. vllm serve org/model --served-model-name \(shown(name)).")
      ]
    }
    var findings = argumentFindings(command)
    let server = ServerCommand(command)
    if let error = server.syntaxError {
      // What a script that cannot be read would start is not known either.
      return findings + [
        Finding(
          field: .command, message: "the shell script in the command cannot be read: \(error)",
          fix: "Close it; the container would end at once.")
      ]
    }
    if let finding = servedNameFinding(server, name: name) { findings.append(finding) }
    if let finding = portFinding(server.port) { findings.append(finding) }
    findings += warnings(server, command: command)
    return findings
  }

  private static func argumentFindings(_ command: [String]) -> [Finding] {
    var findings: [Finding] = []
    if command.first?.isEmpty == true {
      findings.append(
        Finding(
          field: .command, message: "the program of the command is empty",
          fix: "Begin with the program, e.g. vllm or python3."))
    } else if let index = command.firstIndex(of: "") {
      findings.append(
        Finding(
          field: .command, message: "argument \(index + 1) of the command is empty",
          fix: "Leave it out."))
    }
    for (index, argument) in command.enumerated() {
      if argument.utf8.count > longestArgument {
        findings.append(
          Finding(
            field: .command,
            message: "argument \(index + 1) of the command has \(argument.utf8.count) bytes",
            fix: "Linux takes \(longestArgument) at most; put a long script into the image."))
      }
      if argument.unicodeScalars.contains(where: isControl) {
        findings.append(
          Finding(
            field: .command,
            message: "argument \(index + 1) of the command contains a control character",
            fix: "Remove it; it may have come with pasted text."))
      }
    }
    return Array(findings.prefix(8))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar != "\n", scalar != "\t", scalar != "\r" else { return false }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: Excerpt.isUnprintable(scalar)
    // What a font or this system does not know yet may be meant.
    default: false
    }
  }

  private static func servedNameFinding(_ server: ServerCommand, name: String) -> Finding? {
    let served = server.servedModelName(expecting: name)
    guard !served.matches(name) else { return nil }
    let isUnnamed = name.isEmpty
    let name = shown(name)
    switch served {
    case .absent:
      var fix = "Add --served-model-name \(name)."
      if let glued = server.invocations.lazy.compactMap(\.arguments.gluedFlag).first {
        fix = "\(Excerpt.quoted(glued)) is one argument: make the flag and its value two."
      } else if server.invocations.contains(where: \.arguments.hasUnknown) {
        fix = "Write --served-model-name \(name) out: a variable cannot be checked."
      }
      return Finding(
        field: .command,
        message: "--served-model-name parameter must match model name '\(name)'. "
          + "Please ensure your command contains '--served-model-name \(name)'",
        fix: fix)
    case .withoutValue:
      return Finding(
        field: .command,
        message: "--served-model-name found but no value provided. "
          + "Usage: --served-model-name \(name)",
        fix: "Put \(name) behind it.")
    case .names where isUnnamed:
      return nil  // There is nothing to match yet, which is told at the name.
    case .names(let names, let isCertain):
      var fix = "Write --served-model-name \(name)."
      if !isCertain {
        fix = "Write \(name) out: a variable cannot be checked."
      } else if names.dropFirst().contains(name) {
        fix = "Put \(name) first: the server reports the first of several names."
      }
      return Finding(
        field: .command,
        message: "--served-model-name \(Excerpt.quoted(names.first ?? "")) must match model name "
          + "'\(name)' (required by Aibrix)",
        fix: fix)
    }
  }

  private static func portFinding(_ port: EngineArguments.Port) -> Finding? {
    guard case .invalid(let text) = port else { return nil }
    return Finding(
      field: .command,
      message: text.isEmpty
        ? "--port has no value" : "--port \(Excerpt.quoted(text)) is no number from 1 to 65535",
      fix: "Write the number out, or leave --port away for 8000.")
  }

  private static func warnings(_ server: ServerCommand, command: [String]) -> [Finding] {
    var findings: [Finding] = []
    if command.first?.utf8.first == UInt8(ascii: "-") {
      findings.append(
        Finding(
          field: .command, severity: .warning,
          message: "the command begins with an option, not with a program",
          fix: "Begin with the program: the command replaces the image's entrypoint."))
    }
    let program = command.first?.split(separator: "/").last.map(String.init) ?? ""
    if ["docker", "podman", "nerdctl", "kubectl"].contains(program) {
      findings.append(
        Finding(
          field: .command, severity: .warning,
          message: "the container would have to start \(program) itself",
          fix: "Paste what the container runs: what stands behind the image."))
    }
    if server.invocations.contains(where: { $0.isServe && $0.arguments.hasOptionsBeforeModel }) {
      findings.append(
        Finding(
          field: .command, severity: .warning,
          message: "vllm serve wants the model as its first argument",
          fix: "Put the model right behind serve: vllm serve org/model --..."))
    }
    return findings
  }

  private static func shown(_ name: String) -> String {
    name.isEmpty ? "NAME" : Excerpt.line(name, limit: 80)
  }
}
