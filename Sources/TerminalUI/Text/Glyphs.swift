/// The characters that draw lines, marks and statuses: Unicode, or ASCII where that is all there is.
package struct Glyphs: Hashable, Sendable {
  package var horizontal: String
  package var vertical: String
  package var topLeft: String
  package var topRight: String
  package var bottomLeft: String
  package var bottomRight: String
  package var ellipsis: String
  package var bullet: String
  /// Marks the selected row, so that it is not told by colour alone.
  package var selection: String
  package var ascending: String
  package var descending: String
  package var scrollTrack: String
  package var scrollThumb: String
  /// In place of each character of a secret.
  package var mask: String
  package var checked: String
  package var unchecked: String
  package var separator: String
  package var arrow: String

  // One for each status, each another shape.
  package var running: String
  package var creating: String
  package var pending: String
  package var failed: String
  package var crashing: String
  package var stopped: String
  package var unknown: String

  package static let unicode = Glyphs(
    horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└",
    bottomRight: "┘", ellipsis: "…", bullet: "•", selection: "▌", ascending: "▲",
    descending: "▼", scrollTrack: "│", scrollThumb: "█", mask: "•", checked: "[✓]",
    unchecked: "[ ]", separator: "·", arrow: "→", running: "●", creating: "◐", pending: "○",
    failed: "✗", crashing: "↻", stopped: "■", unknown: "?")

  package static let ascii = Glyphs(
    horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
    bottomRight: "+", ellipsis: "~", bullet: "*", selection: ">", ascending: "^",
    descending: "v", scrollTrack: "|", scrollThumb: "#", mask: "*", checked: "[x]",
    unchecked: "[ ]", separator: "|", arrow: ">", running: "+", creating: "~", pending: ".",
    failed: "!", crashing: "x", stopped: "-", unknown: "?")
}
