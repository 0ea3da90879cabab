internal import CNcurses
internal import Glibc
package import TerminalUI

extension NcursesScreen {
  /// Shows a frame. Only rows that differ from the last one go to curses, which sends only the cells
  /// that differ; the same frame again sends nothing at all.
  package func draw(_ frame: Frame) {
    latest = frame
    guard isOpen, !isSuspended else { return }
    var isChanged = false
    if shown?.size != frame.size {
      shown = nil
      werase(cn_stdscr())
      isChanged = true
    }
    let size = size
    for row in 0..<min(frame.size.rows, size.rows) {
      let cells = frame.row(row)
      if let shown, shown.row(row) == cells { continue }
      write(cells.prefix(size.columns), row: row)
      isChanged = true
    }
    if frame.cursor != shown?.cursor || frame.anchor != shown?.anchor { isChanged = true }
    shown = frame
    guard isChanged else { return }
    placeCursor(frame)
    wnoutrefresh(cn_stdscr())
    doupdate()
  }

  /// Writes a row as runs of one style each.
  private func write(_ cells: ArraySlice<Cell>, row: Int) {
    var buffer: [wchar_t] = []
    buffer.reserveCapacity(cells.count)
    var index = cells.startIndex
    while index < cells.endIndex {
      let style = cells[index].style
      let column = index - cells.startIndex
      buffer.removeAll(keepingCapacity: true)
      while index < cells.endIndex, cells[index].style == style {
        let next = index + 1
        let isWide = next < cells.endIndex && cells[next].isContinuation
        append(cells[index], width: isWide ? 2 : 1, to: &buffer)
        index = isWide ? next + 1 : next
      }
      setStyle(style)
      // The last cell of the screen is written although ERR comes back.
      mvwaddnwstr(cn_stdscr(), CInt(row), CInt(column), buffer, CInt(buffer.count))
    }
  }

  /// Adds a cell's scalars. Where curses' idea of the width is another than the frame's, which comes
  /// with other versions of Unicode, a stand-in keeps the row from shifting.
  private func append(_ cell: Cell, width: Int, to buffer: inout [wchar_t]) {
    let scalars = cell.scalars
    if scalars.base >= 0x20, scalars.base < 0x7F, scalars.mark1 == 0 {
      buffer.append(wchar_t(bitPattern: scalars.base))
      return
    }
    guard isUnicode, Int(wcwidth(wchar_t(bitPattern: scalars.base))) == width else {
      // A continuation without its first half is a blank.
      let standIn: UInt32 = cell.isContinuation ? 0x20 : isUnicode ? 0xB7 : 0x3F
      buffer.append(wchar_t(bitPattern: standIn))
      if width == 2 { buffer.append(0x20) }
      return
    }
    buffer.append(wchar_t(bitPattern: scalars.base))
    for mark in [scalars.mark1, scalars.mark2] where mark != 0 {
      let mark = wchar_t(bitPattern: mark)
      if wcwidth(mark) == 0 { buffer.append(mark) }
    }
  }

  /// The columns that curses gives a scalar: libc's count in the screen's locale, -1 for what it does
  /// not print.
  package static func columns(of scalar: Unicode.Scalar) -> Int {
    Int(wcwidth(wchar_t(bitPattern: scalar.value)))
  }

  private func setStyle(_ style: Style) {
    let resolved = colors.resolve(style)
    var attributes: attr_t = 0
    if resolved.attributes.contains(.bold) { attributes |= attr_t(CN_A_BOLD) }
    if resolved.attributes.contains(.dim) { attributes |= attr_t(CN_A_DIM) }
    if resolved.attributes.contains(.reverse) { attributes |= attr_t(CN_A_REVERSE) }
    if resolved.attributes.contains(.underline) { attributes |= attr_t(CN_A_UNDERLINE) }
    if resolved.attributes.contains(.italic) { attributes |= attr_t(CN_A_ITALIC) }
    cn_set_style(attributes, pair(resolved.foreground, resolved.background))
  }

  private func pair(_ foreground: Int, _ background: Int) -> CInt {
    // Without start_color, alloc_pair of ncurses 6.4 follows a null pointer.
    if colors.count == 0 || (foreground < 0 && background < 0) { return 0 }
    let key =
      UInt64(UInt32(truncatingIfNeeded: foreground)) << 32
      | UInt64(UInt32(truncatingIfNeeded: background))
    if let known = pairs[key] { return known }
    // One more would take the number of a pair that is on the screen.
    guard pairs.count + 1 < Int(cn_color_pairs()) else { return 0 }
    let made = max(0, alloc_pair(CInt(foreground), CInt(background)))
    pairs[key] = made
    return made
  }

  /// A cursor of the frame is shown; else the hidden one is parked at the frame's anchor.
  private func placeCursor(_ frame: Frame) {
    let visibility: CInt = frame.cursor == nil ? 0 : 1
    if visibility != cursorVisibility {
      cursorVisibility = visibility
      curs_set(visibility)
    }
    guard let point = frame.cursor ?? frame.anchor else {
      leaveok(cn_stdscr(), true)
      return
    }
    leaveok(cn_stdscr(), false)
    let size = size
    wmove(
      cn_stdscr(), CInt(max(0, min(point.row, size.rows - 1))),
      CInt(max(0, min(point.column, size.columns - 1))))
  }

  /// What curses holds for each row, without trailing blanks: what it will put on the terminal.
  package var contents: [String] {
    (0..<size.rows).map { row in
      var buffer = [wchar_t](repeating: 0, count: size.columns * 6 + 1)
      let count = mvwinnwstr(cn_stdscr(), CInt(row), 0, &buffer, CInt(buffer.count - 1))
      var line = String.UnicodeScalarView()
      for value in buffer.prefix(max(0, Int(count))) {
        if let scalar = Unicode.Scalar(UInt32(bitPattern: value)) { line.append(scalar) }
      }
      var text = String(line)
      while text.last == " " { text.removeLast() }
      return text
    }
  }
}
