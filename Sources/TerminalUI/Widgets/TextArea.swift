/// Draws a ``TextAreaState`` in a rectangle.
package struct TextArea {
  package var state: TextAreaState
  /// Shows the lines around the cursor; else the first ones.
  package var isFocused: Bool
  /// Shown where there is no text; empty for none.
  package var placeholder: String
  /// Fills the rectangle, and is that of the text.
  package var style: Style
  /// Lies over `style`.
  package var placeholderStyle: Style
  package var glyphs: Glyphs

  /// Without a placeholder unless one is given.
  package init(
    _ state: TextAreaState, isFocused: Bool, placeholder: String = "", style: Style = .plain,
    placeholderStyle: Style = .plain, glyphs: Glyphs = .unicode
  ) {
    self.state = state
    self.isFocused = isFocused
    self.placeholder = placeholder
    self.style = style
    self.placeholderStyle = placeholderStyle
    self.glyphs = glyphs
  }

  /// Draws the lines around the cursor, with a scroll bar when there are more, and puts the frame's
  /// cursor there when focused.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard !rect.isEmpty else { return }
    frame.fill(rect, style: style)
    let count = state.lines.count
    let isScrolled = count > rect.rows
    let width = max(1, rect.columns - (isScrolled ? 1 : 0))
    let offset =
      isFocused ? Scrolling.clamped(state.row - rect.rows / 2, count: count, height: rect.rows) : 0
    for row in 0..<min(rect.rows, count - offset) {
      draw(line: offset + row, at: Point(row: rect.row + row, column: rect.column), width, &frame)
    }
    if state.isEmpty {
      let text = placeholder.truncated(to: width, ellipsis: glyphs.ellipsis)
      frame.write(text, at: rect.origin, style: placeholderStyle.over(style))
    }
    if isScrolled {
      ScrollBar(offset: offset, count: count, track: style, thumb: style, glyphs: glyphs)
        .draw(into: &frame, rect: rect)
    }
  }

  private func draw(line: Int, at point: Point, _ width: Int, _ frame: inout Frame) {
    guard isFocused, line == state.row else {
      let text = state.lines[line].truncated(to: width, ellipsis: glyphs.ellipsis)
      frame.write(text, at: point, style: style)
      return
    }
    let window = LineWindow(Array(state.lines[line]), cursor: state.column, width: width)
    frame.write(window.text, at: point, style: style, maxWidth: width)
    frame.cursor = Point(
      row: point.row, column: point.column + min(window.cursorColumn, width - 1))
  }
}
