package import FoundationEssentials
package import ModelCore
import TerminalUI

/// A model that was deleted from here and can be made again for a while.
package struct UndoEntry: Sendable, Equatable {
  /// So long it is offered.
  package static let time: TimeInterval = 600

  /// What makes the model again.
  package var kept: KeptModel
  /// The cluster that it was deleted from: it is offered there alone.
  package var place: DraftPlace
  /// When the delete was asked for; when it ended, as soon as it did.
  package var deletedAt: Date
  /// What came of the delete is known.
  package var isSettled: Bool
  /// The delete, or the undo, that runs: it is not offered meanwhile.
  var operation: OperationID?

  /// A delete that ended, unless it is said otherwise.
  package init(
    kept: KeptModel, place: DraftPlace, deletedAt: Date, isSettled: Bool = true
  ) {
    self.kept = kept
    self.place = place
    self.deletedAt = deletedAt
    self.isSettled = isSettled
  }

  /// When it is not offered any more.
  package var end: Date { deletedAt.addingTimeInterval(Self.time) }
}

/// The list of what can be made again.
struct UndoState: Sendable, Equatable {
  var selected = 0
}

extension DashboardState {
  /// What can be made again on the cluster on screen, the latest first.
  var undoEntries: [UndoEntry] {
    undo.filter {
      $0.place.isSameCluster(as: draftPlace) && $0.operation == nil && now < $0.end
    }.reversed()
  }

  var undoRefusal: String? {
    if let refusal = writeRefusal { return refusal }
    return undoEntries.isEmpty ? "Nothing was deleted from here in the last ten minutes." : nil
  }

  // MARK: Keeping

  /// A delete is about to be sent; the program may end before it does.
  mutating func keep(_ kept: KeptModel, of id: OperationID) {
    guard let operation = operations[id] else { return }
    var place = draftPlace
    if let context = operation.context { place.context = context }
    undo.removeAll { $0.kept.uid == kept.uid && $0.kept.id == kept.id }
    var entry = UndoEntry(kept: kept, place: place, deletedAt: now, isSettled: false)
    entry.operation = id
    undo.append(entry)
  }

  /// The delete, or the undo, ended.
  mutating func finishUndo(_ id: OperationID, _ result: OperationResult) -> [Effect] {
    guard let index = undo.firstIndex(where: { $0.operation == id }) else { return [] }
    undo[index].operation = nil
    let name = undo[index].kept.id.name
    if isUndoing.remove(id) != nil {
      if result.isSuccess { undo.remove(at: index) }
      return []
    }
    if result.isGoing {
      undo[index].deletedAt = now
      undo[index].isSettled = true
    } else if case .outcomeUnknown = result {
      log.add("Should \(name) be gone, U makes it again.", .information, at: now)
    } else {
      undo.remove(at: index)
    }
    return []
  }

  /// What to say of a delete that ended so, before all else: the end of a line may not be on screen. Empty where it cannot be
  /// undone.
  func undoHint(_ id: OperationID, _ result: OperationResult) -> String {
    let isKept = undo.contains { $0.operation == id } && !isUndoing.contains(id)
    return isKept && result.isGoing ? "(U undoes it) " : ""
  }

  /// What has to be written or removed so that what is on disk is what is offered.
  mutating func undoEffects() -> [Effect] {
    guard !undo.isEmpty || !savedUndo.isEmpty else { return [] }
    undo.removeAll { now >= $0.end && $0.operation == nil }
    guard configuration.keepsUndo else { return [] }
    var effects: [Effect] = []
    for entry in undo where savedUndo[entry.kept.uid] != entry.isSettled {
      savedUndo[entry.kept.uid] = entry.isSettled
      effects.append(.saveUndo(entry))
    }
    let kept = Set(undo.map(\.kept.uid))
    for uid in savedUndo.keys.sorted() where !kept.contains(uid) {
      savedUndo[uid] = nil
      effects.append(.removeUndo(uid))
    }
    return effects
  }

  /// What earlier sessions deleted.
  mutating func take(_ entries: [UndoEntry], problems: [String]) {
    for problem in problems { log.add(problem, .warning, at: now) }
    let known = Set(undo.map(\.kept.uid))
    let new = entries.filter { !known.contains($0.kept.uid) }
      .sorted { $0.deletedAt < $1.deletedAt }
    undo.insert(contentsOf: new, at: 0)
    for entry in new { savedUndo[entry.kept.uid] = entry.isSettled }
    let names = undoEntries.map { Excerpt.line($0.kept.id.name, limit: 63) }
    guard !new.isEmpty, !names.isEmpty else { return }
    log.add(
      "Deleted a short while ago: \(names.joined(separator: ", ")). U makes it again.",
      .information, at: now)
  }

  // MARK: Keys

  mutating func openUndo() -> [Effect] {
    layers.append(.action(.undo(UndoState())))
    return []
  }

  mutating func chooseUndo() -> [Effect] {
    guard case .action(.undo(let state)) = layers.last else { return [] }
    let entries = undoEntries
    layers.removeLast()
    guard entries.indices.contains(state.selected) else { return [] }
    let entry = entries[state.selected]
    let effects = perform(.recreate(entry.kept))
    if case .write(let id, _)? = effects.first,
      let index = undo.firstIndex(where: { $0 == entry })
    {
      undo[index].operation = id
      isUndoing.insert(id)
    }
    return effects
  }
}

extension OperationResult {
  /// A delete that was done, or that goes on by itself.
  fileprivate var isGoing: Bool {
    if case .failed(let failure) = self { failure.kind == .overdue } else { isSuccess }
  }
}

enum UndoView {
  static func draw(
    _ undo: UndoState, _ state: DashboardState, into frame: inout Frame, theme: Theme
  ) {
    let entries = state.undoEntries
    let glyphs = state.configuration.glyphs
    let columns = min(76, state.size.columns)
    let chosen = entries.indices.contains(undo.selected) ? entries[undo.selected] : nil
    let notes = chosen.map { self.notes($0, state, width: columns - 4) } ?? []
    let area = Rect(dialogs: state.size)
    let rect = area.centered(
      rows: min(area.rows, entries.count + notes.count + 3), columns: columns)
    let inner = frame.dialog(
      "make again what was deleted", rect: rect, theme: theme, glyphs: glyphs)
    let parts = inner.split(
      .vertical,
      [.fixed(min(entries.count, max(1, inner.rows - notes.count - 1))), .fixed(1), .fill()])
    let first = Scrolling.offset(
      current: 0, selected: undo.selected, count: entries.count, height: parts[0].rows)
    for (row, entry) in entries.dropFirst(first).prefix(parts[0].rows).enumerated() {
      let isSelected = first + row == undo.selected
      let style = theme[isSelected ? .tableSelected : .popUp]
      let line = Rect(row: inner.row + row, column: inner.column, rows: 1, columns: inner.columns)
      frame.fill(line, style: style)
      frame.write(
        "\(isSelected ? ">" : " ")\(text(entry, state))".cut(to: line.columns, glyphs),
        at: line.origin, style: style, maxWidth: line.columns)
      if isSelected { frame.anchor = line.origin }
    }
    for (row, note) in notes.prefix(parts[2].rows).enumerated() {
      frame.write(
        note, at: Point(row: parts[2].row + row, column: inner.column + 1),
        maxWidth: inner.columns - 1, theme: theme)
    }
  }

  private static func text(_ entry: UndoEntry, _ state: DashboardState) -> String {
    let age = Age.words(since: entry.deletedAt, now: state.now)
    let count = entry.kept.replicas
    return "\(entry.kept.id.name) in \(entry.kept.id.namespace), deleted \(age) ago, "
      + "\(count) replica\(count == 1 ? "" : "s")"
  }

  private static func notes(
    _ entry: UndoEntry, _ state: DashboardState, width: Int
  ) -> [StyledLine] {
    var lines: [StyledLine] = []
    func add(_ text: String, _ element: Theme.Element) {
      lines += text.wrapped(to: max(10, width)).map { StyledLine($0, element) }
    }
    if !entry.isSettled {
      add("Whether it was deleted is not known: the name is free only if it was.", .warning)
    }
    for (claim, _) in entry.kept.claims.sorted(by: { $0.key < $1.key }) {
      add("Its volume \(claim) was kept and is taken back, with what is on it.", .popUp)
    }
    if entry.kept.warnings.isEmpty { add("Nothing of it is missing.", .popUp) }
    for warning in entry.kept.warnings { add(warning, .warning) }
    if state.configuration.keepsUndo {
      add("Offered for ten minutes, also when modeldeck ends meanwhile.", .dim)
    }
    return lines
  }
}
