/// Which part of a long list is on the screen.
package enum Scrolling {
  /// The first row to show, so that `selected` is visible and as little as possible moves.
  ///
  /// - Parameter margin: rows of context kept around the selection where there is room.
  package static func offset(
    current: Int, selected: Int, count: Int, height: Int, margin: Int = 0
  ) -> Int {
    guard height > 0 else { return 0 }
    let margin = max(0, min(margin, (height - 1) / 2))
    var offset = current
    if selected - margin < offset { offset = selected - margin }
    if selected + margin >= offset + height { offset = selected + margin - height + 1 }
    return clamped(offset, count: count, height: height)
  }

  /// An offset that shows no emptiness below the end.
  package static func clamped(_ offset: Int, count: Int, height: Int) -> Int {
    max(0, min(offset, count - height))
  }
}

/// A bar at the side that shows which part of a list is on the screen; nothing when all of it is.
package struct ScrollBar {
  /// The first row of the list that is on the screen.
  package var offset: Int
  /// The rows of the whole list.
  package var count: Int
  /// Of the part that is not on the screen.
  package var track: Style
  /// Of the part that is.
  package var thumb: Style
  package var glyphs: Glyphs

  /// `count` and `offset` are rows; how many of them are shown is the height that it is drawn with.
  package init(
    offset: Int, count: Int, track: Style = .plain, thumb: Style = .plain, glyphs: Glyphs = .unicode
  ) {
    self.offset = offset
    self.count = count
    self.track = track
    self.thumb = thumb
    self.glyphs = glyphs
  }

  /// Draws into the last column of the rectangle, as many rows as the list has there.
  package func draw(into frame: inout Frame, rect: Rect) {
    let height = rect.rows
    guard height > 0, rect.columns > 0, count > height else { return }
    let size = max(1, height * height / count)
    let last = count - height
    // The thumb touches an end only when the list does.
    var start = (height - size) * min(max(0, offset), last) / last
    if offset > 0, start == 0, height - size > 1 { start = 1 }
    if offset < last, start == height - size, start > 1 { start -= 1 }
    for row in 0..<height {
      let isThumb = row >= start && row < start + size
      frame.write(
        isThumb ? glyphs.scrollThumb : glyphs.scrollTrack,
        at: Point(row: rect.row + row, column: rect.endColumn - 1),
        style: isThumb ? thumb : track)
    }
  }
}
