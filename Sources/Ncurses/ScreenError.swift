/// Why there is no screen, as a sentence that says what to do.
package enum ScreenError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Standard input or output, as named, leads elsewhere.
  case notATerminal(stream: String)
  /// TERM is not set.
  case noTerminalType
  /// TERM names a terminal that cannot move its cursor, as `dumb` does.
  case incapable(term: String)
  /// TERM names a terminal that this system has no description of.
  case unknownTerminalType(term: String)

  package var description: String {
    let remedy = "set TERM to what your terminal is, for example TERM=xterm-256color"
    return switch self {
    case .notATerminal(let stream):
      "\(stream) is not a terminal, and the dashboard needs one: "
        + "run it from a terminal without a pipe or redirection, over SSH with ssh -t"
    case .noTerminalType:
      "the environment variable TERM is not set: \(remedy)"
    case .incapable(let term):
      "a terminal of type '\(term)' (TERM) cannot move its cursor, which the dashboard needs: \(remedy)"
    case .unknownTerminalType(let term):
      "the terminal type '\(term)' (TERM) is not known on this system: "
        + "install its description (on Debian the package ncurses-term), or \(remedy)"
    }
  }
}
