import ModelCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The journal of every write: JSON lines in a file of mode 0600, in which several processes may write at once.
///
/// It never grows past three times its limit: the two files before it are kept beside it as `.1` and `.2`.
final class FileJournal: Journal {
  /// Bytes after which a new file is begun.
  private let limit: Int
  let path: String
  private let descriptor = Mutex<CInt>(-1)

  init(path: String, limit: Int = 4 << 20) {
    self.path = path
    self.limit = limit
  }

  /// `$XDG_STATE_HOME/modeldeck/journal.jsonl`; `nil` where there is no place for it.
  ///
  /// - Parameter isSimulated: what is not real is noted apart from what is, in `journal-demo.jsonl`.
  convenience init?(environment: [String: String], isSimulated: Bool = false) {
    guard let folder = StateDirectory.path(environment: environment) else { return nil }
    self.init(path: folder + (isSimulated ? "/journal-demo.jsonl" : "/journal.jsonl"))
  }

  deinit {
    descriptor.withLock { if $0 >= 0 { close($0) } }
  }

  /// A full disk must not stop a write to the cluster: what cannot be noted is lost.
  func append(_ entry: JournalEntry) {
    var line = entry.line + "\n"
    descriptor.withLock { descriptor in
      guard let locked = Self.lockedFile(descriptor, path) else { return }
      descriptor = locked
      if Self.size(locked) > limit {
        rotate()
        // The name is free: who holds the old file finds out by its number, as this does.
        flock(locked, LOCK_UN)
        guard let fresh = Self.lockedFile(locked, path) else { return }
        descriptor = fresh
      }
      line.withUTF8 { bytes in _ = write(descriptor, bytes.baseAddress, bytes.count) }
      flock(descriptor, LOCK_UN)
    }
  }

  private func rotate() {
    _ = rename(path + ".1", path + ".2")
    _ = rename(path, path + ".1")
  }

  /// The file that has the name now, locked against other processes.
  private static func lockedFile(_ old: CInt, _ path: String) -> CInt? {
    var descriptor = old
    for _ in 1...10 {
      if descriptor < 0 {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        fchmod(descriptor, 0o600)
      }
      while flock(descriptor, LOCK_EX) != 0 {
        guard errno == EINTR else { break }
      }
      if isCurrent(descriptor, path) { return descriptor }
      // Another process began a new file meanwhile.
      close(descriptor)
      descriptor = -1
    }
    return nil
  }

  private static func isCurrent(_ descriptor: CInt, _ path: String) -> Bool {
    // Linux names what a descriptor holds, also after it was renamed (proc(5)).
    guard let held = realpath("/proc/self/fd/\(descriptor)", nil) else { return false }
    defer { free(held) }
    guard let named = realpath(path, nil) else { return false }
    defer { free(named) }
    return strcmp(held, named) == 0
  }

  private static func size(_ descriptor: CInt) -> Int {
    max(0, Int(lseek(descriptor, 0, SEEK_END)))
  }

  // MARK: Reading

  /// The latest lines, the latest last. A line that was cut, by a full disk say, is left out.
  ///
  /// Throws a sentence for a person where the file is there and cannot be read.
  func recent(_ count: Int) throws -> [JournalEntry] {
    var entries = try entries(of: path)
    if entries.count < count {
      entries = (try? self.entries(of: path + ".1")).map { $0 + entries } ?? entries
    }
    return Array(entries.suffix(count))
  }

  private func entries(of path: String) throws -> [JournalEntry] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw JournalError(path: path, reason: String(cString: strerror(errno)))
    }
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
      .compactMap { JournalEntry(line: $0) }
  }
}

/// The journal could not be read.
struct JournalError: Error, CustomStringConvertible {
  var path: String
  var reason: String
  var description: String { "the journal \(path) cannot be read: \(reason)" }
}
