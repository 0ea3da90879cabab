import ArgumentParser
import ModelCore
import Scripting

#if canImport(Glibc)
  import Glibc
#endif

/// What every command that writes has.
struct WritingOptions: ParsableArguments {
  enum DryRun: String, ExpressibleByArgument, CaseIterable, Sendable {
    case none, client, server
  }

  @Option(
    help: ArgumentHelp(
      "Write nothing: 'client' checks here and shows what would be sent, 'server' lets the cluster check it as well.",
      valueName: "client|server"))
  var dryRun: DryRun = .none

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  @Option(
    help: ArgumentHelp(
      "The model's name once more, where the configuration file wants it typed (confirm: typed).",
      valueName: "name"))
  var confirm: [String] = []

  @Flag(help: "Wait until it is as it was asked for: running, stopped or deleted.")
  var wait = false

  @Option(help: ArgumentHelp("How long to wait at most.", valueName: "duration"))
  var timeout = TimeLimit(.seconds(300))
}

/// Asks a person on the terminal.
enum Question {
  /// Whether they agreed. Throws where nobody can be asked.
  ///
  /// - Parameter what: as a question without its mark, e.g. `Delete model llama-7b`.
  static func confirm(_ what: String) throws(CommandFailure) -> Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw CommandFailure(
        .invalidInput, "\(what)? There is no terminal to ask on: confirm with --yes.")
    }
    let question = "\(what)? [y/N] "
    _ = question.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }
}

extension Question {
  /// Throws unless the name of the model was typed, by `--confirm` or now: for contexts that ask for it.
  static func typed(
    _ name: String, to verb: String, given: [String]
  ) throws(CommandFailure) {
    if given.contains(name) { return }
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw CommandFailure(
        .invalidInput,
        "this context is guarded: to \(verb) model \(name), confirm with --confirm \(name).")
    }
    let question = "This context is guarded. To \(verb) model \(name), type its name: "
    _ = question.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
    guard readLine() == name else {
      throw CommandFailure(.failure, "that is not its name; nothing was done.")
    }
  }
}

extension ModelWrite {
  /// Ends pods, or deletes.
  var endsPods: Bool {
    switch self {
    case .create, .createFromYAML, .recreate, .start: false
    case .update(_, let change, _): change.redeploys
    case .scale, .stop, .restart, .delete: true
    }
  }
}

extension CommandFailure {
  /// How a write ended; `nil` where it was done.
  init?(_ result: OperationResult) {
    switch result {
    case .succeeded: return nil
    case .invalid(let findings): self.init(findings)
    case .failed(let failure): self.init(failure)
    case .outcomeUnknown(let text): self.init(.outcomeUnknown, text)
    }
  }

  /// Everything that is wrong with a request.
  init(_ findings: [Finding]) {
    let errors = findings.filter { $0.severity == .error }
    let kinds = Set(errors.map(\.kind))
    let status: ExitStatus =
      kinds.contains(.invalid) || errors.isEmpty
      ? .invalidInput : kinds.contains(.conflict) ? .conflict : .failure
    let count = errors.count == 1 ? "" : " (\(errors.count) errors)"
    self.init(
      status, "the request is not valid\(count):", details: errors.map { "  " + $0.line })
  }
}

extension Finding {
  /// What it is about, what is wrong, what to do.
  var line: String {
    let place = field.map { "--\(FieldSpecification[$0].optionName): " } ?? ""
    return "\(place)\(message). \(fix)"
  }
}

extension ExitStatus {
  init(_ kind: OperationFailure.Kind) {
    switch kind {
    case .conflict: self = .conflict
    case .notFound: self = .notFound
    case .forbidden, .unauthenticated: self = .forbidden
    case .rejected, .notOffered: self = .invalidInput
    case .overdue: self = .timedOut
    case .unavailable: self = .unavailable
    case .prerequisites, .other: self = .failure
    }
  }
}
