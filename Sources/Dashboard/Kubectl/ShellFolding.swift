import TerminalUI

/// Breaks a line of a shell where the screen ends, so that what is copied from several rows is still the same command.
///
/// A backslash before the break joins the rows again, but not within single quotes: there the quotes are closed and opened
/// again, which is the same word.
package struct ShellFolding {
  private enum Inside: Equatable { case single, double, substitution }

  /// What a place of the line is inside of, the innermost last.
  private var nesting: [Inside] = []
  /// The character after a backslash stands for itself.
  private var isEscaped = false
  private var last: Character?

  /// - Parameter width: columns of a row.
  package static func fold(_ line: String, to width: Int) -> [String] {
    guard line.displayWidth > width else { return [line] }
    var folding = ShellFolding()
    var rows: [String] = []
    var row = ""
    /// The length of the row at the last blank where it may end.
    var blank: (row: String, rest: String)?
    for character in line {
      if row.displayWidth + String(character).displayWidth > width - 2, folding.mayBreak {
        if let last = blank, last.row.displayWidth > width / 2 {
          rows.append(last.row + "\\")
          row = last.rest
        } else {
          let isSingle = folding.nesting.last == .single
          rows.append(row + (isSingle ? "'\\" : "\\"))
          row = isSingle ? "'" : ""
        }
        blank = nil
      }
      folding.take(character)
      row.append(character)
      if blank != nil { blank?.rest.append(character) }
      if character == " ", folding.nesting.last != .single { blank = (row, "") }
    }
    return rows + [row]
  }

  private var mayBreak: Bool { !isEscaped && last != "$" }

  private mutating func take(_ character: Character) {
    defer { last = character }
    if isEscaped {
      isEscaped = false
      return
    }
    switch (nesting.last, character) {
    case (.single, "'"): nesting.removeLast()
    case (.single, _): break
    case (_, "\\"): isEscaped = true
    case (.double, "\""): nesting.removeLast()
    case (_, "(") where last == "$": nesting.append(.substitution)
    case (.double, _): break
    case (_, "'"): nesting.append(.single)
    case (_, "\""): nesting.append(.double)
    case (.substitution, ")"): nesting.removeLast()
    default: break
    }
  }
}
