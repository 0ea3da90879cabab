/// Reads JSON text (RFC 8259) into `JSONValue`.
///
/// By hand, because through `JSONDecoder` a value of unknown shape costs a thrown error for every type that it is not:
/// a page of 500 pods took 1.1 s that way and takes 0.06 s this way.
struct JSONParser {
  struct Failure: Error {
    var problem: String
    /// In bytes from the start of the text.
    var offset: Int
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0
  private var depth = 0
  private static let maximumDepth = 512

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.index == bytes.count else { throw parser.failure("something follows the value") }
    return value
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  private func failure(_ problem: String) -> Failure { Failure(problem: problem, offset: index) }

  /// The byte here, or 0 at the end: no byte of JSON outside of strings is 0.
  private var current: UInt8 { index < bytes.count ? bytes[index] : 0 }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: return
      }
    }
  }

  private mutating func value() throws(Failure) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    case 0 where index >= bytes.count: throw failure("the text ends too early")
    default: throw failure("a value is expected")
    }
  }

  private mutating func object() throws(Failure) -> [String: JSONValue] {
    try enter()
    defer { depth -= 1 }
    var members: [String: JSONValue] = [:]
    skipSpace()
    if current == UInt8(ascii: "}") {
      index += 1
      return members
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a key is expected") }
      let key = try string()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw failure("':' is expected") }
      index += 1
      members[key] = try value()
      if try endsContainer(with: UInt8(ascii: "}")) { return members }
    }
  }

  private mutating func array() throws(Failure) -> [JSONValue] {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      index += 1
      return elements
    }
    while true {
      elements.append(try value())
      if try endsContainer(with: UInt8(ascii: "]")) { return elements }
    }
  }

  private mutating func enter() throws(Failure) {
    index += 1
    depth += 1
    guard depth <= Self.maximumDepth else { throw failure("the values are nested too deep") }
  }

  private mutating func endsContainer(with end: UInt8) throws(Failure) -> Bool {
    skipSpace()
    let byte = current
    guard byte == UInt8(ascii: ",") || byte == end else {
      throw failure("',' or '\(Character(Unicode.Scalar(end)))' is expected")
    }
    index += 1
    return byte == end
  }

  private mutating func word(
    _ text: StaticString, _ value: JSONValue
  ) throws(Failure) -> JSONValue {
    for offset in 0..<text.utf8CodeUnitCount {
      guard index < bytes.count, bytes[index] == text.utf8Start[offset] else {
        throw failure("'\(text)' is expected")
      }
      index += 1
    }
    return value
  }
}

// MARK: - Strings and numbers

extension JSONParser {
  private mutating func string() throws(Failure) -> String {
    index += 1
    let start = index
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        index += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw failure("a control character in a string must be escaped")
      default: index += 1
      }
    }
    throw failure("a string does not end")
  }

  private mutating func escapedString(from start: Int) throws(Failure) -> String {
    var text = [UInt8](bytes[start..<index])
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw failure("a control character in a string must be escaped")
      default: text.append(byte)
      }
    }
    throw failure("a string does not end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    let byte = current
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      text.append(contentsOf: String(try unicodeEscape()).utf8)
    default: throw failure("an unknown escape in a string")
    }
  }

  /// The scalar of `\uXXXX`, or of two of them that make a surrogate pair; half a pair becomes U+FFFD.
  private mutating func unicodeEscape() throws(Failure) -> Character {
    let first = try hexDigits()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    let isHigh = (0xD800..<0xDC00).contains(first)
    guard isHigh, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    else { return "\u{FFFD}" }
    let back = index
    index += 2
    let second = try hexDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else {
      index = back
      return "\u{FFFD}"
    }
    return Character(scalar)
  }

  private mutating func hexDigits() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(current)).hexDigitValue, current < 0x80 else {
        throw failure("four hexadecimal digits are expected")
      }
      value = value << 4 + UInt32(digit)
      index += 1
    }
    return value
  }

  private mutating func number() throws(Failure) -> JSONValue {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    let firstDigit = index
    try skipDigits()
    guard bytes[firstDigit] != UInt8(ascii: "0") || index == firstDigit + 1 else {
      throw failure("a number must not begin with 0")
    }
    var isWhole = true
    if current == UInt8(ascii: ".") {
      isWhole = false
      index += 1
      try skipDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isWhole = false
      index += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      try skipDigits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let whole = Int64(text) { return .integer(whole) }
    guard let value = Double(text), value.isFinite else {
      throw failure("a number is too large")
    }
    return .double(value)
  }

  private mutating func skipDigits() throws(Failure) {
    let start = index
    while (0x30...0x39).contains(current) { index += 1 }
    guard index > start else { throw failure("a digit is expected") }
  }
}
