/// What stands in one cell, or in two when it is wide: a scalar and up to two combining marks.
///
/// Terminals and curses count columns by scalar, not by Swift's `Character`; so does everything here.
package struct PrintedScalar: Hashable, Sendable {
  /// The one that takes the columns; never a control character or a mark.
  package var scalar: Unicode.Scalar
  /// Combining marks, 0 for none. More than two are left out: they only pile up on the neighbours.
  package var mark1: UInt32 = 0
  /// The second mark, 0 for none; there is none where ``mark1`` is 0.
  package var mark2: UInt32 = 0
  /// 1 or 2 columns.
  package var width: Int

  /// The text as it shows, marks included.
  package var text: String {
    var scalars = String.UnicodeScalarView()
    scalars.append(scalar)
    for mark in [mark1, mark2] where mark != 0 {
      if let scalar = Unicode.Scalar(mark) { scalars.append(scalar) }
    }
    return String(scalars)
  }
}

/// A text as the sequence of what may be shown of it, one element a cell: nothing in it moves the
/// cursor, reorders the line, or takes another width than it says.
package struct PrintedScalars: Sequence, IteratorProtocol {
  private var rest: String.UnicodeScalarView.Iterator
  private var pending: Unicode.Scalar?

  /// Reads the text scalar by scalar, as it is asked for.
  package init(_ text: some StringProtocol) {
    rest = String(text).unicodeScalars.makeIterator()
    pending = rest.next()
  }

  /// The next cell's content; `nil` at the end of the text.
  package mutating func next() -> PrintedScalar? {
    while let scalar = pending {
      pending = rest.next()
      var printed: PrintedScalar
      switch scalar.treatment {
      case .shown(let width): printed = PrintedScalar(scalar: scalar, width: width)
      case .letter(let letter): printed = PrintedScalar(scalar: letter, width: 1)
      // A mark with nothing to stand on is as good as hidden.
      case .replaced, .mark: printed = PrintedScalar(scalar: "·", width: 1)
      case .dropped: continue
      }
      if let mark = pending, mark.value >= 0x300 { takeMarks(into: &printed) }
      return printed
    }
    return nil
  }

  private mutating func takeMarks(into printed: inout PrintedScalar) {
    while let scalar = pending, scalar.value >= 0x300 {
      switch scalar.treatment {
      case .mark:
        if printed.mark1 == 0 {
          printed.mark1 = scalar.value
        } else if printed.mark2 == 0 {
          printed.mark2 = scalar.value
        }
      case .dropped where !printed.scalar.isASCII: break
      case .dropped:
        // Nothing to shape after ASCII: a joiner there only makes two names look the same.
        if scalar.value == 0x200D { return replacePending() }
      default: return
      }
      pending = rest.next()
    }
  }

  private mutating func replacePending() { pending = "·" }
}

extension StringProtocol {
  /// What may be shown of the text, cell by cell.
  package var printedScalars: PrintedScalars { PrintedScalars(self) }

  /// The columns that the text takes on the screen.
  package var displayWidth: Int {
    if let width = utf8.withContiguousStorageIfAvailable({ asciiWidth($0) }), let width {
      return width
    }
    var width = 0
    for printed in printedScalars { width += printed.width }
    return width
  }

  /// The text as it is shown: without control characters and without what hides or reorders.
  package var printable: String {
    var scalars = String.UnicodeScalarView()
    for printed in printedScalars { scalars.append(contentsOf: printed.text.unicodeScalars) }
    return String(scalars)
  }
}

extension Character {
  /// The columns that the character takes on the screen; a joined sequence takes its parts' columns.
  package var displayWidth: Int { String(self).displayWidth }
}

/// The width of a text that is ASCII only, where every byte is one column; `nil` for others.
private func asciiWidth(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  for byte in bytes where byte >= 0x80 { return nil }
  return bytes.count
}
