internal import FoundationEssentials

/// Cuts a stream of bytes at newlines, wherever the chunks begin and end.
///
/// Every byte is looked at once, however many chunks a line comes in.
struct LineSplitter {
  /// What came after the last newline.
  private var pending = Data()

  /// The number of bytes that wait for their newline.
  var pendingCount: Int { pending.count }

  /// Takes a chunk and hands over the lines that it completes, without their newline.
  mutating func append(_ chunk: UnsafeRawBufferPointer, emit: (Data) throws -> Void) rethrows {
    var rest = chunk[...]
    while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
      pending.append(contentsOf: rest[..<newline])
      if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
      let line = pending
      pending = Data()
      rest = rest[(newline + 1)...]
      try emit(line)
    }
    pending.append(contentsOf: rest)
  }

  /// What is left when the stream ends without a newline.
  mutating func finish() -> Data? {
    defer { pending = Data() }
    return pending.isEmpty ? nil : pending
  }
}
