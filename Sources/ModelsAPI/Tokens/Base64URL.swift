internal import FoundationEssentials

/// The alphabet of tokens (RFC 7515, section 2): no padding, no line ends, nothing that a lenient reader would skip.
enum Base64URL {
  /// `nil` where the text is not exactly that.
  static func decode(_ text: some StringProtocol) -> Data? {
    guard text.utf8.allSatisfy(isInAlphabet), text.utf8.count % 4 != 1 else { return nil }
    var standard = text.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    return Data(base64Encoded: Data(standard))
  }

  static func encode(_ data: some Sequence<UInt8>) -> String {
    let standard = Data(data).base64EncodedString()
    return String(
      standard.compactMap { character -> Character? in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }

  private static func isInAlphabet(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}
