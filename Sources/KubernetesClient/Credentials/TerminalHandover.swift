/// Lends the user's terminal to a program that has to talk to them, such as a log-in, and takes it back.
package struct TerminalHandover: Sendable {
  /// What runs while the terminal is lent.
  package typealias Body = @Sendable () async -> Void

  private let lend: @Sendable (@escaping Body) async -> Bool

  /// - Parameter lend: leaves the screen, runs the body once, and comes back. Returns false, without running the body,
  ///   where there is no terminal to lend any more.
  package init(_ lend: @escaping @Sendable (@escaping Body) async -> Bool) {
    self.lend = lend
  }

  /// Runs the body while standard input and standard output are the terminal in its usual modes.
  ///
  /// - Returns: whether it ran.
  package func callAsFunction(_ body: @escaping Body) async -> Bool { await lend(body) }
}
