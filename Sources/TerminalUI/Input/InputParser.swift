/// Turns what a terminal sends into events, whatever the pieces in which it arrives.
///
/// Pure and without a clock: the owner calls ``timeOut()`` when nothing came for a while after
/// ``pending`` said that something is unfinished. Curses' own reader is not used because it reads
/// one byte a system call, blocks while it waits for the rest of a sequence, and takes a sequence
/// apart when its halves come 25 ms apart, which happens in long pastes over SSH.
package struct InputParser: Sendable {
  /// What the parser waits for.
  package enum Pending: Sendable {
    case nothing
    /// An Escape that may be the key or the start of a sequence.
    case escape
    /// The rest of a sequence: worth waiting for longer.
    case sequence
  }

  private var buffer: [UInt8] = []
  private var paste: PasteBuffer?
  private let terminal: KeySequences
  private let pasteLimit: Int

  /// - Parameters:
  ///   - sequences: what this terminal sends for its keys, from terminfo; those of the xterm family
  ///     are known anyway.
  ///   - pasteLimit: the most bytes of one paste that are kept; the rest is left out.
  package init(sequences: [[UInt8]: Key] = [:], pasteLimit: Int = 16 << 20) {
    terminal = KeySequences(sequences)
    self.pasteLimit = pasteLimit
  }

  /// `nothing` also inside of a paste: that has its own end and must not time out.
  package var pending: Pending {
    if paste != nil || buffer.isEmpty { return .nothing }
    return buffer.allSatisfy { $0 == Byte.escape } ? .escape : .sequence
  }

  /// Takes bytes in and gives the events that they complete.
  package mutating func feed(_ bytes: some Collection<UInt8>) -> [InputEvent] {
    var events: [InputEvent] = []
    var rest = Array(bytes)
    while !rest.isEmpty {
      if paste != nil {
        guard let after = paste?.take(rest) else { return events }
        if let text = paste?.text { events.append(.paste(text)) }
        paste = nil
        rest = after
      } else {
        buffer += rest
        rest = parseBuffer(into: &events)
      }
    }
    return events
  }

  /// Gives what is unfinished the best meaning it has: a lone Escape is the key, `ESC [` is Alt-[.
  package mutating func timeOut() -> [InputEvent] {
    guard paste == nil else { return [] }
    let bytes = buffer
    buffer = []
    if bytes.allSatisfy({ $0 == Byte.escape }) {
      return bytes.map { _ in .key(KeyChord(.escape)) }
    }
    if bytes.count == 2, bytes[0] == Byte.escape, bytes[1] < 0x80 {
      return [.key(KeyChord(.character(Character(Unicode.Scalar(bytes[1]))), .alt))]
    }
    return []
  }

  /// Parses the buffer as far as it is complete.
  ///
  /// - Returns: what follows the start of a paste, when one starts.
  private mutating func parseBuffer(into events: inout [InputEvent]) -> [UInt8] {
    var start = 0
    while start < buffer.count {
      switch parse(buffer[start...]) {
      case .event(let event, let length):
        events.append(event)
        start += length
      case .nothing(let length): start += length
      case .pasteStart(let length):
        let rest = Array(buffer[(start + length)...])
        buffer = []
        paste = PasteBuffer(limit: pasteLimit)
        return rest
      case .incomplete:
        buffer.removeFirst(start)
        return []
      }
    }
    buffer.removeAll(keepingCapacity: true)
    return []
  }

  /// What the start of some bytes means, and how many of them.
  enum Meaning: Equatable {
    case event(InputEvent, Int)
    case nothing(Int)
    case pasteStart(Int)
    case incomplete

    static func key(_ key: Key, _ modifiers: KeyChord.Modifiers = [], _ length: Int) -> Meaning {
      .event(.key(KeyChord(key, modifiers)), length)
    }
  }

  private func parse(_ bytes: ArraySlice<UInt8>) -> Meaning {
    let first = bytes[bytes.startIndex]
    guard first == Byte.escape else { return PlainInput.parse(bytes) }
    switch terminal.match(bytes) {
    case .key(let key, let length): return .key(key, [], length)
    case .prefix: return .incomplete
    case .none: break
    }
    guard bytes.count > 1 else { return .incomplete }
    let inner = bytes.dropFirst()
    switch inner[inner.startIndex] {
    case UInt8(ascii: "["): return ControlSequence.parse(bytes)
    case UInt8(ascii: "O"): return ControlSequence.parseSS3(bytes)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"):
      return ControlSequence.skipString(bytes)
    case Byte.escape where bytes.count == 2: return .incomplete
    default: return Self.withAlt(parse(inner))
    }
  }

  /// The meaning of what follows an Escape, as Alt with it.
  private static func withAlt(_ meaning: Meaning) -> Meaning {
    switch meaning {
    case .event(.key(var chord), let length):
      chord.modifiers.insert(.alt)
      return .event(.key(chord), length + 1)
    case .event(let event, let length): return .event(event, length + 1)
    case .nothing(let length): return .nothing(length + 1)
    case .pasteStart(let length): return .pasteStart(length + 1)
    case .incomplete: return .incomplete
    }
  }
}

enum Byte {
  static let escape: UInt8 = 0x1B
  static let bell: UInt8 = 0x07
}

/// Bytes that are no sequence: control keys and UTF-8 text.
enum PlainInput {
  static func parse(_ bytes: ArraySlice<UInt8>) -> InputParser.Meaning {
    let first = bytes[bytes.startIndex]
    switch first {
    case 0: return .key(.character(" "), .control, 1)
    case 0x08, 0x7F: return .key(.backspace, 1)
    case 0x09: return .key(.tab, 1)
    case 0x0A, 0x0D: return .key(.enter, 1)
    case 0x01...0x1A: return .key(letter(first + 0x60), .control, 1)
    case 0x1C...0x1F: return .key(letter(first + 0x40), .control, 1)
    case 0x20..<0x7F: return .key(letter(first), 1)
    default: return parseUTF8(bytes)
    }
  }

  private static func letter(_ byte: UInt8) -> Key { .character(Character(Unicode.Scalar(byte))) }

  private static func parseUTF8(_ bytes: ArraySlice<UInt8>) -> InputParser.Meaning {
    let length: Int
    switch bytes[bytes.startIndex] {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return .nothing(1)
    }
    let sequence = bytes.prefix(length)
    for (index, byte) in sequence.enumerated() where index > 0 && byte & 0xC0 != 0x80 {
      return .nothing(index)
    }
    guard sequence.count == length else { return .incomplete }
    let text = String(decoding: sequence, as: UTF8.self)
    guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first,
      scalar.value >= 0xA0, scalar != "\u{FFFD}"
    else { return .nothing(length) }
    return .key(.character(Character(scalar)), length)
  }
}

extension InputParser.Meaning {
  static func key(_ key: Key, _ length: Int) -> Self { .key(key, [], length) }
}
