/// Text wrapped between words, with a scroll offset.
package struct Paragraph {
  /// Its own line breaks stay; longer lines are wrapped.
  package var text: String
  package var style: Style
  /// Wrapped rows that are left out above.
  package var offset: Int

  /// Drawn from its first row on, unless an offset is given.
  package init(_ text: String, style: Style = .plain, offset: Int = 0) {
    self.text = text
    self.style = style
    self.offset = offset
  }

  /// The rows that the text needs at a width.
  package func height(width: Int) -> Int { text.wrapped(to: width).count }

  /// Draws from the offset on; what is below the rectangle is left out.
  ///
  /// - Returns: the rows that were drawn.
  @discardableResult
  package func draw(into frame: inout Frame, rect: Rect) -> Int {
    let lines = text.wrapped(to: rect.columns).dropFirst(max(0, offset)).prefix(rect.rows)
    for (row, line) in lines.enumerated() {
      frame.write(
        line, at: Point(row: rect.row + row, column: rect.column), style: style,
        maxWidth: rect.columns)
    }
    return lines.count
  }
}
