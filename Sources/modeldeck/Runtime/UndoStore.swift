import Dashboard
import Dispatch
import Kubernetes
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

/// Keeps what makes deleted models again for the time that it is offered: a file of mode 0600 each in `undo` of the state
/// directory, readable JSON, never with a token.
final class UndoStore: Sendable {
  private static let version: Int64 = 1
  /// Manifests of one model are far smaller.
  private static let largest = 4 << 20

  private let directory: String
  private let queue = DispatchQueue(label: "modeldeck.undo")
  private let logger: Logger

  /// `nil` where there is no place to keep anything.
  init?(environment: [String: String], logger: Logger) {
    guard let state = StateDirectory.path(environment: environment) else { return nil }
    directory = state + "/undo"
    self.logger = logger
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      return nil
    }
    chmod(directory, 0o700)
  }

  // MARK: Keeping

  func save(_ entry: UndoEntry) {
    guard let path = path(entry.kept.uid) else { return }
    queue.async { [logger] in
      guard let data = try? Self.json(entry).encoded(pretty: true) else { return }
      if let reason = PrivateFile.write(data, to: path) {
        logger.error(
          "What makes a deleted model again cannot be kept",
          metadata: ["model": "\(entry.kept.id)", "reason": "\(reason)"])
      }
    }
  }

  func remove(_ uid: String) {
    guard let path = path(uid) else { return }
    queue.async { unlink(path) }
  }

  /// When it returns, all is on disk.
  func flush() { queue.sync {} }

  /// A UID names a file: letters, digits and `-`.
  private func path(_ uid: String) -> String? {
    let isName =
      (1...80).contains(uid.utf8.count)
      && uid.utf8.allSatisfy {
        (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == 45
      }
    return isName ? "\(directory)/\(uid).json" : nil
  }

  private static func json(_ entry: UndoEntry) -> JSONValue {
    [
      "version": .integer(version), "context": .string(entry.place.context),
      "organization": .string(entry.place.organization),
      "deleted_at": .string(Timestamp.format(entry.deletedAt)),
      "is_settled": .bool(entry.isSettled),
      "model": entry.kept.json,
    ]
  }

  // MARK: Reading

  /// What earlier sessions left and is still offered, and a sentence for each file that cannot be read. What is over is removed.
  func load(now: Date) -> (entries: [UndoEntry], problems: [String]) {
    var entries: [UndoEntry] = []
    var problems: [String] = []
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for name in names.sorted() where name.hasSuffix(".json") {
      let file = "\(directory)/\(name)"
      do {
        let entry = try read(file)
        if now < entry.end { entries.append(entry) } else { unlink(file) }
      } catch {
        problems.append("What was kept in \(file) cannot be read (\(error)): it is not offered.")
        // Nothing is lost by it: it would have been removed after ten minutes.
        unlink(file)
      }
    }
    return (entries, problems)
  }

  private struct Unreadable: Error, CustomStringConvertible { var description: String }

  private func read(_ file: String) throws -> UndoEntry {
    guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int,
      size <= Self.largest, let data = FileManager.default.contents(atPath: file)
    else { throw Unreadable(description: "it is too large, or not to be read") }
    guard let value = try? JSONValue(parsing: data),
      let time = value["deleted_at"]?.stringValue.flatMap(Timestamp.parse),
      let context = value["context"]?.stringValue,
      let organization = value["organization"]?.stringValue, let model = value["model"]
    else { throw Unreadable(description: "it is damaged") }
    guard value["version"]?.integerValue == Self.version else {
      throw Unreadable(description: "it is of another version of modeldeck")
    }
    let kept = try KeptModel(json: model)
    return UndoEntry(
      kept: kept,
      place: DraftPlace(
        context: context, namespace: kept.id.namespace, organization: organization),
      deletedAt: time, isSettled: value["is_settled"]?.boolValue ?? false)
  }
}
