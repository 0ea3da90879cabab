/// A line of text in which parts have styles of their own.
package struct StyledText: Hashable, Sendable, ExpressibleByStringLiteral {
  /// A part in one style.
  package struct Run: Hashable, Sendable {
    package var text: String
    package var style: Style

    package init(_ text: String, _ style: Style = .plain) {
      self.text = text
      self.style = style
    }
  }

  /// Left to right; the style of each holds up to the next.
  package var runs: [Run]

  /// The runs in their order; nothing without any.
  package init(_ runs: [Run] = []) { self.runs = runs }
  /// One run.
  package init(_ text: String, _ style: Style = .plain) { runs = [Run(text, style)] }
  package init(stringLiteral value: String) { self.init(value) }

  /// The text without its styles.
  package var text: String { runs.map(\.text).joined() }
  /// In columns, all runs together.
  package var displayWidth: Int { runs.reduce(0) { $0 + $1.text.displayWidth } }
  /// There is no text in it, whatever the styles.
  package var isEmpty: Bool { runs.allSatisfy(\.text.isEmpty) }

  /// Adds a run at the end.
  package mutating func append(_ text: String, _ style: Style = .plain) {
    runs.append(Run(text, style))
  }
  /// Both, one behind the other, each in its own styles.
  package static func + (left: StyledText, right: StyledText) -> StyledText {
    StyledText(left.runs + right.runs)
  }
  /// Adds another text at the end, in its own styles.
  package static func += (left: inout StyledText, right: StyledText) { left.runs += right.runs }

  /// Cut at the end to a width; the ellipsis has the style of what it replaces.
  package func truncated(to width: Int, ellipsis: String = "…") -> StyledText {
    guard displayWidth > width else { return self }
    var room = width - ellipsis.displayWidth
    var kept: [Run] = []
    for run in runs {
      let columns = run.text.displayWidth
      guard columns <= room else {
        let head =
          room < 0 ? ellipsis.prefix(columns: width) : run.text.prefix(columns: room) + ellipsis
        kept.append(Run(head, run.style))
        break
      }
      kept.append(run)
      room -= columns
    }
    return StyledText(kept)
  }

  /// The same with every style laid over a base.
  package func over(_ base: Style) -> StyledText {
    StyledText(runs.map { Run($0.text, $0.style.over(base)) })
  }
}

extension Frame {
  /// Writes styled text; each run's style lies over `base`.
  ///
  /// - Returns: the columns that were written.
  @discardableResult
  package mutating func write(
    _ text: StyledText, at point: Point, over base: Style = .plain, maxWidth: Int = .max
  ) -> Int {
    var written = 0
    for run in text.runs where written < maxWidth {
      let place = Point(row: point.row, column: point.column + written)
      let columns = write(
        run.text, at: place, style: run.style.over(base), maxWidth: maxWidth - written)
      written += columns
      // A run that was cut ends the line: a later one must not take its place.
      if columns < run.text.displayWidth { break }
    }
    return written
  }
}
