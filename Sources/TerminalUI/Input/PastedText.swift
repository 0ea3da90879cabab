/// What is left of a pasted text: whole control sequences go with everything that belongs to them, so that nothing of a colour or
/// a title stays behind as letters.
///
/// Source: ECMA-48, 5.4 (control sequences), 5.6 (control strings); xterm's control sequences.
enum PastedText {
  private static let bell: Unicode.Scalar = "\u{07}"
  private static let escape: Unicode.Scalar = "\u{1B}"

  /// The text with line feeds for line breaks, and without control sequences and other control characters than tabs.
  static func clean(_ bytes: [UInt8]) -> String {
    let all = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    var kept = String.UnicodeScalarView()
    var index = 0
    while index < all.count {
      let scalar = all[index]
      switch scalar.value {
      case 0x1B, 0x90, 0x98, 0x9B, 0x9D...0x9F:
        index = end(ofSequenceAt: index, in: all)
        continue
      case 0x0D:
        kept.append("\n")
        if index + 1 < all.count, all[index + 1] == "\n" { index += 1 }
      case 0x09, 0x0A: kept.append(scalar)
      case 0..<0x20, 0x7F..<0xA0: break
      default: kept.append(scalar)
      }
      index += 1
    }
    return String(kept)
  }

  /// Where the text goes on behind what begins with Escape or with a control character of eight bits.
  private static func end(ofSequenceAt start: Int, in all: [Unicode.Scalar]) -> Int {
    var kind = all[start].value
    var index = start + 1
    if kind == 0x1B {
      guard index < all.count else { return index }
      kind = all[index].value + 0x40
      index += 1
    }
    switch kind {
    case 0x9B: return endOfControlSequence(from: index, in: all)
    case 0x90, 0x98, 0x9D...0x9F: return endOfString(from: index, in: all)
    // A character set, as in ESC ( B: what selects it is one character more.
    case 0x60..<0x70 where all[start] == escape && index < all.count && all[index].isASCII:
      return index + 1
    // An Escape alone takes nothing with it.
    default: return start + 1
    }
  }

  private static func endOfControlSequence(from start: Int, in all: [Unicode.Scalar]) -> Int {
    var index = start
    while index < all.count, (0x20..<0x40).contains(all[index].value) { index += 1 }
    guard index < all.count, (0x40..<0x7F).contains(all[index].value) else { return index }
    return index + 1
  }

  /// A string without an end on its line is none: only what begins it goes.
  private static func endOfString(from start: Int, in all: [Unicode.Scalar]) -> Int {
    var index = start
    while index < all.count, all[index] != "\n", all[index] != "\r" {
      if all[index] == bell || all[index].value == 0x9C { return index + 1 }
      if all[index] == escape, index + 1 < all.count, all[index + 1] == "\\" { return index + 2 }
      index += 1
    }
    return start
  }
}
