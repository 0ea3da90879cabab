/// One cell of a frame. A wide character fills two: the second is a continuation.
package struct Cell: Hashable, Sendable {
  package var character: Character
  package var style: Style
  package var isContinuation: Bool

  package init(_ character: Character = " ", style: Style = .plain, isContinuation: Bool = false) {
    self.character = character
    self.style = style
    self.isContinuation = isContinuation
  }
}

/// A whole screen as a value: what a view returns and the driver shows.
package struct Frame: Equatable, Sendable {
  package let size: Size
  package private(set) var cells: [Cell]
  /// Where the terminal's cursor stands; `nil` hides it.
  package var cursor: Point?

  package init(size: Size, style: Style = .plain) {
    self.size = size
    cells = Array(repeating: Cell(style: style), count: max(0, size.rows * size.columns))
  }

  package var bounds: Rect { Rect(size) }

  package subscript(row: Int, column: Int) -> Cell {
    get { cells[row * size.columns + column] }
    set { cells[row * size.columns + column] = newValue }
  }

  /// Writes text from a point on, cut at `maxWidth` columns and at the frame's edge; control characters become `·`.
  ///
  /// - Returns: the columns that were written.
  @discardableResult
  package mutating func write(
    _ text: some StringProtocol, at point: Point, style: Style = .plain, maxWidth: Int = .max
  ) -> Int {
    guard point.row >= 0, point.row < size.rows, point.column < size.columns else { return 0 }
    let end = min(size.columns, maxWidth > size.columns ? size.columns : point.column + maxWidth)
    var column = point.column
    for character in text {
      let character = character.printable
      let width = character.displayWidth
      if width == 0 { continue }
      guard column + width <= end else { break }
      if column >= 0 {
        put(character, width: width, row: point.row, column: column, style: style)
      }
      column += width
    }
    return column - point.column
  }

  private mutating func put(
    _ character: Character, width: Int, row: Int, column: Int, style: Style
  ) {
    let index = row * size.columns + column
    // Half of a wide character that is overwritten becomes a blank.
    if cells[index].isContinuation, column > 0 { cells[index - 1].character = " " }
    let next = index + width
    if column + width < size.columns, cells[next].isContinuation {
      cells[next] = Cell(style: cells[next].style)
    }
    cells[index] = Cell(character, style: style)
    if width == 2 { cells[index + 1] = Cell(" ", style: style, isContinuation: true) }
  }

  /// Fills a rectangle with blanks of a style.
  package mutating func fill(_ rect: Rect, style: Style = .plain, character: Character = " ") {
    for row in max(0, rect.row)..<max(0, rect.row, min(size.rows, rect.endRow)) {
      let start = max(0, rect.column)
      for column in start..<max(start, min(size.columns, rect.endColumn)) {
        put(character, width: 1, row: row, column: column, style: style)
      }
    }
  }

  /// Changes the style of a rectangle and leaves its characters.
  package mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
    for row in max(0, rect.row)..<max(0, rect.row, min(size.rows, rect.endRow)) {
      let start = max(0, rect.column)
      for column in start..<max(start, min(size.columns, rect.endColumn)) {
        let index = row * size.columns + column
        cells[index].style = change(cells[index].style)
      }
    }
  }

  /// The characters of each row without trailing blanks: what tests compare.
  package var lines: [String] {
    (0..<size.rows).map { row in
      var line = ""
      for cell in cells[row * size.columns..<(row + 1) * size.columns] where !cell.isContinuation {
        line.append(cell.character)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
