#if canImport(Glibc)
  import Glibc
#endif

/// What a command was asked for, on stdout. Nothing else is ever written there.
enum StandardOutput {
  /// Nobody reads any more: the command ends, and that is no error.
  struct Closed: Error {}

  /// Throws `Closed` where the reader is gone, and a failure where it cannot be written, such as on a full disk.
  static func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          STDOUT_FILENO, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN:
          var poll = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
          _ = Glibc.poll(&poll, 1, -1)
        case EPIPE: throw Closed()
        default:
          throw CommandFailure(
            .failure, "the output cannot be written: \(String(cString: strerror(errno)))")
        }
      }
    }
  }
}

/// One line on the terminal that says what is being done; nothing where standard error is no terminal.
final class ProgressLine: Sendable {
  private let isShown: Bool

  init(isQuiet: Bool) { isShown = !isQuiet && isatty(STDERR_FILENO) == 1 }

  func show(_ text: String) {
    guard isShown else { return }
    Self.put("\r\u{1B}[K\(text) ...")
  }

  /// Takes the line away before something else is said.
  func clear() {
    guard isShown else { return }
    Self.put("\r\u{1B}[K")
  }

  private static func put(_ text: String) {
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
