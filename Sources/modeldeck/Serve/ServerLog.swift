import Logging
import ModelCore

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A server's log on standard error: one line each, as `time level message key=value`.
struct ServerLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
    let line =
      "\(Date().ISO8601Format()) \(event.level) \(Self.quoted("\(event.message)"))"
      + details.joined() + "\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  /// A value with blanks or quotes stands in quotes; what would begin a new line cannot be in it.
  private static func quoted(_ text: String) -> String {
    let line = Excerpt.line(text, limit: 1_000)
    let isPlain = line.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
    guard !isPlain || line.isEmpty else { return line }
    let escaped = line.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return "\"\(escaped)\""
  }
}
