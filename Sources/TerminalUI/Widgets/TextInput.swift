/// Draws a ``TextInputState`` in one row.
package struct TextInput {
  /// What is drawn; each character of a secret is drawn as a mask.
  package var state: TextInputState
  /// Shows the part around the cursor; else the beginning.
  package var isFocused: Bool
  /// Shown where there is no text; empty for none.
  package var placeholder: String
  /// Fills the row, and is that of the text.
  package var style: Style
  /// Lies over `style`.
  package var placeholderStyle: Style
  package var glyphs: Glyphs

  /// Without a placeholder unless one is given.
  package init(
    _ state: TextInputState, isFocused: Bool, placeholder: String = "", style: Style = .plain,
    placeholderStyle: Style = .plain, glyphs: Glyphs = .unicode
  ) {
    self.state = state
    self.isFocused = isFocused
    self.placeholder = placeholder
    self.style = style
    self.placeholderStyle = placeholderStyle
    self.glyphs = glyphs
  }

  /// Draws into the first row of the rectangle and, when focused, puts the frame's cursor there.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard !rect.isEmpty else { return }
    let width = rect.columns
    frame.fill(
      Rect(row: rect.row, column: rect.column, rows: 1, columns: width), style: style)
    var cursorColumn = 0
    if state.isEmpty {
      let text = placeholder.truncated(to: width, ellipsis: glyphs.ellipsis)
      frame.write(text, at: rect.origin, style: placeholderStyle.over(style))
    } else {
      let characters =
        state.isMasked
        ? Array(repeating: Character(glyphs.mask), count: state.text.count) : Array(state.text)
      let window = LineWindow(characters, cursor: isFocused ? state.cursor : 0, width: width)
      cursorColumn = window.cursorColumn
      let text =
        isFocused
        ? window.text : String(characters).truncated(to: width, ellipsis: glyphs.ellipsis)
      frame.write(text, at: rect.origin, style: style, maxWidth: width)
    }
    if isFocused {
      frame.cursor = Point(row: rect.row, column: rect.column + min(cursorColumn, width - 1))
    }
  }
}
