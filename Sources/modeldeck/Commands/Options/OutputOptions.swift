import ArgumentParser
import Scripting

/// How a command writes its data.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to write the data: table, wide, json, yaml, name, jsonpath=TEMPLATE. (default: table)",
      valueName: "format"))
  var output: String?

  @Flag(help: "Leave the headers of tables out.")
  var noHeaders = false

  /// Throws where there is no such format.
  func format(_ run: CommandRun) throws(CommandFailure) -> OutputFormat {
    try format(run, standard: .table)
  }

  /// - Parameter standard: `nil` writes nothing unless a format was asked for, as writes do.
  func asked() throws(CommandFailure) -> OutputFormat? {
    guard let output else { return nil }
    do {
      return try OutputFormat(output)
    } catch {
      throw CommandFailure(.invalidInput, "--output: \(error.description).")
    }
  }

  private func format(
    _ run: CommandRun, standard: OutputFormat
  ) throws(CommandFailure) -> OutputFormat {
    if let asked = try asked() { return asked }
    guard let text = run.configuration.text(.output) else { return standard }
    do {
      return try OutputFormat(text)
    } catch {
      throw CommandFailure(.invalidInput, error.description)
    }
  }
}

/// A time span on the command line; 0 is none.
struct TimeLimit: ExpressibleByArgument, Sendable {
  var value: Duration

  init(_ value: Duration) { self.value = value }

  init?(argument: String) {
    guard let value = DurationText.parse(argument, within: 0...31_536_000) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { "\(value.components.seconds)s" }
}

/// A time span on the command line, a tenth of a second to a day.
struct DurationArgument: ExpressibleByArgument, Sendable {
  var value: Duration

  init(_ value: Duration) { self.value = value }

  init?(argument: String) {
    guard let value = DurationText.parse(argument, within: 0.1...86_400) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { "\(value.components.seconds)s" }
}
