internal import Synchronization

/// Texts that were read lately, by their bytes: what occurs again and again in a list (nodes, images, reasons, labels) is one text in memory.
///
/// Of fixed size: a text takes the place of another with the same place, so that it never grows, however much is read.
struct StringTable {
  private static let size = 4_096
  /// Longer texts are messages and specifications, and like no other.
  private static let longest = 128

  private var entries: [String]
  /// The value that was read last for each use.
  private var values: [String: any Sendable] = [:]

  init() { entries = [String](repeating: "", count: Self.size) }

  mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    // Up to 15 bytes are held in the value itself.
    guard bytes.count > 15, bytes.count <= Self.longest else {
      return String(decoding: bytes, as: UTF8.self)
    }
    let place = Self.hash(bytes) & (Self.size - 1)
    if Self.isEqual(&entries[place], bytes) { return entries[place] }
    let text = String(decoding: bytes, as: UTF8.self)
    entries[place] = text
    return text
  }

  /// The value, or the one that was read before it for the same use if that is equal.
  mutating func sharing<Value: Equatable & Sendable>(_ value: Value, as use: String) -> Value {
    if let last = values[use] as? Value, last == value { return last }
    values[use] = value
    return value
  }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 32))
  }

  private static func isEqual(_ text: inout String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    text.withUTF8 { other in
      guard other.count == bytes.count else { return false }
      for index in 0..<other.count where other[index] != bytes[index] { return false }
      return true
    }
  }
}

/// A table that several readers use one after the other.
package final class StringCache: Sendable {
  private let table = Mutex<StringTable?>(nil)

  package init() {}

  /// The table, for one owner at a time: a second one gets an empty one meanwhile.
  func take() -> StringTable {
    table.withLock { table in
      defer { table = nil }
      return table ?? StringTable()
    }
  }

  func giveBack(_ used: StringTable) { table.withLock { $0 = used } }
}
