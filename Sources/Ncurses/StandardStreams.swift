internal import CNcursesShims
internal import Glibc

/// The descriptors that a session works on.
package struct TerminalDescriptors: Sendable {
  package var input: CInt
  package var output: CInt
  package var error: CInt

  package init(input: CInt, output: CInt, error: CInt) {
    self.input = input
    self.output = output
    self.error = error
  }

  /// The process's own standard input, output and error.
  package static let standard = TerminalDescriptors(
    input: STDIN_FILENO, output: STDOUT_FILENO, error: STDERR_FILENO)
}

/// Keeps what other code prints off the screen: while the dashboard is up, standard output and
/// standard error go to a file.
///
/// A standard error that is no terminal is left alone: whoever redirected it wants it there.
struct StandardStreams {
  /// What was there, by the descriptor that now leads to the file.
  private let saved: [CInt: CInt]
  private let log: CInt

  /// - Parameter logPath: nothing is kept without one.
  init(_ descriptors: TerminalDescriptors, logPath: String?) {
    var saved = [descriptors.output: Self.duplicate(descriptors.output)]
    if isatty(descriptors.error) == 1 {
      saved[descriptors.error] = Self.duplicate(descriptors.error)
    }
    self.saved = saved
    var log: CInt = -1
    if let logPath {
      log = open(logPath, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    }
    if log < 0 { log = open("/dev/null", O_WRONLY | O_CLOEXEC) }
    self.log = log
    for (descriptor, original) in saved { cn_restore_stand_in(descriptor, original) }
  }

  /// A copy that child processes do not get.
  static func duplicate(_ descriptor: CInt) -> CInt { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }

  func redirect() {
    for descriptor in saved.keys { dup2(log, descriptor) }
  }

  func restore() {
    for (descriptor, original) in saved { dup2(original, descriptor) }
  }

  /// Restores and lets go of everything.
  func close() {
    restore()
    cn_restore_forget_stand_ins()
    for original in saved.values { Glibc.close(original) }
    Glibc.close(log)
  }
}
