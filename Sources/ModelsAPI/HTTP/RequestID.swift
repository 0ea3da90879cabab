/// What a request is called in the log and in its answer.
enum RequestID {
  /// The client's own where it is one that does no harm in a log, else a new one.
  static func choose(_ sent: String?) -> String {
    if let sent, isHarmless(sent) { return sent }
    var generator = SystemRandomNumberGenerator()
    let (high, low) = (generator.next(), generator.next())
    return hexadecimal(high) + hexadecimal(low)
  }

  private static func isHarmless(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
