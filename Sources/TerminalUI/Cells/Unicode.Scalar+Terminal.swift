extension Unicode.Scalar {
  /// What a terminal may be sent in place of a scalar that came from elsewhere.
  enum Treatment: Equatable {
    /// Shown as it is, on one or two columns.
    case shown(width: Int)
    /// Joins the cell before it.
    case mark
    /// Only shapes its neighbours: left out, so that a joined sequence shows as its parts.
    case dropped
    /// Could move the cursor, reorder the line or hide in a name: shown as `·`.
    case replaced
    /// Half of a flag: shown as its letter, because terminals disagree on the width of flags.
    case letter(Unicode.Scalar)
  }

  /// The one decision about every scalar that reaches the screen.
  var treatment: Treatment {
    if value < 0x300 {
      if value >= 0x20 && value < 0x7F || value >= 0xA0 && value != 0xAD {
        return .shown(width: 1)
      }
      return .replaced
    }
    switch value {
    // What screens are full of, without a search: lines and blocks, CJK, Hangul.
    case 0x2500...0x25FC: return .shown(width: 1)
    case 0x4E00...0x9FFF, 0xAC00...0xD7A3: return .shown(width: 2)
    case 0x034F, 0x180B...0x180F, 0x200D, 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x1F3FB...0x1F3FF:
      // Joiners, variation selectors and skin tones.
      return .dropped
    case 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200B...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3,
      0x1D173...0x1D17A, 0xE0000...0xE0FFF:
      return .replaced
    case 0x1F1E6...0x1F1FF:
      return Unicode.Scalar(value - 0x1F1E6 + 0x41).map { .letter($0) } ?? .replaced
    default:
      if value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(value) { return .replaced }
      if Self.isListed(value, in: WidthTable.wide) { return .shown(width: 2) }
      if Self.isListed(value, in: WidthTable.zero) { return .mark }
      return .shown(width: 1)
    }
  }

  /// Binary search in a list of first and last scalars of ranges.
  private static func isListed(_ value: UInt32, in ranges: [UInt32]) -> Bool {
    var low = 0
    var high = ranges.count / 2
    while low < high {
      let middle = (low + high) / 2
      if value < ranges[2 * middle] {
        high = middle
      } else if value > ranges[2 * middle + 1] {
        low = middle + 1
      } else {
        return true
      }
    }
    return false
  }
}
