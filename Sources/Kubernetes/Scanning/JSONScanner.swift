package import FoundationEssentials

/// Reads JSON text (RFC 8259) value by value, and steps over what nobody asks for.
///
/// For the hot kinds: a list of pods is mostly text that the product never looks at (managed fields, environments, probes). Stepping over it
/// costs a look at each byte; no tree of values and no decoding container is made. Of a key that occurs twice the last one counts.
///
/// The reading methods answer `nil` for `null`, and throw ``ScanError`` of kind `shape` where the value is of another type.
package struct JSONScanner {
  private static let maximumDepth = 512

  let bytes: UnsafeBufferPointer<UInt8>
  /// In bytes from the start of the text.
  package internal(set) var offset = 0
  private var depth = 0
  /// Short texts that occur again and again are kept once.
  var strings: StringTable

  init(_ bytes: UnsafeBufferPointer<UInt8>, strings: StringTable) {
    self.bytes = bytes
    self.strings = strings
  }

  /// Reads a text that holds one value, and nothing after it.
  package static func scan<Value>(
    _ text: Data, strings: StringCache = StringCache(),
    _ read: (inout JSONScanner) throws -> Value
  ) throws -> Value {
    try text.withUnsafeBytes { raw in
      var scanner = JSONScanner(raw.bindMemory(to: UInt8.self), strings: strings.take())
      defer { strings.giveBack(scanner.strings) }
      let value = try read(&scanner)
      scanner.skipSpace()
      guard scanner.offset == scanner.bytes.count else {
        throw scanner.syntaxError("something follows the value")
      }
      return value
    }
  }

  // MARK: Where it is

  /// The byte here, or 0 at the end: no byte of JSON outside of strings is 0.
  @inline(__always)
  var current: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  @inline(__always)
  mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }

  func syntaxError(_ problem: String) -> ScanError {
    ScanError(
      kind: .syntax, problem: offset >= bytes.count ? "the text ends too early" : problem,
      offset: offset)
  }

  /// The error for a value of another type than expected, or for what is no value.
  func mismatch(_ expected: String) -> ScanError {
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "t"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "-"), 0x30...0x39:
      ScanError(kind: .shape, problem: "\(expected) is expected", offset: offset)
    default: syntaxError("a value is expected")
    }
  }

  /// The error for an object without a member that it must have, or with a value that cannot be.
  package func shapeError(_ problem: String) -> ScanError {
    ScanError(kind: .shape, problem: problem, offset: offset)
  }

  // MARK: Containers

  /// Hands over each key of the object here; the body reads or skips exactly one value.
  package mutating func members(
    _ body: (inout JSONScanner, JSONKey) throws -> Void
  ) throws {
    skipSpace()
    guard current == UInt8(ascii: "{") else { throw mismatch("an object") }
    try enter()
    if try isEmptyContainer(UInt8(ascii: "}")) { return }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw syntaxError("a key is expected") }
      let key = try key()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw syntaxError("':' is expected") }
      offset += 1
      try body(&self, key)
    } while try !endsContainer(UInt8(ascii: "}"))
  }

  /// Calls the body at each element of the array here; it reads or skips exactly one value.
  package mutating func elements(_ body: (inout JSONScanner) throws -> Void) throws {
    skipSpace()
    guard current == UInt8(ascii: "[") else { throw mismatch("an array") }
    try enter()
    if try isEmptyContainer(UInt8(ascii: "]")) { return }
    repeat { try body(&self) } while try !endsContainer(UInt8(ascii: "]"))
  }

  private mutating func enter() throws {
    guard depth < Self.maximumDepth else { throw syntaxError("the values are nested too deep") }
    offset += 1
    depth += 1
  }

  private mutating func isEmptyContainer(_ end: UInt8) throws -> Bool {
    skipSpace()
    guard current == end else { return false }
    offset += 1
    depth -= 1
    return true
  }

  private mutating func endsContainer(_ end: UInt8) throws -> Bool {
    skipSpace()
    let byte = current
    guard byte == UInt8(ascii: ",") || byte == end else {
      throw syntaxError("',' or '\(Character(Unicode.Scalar(end)))' is expected")
    }
    offset += 1
    guard byte == end else { return false }
    depth -= 1
    return true
  }

  private mutating func key() throws -> JSONKey {
    let start = offset
    if let range = try plainString() { return JSONKey(UnsafeBufferPointer(rebasing: bytes[range])) }
    offset = start
    return JSONKey(escaped: try text())
  }

  // MARK: What is not asked for

  /// Reads a value in a second way where the first one finds it of another shape than expected.
  package mutating func read<Value>(
    _ first: (inout JSONScanner) throws -> Value,
    orElse second: (inout JSONScanner) throws -> Value
  ) throws -> Value {
    let start = (offset: offset, depth: depth)
    do {
      return try first(&self)
    } catch let error as ScanError where error.kind == .shape {
      (offset, depth) = start
      return try second(&self)
    }
  }

  /// Steps over one value. What it holds is checked as JSON, and not looked at.
  package mutating func skip() throws {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): try members { scanner, _ in try scanner.skip() }
    case UInt8(ascii: "["): try elements { scanner in try scanner.skip() }
    case UInt8(ascii: "\""): if try plainString() == nil { try skipEscapedString() }
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case UInt8(ascii: "-"), 0x30...0x39: _ = try numberRange()
    default: throw syntaxError("a value is expected")
    }
  }

  /// Steps over one value and hands over its text.
  package mutating func raw() throws -> UnsafeBufferPointer<UInt8> {
    skipSpace()
    let start = offset
    try skip()
    return UnsafeBufferPointer(rebasing: bytes[start..<offset])
  }

  mutating func word(_ text: StaticString) throws {
    for index in 0..<text.utf8CodeUnitCount {
      guard offset < bytes.count, bytes[offset] == text.utf8Start[index] else {
        throw syntaxError("'\(text)' is expected")
      }
      offset += 1
    }
  }
}

/// Why a text could not be read.
package struct ScanError: Error, Sendable, Equatable {
  /// What is wrong: the text, or what it says.
  package enum Kind: Sendable {
    /// It is no JSON, or not whole.
    case syntax
    /// It is JSON, and a value is not what it should be.
    case shape
  }

  package var kind: Kind
  /// What was expected, in words and without quoting the text.
  package var problem: String
  /// In bytes from the start of the text.
  package var offset: Int
}

/// A key of an object, for comparing with the few that are asked for: `switch key { case "name": ... }`.
package struct JSONKey {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let escaped: String?

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    escaped = nil
  }

  init(escaped: String) {
    bytes = UnsafeBufferPointer(start: nil, count: 0)
    self.escaped = escaped
  }

  /// The key as text that outlives the scanner.
  package func text(_ scanner: inout JSONScanner) -> String {
    escaped ?? scanner.strings.string(bytes)
  }

  package static func ~= (name: StaticString, key: JSONKey) -> Bool {
    if let escaped = key.escaped { return escaped == name.description }
    let count = name.utf8CodeUnitCount
    guard key.bytes.count == count else { return false }
    let other = name.utf8Start
    for index in 0..<count where key.bytes[index] != other[index] { return false }
    return true
  }
}
