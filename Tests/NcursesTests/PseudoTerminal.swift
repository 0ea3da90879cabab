import Glibc
import Testing

/// A terminal of our own: what is written to it is read here, and what is typed here it reads.
final class PseudoTerminal {
  let path: String
  /// The side of the program, open for as long as this is.
  let program: CInt
  private var controller: CInt
  private(set) var output: [UInt8] = []

  init(rows: UInt16 = 24, columns: UInt16 = 80) throws {
    var ends: (controller: CInt, program: CInt) = (-1, -1)
    try #require(openpty(&ends.controller, &ends.program, nil, nil, nil) == 0)
    (controller, program) = ends
    path = String(cString: try #require(ttyname(program)))
    _ = fcntl(controller, F_SETFL, O_NONBLOCK)
    resize(rows: rows, columns: columns)
  }

  deinit {
    close(program)
    hangUp()
  }

  func resize(rows: UInt16, columns: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
  }

  func type(_ text: String) { type(Array(text.utf8)) }

  func type(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
  }

  /// Types more than the terminal's buffer holds, waiting where it is full.
  func typeAll(_ text: String) async throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(controller, $0.baseAddress, min(1000, $0.count)) }
      if count > 0 { rest = rest.dropFirst(count) }
      try await Task.sleep(for: .microseconds(count > 0 ? 50 : 1000))
    }
  }

  /// What the program has written since the last call.
  func newOutput() -> String {
    var new: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(controller, &buffer, buffer.count)
      guard count > 0 else { break }
      new += buffer[..<count]
    }
    output += new
    return String(decoding: new, as: UTF8.self)
  }

  /// The terminal's modes as numbers, to compare.
  var modes: [UInt32] {
    var modes = termios()
    tcgetattr(program, &modes)
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
  }

  /// Takes the terminal away.
  func hangUp() {
    if controller >= 0 { close(controller) }
    controller = -1
  }
}

/// Waits for something to become true; an issue when it does not in five seconds.
@MainActor
func eventually(
  _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while !condition() {
    guard ContinuousClock.now < deadline else {
      Issue.record("not in time: \(what)", sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(1))
  }
}

/// Sends a signal to this thread, whose handler has run when the call returns.
func raiseHere(_ signal: CInt) {
  var set = sigset_t()
  var before = sigset_t()
  sigemptyset(&set)
  sigaddset(&set, signal)
  pthread_sigmask(SIG_UNBLOCK, &set, &before)
  raise(signal)
  pthread_sigmask(SIG_SETMASK, &before, nil)
}
