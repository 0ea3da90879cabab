package import FoundationEssentials
package import Kubernetes

/// One line of the journal: a write, who asked for it, and what came of it. Never with a secret.
package struct JournalEntry: Equatable, Sendable {
  /// How the write ended; the raw value is what the journal holds.
  package enum Outcome: String, Sendable, CaseIterable {
    /// It came to what was asked for.
    case done
    /// The server or a rule refused; nothing was changed, or what was changed was taken back.
    case failed
    /// The connection was lost in mid-write. Another line follows when it is known what became of it.
    case unknown
    /// A write whose outcome was unknown turned out to be done.
    case settledDone = "settled-done"
    /// A write whose outcome was unknown turned out not to be done.
    case settledUndone = "settled-undone"
  }

  /// When the line was written; kept to the second.
  package var time: Date
  /// As the cluster knows them; `nil` where the credentials do not say.
  package var user: String?
  /// The context of the kubeconfig that it went to.
  package var context: String
  package var model: ModelID
  /// `create`, `update`, `scale`, `repair`, ...
  package var action: String
  /// Of the Deployment: see ``ObjectDigest``. `nil` where there was none, or it could not be read.
  package var before: String?
  /// The same after the write.
  package var after: String?
  package var outcome: Outcome
  /// One sentence: what was done, or why not.
  package var message: String

  /// Checks nothing: long texts are cut when the line is made.
  package init(
    time: Date, user: String?, context: String, model: ModelID, action: String,
    before: String? = nil, after: String? = nil, outcome: Outcome, message: String
  ) {
    self.time = time
    self.user = user
    self.context = context
    self.model = model
    self.action = action
    self.before = before
    self.after = after
    self.outcome = outcome
    self.message = message
  }
}

extension JournalEntry {
  /// So much of a sentence is kept: a line stays short enough to be appended in one piece.
  private static let messageLength = 600

  /// One line of JSON, without the line feed.
  package var line: String {
    var json: JSONValue = [
      "time": .string(Timestamp.format(time)), "context": .string(Excerpt.line(context)),
      "namespace": .string(model.namespace), "model": .string(model.name),
      "action": .string(action), "outcome": .string(outcome.rawValue),
      "message": .string(Excerpt.line(message, limit: Self.messageLength)),
    ]
    if let user { json["user"] = .string(Excerpt.line(user)) }
    if let before { json["before"] = .string(before) }
    if let after { json["after"] = .string(after) }
    // Text and nothing else can be written always.
    return (try? json.encoded()).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Reads a line; `nil` where it is none of ours, or was cut.
  package init?(line: some StringProtocol) {
    guard let json = try? JSONValue(parsing: Data(String(line).utf8)),
      let time = json["time"]?.stringValue.flatMap(Timestamp.parse),
      let context = json["context"]?.stringValue, let namespace = json["namespace"]?.stringValue,
      let name = json["model"]?.stringValue, let action = json["action"]?.stringValue,
      let outcome = json["outcome"]?.stringValue.flatMap(Outcome.init(rawValue:))
    else { return nil }
    self.init(
      time: time, user: json["user"]?.stringValue, context: context,
      model: ModelID(namespace: namespace, name: name), action: action,
      before: json["before"]?.stringValue, after: json["after"]?.stringValue, outcome: outcome,
      message: json["message"]?.stringValue ?? "")
  }
}

/// Where writes are noted down. It must not fail the write that it notes, nor hold it up for long.
package protocol Journal: Sendable {
  func append(_ entry: JournalEntry)
}

/// Who writes where, for the lines of a journal.
package struct JournalDesk: Sendable {
  private let journal: any Journal
  private let context: String
  private let user: String?
  private let clock: WallClock

  /// `context` and `user` are put on every line.
  package init(
    _ journal: any Journal, context: String, user: String?, clock: WallClock = .system
  ) {
    self.journal = journal
    self.context = context
    self.user = user
    self.clock = clock
  }

  /// Adds an entry with the time of now. It waits for nothing and tells of no failure: see ``Journal``.
  package func note(
    _ action: String, _ model: ModelID, before: String? = nil, after: String? = nil,
    _ outcome: JournalEntry.Outcome, _ message: String
  ) {
    journal.append(
      JournalEntry(
        time: clock.now(), user: user, context: context, model: model, action: action,
        before: before, after: after, outcome: outcome, message: message))
  }
}
