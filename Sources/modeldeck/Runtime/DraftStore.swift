import Dashboard
import Dispatch
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

/// Keeps drafts of forms: one file of mode 0600 each in `drafts` of the state directory, readable JSON, never with a token.
///
/// What is typed is written a moment later, so that a key costs no disk; ``flush()`` writes what still waits.
final class DraftStore: Sendable {
  private struct Waiting {
    /// `nil` is to be removed.
    var changes: [String: Draft?] = [:]
    var isScheduled = false
  }

  /// How long a change waits for the next one: what a cut connection may cost at most.
  private static let delay: DispatchTimeInterval = .milliseconds(300)
  /// A draft holds texts of 64 KiB at most; what is larger is none.
  private static let largest = 1 << 20

  private let directory: String
  private let queue = DispatchQueue(label: "modeldeck.drafts")
  private let waiting = Mutex(Waiting())
  private let logger: Logger

  /// `nil` where there is no place to keep anything.
  init?(environment: [String: String], logger: Logger) {
    guard let state = StateDirectory.path(environment: environment) else { return nil }
    directory = state + "/drafts"
    self.logger = logger
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
    } catch {
      return nil
    }
    chmod(directory, 0o700)
  }

  // MARK: Keeping

  func save(_ draft: Draft) { change(draft.id, to: draft) }
  func remove(_ id: String) { change(id, to: nil) }

  private func change(_ id: String, to draft: Draft?) {
    let isFirst = waiting.withLock { waiting in
      waiting.changes[id] = .some(draft)
      defer { waiting.isScheduled = true }
      return !waiting.isScheduled
    }
    guard isFirst else { return }
    queue.asyncAfter(deadline: .now() + Self.delay) { self.writeWaiting() }
  }

  /// Writes what waits; when it returns, it is on disk.
  func flush() { queue.sync { writeWaiting() } }

  private func writeWaiting() {
    let changes = waiting.withLock { waiting in
      defer { waiting = Waiting() }
      return waiting.changes
    }
    for (id, draft) in changes.sorted(by: { $0.key < $1.key }) {
      if let draft {
        write(draft)
      } else {
        unlink(path(id))
      }
    }
  }

  private func path(_ id: String) -> String { "\(directory)/\(id).json" }

  private func write(_ draft: Draft) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    guard let data = try? encoder.encode(draft) else { return }
    if let reason = PrivateFile.write(data, to: path(draft.id)) { report(draft.id, reason) }
  }

  private func report(_ id: String, _ reason: String) {
    logger.error("A draft cannot be kept", metadata: ["draft": "\(id)", "reason": "\(reason)"])
  }

  // MARK: Reading

  /// What earlier sessions left, and a sentence for each file that is no draft; such a file is put aside.
  func load() -> (drafts: [Draft], problems: [String]) {
    var drafts: [Draft] = []
    var problems: [String] = []
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for name in names.sorted() where name.hasSuffix(".json") {
      let file = "\(directory)/\(name)"
      let id = String(name.dropLast(".json".count))
      do {
        let draft = try read(file)
        guard draft.id == id, Self.isID(id) else { throw Unreadable(reason: "its name is another") }
        drafts.append(draft)
      } catch let newer as Newer {
        problems.append(
          "The draft \(file) is of a newer version of modeldeck (format \(newer.version)): it is left alone."
        )
      } catch {
        let reason = (error as? Unreadable)?.reason ?? "it is damaged"
        let aside = file + ".damaged"
        let isAside = rename(file, aside) == 0
        problems.append(
          "The draft \(file) cannot be read (\(reason)): it is \(isAside ? "kept aside as \(aside)" : "left there")."
        )
      }
    }
    return (drafts, problems)
  }

  private struct Unreadable: Error { var reason: String }
  private struct Newer: Error { var version: Int }
  private struct Format: Decodable { var version: Int }

  private func read(_ file: String) throws -> Draft {
    guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int,
      size <= Self.largest
    else { throw Unreadable(reason: "it is larger than a draft can be") }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Unreadable(reason: String(cString: strerror(errno)))
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    if let format = try? decoder.decode(Format.self, from: data), format.version > Draft.version {
      throw Newer(version: format.version)
    }
    do {
      return try decoder.decode(Draft.self, from: data)
    } catch {
      throw Unreadable(reason: "it is no draft as modeldeck writes them")
    }
  }

  private static func isID(_ text: String) -> Bool {
    (1...80).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == 45
      }
  }
}
