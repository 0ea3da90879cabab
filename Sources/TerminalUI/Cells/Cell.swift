/// One cell of a frame: 16 bytes without references, so that a frame is made and compared fast.
///
/// A wide character fills two cells: the second is a continuation.
package struct Cell: Hashable, Sendable {
  /// The scalar, 0 for the second half of a wide one.
  private var base: UInt32
  private var mark1: UInt32
  private var mark2: UInt32
  /// Of a continuation: that of the wide character's first half.
  package var style: Style

  /// The first scalar of the character with its marks; a blank where nothing of it can be shown.
  package init(_ character: Character = " ", style: Style = .plain, isContinuation: Bool = false) {
    if isContinuation {
      self = .continuation(style)
    } else {
      self.init(String(character).printedScalars.first { _ in true } ?? .blank, style: style)
    }
  }

  /// What stands in one cell, or in the first of two: the second cell of a wide one is the caller's to add.
  package init(_ printed: PrintedScalar, style: Style) {
    base = printed.scalar.value
    mark1 = printed.mark1
    mark2 = printed.mark2
    self.style = style
  }

  init(ascii: UInt8, style: Style) {
    base = UInt32(ascii)
    mark1 = 0
    mark2 = 0
    self.style = style
  }

  static func continuation(_ style: Style) -> Cell { Cell(ascii: 0, style: style) }

  /// The second half of a wide character.
  package var isContinuation: Bool { base == 0 }

  /// The scalars to send: the base and its marks. Empty for a continuation.
  package var scalars: (base: UInt32, mark1: UInt32, mark2: UInt32) { (base, mark1, mark2) }

  /// What the cell shows; a blank for a continuation. Setting it keeps the style.
  package var character: Character {
    get {
      guard let scalar = Unicode.Scalar(base), base != 0 else { return " " }
      if mark1 == 0 { return Character(scalar) }
      let text = PrintedScalar(scalar: scalar, mark1: mark1, mark2: mark2, width: 1).text
      return text.first ?? " "
    }
    set { self = Cell(newValue, style: style) }
  }
}

extension PrintedScalar {
  /// One column with nothing on it.
  package static let blank = PrintedScalar(scalar: " ", width: 1)
}
