/// One message of protocol buffers, in the order in which its fields came.
struct WireMessage {
  enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private(set) var fields: [(number: Int, value: Value)] = []

  /// `nil` where the bytes are no message.
  init?(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty {
      guard let tag = Self.number(&rest), let number = Int(exactly: tag >> 3),
        let value = Self.value(type: tag & 7, &rest)
      else { return nil }
      fields.append((number, value))
    }
  }

  /// What Kubernetes packs an object into, `runtime.Unknown`, behind its four bytes; `nil` where it is something else.
  static func packed(in bytes: [UInt8]) -> WireMessage? {
    let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    return bytes.starts(with: magic) ? WireMessage(bytes.dropFirst(4)) : nil
  }

  func message(_ number: Int) -> WireMessage? { bytes(number).flatMap { WireMessage($0) } }

  /// `nil` where it is empty as well: a string of Go's is never absent.
  func text(_ number: Int) -> String? {
    guard let bytes = bytes(number), !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The last one counts.
  func bytes(_ number: Int) -> ArraySlice<UInt8>? {
    for field in fields.reversed() where field.number == number {
      if case .bytes(let bytes) = field.value { return bytes }
    }
    return nil
  }

  func integer(_ number: Int) -> Int64? {
    for field in fields.reversed() where field.number == number {
      if case .number(let value) = field.value { return Int64(bitPattern: value) }
    }
    return nil
  }

  private static func value(type: UInt64, _ rest: inout ArraySlice<UInt8>) -> Value? {
    switch type {
    case 0: return number(&rest).map(Value.number)
    case 2:
      guard let length = number(&rest), length <= rest.count else { return nil }
      defer { rest = rest.dropFirst(Int(length)) }
      return .bytes(rest.prefix(Int(length)))
    case 1, 5:
      let length = type == 1 ? 8 : 4
      guard rest.count >= length else { return nil }
      defer { rest = rest.dropFirst(length) }
      return .number(rest.prefix(length).reversed().reduce(0) { $0 << 8 | UInt64($1) })
    default: return nil
    }
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
      if shift > 63 { return nil }
    }
    return nil
  }
}
