#if canImport(Glibc)
  import Glibc
#endif

/// What a command tells a person: on stderr, so that stdout stays data.
enum Talk {
  static func say(_ text: String) {
    let line = "modeldeck: \(text)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  /// Text as it is, for messages of several lines.
  static func sayPlain(_ text: String) {
    let line = text + "\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
