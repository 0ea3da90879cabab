/// Collects a bracketed paste up to its end mark, which may come in pieces.
struct PasteBuffer: Sendable {
  /// `ESC [ 201 ~`.
  private static let end: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

  private var bytes: [UInt8] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Takes bytes in.
  ///
  /// - Returns: what follows the end mark; `nil` while there is none.
  mutating func take(_ new: [UInt8]) -> [UInt8]? {
    var start = max(0, bytes.count - Self.end.count + 1)
    bytes += new
    while let escape = bytes[start...].firstIndex(of: Byte.escape) {
      let candidate = bytes[escape...].prefix(Self.end.count)
      if candidate.elementsEqual(Self.end) {
        let rest = Array(bytes[(escape + Self.end.count)...])
        bytes.removeSubrange(escape...)
        return rest
      }
      start = escape + 1
    }
    if bytes.count > limit + Self.end.count {
      // Too much: the end mark is still found in the last few bytes.
      bytes.removeSubrange(limit..<bytes.count - Self.end.count + 1)
    }
    return nil
  }

  /// The text as ``PastedText`` leaves it.
  var text: String { PastedText.clean(bytes) }
}
