package import TerminalUI

/// One line of text in the theme's elements, not yet on a frame.
package struct StyledLine: Sendable, Equatable {
  /// A part of the line that looks the same.
  package struct Span: Sendable, Equatable {
    package var text: String
    package var element: Theme.Element
  }

  /// Left to right.
  package var spans: [Span]

  /// One span; an empty text has none.
  package init(_ text: String = "", _ element: Theme.Element = .text) {
    spans = text.isEmpty ? [] : [Span(text: text, element: element)]
  }

  /// Spans with their elements, left to right.
  package init(_ spans: [(String, Theme.Element)]) {
    self.spans = spans.map { Span(text: $0.0, element: $0.1) }
  }

  /// Adds a span at the end.
  package mutating func append(_ text: String, _ element: Theme.Element) {
    spans.append(Span(text: text, element: element))
  }

  /// In columns.
  package var width: Int { spans.reduce(0) { $0 + $1.text.displayWidth } }
  /// The spans' texts, one behind the other.
  package var text: String { spans.map(\.text).joined() }

  func styled(_ theme: Theme) -> StyledText {
    StyledText(spans.map { StyledText.Run($0.text, theme[$0.element]) })
  }
}

extension Frame {
  /// Writes a line from a point on, cut at a width.
  mutating func write(_ line: StyledLine, at point: Point, maxWidth: Int, theme: Theme) {
    write(line.styled(theme), at: point, maxWidth: maxWidth)
  }

  /// Fills a row with an element and writes a text on it.
  mutating func bar(
    _ text: String, _ rect: Rect, _ element: Theme.Element, theme: Theme, glyphs: Glyphs
  ) {
    TextLine(StyledText(text), style: theme[element], glyphs: glyphs).draw(into: &self, rect: rect)
  }

  /// Blanks a rectangle and draws a dialog's border.
  ///
  /// - Returns: the inside.
  @discardableResult
  mutating func dialog(
    _ title: String, rect: Rect, theme: Theme, glyphs: Glyphs, isDanger: Bool = false
  ) -> Rect {
    fill(rect, style: theme[.popUp])
    Box(
      title: StyledText(title, theme[.popUpTitle]),
      style: theme[isDanger ? .dangerBorder : .popUpBorder], glyphs: glyphs
    ).draw(into: &self, rect: rect)
    return Box.inner(rect)
  }
}

extension Rect {
  /// Where dialogs may be: above the message line and the keys.
  init(dialogs size: Size) {
    self.init(row: 0, column: 0, rows: size.rows - 2, columns: size.columns)
  }
}

extension String {
  /// The text if it fits, else as much as does and a sign that there is more.
  func cut(to width: Int, _ glyphs: Glyphs) -> String {
    truncated(to: max(0, width), ellipsis: glyphs.ellipsis)
  }
}
