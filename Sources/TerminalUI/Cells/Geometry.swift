/// A cell's place; row 0, column 0 is the top left corner.
package struct Point: Hashable, Sendable {
  /// Counts downwards. It may be outside of what is drawn on, even negative.
  package var row: Int
  /// Counts to the right, in cells and not in characters.
  package var column: Int
  package init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// A number of rows and columns.
package struct Size: Hashable, Sendable {
  package var rows: Int
  package var columns: Int
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}

/// A rectangle of cells. Never negative: what would be is empty.
package struct Rect: Hashable, Sendable {
  /// Its top left cell.
  package var origin: Point
  package var size: Size

  /// A negative number of rows or columns is taken for 0.
  package init(row: Int, column: Int, rows: Int, columns: Int) {
    origin = Point(row: row, column: column)
    size = Size(rows: max(0, rows), columns: max(0, columns))
  }

  /// That size at the top left corner.
  package init(_ size: Size) {
    self.init(row: 0, column: 0, rows: size.rows, columns: size.columns)
  }

  package var row: Int { origin.row }
  package var column: Int { origin.column }
  package var rows: Int { size.rows }
  package var columns: Int { size.columns }
  /// The first row below, and the first column right of the rectangle.
  package var endRow: Int { row + rows }
  package var endColumn: Int { column + columns }
  /// It has no cell.
  package var isEmpty: Bool { rows == 0 || columns == 0 }

  /// Whether the cell at that place is in it.
  package func contains(_ point: Point) -> Bool {
    point.row >= row && point.row < endRow && point.column >= column && point.column < endColumn
  }

  /// What two rectangles share.
  package func intersection(_ other: Rect) -> Rect {
    let top = max(row, other.row)
    let left = max(column, other.column)
    return Rect(
      row: top, column: left, rows: min(endRow, other.endRow) - top,
      columns: min(endColumn, other.endColumn) - left)
  }

  /// What is left when so many rows go at the top and the bottom each, and so many columns at both sides.
  package func inset(rows: Int = 0, columns: Int = 0) -> Rect {
    Rect(
      row: row + rows, column: column + columns, rows: self.rows - 2 * rows,
      columns: self.columns - 2 * columns)
  }

  /// A rectangle of at most that size in the middle of this one.
  package func centered(rows: Int, columns: Int) -> Rect {
    let height = min(rows, self.rows)
    let width = min(columns, self.columns)
    return Rect(
      row: row + (self.rows - height) / 2, column: column + (self.columns - width) / 2,
      rows: height, columns: width)
  }

  /// The direction along which a rectangle is cut: `vertical` puts its parts one below the other.
  package enum Axis: Sendable { case vertical, horizontal }
  /// What one part gets along the axis.
  package enum Length: Sendable {
    /// That many cells, less where there is no room.
    case fixed(Int)
    /// A share of what the fixed ones leave.
    case fill(Int = 1)
  }

  /// Cuts the rectangle into parts along an axis, first to last; later ones lose where there is no room.
  package func split(_ axis: Axis, _ lengths: [Length]) -> [Rect] {
    let total = axis == .vertical ? rows : columns
    var fixed = 0
    var shares = 0
    for length in lengths {
      switch length {
      case .fixed(let cells): fixed += cells
      case .fill(let share): shares += share
      }
    }
    var free = max(0, total - fixed)
    var start = 0
    return lengths.map { length in
      var cells: Int
      switch length {
      case .fixed(let wanted): cells = wanted
      case .fill(let share):
        cells = shares > 0 ? free * share / shares : 0
        free -= cells
        shares -= share
      }
      cells = max(0, min(cells, total - start))
      defer { start += cells }
      return axis == .vertical
        ? Rect(row: row + start, column: column, rows: cells, columns: columns)
        : Rect(row: row, column: column + start, rows: rows, columns: cells)
    }
  }
}
