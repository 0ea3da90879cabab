#if canImport(Glibc)
  internal import Glibc
#endif

/// A program that has the whole terminal until it ends, such as an editor.
package struct TerminalProgram: Sendable {
  /// How the program ended.
  package enum End: Sendable, Equatable {
    case exited(CInt)
    case killed(signal: CInt)
    /// The task was cancelled, and it was ended.
    case cancelled
    /// It could not be started, and why.
    case failed(String)
  }

  private let child: ChildProgram

  /// A program by its path, which is not searched for; it gets this environment and nothing else.
  package init(path: String, arguments: [String], environment: [String: String]) {
    child = ChildProgram(
      path: path, arguments: arguments, environment: environment, hasTerminal: true,
      keepsOutput: false, limit: .seconds(1 << 31))
  }

  /// Runs it while the terminal is lent; ended with its group when the task is cancelled.
  package func run() async -> End {
    do throws(PluginFailure) {
      switch try await child.run().end {
      case .exited(let status): return .exited(status)
      case .killed(let signal): return .killed(signal: signal)
      case .cancelled, .tooSlow, .tooMuchOutput: return .cancelled
      }
    } catch {
      return .failed("\(error)")
    }
  }
}
