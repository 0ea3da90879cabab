package import FoundationEssentials

/// What just happened, latest last; bounded.
package struct MessageLog: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package var date: Date
    package var severity: Notice.Severity
    package var text: String
    /// How often in a row.
    package var count: Int
  }

  package static let capacity = 500

  package private(set) var entries: [Entry] = []
  /// Errors that a later message pushed off the line before anyone opened the list.
  package private(set) var unreadErrors = 0

  package init() {}

  package var last: Entry? { entries.last }

  package mutating func add(_ text: String, _ severity: Notice.Severity, at date: Date) {
    if let last, last.text == text, last.severity == severity {
      entries[entries.count - 1].count += 1
      entries[entries.count - 1].date = date
      return
    }
    if last?.severity == .error { unreadErrors += 1 }
    entries.append(Entry(date: date, severity: severity, text: text, count: 1))
    if entries.count > Self.capacity { entries.removeFirst(entries.count - Self.capacity) }
  }

  package mutating func markRead() { unreadErrors = 0 }
}
