import TerminalUI

/// The parts of a full screen, from the top. Parts that a screen does without are empty.
struct ScreenParts {
  var title: Rect
  /// What stays above the body while that scrolls.
  var head: Rect
  var body: Rect
  /// The line under the body, with words on it.
  var rule: Rect
  /// What helps with the body, or acts on it.
  var below: Rect
  var message: Rect
  var footer: Rect

  /// - Parameters: the rows of what not every screen has.
  init(_ size: Size, head: Int = 0, rule: Int = 0, below: Int = 0) {
    let rects = Rect(size).split(
      .vertical,
      [.fixed(1), .fixed(head), .fill(), .fixed(rule), .fixed(below), .fixed(1), .fixed(1)])
    title = rects[0]
    self.head = rects[1]
    body = rects[2]
    self.rule = rects[3]
    self.below = rects[4]
    message = rects[5]
    footer = rects[6]
  }

  /// Draws what every full screen has: its title, what just happened, and the keys that work now.
  func draw(
    _ title: String, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    frame.bar(
      " " + title, self.title, .title, theme: theme, glyphs: state.configuration.glyphs)
    MessagesView.drawLine(state, into: &frame, rect: message, theme: theme)
    FooterView.draw(state, into: &frame, rect: footer, theme: theme)
  }
}

extension Frame {
  /// Draws a line across, with words on it where there are some.
  ///
  /// - Parameter reserved: the columns at its end that something else is written on.
  mutating func rule(
    _ text: String, _ rect: Rect, _ element: Theme.Element = .border, reserved: Int = 0,
    theme: Theme, glyphs: Glyphs
  ) {
    guard !rect.isEmpty else { return }
    fill(rect, style: theme[.border], character: glyphs.horizontal.first ?? "-")
    guard !text.isEmpty else { return }
    write(
      " \(text) ".cut(to: rect.columns - 4 - reserved, glyphs),
      at: Point(row: rect.row, column: rect.column + 2), style: theme[element])
  }

  /// Shows a frame that was drawn as a whole from one of its rows on, with a bar that says where that is:
  /// nothing on it has to know where the screen cuts it.
  mutating func scroll(
    _ canvas: Frame, from offset: Int, in rect: Rect, theme: Theme, glyphs: Glyphs
  ) {
    show(canvas, from: offset, in: rect)
    scrollBar(offset, of: canvas.size.rows, rect, theme: theme, glyphs: glyphs)
  }

  /// Shows lines from one of them on, with a bar that says where that is.
  mutating func scroll(
    _ lines: [StyledLine], from offset: Int, in rect: Rect, width: Int, theme: Theme,
    glyphs: Glyphs
  ) {
    for (row, line) in lines[offset..<min(lines.count, offset + rect.rows)].enumerated() {
      write(line, at: Point(row: rect.row + row, column: 0), maxWidth: width, theme: theme)
    }
    scrollBar(offset, of: lines.count, rect, theme: theme, glyphs: glyphs)
  }

  private mutating func scrollBar(
    _ offset: Int, of count: Int, _ rect: Rect, theme: Theme, glyphs: Glyphs
  ) {
    ScrollBar(
      offset: offset, count: count, track: theme[.scrollTrack], thumb: theme[.scrollThumb],
      glyphs: glyphs
    ).draw(into: &self, rect: rect)
  }

  /// Copies rows of another frame, from one on, with its cursor where that is among them.
  private mutating func show(_ canvas: Frame, from offset: Int, in rect: Rect) {
    for row in 0..<rect.rows where row + offset < canvas.size.rows && row + offset >= 0 {
      for column in 0..<min(rect.columns, canvas.size.columns) {
        self[rect.row + row, rect.column + column] = canvas[row + offset, column]
      }
    }
    func moved(_ point: Point?) -> Point? {
      guard let point, (offset..<offset + rect.rows).contains(point.row) else { return nil }
      return Point(row: rect.row + point.row - offset, column: rect.column + point.column)
    }
    cursor = moved(canvas.cursor)
    anchor = moved(canvas.anchor)
  }
}
