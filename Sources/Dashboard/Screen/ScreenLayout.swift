import TerminalUI

/// Where the parts of the main screen are. Parts without room or content are empty.
struct ScreenLayout: Equatable {
  var banner: Rect
  var header: Rect
  var alert: Rect
  var filter: Rect
  var heading: Rect
  var rows: Rect
  var rule: Rect
  var info: Rect
  var message: Rect
  var footer: Rect
  /// The details beside the table; empty where they are not there.
  var side: Rect

  init(_ state: DashboardState) {
    let size = state.size
    let isRoomy = size.rows >= 20
    let parts = Rect(size).split(
      .vertical,
      [
        .fixed(state.configuration.isSimulated && size.rows >= 14 ? 1 : 0),
        .fixed(size.rows >= 12 ? 2 : 1),
        .fixed(HeaderView.alertRows(state)),
        .fixed(FilterLine.isShown(state) ? 1 : 0),
        .fixed(1),
        .fill(),
        .fixed(isRoomy ? 1 : 0),
        .fixed(isRoomy ? 3 : size.rows >= 12 ? 2 : 1),
        .fixed(1),
        .fixed(1),
      ])
    banner = parts[0]
    header = parts[1]
    alert = parts[2]
    filter = parts[3]
    heading = parts[4]
    rows = parts[5]
    rule = parts[6]
    info = parts[7]
    message = parts[8]
    footer = parts[9]
    let left = state.tableColumns
    let middle = size.columns - left
    side = Rect(
      row: heading.row, column: left, rows: message.row - heading.row, columns: middle)
    for path in [\ScreenLayout.heading, \.rows, \.rule, \.info] {
      self[keyPath: path] = Rect(
        row: self[keyPath: path].row, column: 0, rows: self[keyPath: path].rows, columns: left)
    }
  }
}
