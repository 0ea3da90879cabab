package import ModelCore

/// The models that are marked for an action on all of them: by identity, so that sorting, filtering and refreshing change
/// nothing. A namesake that takes the place of a marked model is not marked.
package struct Marks: Sendable, Equatable {
  private var uids: [ModelID: String] = [:]
  /// Where a range begins: what was marked last.
  private(set) var anchor: ModelID?

  package var isEmpty: Bool { uids.isEmpty }
  /// Those that a filter hides count, too.
  package var count: Int { uids.count }
  /// By name, then by namespace.
  package var ids: [ModelID] { uids.keys.sorted() }

  /// Whether the model of this name is marked, whatever its UID.
  package func contains(_ id: ModelID) -> Bool { uids[id] != nil }

  mutating func toggle(_ model: Model) {
    if uids.removeValue(forKey: model.id) != nil {
      if anchor == model.id { anchor = nil }
    } else {
      add(model)
    }
  }

  mutating func add(_ model: Model) {
    uids[model.id] = model.uid
    anchor = model.id
  }

  mutating func clear() { self = Marks() }

  /// What is gone, or is another one of that name, is not marked any more.
  mutating func keep(_ isThere: (ModelID, String) -> Bool) {
    guard !uids.isEmpty else { return }
    uids = uids.filter { isThere($0.key, $0.value) }
    if let anchor, uids[anchor] == nil { self.anchor = nil }
  }
}

extension DashboardState {
  /// Marks the selected model or takes the mark off, and goes on to the next: several in a row are a few presses.
  mutating func toggleMark() -> [Effect] {
    guard let model = table.selected else { return [] }
    marks.toggle(model)
    return move(.lines(1))
  }

  /// Marks everything from what was marked last to the selected row.
  mutating func markRange() -> [Effect] {
    guard let selected = table.selectedIndex else { return [] }
    let ids = table.ids
    let start = marks.anchor.flatMap { ids.firstIndex(of: $0) } ?? selected
    let anchor = marks.anchor
    for model in table.models(in: min(start, selected)..<max(start, selected) + 1) {
      marks.add(model)
    }
    // The next range begins at the same place as this one.
    if let anchor, let model = table.model(anchor) { marks.add(model) }
    return []
  }

  /// Marks every model that is shown; where they all are, none.
  mutating func markAll() -> [Effect] {
    let models = table.models(in: 0..<table.count)
    if models.allSatisfy({ marks.contains($0.id) }) {
      marks.clear()
    } else {
      for model in models { marks.add(model) }
    }
    return []
  }

  mutating func clearMarks() -> [Effect] {
    marks.clear()
    return []
  }

  /// Esc in the table: the filter goes first, then the marks.
  mutating func backInTable() -> [Effect] {
    if table.filter.isEmpty, !marks.isEmpty { return clearMarks() }
    return clearFilter()
  }

  mutating func followMarks() {
    marks.keep { id, uid in table.model(id)?.uid == uid }
  }

  /// The marked models, in the order of their names.
  var markedModels: [Model] { marks.ids.compactMap { table.model($0) } }

  /// `3 marked`, and how many of them the filter hides.
  var marksText: String? {
    guard !marks.isEmpty else { return nil }
    let hidden = marks.ids.count { !table.isShown($0) }
    let away = hidden > 0 ? " (\(hidden) hidden by the filter)" : ""
    return "\(marks.count) marked\(away)"
  }
}
