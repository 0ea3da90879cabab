/// Base64 as Go's decoder takes it: standard letters, padding, line ends anywhere.
package enum Base64 {
  /// Where Go would complain, as a count of bytes; `nil` where it would not.
  package static func firstIllegalByte(in text: String) -> Int? {
    var letters = 0
    var padding = 0
    for (offset, byte) in text.utf8.enumerated() {
      switch byte {
      case 10, 13: continue
      case 61:
        padding += 1
        if padding > 2 || (letters + padding) % 4 == 1 { return offset }
      case 48...57, 65...90, 97...122, 43, 47:
        if padding > 0 { return offset }
        letters += 1
      default: return offset
      }
    }
    return (letters + padding) % 4 == 0 ? nil : text.utf8.count
  }
}
