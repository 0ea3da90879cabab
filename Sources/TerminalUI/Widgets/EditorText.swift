/// A place in an editor's text: both count from 0, columns in Unicode scalars, as errors of parsers do.
package struct EditorPlace: Hashable, Sendable, Comparable {
  package var row: Int
  package var column: Int

  package init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }

  package static func < (a: EditorPlace, b: EditorPlace) -> Bool {
    (a.row, a.column) < (b.row, b.column)
  }
}

/// The lines of a text that is edited. A line is an array of scalars: any place in it is found at once.
struct EditorText: Hashable, Sendable {
  typealias Line = [Unicode.Scalar]

  /// At least one.
  private(set) var lines: [Line]
  /// Scalars in all, each line break counted as one.
  private(set) var length: Int

  init(_ text: String = "") {
    lines = Self.lines(of: text)
    length = lines.reduce(lines.count - 1) { $0 + $1.count }
  }

  /// Line feeds, carriage returns and both together end a line.
  static func lines(of text: String) -> [Line] {
    var lines: [Line] = []
    var line: Line = []
    var wasReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where wasReturn: break
      case "\n", "\r":
        lines.append(line)
        line = []
      default: line.append(scalar)
      }
      wasReturn = scalar == "\r"
    }
    return lines + [line]
  }

  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  var string: String {
    var view = String.UnicodeScalarView()
    for (index, line) in lines.enumerated() {
      if index > 0 { view.append("\n") }
      view.append(contentsOf: line)
    }
    return String(view)
  }

  var end: EditorPlace { EditorPlace(row: lines.count - 1, column: lines[lines.count - 1].count) }

  func clamped(_ place: EditorPlace) -> EditorPlace {
    let row = max(0, min(place.row, lines.count - 1))
    return EditorPlace(row: row, column: max(0, min(place.column, lines[row].count)))
  }

  /// Puts lines in the place of what is between two places.
  ///
  /// - Returns: what was there, and where the new text ends.
  mutating func replace(
    _ start: EditorPlace, _ end: EditorPlace, with new: [Line]
  ) -> (old: [Line], end: EditorPlace) {
    var old = Array(lines[start.row...end.row])
    let head = old[0].prefix(start.column)
    let tail = old[old.count - 1].dropFirst(end.column)
    old[old.count - 1].removeSubrange(end.column...)
    old[0].removeSubrange(..<start.column)
    var fresh = new.isEmpty ? [[]] : new
    let last = fresh.count - 1
    fresh[0] = head + fresh[0]
    let column = fresh[last].count
    fresh[last] += tail
    lines.replaceSubrange(start.row...end.row, with: fresh)
    let size: ([Line]) -> Int = { $0.reduce($0.count - 1) { $0 + $1.count } }
    length += size(new.isEmpty ? [[]] : new) - size(old)
    return (old, EditorPlace(row: start.row + last, column: column))
  }
}
