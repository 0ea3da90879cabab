/// A colour, resolved by the driver to what the terminal has.
package enum Color: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case `default`
  /// One of xterm's 256; 0...15 are the terminal's palette.
  case indexed(UInt8)
}

/// What a terminal does to a character besides colouring it (SGR); it leaves out what it cannot do.
package struct Attributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package static let bold = Attributes(rawValue: 1)
  package static let dim = Attributes(rawValue: 2)
  package static let reverse = Attributes(rawValue: 4)
  package static let underline = Attributes(rawValue: 8)
  package static let italic = Attributes(rawValue: 16)
}

/// How a cell looks. Four bytes, because a screen is made of many thousands.
package struct Style: Hashable, Sendable {
  /// Attributes in bits 0...7, foreground in 8...16 and background in 17...25; a colour is 0 for
  /// the terminal's own, else its number + 1.
  package private(set) var packed: UInt32

  /// The terminal's own colours where none are named.
  package init(
    _ foreground: Color = .default, on background: Color = .default,
    _ attributes: Attributes = []
  ) {
    packed =
      UInt32(attributes.rawValue) | Self.pack(foreground) << 8 | Self.pack(background) << 17
  }

  /// The terminal's own colours, and no attributes.
  package static let plain = Style()

  /// Of the character; setting it keeps the rest of the style.
  package var foreground: Color {
    get { Self.unpack(packed >> 8) }
    set { packed = packed & ~(0x1FF << 8) | Self.pack(newValue) << 8 }
  }

  /// Of the cell behind the character; setting it keeps the rest of the style.
  package var background: Color {
    get { Self.unpack(packed >> 17) }
    set { packed = packed & ~(0x1FF << 17) | Self.pack(newValue) << 17 }
  }

  /// Setting them replaces all of them and keeps the colours.
  package var attributes: Attributes {
    get { Attributes(rawValue: UInt8(truncatingIfNeeded: packed)) }
    set { packed = packed & ~0xFF | UInt32(newValue.rawValue) }
  }

  /// This style laid over another: its colours where it names one, the attributes of both.
  package func over(_ base: Style) -> Style {
    Style(
      foreground == .default ? base.foreground : foreground,
      on: background == .default ? base.background : background,
      attributes.union(base.attributes))
  }

  /// The same with more attributes.
  package func adding(_ more: Attributes) -> Style {
    Style(foreground, on: background, attributes.union(more))
  }

  private static func pack(_ color: Color) -> UInt32 {
    switch color {
    case .default: 0
    case .indexed(let number): UInt32(number) + 1
    }
  }

  private static func unpack(_ bits: UInt32) -> Color {
    let value = bits & 0x1FF
    return value == 0 ? .default : .indexed(UInt8(truncatingIfNeeded: value - 1))
  }
}
