internal import TerminalUI

/// A table as kubectl prints it: columns by the widest cell, three blanks between them, none at the end of a line.
package struct TextTable: Sendable {
  private var rows: [[String]]

  /// - Parameter header: `nil` leaves it out.
  package init(header: [String]?) { rows = header.map { [$0] } ?? [] }

  /// Adds a row below; it may have fewer cells than others.
  package mutating func add(_ row: [String]) { rows.append(row) }

  /// Every line with its line end; empty where there is nothing.
  package var text: String {
    let count = rows.map(\.count).max() ?? 0
    var widths = [Int](repeating: 0, count: count)
    for row in rows {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], cell.displayWidth)
      }
    }
    var text = ""
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        line += column == row.count - 1 ? cell : cell.padded(to: widths[column] + 3)
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
