/// The characters that draw lines, marks and statuses: Unicode, or ASCII where that is all there is.
package struct Glyphs: Hashable, Sendable {
  /// Of borders and rules, one column wide; so are the five after it.
  package var horizontal: String
  package var vertical: String
  package var topLeft: String
  package var topRight: String
  package var bottomLeft: String
  package var bottomRight: String
  /// Stands where a text was cut.
  package var ellipsis: String
  /// Marks the selected row, so that it is not told by colour alone.
  package var selection: String
  /// Behind the title of the column that the table is sorted by, the smallest first.
  package var ascending: String
  /// The same with the greatest first.
  package var descending: String
  /// The part of a scroll bar that is not on the screen.
  package var scrollTrack: String
  /// The part of a scroll bar that is on the screen.
  package var scrollThumb: String
  /// In place of each character of a secret.
  package var mask: String
  /// A choice that is on, three columns wide.
  package var checked: String
  /// A choice that is off, three columns wide.
  package var unchecked: String

  // One for each status, each another shape.
  package var running: String
  package var creating: String
  package var pending: String
  package var failed: String
  package var crashing: String
  package var stopped: String
  package var unknown: String

  /// What a terminal with UTF-8 shows.
  package static let unicode = Glyphs(
    horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└",
    bottomRight: "┘", ellipsis: "…", selection: "▌", ascending: "▲",
    descending: "▼", scrollTrack: "│", scrollThumb: "█", mask: "•", checked: "[✓]",
    unchecked: "[ ]", running: "●", creating: "◐", pending: "○",
    failed: "✗", crashing: "↻", stopped: "■", unknown: "?")

  /// ASCII alone, for locales and fonts without more.
  package static let ascii = Glyphs(
    horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
    bottomRight: "+", ellipsis: "~", selection: ">", ascending: "^",
    descending: "v", scrollTrack: "|", scrollThumb: "#", mask: "*", checked: "[x]",
    unchecked: "[ ]", running: "+", creating: "~", pending: ".",
    failed: "!", crashing: "x", stopped: "-", unknown: "?")
}
