internal import CNcursesShims
internal import TerminalUI

/// What the terminal sends for its keys, by terminfo.
enum KeyCapabilities {
  private static let names: [(String, Key)] = [
    ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home),
    ("kend", .end), ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert), ("kdch1", .delete),
    ("kcbt", .backTab), ("kent", .enter), ("kbs", .backspace),
  ]

  /// The sequences of the terminal that curses has just set up.
  static func sequences() -> [[UInt8]: Key] {
    var found: [[UInt8]: Key] = [:]
    let functions = (1...12).map { ("kf\($0)", Key.function($0)) }
    for (name, key) in names + functions {
      guard let text = cn_terminfo(name) else { continue }
      found[Array(String(cString: text).utf8)] = key
    }
    return found
  }
}
