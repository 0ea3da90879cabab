package import FoundationEssentials

// What a value is read as. Each answers `nil` for `null`.

extension JSONScanner {
  /// Whether `null` stands here; it is consumed then.
  package mutating func null() throws -> Bool {
    skipSpace()
    guard current == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  /// A text of which there is one copy, where it is short and occurs often: the name of a node, an image, a reason.
  package mutating func string() throws -> String? {
    if try null() { return nil }
    guard current == UInt8(ascii: "\"") else { throw mismatch("a text") }
    let start = offset
    if let range = try plainString() {
      return strings.string(UnsafeBufferPointer(rebasing: bytes[range]))
    }
    offset = start
    return try text()
  }

  /// A text that is like no other: a name or a UID.
  package mutating func uniqueString() throws -> String? {
    if try null() { return nil }
    guard current == UInt8(ascii: "\"") else { throw mismatch("a text") }
    return try text()
  }

  /// `true` or `false`.
  package mutating func bool() throws -> Bool? {
    if try null() { return nil }
    switch current {
    case UInt8(ascii: "t"):
      try word("true")
      return true
    case UInt8(ascii: "f"):
      try word("false")
      return false
    default: throw mismatch("true or false")
    }
  }

  /// A whole number, read as ``int64()`` does.
  package mutating func int() throws -> Int? { try int64().map { Int($0) } }

  /// A whole number, also where it is written as `1.0` or `1e3`.
  package mutating func int64() throws -> Int64? {
    if try null() { return nil }
    let start = offset
    guard isNumber else { throw mismatch("a number") }
    let digits = try numberRange()
    if let whole = digits.whole { return whole }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let value = Double(text), let whole = Int64(exactly: value) else {
      offset = start
      throw shapeError("a whole number is expected")
    }
    return whole
  }

  /// An RFC 3339 time.
  package mutating func date() throws -> Date? {
    if try null() { return nil }
    let start = offset
    guard current == UInt8(ascii: "\"") else { throw mismatch("a time") }
    let date: Date?
    if let range = try plainString() {
      date = Timestamp.parse(UnsafeBufferPointer(rebasing: bytes[range]))
    } else {
      offset = start
      date = Timestamp.parse(try text())
    }
    guard let date else {
      offset = start
      throw shapeError("a time is expected")
    }
    return date
  }

  /// A quantity, written as a text or as a number.
  package mutating func quantity() throws -> Quantity? {
    if try null() { return nil }
    let start = offset
    let text: String?
    if isNumber {
      let number = try numberRange()
      if let whole = number.whole {
        text = String(whole)
      } else {
        let digits = String(decoding: bytes[start..<offset], as: UTF8.self)
        text = Double(digits).map { String($0) }
      }
    } else {
      text = try string()
    }
    guard let quantity = text.flatMap(Quantity.init) else {
      offset = start
      throw shapeError("a quantity is expected")
    }
    return quantity
  }

  /// A number or a text, such as a port.
  package mutating func intOrString() throws -> IntOrString? {
    skipSpace()
    return isNumber ? try int().map(IntOrString.int) : try string().map(IntOrString.string)
  }

  /// The elements of an array; `null` is none of them.
  package mutating func array<Element>(
    _ read: (inout JSONScanner) throws -> Element?
  ) throws -> [Element]? {
    if try null() { return nil }
    var result: [Element] = []
    try elements { scanner in
      guard let element = try read(&scanner) else {
        throw scanner.shapeError("null is no element here")
      }
      result.append(element)
    }
    return result
  }

  /// An array of texts; `null` in it is an error of kind `shape`.
  package mutating func stringArray() throws -> [String]? { try array { try $0.string() } }

  /// The members of an object by their keys; only those that are wanted.
  package mutating func dictionary<Value>(
    where isWanted: (JSONKey) -> Bool = { _ in true },
    _ read: (inout JSONScanner) throws -> Value?
  ) throws -> [String: Value]? {
    if try null() { return nil }
    var result: [String: Value] = [:]
    try members { scanner, key in
      guard isWanted(key) else { return try scanner.skip() }
      guard let value = try read(&scanner) else {
        throw scanner.shapeError("null is no value here")
      }
      result[key.text(&scanner)] = value
    }
    return result
  }

  /// An object whose members are texts, such as labels.
  package mutating func stringDictionary() throws -> [String: String]? {
    try dictionary { try $0.string() }
  }

  /// Quantities by the name of what they measure, such as requests and limits.
  package mutating func quantities() throws -> [String: Quantity]? {
    try dictionary { try $0.quantity() }
  }

  /// The value, or the one that was read before it for the same use if that is equal: the containers of a hundred replicas are one array in memory.
  package mutating func sharing<Value: Equatable & Sendable>(
    _ value: Value, as use: String
  ) -> Value {
    strings.sharing(value, as: use)
  }

  /// A value of any shape.
  package mutating func json() throws -> JSONValue? {
    if try null() { return nil }
    return try JSONValue(parsing: Data(raw()))
  }

  /// An object of a type that is read member by member.
  package mutating func object<Value>(
    _ read: (inout JSONScanner) throws -> Value
  ) throws -> Value? {
    try null() ? nil : try read(&self)
  }
}

// MARK: - Strings and numbers

extension JSONScanner {
  private var isNumber: Bool {
    switch current {
    case UInt8(ascii: "-"), 0x30...0x39: true
    default: false
    }
  }

  /// What stands between the quotes of the string here, if it has no escape; else `nil`, at the first escape.
  mutating func plainString() throws -> Range<Int>? {
    offset += 1
    let start = offset
    try skipPlainText()
    guard bytes[offset] == UInt8(ascii: "\"") else { return nil }
    offset += 1
    return start..<offset - 1
  }

  /// Goes on to the next quote or backslash.
  private mutating func skipPlainText() throws {
    let count = bytes.count
    // Eight at a time: most of a list is text.
    if let base = bytes.baseAddress {
      while offset + 8 <= count {
        let word = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self)
        if Self.hasSpecial(word) { break }
        offset += 8
      }
    }
    while offset < count {
      switch bytes[offset] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): return
      case 0..<0x20: throw syntaxError("a control character in a string must be escaped")
      default: offset += 1
      }
    }
    throw syntaxError("a string does not end")
  }

  /// Whether one of eight bytes is a quote, a backslash or a control character; may say so of others as well.
  @inline(__always)
  private static func hasSpecial(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5C)
    let found =
      ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
      | ((word &- ones &* 0x20) & ~word)
    return found & (ones &* 0x80) != 0
  }

  /// The string here, whatever is in it.
  mutating func text() throws -> String {
    if let range = try plainString() {
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
    // `plainString` stopped at the first escape; what is before it is taken as it is.
    var start = offset
    while start > 0, bytes[start - 1] != UInt8(ascii: "\"") { start -= 1 }
    var text = [UInt8](bytes[start..<offset])
    while bytes[offset] == UInt8(ascii: "\\") {
      offset += 1
      try escape(into: &text)
      let rest = offset
      try skipPlainText()
      text.append(contentsOf: bytes[rest..<offset])
    }
    offset += 1
    return String(decoding: text, as: UTF8.self)
  }

  mutating func skipEscapedString() throws {
    var ignored: [UInt8] = []
    while bytes[offset] == UInt8(ascii: "\\") {
      offset += 1
      if current == UInt8(ascii: "u") {
        try escape(into: &ignored)
      } else {
        guard Self.simpleEscape(current) != nil else {
          throw syntaxError("an unknown escape in a string")
        }
        offset += 1
      }
      try skipPlainText()
    }
    offset += 1
  }

  private static func simpleEscape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    if let byte = Self.simpleEscape(current) {
      text.append(byte)
      offset += 1
      return
    }
    guard current == UInt8(ascii: "u") else {
      throw syntaxError("an unknown escape in a string")
    }
    offset += 1
    text.append(contentsOf: String(try unicodeEscape()).utf8)
  }

  /// The scalar of `\uXXXX`, or of two of them that make a surrogate pair; half a pair becomes U+FFFD.
  private mutating func unicodeEscape() throws -> Character {
    let first = try hexDigits()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    guard (0xD800..<0xDC00).contains(first), offset + 1 < bytes.count,
      bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    else { return "\u{FFFD}" }
    let back = offset
    offset += 2
    let second = try hexDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else {
      offset = back
      return "\u{FFFD}"
    }
    return Character(scalar)
  }

  private mutating func hexDigits() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard current < 0x80, let digit = Character(Unicode.Scalar(current)).hexDigitValue else {
        throw syntaxError("four hexadecimal digits are expected")
      }
      value = value << 4 + UInt32(digit)
      offset += 1
    }
    return value
  }

  /// Steps over a number. Says what it is where it is whole and fits.
  mutating func numberRange() throws -> (range: Range<Int>, whole: Int64?) {
    let start = offset
    let isNegative = current == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    let firstDigit = offset
    var whole: Int64? = 0
    while (0x30...0x39).contains(current) {
      let digit = Int64(current - 0x30)
      whole = whole.flatMap { value in
        let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        let (sum, tooMuch) =
          isNegative
          ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
        return tooMuch ? nil : sum
      }
      offset += 1
    }
    guard offset > firstDigit else { throw syntaxError("a digit is expected") }
    guard bytes[firstDigit] != UInt8(ascii: "0") || offset == firstDigit + 1 else {
      throw syntaxError("a number must not begin with 0")
    }
    if current == UInt8(ascii: ".") {
      whole = nil
      offset += 1
      try skipDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      whole = nil
      offset += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
      try skipDigits()
    }
    return (start..<offset, whole)
  }

  private mutating func skipDigits() throws {
    let start = offset
    while (0x30...0x39).contains(current) { offset += 1 }
    guard offset > start else { throw syntaxError("a digit is expected") }
  }
}
