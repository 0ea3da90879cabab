/// Draws an ``EditorState``: line numbers, marks, the text, and the cursor.
package struct Editor {
  /// What is wrong in a row.
  package struct Mark: Hashable, Sendable {
    /// Stands in the gutter beside the line's number, one column wide.
    package var character: String
    /// Of the mark, of the line's number, and of the scalars that are marked.
    package var style: Style
    /// The scalars of the line that it is about; the first alone is marked where the end is not known.
    package var columns: [Int]

    /// `columns` counts from 0; empty marks the line alone.
    package init(_ character: String, _ style: Style, columns: [Int]) {
      self.character = character
      self.style = style
      self.columns = columns
    }
  }

  /// What is drawn: its scroll offsets count, so that it is to be settled for the rectangle before.
  package var state: EditorState
  /// Puts the frame's cursor into the text.
  package var isFocused: Bool
  /// By row, counted from 0.
  package var marks: [Int: Mark]
  /// Fills the rectangle and lies under the parts of a line.
  package var style: Style
  /// Of line numbers, and of the signs that a line goes on.
  package var numberStyle: Style
  /// Of the scroll bar.
  package var track: Style
  /// Of the part of the scroll bar that is on the screen.
  package var thumb: Style
  package var glyphs: Glyphs
  /// The styles of a line's parts, from the scalar on that is given; `nil` leaves all of it plain.
  package var highlight: ([Unicode.Scalar]) -> [(from: Int, style: Style)]

  /// Without marks, without highlighting and in plain styles unless they are given.
  package init(
    _ state: EditorState, isFocused: Bool, marks: [Int: Mark] = [:], style: Style = .plain,
    numberStyle: Style = .plain, track: Style = .plain, thumb: Style = .plain,
    glyphs: Glyphs = .unicode,
    highlight: @escaping ([Unicode.Scalar]) -> [(from: Int, style: Style)] = { _ in [] }
  ) {
    self.state = state
    self.isFocused = isFocused
    self.marks = marks
    self.style = style
    self.numberStyle = numberStyle
    self.track = track
    self.thumb = thumb
    self.glyphs = glyphs
    self.highlight = highlight
  }

  /// Columns left of the text: the line's number, a mark, a blank.
  package static func gutter(_ state: EditorState) -> Int {
    max(3, String(state.lineCount).count) + 2
  }

  /// The part of a rectangle that the text has, without numbers and scroll bar.
  package static func textSize(_ state: EditorState, in rect: Rect) -> Size {
    Size(rows: rect.rows, columns: max(1, rect.columns - gutter(state) - 1))
  }

  /// Which place of the text is at a point of the screen.
  package static func place(_ state: EditorState, at point: Point, in rect: Rect) -> EditorPlace? {
    guard rect.contains(point) else { return nil }
    let row = state.top + point.row - rect.row
    guard row < state.lineCount else { return nil }
    var room = point.column - rect.column - gutter(state)
    var column = state.left
    let line = state.text.lines[row]
    while column < line.count, room > 0 {
      room -= max(0, EditorText.string([line[column]]).displayWidth)
      if room >= 0 { column += 1 }
    }
    return EditorPlace(row: row, column: min(column, line.count))
  }

  /// Draws the lines from the state's first one on, with a scroll bar where there are more.
  package func draw(into frame: inout Frame, rect: Rect) {
    guard !rect.isEmpty else { return }
    frame.fill(rect, style: style)
    let lines = state.text.lines
    for row in 0..<min(rect.rows, lines.count - state.top) {
      draw(state.top + row, lines[state.top + row], row: rect.row + row, rect, &frame)
    }
    ScrollBar(offset: state.top, count: lines.count, track: track, thumb: thumb, glyphs: glyphs)
      .draw(into: &frame, rect: rect)
  }

  private func draw(
    _ index: Int, _ line: [Unicode.Scalar], row: Int, _ rect: Rect, _ frame: inout Frame
  ) {
    let gutter = Self.gutter(state)
    let number = String(index + 1).padded(to: gutter - 2, .trailing)
    let mark = marks[index]
    frame.write(
      number, at: Point(row: row, column: rect.column), style: mark?.style ?? numberStyle,
      maxWidth: rect.columns)
    if let mark {
      frame.write(
        mark.character, at: Point(row: row, column: rect.column + gutter - 2), style: mark.style,
        maxWidth: 1)
    }
    let width = Self.textSize(state, in: rect).columns
    let start = Point(row: row, column: rect.column + gutter)
    // No more of a line is looked at than fits.
    let end = min(line.count, state.left + width * 2)
    if state.left < end { write(line, state.left..<end, mark, at: start, width, &frame) }
    if state.left > 0, !line.isEmpty {
      frame.write(glyphs.ellipsis, at: start, style: numberStyle.over(style), maxWidth: 1)
    }
    if isFocused, index == state.cursor.row, rect.columns > gutter {
      let before = EditorText.string(
        line[min(state.left, state.cursor.column)..<state.cursor.column])
      frame.cursor = Point(
        row: row, column: start.column + min(before.displayWidth, width - 1))
    }
  }

  private func write(
    _ line: [Unicode.Scalar], _ range: Range<Int>, _ mark: Mark?, at start: Point, _ width: Int,
    _ frame: inout Frame
  ) {
    let parts = highlight(line.count > 2_000 ? Array(line.prefix(2_000)) : line)
    var column = start.column
    let limit = start.column + width
    var index = range.lowerBound
    var part = parts.lastIndex { $0.from <= index }
    while index < range.upperBound, column < limit {
      var next = index + 1
      while next < range.upperBound, line[next].joinsCellBefore { next += 1 }
      while let following = part.map({ $0 + 1 }) ?? (parts.isEmpty ? nil : 0),
        following < parts.count, parts[following].from <= index
      {
        part = following
      }
      var style = part.map { parts[$0].style.over(self.style) } ?? self.style
      if let mark, mark.columns.contains(index) {
        style = mark.style.over(style).adding(.underline)
      }
      column += frame.write(
        EditorText.string(line[index..<next]), at: Point(row: start.row, column: column),
        style: style, maxWidth: limit - column)
      index = next
    }
    if index < range.upperBound || range.upperBound < line.count {
      frame.write(
        glyphs.ellipsis, at: Point(row: start.row, column: limit - 1),
        style: numberStyle.over(style),
        maxWidth: 1)
    }
  }
}
