/// Writes `JSONValue` as text: keys sorted, so that equal values have equal text.
struct JSONWriter {
  /// A number that JSON has no text for: not a number, or infinite.
  struct Failure: Error {
    var number: Double
  }

  private(set) var bytes: [UInt8] = []
  private let isPretty: Bool

  init(pretty isPretty: Bool) {
    self.isPretty = isPretty
  }

  mutating func write(_ value: JSONValue, indent: Int = 0) throws(Failure) {
    switch value {
    case .null: write("null")
    case .bool(let value): write(value ? "true" : "false")
    case .integer(let value): write(String(value))
    case .double(let value): try write(value)
    case .string(let value): writeString(value)
    case .array(let elements):
      try container("[", "]", elements, indent) { (writer, element) throws(Failure) in
        try writer.write(element, indent: indent + 1)
      }
    case .object(let members):
      let sorted = members.sorted { $0.key < $1.key }
      try container("{", "}", sorted, indent) { (writer, member) throws(Failure) in
        writer.writeString(member.key)
        writer.write(writer.isPretty ? ": " : ":")
        try writer.write(member.value, indent: indent + 1)
      }
    }
  }

  private mutating func container<Element>(
    _ open: String, _ close: String, _ elements: [Element], _ indent: Int,
    _ body: (inout JSONWriter, Element) throws(Failure) -> Void
  ) throws(Failure) {
    write(open)
    var isFirst = true
    for element in elements {
      if !isFirst { write(",") }
      isFirst = false
      newline(indent + 1)
      try body(&self, element)
    }
    if !isFirst { newline(indent) }
    write(close)
  }

  private mutating func newline(_ indent: Int) {
    guard isPretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
  }

  private mutating func write(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func write(_ number: Double) throws(Failure) {
    guard number.isFinite else { throw Failure(number: number) }
    // 3.0 is written as 3: the API server takes no fraction where it wants a whole number.
    if let whole = Int64(exactly: number), abs(number) < 1e15 {
      write(String(whole))
    } else {
      write(String(number))
    }
  }

  private mutating func writeString(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): write("\\\"")
      case UInt8(ascii: "\\"): write("\\\\")
      case 0x08: write("\\b")
      case 0x0C: write("\\f")
      case 0x0A: write("\\n")
      case 0x0D: write("\\r")
      case 0x09: write("\\t")
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        write(digits.count == 1 ? "\\u000" : "\\u00")
        write(digits)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
