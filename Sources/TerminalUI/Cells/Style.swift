/// A colour, resolved by the driver to what the terminal has.
package enum Color: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case `default`
  /// One of xterm's 256; 0...15 are the terminal's palette.
  case indexed(UInt8)
}

package struct Attributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package static let bold = Attributes(rawValue: 1)
  package static let dim = Attributes(rawValue: 2)
  package static let reverse = Attributes(rawValue: 4)
  package static let underline = Attributes(rawValue: 8)
  package static let italic = Attributes(rawValue: 16)
}

/// How a cell looks.
package struct Style: Hashable, Sendable {
  package var foreground: Color
  package var background: Color
  package var attributes: Attributes

  package init(
    _ foreground: Color = .default, on background: Color = .default,
    _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  package static let plain = Style()
}
