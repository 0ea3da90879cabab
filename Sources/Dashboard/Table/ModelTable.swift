package import FoundationEssentials
package import ModelCore

/// The models, in the order and selection that the table shows; every change is incremental.
package struct ModelTable: Sendable {
  /// How long a row that changed stands out.
  package static let highlightTime: TimeInterval = 3

  package let organization: String
  package private(set) var rows: [ModelID: ModelRow] = [:]
  package private(set) var filter = RowFilter()
  package private(set) var sortColumn: Column.ID = .name
  /// What is shown, in order.
  package private(set) var shown = TableOrder<ModelID>()
  /// The models in scope by status, whatever the filter hides.
  package private(set) var counts: [ModelStatus: Int] = [:]
  package private(set) var countInScope = 0
  /// When rows on the table last changed, while that still stands out.
  package private(set) var changedAt: [ModelID: Date] = [:]
  /// The first row on screen.
  package var offset = 0

  /// Every model in order, so that a filter costs one pass and no sort.
  private var all = TableOrder<ModelID>()
  /// The row that the operator chose. It stays chosen while a filter hides it.
  private var chosen: ModelID?

  package init(organization: String) { self.organization = organization }

  package var isDescending: Bool { shown.isDescending }
  package var count: Int { shown.count }

  package func model(_ id: ModelID) -> Model? { rows[id]?.model }

  // MARK: Selection

  package var selectedIndex: Int? {
    guard count > 0 else { return nil }
    guard let chosen else { return 0 }
    if let index = shown.index(of: chosen) { return index }
    guard let key = all.key(of: chosen) else { return 0 }
    return min(shown.insertionPoint(of: .init(key: key, id: chosen)), count - 1)
  }

  package var selectedID: ModelID? { selectedIndex.map { shown.entries[$0].id } }
  package var selected: Model? { selectedID.flatMap { rows[$0]?.model } }

  package mutating func select(index: Int) {
    guard count > 0 else { return }
    chosen = shown.entries[min(max(0, index), count - 1)].id
  }

  package mutating func select(_ id: ModelID) {
    if rows[id] != nil { chosen = id }
  }

  package mutating func moveSelection(by steps: Int) {
    select(index: (selectedIndex ?? 0) + steps)
  }

  /// The selection becomes the operator's: from now on it follows its model and not the first row.
  package mutating func pinSelection() {
    if chosen == nil { chosen = selectedID }
  }

  // MARK: Changes

  /// - Parameter isComplete: `changed` is everything there is.
  package mutating func apply(
    changed: [Model], removed: [ModelID], isComplete: Bool, now: Date, highlights: Bool
  ) {
    let neighbour = chosen.flatMap { id in all.key(of: id).map { (id: id, key: $0) } }
    var gone = removed
    if isComplete {
      let staying = Set(changed.map(\.id))
      gone += rows.keys.filter { !staying.contains($0) }
    }
    // Past a few dozen the many insertions into the middle cost more than one sort.
    let isBulk = changed.count > max(64, rows.count / 8)
    for id in gone { forget(id, isBulk: isBulk) }
    for model in changed { keep(model, now: now, highlights: highlights, isBulk: isBulk) }
    if isBulk { sortAgain() }
    if let neighbour, rows[neighbour.id] == nil { selectNeighbour(of: neighbour) }
  }

  private mutating func selectNeighbour(of gone: (id: ModelID, key: SortKey)) {
    guard count > 0 else { return chosen = nil }
    select(index: shown.insertionPoint(of: .init(key: gone.key, id: gone.id)))
  }

  private mutating func forget(_ id: ModelID, isBulk: Bool) {
    guard let row = rows.removeValue(forKey: id) else { return }
    count(row, by: -1)
    changedAt[id] = nil
    if !isBulk {
      all.remove(id)
      shown.remove(id)
    }
  }

  private mutating func keep(_ model: Model, now: Date, highlights: Bool, isBulk: Bool) {
    let old = rows[model.id]
    if old?.model == model { return }
    let row = ModelRow(model)
    rows[model.id] = row
    if let old { count(old, by: -1) }
    count(row, by: 1)
    if highlights, old == nil || old.map({ Self.standsOut($0.model, model) }) == true {
      changedAt[model.id] = now
    }
    guard !isBulk else { return }
    let key = Column.column(sortColumn).sortKey(model)
    all.place(model.id, key: key)
    if shows(row) { shown.place(model.id, key: key) } else { shown.remove(model.id) }
  }

  private static func standsOut(_ old: Model, _ new: Model) -> Bool {
    old.status != new.status || old.readyReplicas != new.readyReplicas
      || old.desiredReplicas != new.desiredReplicas || old.gpu != new.gpu
      || old.nodes != new.nodes || old.endpoint != new.endpoint || old.restarts != new.restarts
      || old.isDeleting != new.isDeleting || old.drift != new.drift
  }

  private mutating func count(_ row: ModelRow, by step: Int) {
    guard isInScope(row.model) else { return }
    counts[row.model.status, default: 0] += step
    countInScope += step
  }

  /// Forgets which rows changed, where that stood out long enough.
  package mutating func expireHighlights(now: Date) {
    if changedAt.isEmpty { return }
    changedAt = changedAt.filter { now.timeIntervalSince($0.value) < Self.highlightTime }
  }

  // MARK: Order and filter

  package mutating func sort(by column: Column.ID, isDescending: Bool) {
    sortColumn = column
    all = TableOrder(isDescending: isDescending)
    sortAgain()
  }

  package mutating func setFilter(_ change: (inout RowFilter) -> Void) {
    let scope = filter.showsOtherOrganizations
    change(&filter)
    if scope != filter.showsOtherOrganizations { countAgain() }
    filterAgain()
  }

  private mutating func sortAgain() {
    let sortKey = Column.column(sortColumn).sortKey
    all.rebuild(
      rows.values.map { .init(key: sortKey($0.model), id: $0.model.id) },
      isDescending: all.isDescending)
    filterAgain()
  }

  private mutating func filterAgain() {
    shown.rebuild(
      sorted: all.entries.filter { entry in rows[entry.id].map(shows) ?? false },
      isDescending: all.isDescending)
  }

  private mutating func countAgain() {
    counts = [:]
    countInScope = 0
    for row in rows.values { count(row, by: 1) }
  }

  private func shows(_ row: ModelRow) -> Bool { isInScope(row.model) && filter.admits(row) }

  /// Ours, and what nobody manages; other organizations' managed models only when asked for.
  private func isInScope(_ model: Model) -> Bool {
    filter.showsOtherOrganizations || !model.isManaged || model.organization == organization
      || model.organization == nil
  }
}
