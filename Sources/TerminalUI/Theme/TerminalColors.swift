/// Maps the 256 colours of styles to what a terminal has, by hue and brightness.
package struct TerminalColors: Hashable, Sendable {
  /// A style as the terminal can show it.
  package struct Resolved: Hashable, Sendable {
    /// -1 for the terminal's own.
    package var foreground: Int
    /// The terminal's number of the colour, or its RGB value on a direct-colour terminal; -1 for the terminal's own.
    package var background: Int
    package var attributes: Attributes
  }

  /// The colours of the terminal: 0 for none.
  package let count: Int

  /// The number of colours, as terminfo's `colors` tells it; from 65,537 on they are counted by red, green and blue.
  package init(count: Int) { self.count = count }

  /// The nearest that the terminal can show of a style. Without colours reverse video takes a background's place.
  package func resolve(_ style: Style) -> Resolved {
    var resolved = Resolved(
      foreground: Self.number(style.foreground), background: Self.number(style.background),
      attributes: style.attributes)
    if count > 1 << 16 {
      resolved.foreground = Self.direct(resolved.foreground)
      resolved.background = Self.direct(resolved.background)
    }
    if count >= 256 { return resolved }
    guard count >= 8 else { return monochrome(resolved) }
    resolveBackground(&resolved)
    resolveForeground(&resolved)
    if resolved.foreground >= 0, resolved.foreground == resolved.background {
      resolved.foreground = Self.palette[resolved.background].luminance < 0.3 ? 7 : 0
    }
    return resolved
  }

  /// The number of a colour on terminals that count by red, green and blue (xterm-direct); the first
  /// eight are the palette's there too.
  private static func direct(_ number: Int) -> Int {
    guard number >= 8 else { return number }
    let color = RGB(indexed: number)
    return color.red << 16 | color.green << 8 | color.blue
  }

  /// Without colours a background other than black becomes reverse video.
  private func monochrome(_ style: Resolved) -> Resolved {
    var attributes = style.attributes
    if style.background >= 0, RGB(indexed: style.background).luminance > Self.nearlyBlack {
      attributes.formSymmetricDifference(.reverse)
    }
    return Resolved(foreground: -1, background: -1, attributes: attributes)
  }

  private func resolveBackground(_ style: inout Resolved) {
    guard style.background >= 0 else { return }
    let nearest = Self.nearest(style.background)
    if count >= 16 {
      style.background = nearest
    } else if nearest == 8 {
      // Eight colours have no dark grey: reverse video stands out as well.
      style.background = -1
      style.attributes.formSymmetricDifference(.reverse)
    } else {
      style.background = nearest % 8
    }
  }

  private func resolveForeground(_ style: inout Resolved) {
    guard style.foreground >= 0 else { return }
    let nearest = Self.nearest(style.foreground)
    if count >= 16 {
      style.foreground = nearest
    } else if nearest == 8 {
      style.foreground = style.background < 0 ? -1 : 7
    } else {
      // Where there are eight colours, bold makes them bright.
      if nearest > 8 { style.attributes.insert(.bold) }
      style.foreground = nearest % 8
    }
  }

  private static let nearlyBlack = 0.03

  private static func number(_ color: Color) -> Int {
    switch color {
    case .default: -1
    case .indexed(let number): Int(number)
    }
  }

  /// The one of the sixteen that looks most like a colour: the same hue, then the same brightness.
  static func nearest(_ number: Int) -> Int {
    guard number >= 16 else { return number }
    let color = RGB(indexed: number)
    let candidates: [Int]
    if let hue = color.hue {
      // Red, yellow, green, cyan, blue, magenta. Orange counts as yellow, so that a warning is not
      // taken for an error.
      let base =
        switch hue {
        case 20..<75: 3
        case 75..<165: 2
        case 165..<195: 6
        case 195..<285: 4
        case 285..<345: 5
        default: 1
        }
      candidates = [base, base + 8]
    } else {
      // Only black is black: a dark grey must stand out from it.
      candidates = color.luminance < 0.01 ? [0] : [8, 7, 15]
    }
    func distance(_ candidate: Int) -> Double {
      abs(palette[candidate].luminance - color.luminance)
    }
    return candidates.min { distance($0) < distance($1) } ?? 7
  }

  /// What xterm shows for the first sixteen.
  private static let palette: [RGB] = [
    RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0), RGB(0, 0, 238),
    RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229), RGB(127, 127, 127), RGB(255, 0, 0),
    RGB(0, 255, 0), RGB(255, 255, 0), RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255),
    RGB(255, 255, 255),
  ]

  /// A colour by its parts, 0...255.
  struct RGB {
    let red: Int
    let green: Int
    let blue: Int

    init(_ red: Int, _ green: Int, _ blue: Int) {
      self.red = red
      self.green = green
      self.blue = blue
    }

    /// xterm's colour of a number: the palette, the cube of 6 x 6 x 6, then 24 greys.
    init(indexed number: Int) {
      let levels = [0, 95, 135, 175, 215, 255]
      switch number {
      case ..<16: self = TerminalColors.palette[max(0, number)]
      case 232...:
        self.init(8 + 10 * (number - 232), 8 + 10 * (number - 232), 8 + 10 * (number - 232))
      default:
        let cube = number - 16
        self.init(levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
      }
    }

    /// How bright it looks, from 0 to 1: WCAG's relative luminance, with a power of two for sRGB's.
    var luminance: Double {
      func linear(_ value: Int) -> Double {
        let part = Double(value) / 255
        return part * part
      }
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Degrees on the colour circle; `nil` for what looks grey.
    var hue: Double? {
      let high = max(red, green, blue)
      let spread = high - min(red, green, blue)
      guard spread * 100 > high * 25 else { return nil }
      let part = 60 / Double(spread)
      let degrees =
        switch high {
        case red: Double(green - blue) * part
        case green: Double(blue - red) * part + 120
        default: Double(red - green) * part + 240
        }
      return degrees < 0 ? degrees + 360 : degrees
    }
  }
}
