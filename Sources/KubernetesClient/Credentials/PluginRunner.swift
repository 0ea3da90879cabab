internal import FoundationEssentials
internal import Kubernetes
internal import Logging
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How long a credential plugin may take.
package struct PluginLimits: Sendable {
  /// Without the terminal, where nobody is to be asked.
  package var quiet: Duration = .seconds(60)
  /// Without the terminal, where it can be had after that.
  package var trial: Duration = .seconds(10)
  /// The same, from when it wrote on its standard error: it may be telling a user what to do, who does not see it.
  package var trialAfterErrors: Duration = .seconds(3)
  /// With the terminal: somebody may have to find a phone.
  package var terminal: Duration = .seconds(900)
  /// Until its file can be run, where somebody is writing it.
  package var busy: Duration = .seconds(1)

  package init() {}
}

/// Runs a credential plugin once, with the user's terminal or without, and reads what it gives.
struct PluginRunner: Sendable {
  let plugin: ExecPlugin
  let contextName: String
  let userName: String
  let terminal: TerminalHandover?
  let limits: PluginLimits
  let logger: Logger

  /// Runs it without a terminal. What it writes on its standard error goes to the log.
  ///
  /// - Parameter isTrial: there is a terminal that it can have when this leads nowhere.
  func runQuietly(isTrial: Bool) async throws(PluginFailure) -> ExecCredential {
    let path = try ProgramLookup.path(of: plugin)
    let program = try program(
      path, hasTerminal: false, limit: isTrial ? limits.trial : limits.quiet,
      limitAfterErrors: isTrial ? limits.trialAfterErrors : nil)
    logger.info("running the credential plugin", metadata: ["command": "\(path)"])
    let errors = LineCollector()
    let result = try await program.run { errors.append($0, log) }
    errors.finish(log)
    return try credential(result, lastWords: errors.lastWords)
  }

  /// Runs it with the terminal: the screen is left for as long as it takes.
  func runWithTerminal() async throws(PluginFailure) -> ExecCredential {
    let path = try ProgramLookup.path(of: plugin)
    guard let terminal else {
      throw PluginFailure(
        "has to talk to the user (interactiveMode Always), and there is no terminal",
        isPermanent: true)
    }
    let program = try program(
      path, hasTerminal: true, limit: limits.terminal, limitAfterErrors: nil)
    let outcome = Mutex<Result<ChildProgram.Result, PluginFailure>?>(nil)
    logger.info("the credential plugin gets the terminal", metadata: ["command": "\(path)"])
    let ran = await terminal {
      announce()
      do throws(PluginFailure) {
        let result = try await program.run()
        outcome.withLock { $0 = .success(result) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
    }
    guard ran, let outcome = outcome.withLock({ $0 }) else {
      throw PluginFailure("has to talk to the user, and the terminal cannot be had now")
    }
    do throws(PluginFailure) {
      return try credential(try outcome.get(), lastWords: nil)
    } catch {
      var failure = error
      failure.hadTerminal = true
      throw failure
    }
  }

  private func program(
    _ path: String, hasTerminal: Bool, limit: Duration, limitAfterErrors: Duration?
  ) throws(PluginFailure) -> ChildProgram {
    let environment: [String: String]
    do {
      environment = try plugin.environment(interactive: hasTerminal)
    } catch {
      throw PluginFailure(
        "cannot be told about the cluster: its extension in the kubeconfig is no JSON",
        isPermanent: true)
    }
    return ChildProgram(
      path: path, arguments: plugin.arguments.exposed, environment: environment,
      hasTerminal: hasTerminal, limit: limit, limitAfterErrors: limitAfterErrors,
      limitOfBusyFile: limits.busy)
  }

  /// Says on the bare terminal who asks, and for what.
  private func announce() {
    let user = userName.isEmpty ? "" : " as \(userName)"
    let text =
      "\nmodeldeck: '\(plugin.name)' asks for credentials\(user) for context \(contextName). "
      + "Ctrl-C gives up.\n"
    let bytes = Array(text.utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }

  private func log(_ line: String) {
    logger.info(
      "the credential plugin said", metadata: ["plugin": "\(plugin.name)", "line": "\(line)"])
  }

  private func credential(
    _ result: ChildProgram.Result, lastWords: String?
  ) throws(PluginFailure) -> ExecCredential {
    let words = lastWords.map { $0.isEmpty ? "" : ": \($0)" } ?? " (Ctrl-Z shows what it said)"
    switch result.end {
    case .exited(0): return try ExecCredential(result.output, from: plugin)
    case .exited(let status): throw PluginFailure("ended with exit status \(status)\(words)")
    case .killed(SIGINT): throw PluginFailure("was interrupted")
    case .killed(let signal): throw PluginFailure("was killed by signal \(signal)\(words)")
    case .tooSlow: throw PluginFailure("did not finish in time, and was ended\(words)")
    case .tooMuchOutput: throw PluginFailure("printed megabytes, and was ended", isPermanent: true)
    case .cancelled: throw PluginFailure("was ended with the session")
    }
  }
}

/// Makes lines of what a plugin writes on its standard error, and keeps the last ones.
private final class LineCollector: Sendable {
  private struct State {
    var splitter = LineSplitter()
    var last: [String] = []
  }

  private static let kept = 3
  private let state = Mutex(State())

  func append(_ data: Data, _ log: (String) -> Void) {
    let lines = state.withLock { state in
      data.withUnsafeBytes { state.splitter.append($0) }
    }
    lines.forEach { note($0, log) }
  }

  func finish(_ log: (String) -> Void) {
    if let rest = state.withLock({ $0.splitter.finish() }) { note(rest, log) }
  }

  var lastWords: String {
    let text = state.withLock { $0.last }.joined(separator: "; ")
    return text.count > 300 ? "…" + text.suffix(300) : text
  }

  private func note(_ data: Data, _ log: (String) -> Void) {
    for line in PlainText.lines(String(decoding: data.prefix(2_000), as: UTF8.self)) {
      log(line)
      state.withLock { state in
        state.last = (state.last + [line]).suffix(Self.kept)
      }
    }
  }
}
