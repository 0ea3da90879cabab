/// What a table's column needs and how much it matters.
package struct ColumnSpec<ID: Hashable & Sendable>: Sendable {
  /// What a row is asked for to get the cell's text.
  package var id: ID
  /// Of the header; cut where the column is narrower.
  package var title: String
  /// Below this the column is left out.
  package var minimum: Int
  /// What shows its content whole.
  package var ideal: Int
  /// 0 matters most; what does not fit goes from the highest number down.
  package var priority: Int
  /// Of the title and the cells.
  package var alignment: Alignment
  /// Is not cut below `ideal` while a column that matters less is there: names.
  package var keepsIdeal: Bool
  /// Stays when all others are gone, cut to its minimum where it must be.
  package var isRequired: Bool

  /// `minimum` and `ideal` are columns; at least 1, and a minimum above the ideal is taken for it.
  package init(
    _ id: ID, title: String, minimum: Int, ideal: Int, priority: Int,
    alignment: Alignment = .leading, keepsIdeal: Bool = false, isRequired: Bool = false
  ) {
    self.id = id
    self.title = title
    self.minimum = max(1, min(minimum, ideal))
    self.ideal = max(1, ideal)
    self.priority = priority
    self.alignment = alignment
    self.keepsIdeal = keepsIdeal
    self.isRequired = isRequired
  }
}

/// A column with its place in the row.
package struct FittedColumn<ID: Hashable & Sendable>: Sendable {
  /// What the column was fitted from.
  package var spec: ColumnSpec<ID>
  /// Columns from the row's start.
  package var offset: Int
  /// In columns; less than the minimum only where nothing else is left.
  package var width: Int
  package var id: ID { spec.id }
}

/// Decides which columns a table shows and how wide, by priority.
package enum ColumnFit {
  /// Fits columns into a width, in their given order.
  ///
  /// First go whole columns, least important first, until the rest has its minimum and every column
  /// that keeps its ideal has that. Then what is left over widens columns up to their ideal, most
  /// important first. Only when nothing but required columns is left are names cut.
  package static func fit<ID>(
    _ columns: [ColumnSpec<ID>], width: Int, gap: Int = 2
  ) -> [FittedColumn<ID>] {
    var shown = Array(columns.indices)
    func leastImportant(_ isCandidate: (ColumnSpec<ID>) -> Bool) -> Int? {
      // Of equals the last one goes first.
      shown.indices.filter { isCandidate(columns[shown[$0]]) }
        .max { columns[shown[$0]].priority <= columns[shown[$1]].priority && $0 < $1 }
    }
    func needed(_ floor: (ColumnSpec<ID>) -> Int) -> Int {
      shown.reduce(gap * max(0, shown.count - 1)) { $0 + floor(columns[$1]) }
    }
    let floor: (ColumnSpec<ID>) -> Int = { $0.keepsIdeal ? $0.ideal : $0.minimum }
    while needed(floor) > width, let index = leastImportant({ !$0.isRequired }) {
      shown.remove(at: index)
    }
    while needed(\.minimum) > width, shown.count > 1, let index = leastImportant({ _ in true }) {
      shown.remove(at: index)
    }
    var widths = shown.map { columns[$0].minimum }
    if shown.count == 1 { widths[0] = max(0, min(widths[0], width)) }
    var spare = max(0, width - widths.reduce(gap * max(0, shown.count - 1), +))
    let order = shown.indices.sorted {
      let (left, right) = (columns[shown[$0]], columns[shown[$1]])
      if left.keepsIdeal != right.keepsIdeal { return left.keepsIdeal }
      return (left.priority, $0) < (right.priority, $1)
    }
    for index in order {
      let more = max(0, min(spare, columns[shown[index]].ideal - widths[index]))
      widths[index] += more
      spare -= more
    }
    var offset = 0
    return zip(shown, widths).map { column, width in
      defer { offset += width + gap }
      return FittedColumn(spec: columns[column], offset: offset, width: width)
    }
  }
}
