/// One row: text at the left, and more at the right where there is room.
package struct TextLine {
  /// Cut at its end where there is no room.
  package var leading: StyledText
  /// Whole or not at all; empty for none.
  package var trailing: StyledText
  /// Fills the row and lies under the styles of both texts.
  package var style: Style
  /// Of the text at the left, in the room that the one at the right leaves.
  package var alignment: Alignment
  package var glyphs: Glyphs

  /// - Parameters:
  ///   - style: fills the row and lies under the styles of the text.
  ///   - alignment: where `leading` stands when there is nothing at the right.
  package init(
    _ leading: StyledText, trailing: StyledText = StyledText(), style: Style = .plain,
    alignment: Alignment = .leading, glyphs: Glyphs = .unicode
  ) {
    self.leading = leading
    self.trailing = trailing
    self.style = style
    self.alignment = alignment
    self.glyphs = glyphs
  }

  /// Draws into the first row of the rectangle. The text at the left is cut before that at the right
  /// goes, unless that would leave it less than half of the row.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard !rect.isEmpty else { return }
    let row = Rect(row: rect.row, column: rect.column, rows: 1, columns: rect.columns)
    frame.fill(row, style: style)
    var room = rect.columns
    let right = trailing.displayWidth
    if right > 0, right + 1 <= max(rect.columns / 2, rect.columns - leading.displayWidth) {
      let column = rect.endColumn - right
      frame.write(trailing, at: Point(row: rect.row, column: column), over: style)
      room -= right + 1
    }
    let text = leading.truncated(to: room, ellipsis: glyphs.ellipsis)
    let indent =
      switch alignment {
      case .leading: 0
      case .center: (room - text.displayWidth) / 2
      case .trailing: room - text.displayWidth
      }
    let start = Point(row: rect.row, column: rect.column + max(0, indent))
    frame.write(text, at: start, over: style, maxWidth: room)
  }
}
