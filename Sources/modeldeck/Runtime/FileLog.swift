import Logging
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A log in a file of mode 0600 that never grows past twice its limit: the last one is kept beside it as `.1`.
final class FileLog: Sendable {
  private struct State {
    var descriptor: CInt
    var size: Int
  }

  /// Bytes after which a new file is begun.
  private static let limit = 5 << 20
  let path: String
  private let state: Mutex<State>

  /// Throws where the file cannot be opened for appending.
  init(path: String) throws {
    self.path = path
    state = Mutex(try Self.opened(path))
  }

  private static func opened(_ path: String) throws -> State {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw FileLogError(path: path, reason: String(cString: strerror(errno)))
    }
    return State(descriptor: descriptor, size: max(0, Int(lseek(descriptor, 0, SEEK_END))))
  }

  func append(_ line: String) {
    state.withLock { state in
      if state.size > Self.limit, rename(path, path + ".1") == 0,
        let fresh = try? Self.opened(path)
      {
        Glibc.close(state.descriptor)
        state = fresh
      }
      var line = line
      line.withUTF8 { bytes in
        // A full disk must not stop the dashboard: what cannot be logged is lost.
        _ = write(state.descriptor, bytes.baseAddress, bytes.count)
        state.size += bytes.count
      }
    }
  }
}

/// The log file could not be opened.
struct FileLogError: Error, CustomStringConvertible {
  var path: String
  var reason: String
  var description: String {
    "The log file \(path) cannot be written: \(reason). Name another with --log-file."
  }
}

/// swift-log's way into `FileLog`.
struct FileLogHandler: LogHandler {
  let label: String
  let log: FileLog
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  init(label: String, log: FileLog) {
    self.label = label
    self.log = log
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    log.append("\(Date().ISO8601Format()) \(event.level) \(label): \(event.message)\(details)\n")
  }
}
