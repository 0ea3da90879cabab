/// The header of a table.
package struct TableHeader<ID: Hashable & Sendable> {
  /// In the order of the row, as ``ColumnFit`` placed them.
  package var columns: [FittedColumn<ID>]
  /// The column that the rows are sorted by; `nil` for none.
  package var sorted: ID?
  /// Which arrow the sorted column has.
  package var isDescending: Bool
  /// Fills the row and lies under the titles.
  package var style: Style
  /// Of the sorted column's title, over the style of the header.
  package var sortedStyle: Style
  package var glyphs: Glyphs

  /// No column is sorted unless one is given.
  package init(
    columns: [FittedColumn<ID>], sorted: ID? = nil, isDescending: Bool = false,
    style: Style = .plain, sortedStyle: Style = .plain, glyphs: Glyphs = .unicode
  ) {
    self.columns = columns
    self.sorted = sorted
    self.isDescending = isDescending
    self.style = style
    self.sortedStyle = sortedStyle
    self.glyphs = glyphs
  }

  /// Draws into the first row of the rectangle; the sorted column has an arrow.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard !rect.isEmpty else { return }
    let row = Rect(row: rect.row, column: rect.column, rows: 1, columns: rect.columns)
    frame.fill(row, style: style)
    for column in columns {
      let isSorted = column.id == sorted
      let mark = isSorted ? (isDescending ? glyphs.descending : glyphs.ascending) : ""
      let title = column.spec.title.truncated(
        to: max(0, column.width - mark.displayWidth), ellipsis: "")
      let text = (title + mark).fitted(to: column.width, column.spec.alignment, ellipsis: "")
      frame.write(
        text, at: Point(row: rect.row, column: rect.column + column.offset),
        style: isSorted ? sortedStyle.over(style) : style,
        maxWidth: rect.columns - column.offset)
    }
  }
}

/// One row of a table.
package struct TableRow<ID: Hashable & Sendable> {
  /// How a cell that does not fit is cut.
  package enum Cut: Sendable { case end, middle }

  /// In the order of the row, as ``ColumnFit`` placed them.
  package var columns: [FittedColumn<ID>]
  /// Fills the row and lies under the cells' styles.
  package var style: Style
  /// Replaces the colours of the cells: of the selected row.
  package var override: Style?
  package var glyphs: Glyphs
  /// The content of a column; plain text is cut in the middle where `cut` says so.
  package var cell: (ID) -> StyledText
  /// Asked only for what does not fit; text of several runs is cut at its end in any case.
  package var cut: (ID) -> Cut

  /// `cell` is called while it is drawn, once for each column that is shown.
  package init(
    columns: [FittedColumn<ID>], style: Style = .plain, override: Style? = nil,
    glyphs: Glyphs = .unicode, cut: @escaping (ID) -> Cut = { _ in .end },
    cell: @escaping (ID) -> StyledText
  ) {
    self.columns = columns
    self.style = style
    self.override = override
    self.glyphs = glyphs
    self.cut = cut
    self.cell = cell
  }

  /// Draws into the first row of the rectangle. Asks only for the columns that are shown.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard !rect.isEmpty else { return }
    let base = override ?? style
    frame.fill(
      Rect(row: rect.row, column: rect.column, rows: 1, columns: rect.columns), style: base)
    for column in columns {
      var text = cell(column.id)
      if let override {
        text = StyledText(text.runs.map { StyledText.Run($0.text, override) })
      }
      if cut(column.id) == .middle, text.runs.count == 1 {
        text.runs[0].text = text.runs[0].text.truncatedInTheMiddle(
          to: column.width, ellipsis: glyphs.ellipsis)
      } else {
        text = text.truncated(to: column.width, ellipsis: glyphs.ellipsis)
      }
      var start = rect.column + column.offset
      switch column.spec.alignment {
      case .leading: break
      case .center: start += (column.width - text.displayWidth) / 2
      case .trailing: start += column.width - text.displayWidth
      }
      frame.write(
        text, at: Point(row: rect.row, column: start), over: base,
        maxWidth: rect.endColumn - start)
    }
  }
}
