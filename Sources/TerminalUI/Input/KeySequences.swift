/// What one terminal sends for its keys, as its terminfo entry says.
struct KeySequences: Sendable {
  enum Match: Equatable {
    case key(Key, Int)
    /// What is there may become a key's sequence.
    case prefix
    case none
  }

  private let keys: [[UInt8]: Key]
  private let prefixes: Set<[UInt8]>
  private let longest: Int

  /// Takes the sequences that start with Escape; single bytes mean the same everywhere.
  init(_ sequences: [[UInt8]: Key]) {
    keys = sequences.filter { $0.key.count > 2 && $0.key.first == Byte.escape }
    // `ESC [` and `ESC O` alone are prefixes of so much that they say nothing.
    prefixes = Set(keys.keys.flatMap { key in (3..<max(3, key.count)).map { Array(key[..<$0]) } })
    longest = keys.keys.map(\.count).max() ?? 0
  }

  func match(_ bytes: ArraySlice<UInt8>) -> Match {
    guard bytes.count > 2 else { return .none }
    for length in stride(from: min(longest, bytes.count), through: 3, by: -1) {
      if let key = keys[Array(bytes.prefix(length))] { return .key(key, length) }
    }
    return bytes.count < longest && prefixes.contains(Array(bytes)) ? .prefix : .none
  }
}
