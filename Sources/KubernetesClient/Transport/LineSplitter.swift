internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Cuts a stream of bytes at newlines, wherever the chunks begin and end.
///
/// Every byte is looked at once, however many chunks a line comes in.
struct LineSplitter {
  /// What came after the last newline.
  private var pending = Data()

  /// The number of bytes that wait for their newline.
  var pendingCount: Int { pending.count }

  /// Takes a chunk and hands over the lines that it completes, without their newline.
  mutating func append(_ chunk: UnsafeRawBufferPointer) -> [Data] {
    guard var start = chunk.baseAddress else { return [] }
    let end = start + chunk.count
    var lines: [Data] = []
    while start < end, let newline = memchr(start, 0x0A, end - start) {
      take(from: start, to: newline)
      if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
      lines.append(pending)
      pending = Data()
      start = UnsafeRawPointer(newline) + 1
    }
    take(from: start, to: end)
    return lines
  }

  /// What is left when the stream ends without a newline.
  mutating func finish() -> Data? {
    defer { pending = Data() }
    return pending.isEmpty ? nil : pending
  }

  private mutating func take(from start: UnsafeRawPointer, to end: UnsafeRawPointer) {
    guard end > start else { return }
    pending.append(start.assumingMemoryBound(to: UInt8.self), count: end - start)
  }
}
