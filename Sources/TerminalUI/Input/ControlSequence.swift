/// Reads the sequences of the xterm family: CSI and SS3 keys with modifiers, mouse reports (SGR and
/// X10), bracketed paste. Replies and reports that nobody asked for are skipped.
enum ControlSequence {
  /// `bytes` start with `ESC [`.
  static func parse(_ bytes: ArraySlice<UInt8>) -> InputParser.Meaning {
    let body = bytes.dropFirst(2)
    guard let first = body.first else { return .incomplete }
    if first == UInt8(ascii: "M") { return x10Mouse(body) }
    if first == UInt8(ascii: "[") {
      // The Linux console: ESC [ [ A is F1.
      guard body.count > 1 else { return .incomplete }
      let number = Int(body[body.startIndex + 1]) - 0x40
      return (1...5).contains(number) ? .key(.function(number), 4) : .nothing(4)
    }
    guard let end = body.firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
      return bytes.count > 64 ? .nothing(bytes.count) : .incomplete
    }
    let length = end - bytes.startIndex + 1
    let final = body[end]
    // Anything but a final byte breaks the sequence off; what broke it has its own meaning.
    guard (0x40...0x7E).contains(final) else { return .nothing(length - 1) }
    let text = body[..<end]
    if first == UInt8(ascii: "<") {
      guard let mouse = sgrMouse(numbers(text.dropFirst()), final) else { return .nothing(length) }
      return .event(.mouse(mouse), length)
    }
    if (0x3C...0x3F).contains(first) { return .nothing(length) }
    return key(numbers(text), final, length)
  }

  private static func numbers(_ text: ArraySlice<UInt8>) -> [Int] {
    text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
      part.prefix { (0x30...0x39).contains($0) }.prefix(9).reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
  }

  private static func key(
    _ numbers: [Int], _ final: UInt8, _ length: Int
  ) -> InputParser.Meaning {
    let first = numbers.first ?? 0
    let modifiers = numbers.count > 1 ? modifiers(numbers[1]) : []
    switch final {
    case UInt8(ascii: "~") where first == 200: return .pasteStart(length)
    case UInt8(ascii: "~") where first == 27 && numbers.count > 2:
      return character(numbers[2], modifiers, length)
    case UInt8(ascii: "u"): return character(first, modifiers, length)
    // Else the reply to a question for the cursor's place.
    case UInt8(ascii: "R") where numbers.count > 1 && first != 1: return .nothing(length)
    case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "@"):
      guard let key = numbered[first] else { return .nothing(length) }
      var all = modifiers
      // rxvt: ^ is with Control, @ with Shift and Control.
      if final != UInt8(ascii: "~") { all.insert(.control) }
      if final == UInt8(ascii: "@") { all.insert(.shift) }
      return .key(key, all, length)
    case UInt8(ascii: "Z"): return .key(.backTab, modifiers.subtracting(.shift), length)
    case UInt8(ascii: "a")...UInt8(ascii: "d"):
      guard numbers.count <= 1, first == 0, let key = lettered[final - 0x20] else {
        return .nothing(length)
      }
      return .key(key, .shift, length)
    default:
      guard let key = lettered[final] else { return .nothing(length) }
      return .key(key, modifiers, length)
    }
  }

  /// `bytes` start with `ESC O`.
  static func parseSS3(_ bytes: ArraySlice<UInt8>) -> InputParser.Meaning {
    let body = bytes.dropFirst(2)
    guard let end = body.firstIndex(where: { !(0x30...0x39).contains($0) }) else {
      return body.count > 2 ? .nothing(bytes.count) : .incomplete
    }
    let final = body[end]
    let length = end - bytes.startIndex + 1
    guard (0x20...0x7E).contains(final) else { return .nothing(length - 1) }
    let modifiers = numbers(body[..<end]).first.map { Self.modifiers($0) } ?? []
    if let key = lettered[final] { return .key(key, modifiers, length) }
    switch final {
    case UInt8(ascii: "M"): return .key(.enter, modifiers, length)
    case UInt8(ascii: "I"): return .key(.tab, modifiers, length)
    case UInt8(ascii: "a")...UInt8(ascii: "d"):
      guard let key = lettered[final - 0x20] else { return .nothing(length) }
      return .key(key, .control, length)
    case UInt8(ascii: "X"): return .key(.character("="), length)
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      // The numeric keypad in application mode: the characters on its keys, `*` to `9`.
      return .key(.character(Character(Unicode.Scalar(final - 0x40))), length)
    default: return .nothing(length)
    }
  }

  /// Skips an OSC, DCS, APC or PM string up to its end: BEL or ESC \.
  static func skipString(_ bytes: ArraySlice<UInt8>) -> InputParser.Meaning {
    var index = bytes.startIndex + 2
    while index < bytes.endIndex {
      if bytes[index] == Byte.bell { return .nothing(index - bytes.startIndex + 1) }
      if bytes[index] == Byte.escape, index + 1 < bytes.endIndex {
        let isEnd = bytes[index + 1] == UInt8(ascii: "\\")
        return .nothing(index - bytes.startIndex + (isEnd ? 2 : 0))
      }
      index += 1
    }
    return bytes.count > 1 << 16 ? .nothing(bytes.count) : .incomplete
  }

  private static func modifiers(_ parameter: Int) -> KeyChord.Modifiers {
    let bits = max(0, parameter - 1)
    var modifiers: KeyChord.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 0b1010 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }

  /// A key that is reported by its code point (CSI u, modifyOtherKeys).
  private static func character(
    _ code: Int, _ modifiers: KeyChord.Modifiers, _ length: Int
  ) -> InputParser.Meaning {
    switch code {
    case 9 where modifiers.contains(.shift):
      return .key(.backTab, modifiers.subtracting(.shift), length)
    case 9: return .key(.tab, modifiers, length)
    case 13: return .key(.enter, modifiers, length)
    case 27: return .key(.escape, modifiers, length)
    case 8, 127: return .key(.backspace, modifiers, length)
    default:
      guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init), code >= 0x20,
        !(0x80..<0xA0).contains(code)
      else { return .nothing(length) }
      var character = Character(scalar)
      if modifiers.contains(.shift), let upper = character.uppercased().first { character = upper }
      return .key(.character(character), modifiers.subtracting(.shift), length)
    }
  }

  private static func sgrMouse(_ numbers: [Int], _ final: UInt8) -> MouseEvent? {
    guard numbers.count == 3, final == UInt8(ascii: "M") else { return nil }
    return mouse(button: numbers[0], column: numbers[1] - 1, row: numbers[2] - 1)
  }

  private static func x10Mouse(_ body: ArraySlice<UInt8>) -> InputParser.Meaning {
    guard body.count >= 4 else { return .incomplete }
    let values = body.dropFirst().prefix(3).map { Int($0) - 32 }
    guard let event = mouse(button: values[0], column: values[1] - 1, row: values[2] - 1) else {
      return .nothing(6)
    }
    return .event(.mouse(event), 6)
  }

  /// Only the first button's press and the wheel mean something; modifiers do not matter.
  private static func mouse(button: Int, column: Int, row: Int) -> MouseEvent? {
    guard row >= 0, column >= 0 else { return nil }
    let point = Point(row: row, column: column)
    switch button & ~0b11100 {
    case 0: return MouseEvent(.press, at: point)
    case 64: return MouseEvent(.scrollUp, at: point)
    case 65: return MouseEvent(.scrollDown, at: point)
    default: return nil
    }
  }

  /// Keys by the final byte of CSI and SS3.
  private static let lettered: [UInt8: Key] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right,
    UInt8(ascii: "D"): .left, UInt8(ascii: "F"): .end, UInt8(ascii: "H"): .home,
    UInt8(ascii: "P"): .function(1), UInt8(ascii: "Q"): .function(2),
    UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
  ]

  /// Keys by the number before `~`.
  private static let numbered: [Int: Key] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
    17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
    23: .function(11), 24: .function(12), 25: .function(13), 26: .function(14),
    28: .function(15), 29: .function(16), 31: .function(17), 32: .function(18),
    33: .function(19), 34: .function(20),
  ]
}
