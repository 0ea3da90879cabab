internal import CNcursesShims
internal import Glibc

/// The modes of the terminal that curses does not know: bracketed paste, and the mouse in the form
/// that works beyond column 223.
struct TerminalModes {
  let enable: String
  let disable: String
  /// Puts the terminal back from a signal handler: everything that the screen switched on, off again.
  let restore: [UInt8]

  /// For the terminal that curses has just set up.
  init(mouse: Bool) {
    // Terminals of another kind than ANSI's would show the sequences.
    let isANSI = Self.capability("cup").hasPrefix("\u{1B}[")
    let hasMouse = mouse && isANSI && !Self.capability("kmous").isEmpty
    var modes: [String] = []
    if isANSI { modes.append("\u{1B}[?2004") }
    if hasMouse { modes += ["\u{1B}[?1000", "\u{1B}[?1006"] }
    enable = modes.map { $0 + "h" }.joined()
    disable = modes.reversed().map { $0 + "l" }.joined()
    let names = ["sgr0", "op", "rmkx", "cnorm", "rmcup"]
    restore = Array((disable + names.map(Self.capability).joined() + "\r").utf8)
  }

  /// A terminfo string without its padding, `$<5>` and the like.
  private static func capability(_ name: String) -> String {
    guard let text = cn_terminfo(name) else { return "" }
    var kept = ""
    var rest = Substring(String(cString: text))
    while let start = rest.firstRange(of: "$<") {
      kept += rest[..<start.lowerBound]
      let end = rest[start.upperBound...].firstIndex(of: ">")
      rest = end.map { rest[rest.index(after: $0)...] } ?? ""
    }
    return kept + rest
  }
}

/// Sends text past curses, whose own output is flushed after every update.
func send(_ text: String, to descriptor: CInt) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    // A terminal that is gone is noticed where input is read.
    guard count > 0 else { return }
    rest = rest.dropFirst(count)
  }
}
