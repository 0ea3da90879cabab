import ModelCore
import TerminalUI

/// The journal of writes on screen, the latest first.
struct JournalState: Sendable, Equatable {
  /// Of this model alone; of all where `nil`.
  var model: ModelID?
  /// The latest last; `nil` until they were read.
  var entries: [JournalEntry]?
  /// Why there is nothing to read.
  var problem: String?
  var offset = 0
}

extension DashboardState {
  /// How many lines are shown at most.
  package static let journalLength = 500

  mutating func openJournal() -> [Effect] {
    layers.append(.action(.journal(JournalState(model: detailsState?.id))))
    return [.readJournal]
  }

  mutating func takeJournal(_ entries: [JournalEntry], problem: String?) {
    for index in layers.indices {
      guard case .action(.journal(var journal)) = layers[index] else { continue }
      journal.entries = entries
      journal.problem = problem
      layers[index] = .action(.journal(journal))
    }
  }
}

enum JournalView {
  static func title(_ state: DashboardState, _ journal: JournalState) -> String {
    let what = journal.model.map { " of \($0)" } ?? ""
    return "Journal\(what): what was written from this account, the latest first"
  }

  static func lines(_ state: DashboardState, _ journal: JournalState) -> [StyledLine] {
    if let problem = journal.problem { return [StyledLine(problem.printable, .warning)] }
    guard let all = journal.entries else { return [StyledLine("reading the journal", .dim)] }
    let entries = all.filter { journal.model == nil || $0.model == journal.model }
    guard !entries.isEmpty else { return [StyledLine("Nothing was written yet.", .dim)] }
    return entries.reversed().flatMap { lines($0, state) }
  }

  private static func lines(_ entry: JournalEntry, _ state: DashboardState) -> [StyledLine] {
    let time = calendarTime(entry.time, utcOffset: state.configuration.utcOffset)
    let user = entry.user.map { " by \($0)" } ?? ""
    let hash = [entry.before, entry.after].map { $0 ?? "none" }
    let change = hash[0] == hash[1] ? "unchanged" : "\(hash[0]) to \(hash[1])"
    let isKnown = entry.before != nil || entry.after != nil
    var head = StyledLine("\(time)  ", .dim)
    head.append("\(entry.action) \(entry.model.name)".printable, .title)
    head.append("  ", .text)
    head.append(word(entry.outcome), element(entry.outcome))
    // An HTTP API chooses it itself.
    let place = entry.model.namespace.isEmpty ? "" : ", namespace \(entry.model.namespace)"
    head.append("  on \(entry.context)\(user)\(place)".printable, .text)
    let width = max(20, state.size.columns - 4)
    var lines = [head]
    lines += entry.message.wrapped(to: width).map { StyledLine("    " + $0) }
    if isKnown { lines.append(StyledLine("    hash \(change)", .dim)) }
    return lines
  }

  private static func word(_ outcome: JournalEntry.Outcome) -> String {
    switch outcome {
    case .done: "done"
    case .failed: "failed"
    case .unknown: "outcome unknown"
    case .settledDone: "was done after all"
    case .settledUndone: "was not done"
    }
  }

  private static func element(_ outcome: JournalEntry.Outcome) -> Theme.Element {
    switch outcome {
    case .done, .settledDone: .success
    case .failed: .error
    case .unknown, .settledUndone: .warning
    }
  }
}
