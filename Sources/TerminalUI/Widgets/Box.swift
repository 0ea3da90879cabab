/// A border with a title, around what is drawn inside.
package struct Box {
  /// Stands in the upper edge; empty for none. Cut where there is no room.
  package var title: StyledText
  /// Stands at the right of the lower edge: a position, a hint.
  package var footer: StyledText
  /// Of the border, and under the title and the footer.
  package var style: Style
  package var glyphs: Glyphs

  /// Without a title and a footer unless they are given.
  package init(
    title: StyledText = StyledText(), footer: StyledText = StyledText(), style: Style = .plain,
    glyphs: Glyphs = .unicode
  ) {
    self.title = title
    self.footer = footer
    self.style = style
    self.glyphs = glyphs
  }

  /// What is left inside a border.
  package static func inner(_ rect: Rect) -> Rect { rect.inset(rows: 1, columns: 1) }

  /// Draws the border; the inside stays as it is.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard rect.rows >= 2, rect.columns >= 2 else { return }
    let line = String(repeating: glyphs.horizontal, count: rect.columns - 2)
    let right = rect.endColumn - 1
    let bottom = rect.endRow - 1
    write(glyphs.topLeft + line + glyphs.topRight, rect.row, rect.column, &frame)
    for row in rect.row + 1..<bottom {
      write(glyphs.vertical, row, rect.column, &frame)
      write(glyphs.vertical, row, right, &frame)
    }
    write(glyphs.bottomLeft + line + glyphs.bottomRight, bottom, rect.column, &frame)
    let room = rect.columns - 4
    if !title.isEmpty, room > 2 {
      let text: StyledText = " " + title.truncated(to: room - 2, ellipsis: glyphs.ellipsis) + " "
      frame.write(text, at: Point(row: rect.row, column: rect.column + 2), over: style)
    }
    if !footer.isEmpty, room > 2 {
      let text: StyledText = " " + footer.truncated(to: room - 2, ellipsis: glyphs.ellipsis) + " "
      let column = right - 1 - text.displayWidth
      frame.write(text, at: Point(row: bottom, column: column), over: style)
    }
  }

  private func write(_ text: String, _ row: Int, _ column: Int, _ frame: inout Frame) {
    frame.write(text, at: Point(row: row, column: column), style: style)
  }
}
