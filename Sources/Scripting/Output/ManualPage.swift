package import Kubernetes

/// The manual page of the program, as man(7) macros, made from what the parser knows of the commands: so it cannot be out
/// of date.
package struct ManualPage: Sendable {
  /// The root command as the parser describes itself (`ToolInfoV0` of swift-argument-parser).
  private let root: JSONValue
  private let version: String
  private let statuses: [(code: Int32, meaning: String)]

  /// - Parameters:
  ///   - description: of the whole program; `nil` is returned where it holds no command.
  ///   - statuses: what the program can end with.
  package init?(
    _ description: JSONValue, version: String, statuses: [(code: Int32, meaning: String)]
  ) {
    guard let root = description["command"], root["commandName"]?.stringValue != nil else {
      return nil
    }
    self.root = root
    self.version = version
    self.statuses = statuses
  }

  /// The page as man(7) source, with its last line end.
  package var text: String {
    var page = ManualWriter()
    let name = root["commandName"]?.stringValue ?? ""
    page.line(".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\" \"User Commands\"")
    page.section("NAME")
    page.text("\(name) - \(root["abstract"]?.stringValue ?? "")")
    page.section("SYNOPSIS")
    for usage in [name, "\(name) demo", "\(name) COMMAND"] {
      page.line(".B \(ManualWriter.escaped(usage))")
      page.line("[\\fIoption\\fR ...]")
      page.line(".br")
    }
    page.section("DESCRIPTION")
    let discussion = root["discussion"]?.stringValue ?? ""
    page.paragraphs(
      discussion.firstRange(of: "EXIT STATUS").map {
        String(discussion[..<$0.lowerBound])
      } ?? discussion)
    page.section("OPTIONS")
    page.text("Of the dashboard. Commands that have one of the same name mean the same by it.")
    for argument in common { page.argument(argument) }
    page.section("COMMANDS")
    for command in commands { write(command, to: &page) }
    page.section("EXIT STATUS")
    for status in statuses {
      page.line(".TP")
      page.line(".B \(status.code)")
      page.text(status.meaning)
    }
    page.section("ENVIRONMENT")
    for setting in Setting.all {
      page.line(".TP")
      page.line(".B \(ManualWriter.escaped(setting.variable))")
      page.text("\(setting.help) Default: \(setting.standard).")
    }
    page.section("FILES")
    page.line(".TP")
    page.line(".I ~/.config/modeldeck/config.yaml")
    page.text("The settings above, by the names of their flags, and guard rails for each context.")
    page.section("SEE ALSO")
    page.line(".BR kubectl (1)")
    return page.result
  }

  // MARK: Commands

  private var commands: [JSONValue] {
    (root["subcommands"]?.arrayValue ?? []).filter {
      $0["shouldDisplay"]?.boolValue != false && $0["commandName"]?.stringValue != "help"
    }
  }

  /// Those of the dashboard, which is what runs without a command.
  private var common: [JSONValue] {
    let dashboard = commands.first { $0["commandName"]?.stringValue == "dashboard" }
    return Self.arguments(dashboard)
  }

  private static func arguments(_ command: JSONValue?) -> [JSONValue] {
    (command?["arguments"]?.arrayValue ?? []).filter { $0["shouldDisplay"]?.boolValue != false }
  }

  private func write(_ command: JSONValue, to page: inout ManualWriter) {
    let name = command["commandName"]?.stringValue ?? ""
    let arguments = Self.arguments(command)
    let positional = arguments.filter { $0["kind"]?.stringValue == "positional" }
    let words = positional.map { argument in
      let value = argument["valueName"]?.stringValue ?? ""
      let more = argument["isRepeating"]?.boolValue == true ? " ..." : ""
      return argument["isOptional"]?.boolValue == true ? "[\(value)\(more)]" : "\(value)\(more)"
    }
    page.line(".SS \(ManualWriter.escaped(([name] + words).joined(separator: " ")))")
    page.text(command["abstract"]?.stringValue ?? "")
    page.paragraphs(command["discussion"]?.stringValue ?? "")
    guard name != "dashboard" else { return }
    let known = common
    for argument in arguments where !known.contains(argument) { page.argument(argument) }
  }
}

/// Writes man(7): nothing of a text is taken for a macro.
struct ManualWriter {
  private(set) var result = ""

  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
  }

  mutating func line(_ text: String) { result += text + "\n" }

  mutating func section(_ title: String) { line(".SH \(title)") }

  mutating func text(_ text: String) {
    guard !text.isEmpty else { return }
    let escaped = Self.escaped(text)
    line([".", "'"].contains(escaped.prefix(1)) ? "\\&" + escaped : escaped)
  }

  /// Paragraphs as they are in a help; what is indented stays as it is.
  mutating func paragraphs(_ text: String) {
    var isVerbatim = false
    for part in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let isIndented = part.hasPrefix(" ")
      if isIndented != isVerbatim, !part.isEmpty {
        line(isIndented ? ".PP\n.nf" : ".fi")
        isVerbatim = isIndented
      }
      if part.isEmpty { if !isVerbatim { line(".PP") } } else { self.text(part) }
    }
    if isVerbatim { line(".fi") }
  }

  /// One option, flag or positional argument.
  mutating func argument(_ argument: JSONValue) {
    let value = argument["valueName"]?.stringValue ?? ""
    let kind = argument["kind"]?.stringValue
    let names = (argument["names"]?.arrayValue ?? []).compactMap { name -> String? in
      guard let text = name["name"]?.stringValue else { return nil }
      return name["kind"]?.stringValue == "long" ? "--\(text)" : "-\(text)"
    }
    let bold = names.map { "\\fB\(Self.escaped($0))\\fR" }.joined(separator: ", ")
    line(".TP")
    switch kind {
    case "positional": line("\\fI\(Self.escaped(value))\\fR")
    case "option": line("\(bold) \\fI\(Self.escaped(value))\\fR")
    default: line(bold)
    }
    var help = [argument["abstract"], argument["discussion"]].compactMap { $0?.stringValue }
      .joined(separator: " ")
    if let standard = argument["defaultValue"]?.stringValue, !help.contains("(default:") {
      help += " (default: \(standard))"
    }
    text(help.isEmpty ? "-" : help)
  }
}
