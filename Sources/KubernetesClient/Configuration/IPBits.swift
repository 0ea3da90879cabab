#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An IP address as bytes, to compare it with blocks of addresses.
struct IPBits: Equatable {
  let bytes: [UInt8]

  /// Reads an IPv4 or IPv6 address, the latter with or without brackets; `nil` for anything else.
  init?(_ text: String) {
    var literal = text
    if literal.hasPrefix("["), literal.hasSuffix("]") {
      literal = String(literal.dropFirst().dropLast())
    }
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var buffer = [UInt8](repeating: 0, count: count)
      if inet_pton(family, literal, &buffer) == 1 {
        bytes = buffer
        return
      }
    }
    return nil
  }

  var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
  }

  func contains(_ other: IPBits, prefixLength: Int) -> Bool {
    guard bytes.count == other.bytes.count, (0...bytes.count * 8).contains(prefixLength) else {
      return false
    }
    for index in bytes.indices {
      let bits = min(8, max(0, prefixLength - index * 8))
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
      guard bytes[index] & mask == other.bytes[index] & mask else { return false }
    }
    return true
  }
}
