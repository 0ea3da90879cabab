#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Finds the program of a plugin as a shell does.
enum ProgramLookup {
  /// The path to run. Throws where there is none, or none that may be run.
  static func path(of plugin: ExecPlugin) throws(PluginFailure) -> String {
    let command = plugin.command
    if command.contains("/") {
      if isExecutable(command) { return command }
      guard access(command, F_OK) == 0 else {
        throw PluginFailure("was not found at \(command)" + hint(plugin), isPermanent: true)
      }
      throw PluginFailure(
        "cannot be run: \(command) is no file that you may execute", isPermanent: true)
    }
    let folders = plugin.environment.exposed["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    // As in Go, an element of PATH that means the current folder is not searched.
    for folder in folders.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(command)"
      if isExecutable(candidate) { return candidate }
    }
    throw PluginFailure("was not found in PATH" + hint(plugin), isPermanent: true)
  }

  private static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  private static func hint(_ plugin: ExecPlugin) -> String {
    let hint = PlainText.lines(plugin.installHint ?? "").joined(separator: " ")
    return hint.isEmpty ? ": install it" : ": \(hint)"
  }
}

/// What other programs and files say, made fit for a message: no control characters, no escape sequences.
enum PlainText {
  /// The lines that have text in them.
  static func lines(_ text: some StringProtocol) -> [String] {
    text.split(whereSeparator: \.isNewline).map { clean($0).trimmingWhitespace }
      .filter { !$0.isEmpty }
  }

  /// The text without escape sequences; other control characters become spaces.
  static func clean(_ text: some StringProtocol) -> String {
    var result = String.UnicodeScalarView()
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      if scalar == "\u{1B}" {
        skipSequence(&rest)
      } else if [.control, .format, .lineSeparator, .paragraphSeparator]
        .contains(scalar.properties.generalCategory)
      {
        result.append(" ")
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// CSI sequences end with a byte from `@` to `~`, OSC with BEL or ESC \; others have one character.
  private static func skipSequence(_ rest: inout Substring.UnicodeScalarView) {
    switch rest.popFirst() {
    case "[":
      while let scalar = rest.popFirst(), !(0x40...0x7E).contains(scalar.value) {}
    case "]":
      while let scalar = rest.popFirst(), scalar != "\u{07}" {
        if scalar == "\u{1B}" {
          _ = rest.popFirst()
          return
        }
      }
    default: return
    }
  }
}
