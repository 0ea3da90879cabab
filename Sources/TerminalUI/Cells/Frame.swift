/// A whole screen as a value: what a view returns and the driver shows.
package struct Frame: Equatable, Sendable {
  /// Never negative; it does not change after the frame is made.
  package let size: Size
  package private(set) var cells: [Cell]
  /// Where the terminal's cursor stands; `nil` hides it.
  package var cursor: Point?
  /// Where the hidden cursor is parked, the selected row by custom: screen readers and magnifiers
  /// follow it. Without one it stays where it is.
  package var anchor: Point?

  /// Blanks of one style; a negative size is taken for 0.
  package init(size: Size, style: Style = .plain) {
    self.size = Size(rows: max(0, size.rows), columns: max(0, size.columns))
    cells = Array(
      repeating: Cell(ascii: 0x20, style: style), count: self.size.rows * self.size.columns)
  }

  /// All of the frame, from its top left corner.
  package var bounds: Rect { Rect(size) }

  /// The cell at a place, both counted from 0; outside of the frame it traps.
  package subscript(row: Int, column: Int) -> Cell {
    get { cells[row * size.columns + column] }
    set { cells[row * size.columns + column] = newValue }
  }

  /// The cells of one row, left to right.
  package func row(_ row: Int) -> ArraySlice<Cell> {
    cells[row * size.columns..<(row + 1) * size.columns]
  }

  /// Writes text from a point on, cut at `maxWidth` columns and at the frame's edge.
  ///
  /// What would move the cursor or reorder the line becomes `·`. A wide character that would be cut
  /// at the right is left out; one cut at the left leaves a blank.
  ///
  /// - Returns: the columns that were written.
  @discardableResult
  package mutating func write(
    _ text: String, at point: Point, style: Style = .plain, maxWidth: Int = .max
  ) -> Int {
    guard point.row >= 0, point.row < size.rows, point.column < size.columns, maxWidth > 0 else {
      return 0
    }
    let room = size.columns - point.column
    let end = point.column + min(room, maxWidth)
    let row = point.row * size.columns
    if point.column >= 0, let written = writeASCII(text, row, point.column, end, style) {
      return written
    }
    var column = point.column
    for printed in text.printedScalars {
      guard column + printed.width <= end else { break }
      put(printed, row: row, column: column, style: style)
      column += printed.width
    }
    return column - point.column
  }

  /// The same for a part of a text.
  @discardableResult
  package mutating func write(
    _ text: Substring, at point: Point, style: Style = .plain, maxWidth: Int = .max
  ) -> Int {
    write(String(text), at: point, style: style, maxWidth: maxWidth)
  }

  /// The fast path: `nil` when the text is not plain ASCII, and nothing is written then.
  private mutating func writeASCII(
    _ text: String, _ row: Int, _ start: Int, _ end: Int, _ style: Style
  ) -> Int? {
    let written = text.utf8.withContiguousStorageIfAvailable { bytes -> Int? in
      let count = min(bytes.count, end - start)
      for byte in bytes[..<count] where byte < 0x20 || byte >= 0x7F { return nil }
      guard count > 0 else { return 0 }
      freeHalves(row, start, start + count)
      for index in 0..<count {
        cells[row + start + index] = Cell(ascii: bytes[index], style: style)
      }
      return count
    }
    return written ?? nil
  }

  private mutating func put(_ printed: PrintedScalar, row: Int, column: Int, style: Style) {
    guard column >= 0 else {
      if column + printed.width > 0 { put(.blank, row: row, column: 0, style: style) }
      return
    }
    freeHalves(row, column, column + printed.width)
    cells[row + column] = Cell(printed, style: style)
    if printed.width == 2 { cells[row + column + 1] = .continuation(style) }
  }

  /// Blanks the other half of wide characters that a write to these columns cuts in two.
  private mutating func freeHalves(_ row: Int, _ start: Int, _ end: Int) {
    if start > 0, cells[row + start].isContinuation {
      cells[row + start - 1] = Cell(ascii: 0x20, style: cells[row + start - 1].style)
    }
    if end < size.columns, cells[row + end].isContinuation {
      cells[row + end] = Cell(ascii: 0x20, style: cells[row + end].style)
    }
  }

  /// Fills a rectangle with one character of a style.
  package mutating func fill(_ rect: Rect, style: Style = .plain, character: Character = " ") {
    let area = rect.intersection(bounds)
    guard !area.isEmpty else { return }
    var cell = Cell(character, style: style)
    if character.displayWidth != 1 { cell = Cell(ascii: 0x20, style: style) }
    for row in area.row..<area.endRow {
      freeHalves(row * size.columns, area.column, area.endColumn)
      for column in area.column..<area.endColumn { cells[row * size.columns + column] = cell }
    }
  }

  /// The characters of each row without trailing blanks: what tests compare.
  package var lines: [String] {
    (0..<size.rows).map { row in
      var line = ""
      for cell in self.row(row) where !cell.isContinuation { line.append(cell.character) }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
