package import ModelCore
import TerminalUI

/// A write with the number that its events name.
package struct NumberedWrite: Sendable, Equatable {
  package var id: OperationID
  package var write: ModelWrite

  package init(id: OperationID, write: ModelWrite) {
    self.id = id
    self.write = write
  }
}

/// What one of several writes came to.
enum BulkOutcome: Sendable, Equatable {
  case ended(OperationResult)
  /// Why.
  case notBegun(String)

  var isDone: Bool { if case .ended(let result) = self { result.isSuccess } else { false } }

  /// In a word and a sentence.
  var words: (word: String, text: String, element: Theme.Element) {
    switch self {
    case .notBegun(let reason): return ("not begun", reason, .dim)
    case .ended(.succeeded(let text)): return ("done", text, .success)
    case .ended(.failed(let failure)): return ("failed", failure.message, .error)
    case .ended(.outcomeUnknown(let text)): return ("outcome unknown", text, .warning)
    case .ended(.invalid(let findings)):
      let first = findings.first { $0.severity == .error } ?? findings.first
      return ("refused", first?.message ?? "it is not valid", .error)
    }
  }
}

/// Several writes that were started together, with what each came to.
struct BulkState: Sendable, Equatable {
  struct Item: Sendable, Equatable {
    var operation: OperationID
    var model: ModelID
    /// `nil` until it ended.
    var outcome: BulkOutcome?
  }

  var title: String
  var stopsAtSurprise: Bool
  var items: [Item] = []

  var isRunning: Bool { items.contains { $0.outcome == nil } }

  var summary: String {
    let done = items.count { $0.outcome?.isDone == true }
    let left = items.count { $0.outcome == nil }
    let waiting = items.count {
      if case .notBegun = $0.outcome { true } else { false }
    }
    let failed = items.count - done - left - waiting
    var parts = ["\(done) done"]
    if failed > 0 { parts.append("\(failed) not done") }
    if waiting > 0 { parts.append("\(waiting) not begun") }
    if left > 0 { parts.append("\(left) to go") }
    return parts.joined(separator: ", ")
  }
}

/// The screen of one such run.
struct BulkScreen: Sendable, Equatable {
  /// Its place among all of them.
  var number: Int
  var offset = 0
}

extension DashboardState {
  /// Notes what one of several writes came to; the last one sums up on the message line.
  ///
  /// - Returns: whether it was one of several.
  mutating func takeBulk(_ id: OperationID, _ outcome: BulkOutcome) -> Bool {
    for index in bulks.indices {
      guard let item = bulks[index].items.firstIndex(where: { $0.operation == id }) else {
        continue
      }
      bulks[index].items[item].outcome = outcome
      if case .ended(let result) = outcome, !result.isSuccess {
        let name = bulks[index].items[item].model.name
        log.add("\(bulks[index].title): \(name): \(outcome.words.text)", .error, at: now)
      }
      if !bulks[index].isRunning {
        let all = bulks[index].items.allSatisfy { $0.outcome?.isDone == true }
        log.add(
          "\(bulks[index].title): \(bulks[index].summary).\(bulkHint(index))",
          all ? .information : .error, at: now)
      }
      return true
    }
    return false
  }
}

extension DashboardState {
  /// The key that shows what each came to, where that is not on screen.
  private func bulkHint(_ number: Int) -> String {
    if case .action(.bulk(let screen)) = layers.last, screen.number == number { return "" }
    return " B shows each."
  }

  /// Which of what was done with several models a write is part of; `nil` where it is alone.
  func bulkNumber(of id: OperationID) -> Int? {
    bulks.firstIndex { $0.items.contains { $0.operation == id } }
  }

  /// How far several writes are of which this is one; `nil` where it is alone.
  func bulkProgress(of id: OperationID) -> String? {
    guard let number = bulkNumber(of: id) else { return nil }
    return "\(bulks[number].title): \(bulks[number].summary).\(bulkHint(number))"
  }

  /// Opens the latest of what was done with several models; from there the one before, round and round.
  mutating func openBulk() -> [Effect] {
    guard !bulks.isEmpty else { return [] }
    guard case .action(.bulk(let screen)) = layers.last else {
      layers.append(.action(.bulk(BulkScreen(number: bulks.count - 1))))
      return []
    }
    let number = (screen.number + bulks.count - 1) % bulks.count
    layers[layers.count - 1] = .action(.bulk(BulkScreen(number: number)))
    return []
  }
}

enum BulkView {
  static func lines(_ state: DashboardState, _ bulk: BulkState) -> [StyledLine] {
    var lines = [
      StyledLine(bulk.summary + (bulk.isRunning ? "" : ": Esc goes back"), .title), StyledLine(),
    ]
    let width = bulk.items.map(\.model.name.displayWidth).max() ?? 0
    for item in bulk.items {
      let (word, text, element) = words(item, state)
      let name = item.model.name.padded(to: min(30, width))
      lines.append(StyledLine([("  \(name)  ", .text), (word, element)]))
      lines += text.wrapped(to: max(20, state.size.columns - 6)).filter { !$0.isEmpty }
        .map { StyledLine("      " + $0, .dim) }
    }
    return lines
  }

  private static func words(
    _ item: BulkState.Item, _ state: DashboardState
  ) -> (String, String, Theme.Element) {
    if let outcome = item.outcome { return outcome.words }
    let progress = state.operations[item.operation]?.progress ?? ""
    return progress.isEmpty ? ("waits", "", .dim) : ("runs", progress, .info)
  }
}
