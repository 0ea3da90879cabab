package import FoundationEssentials
package import ModelCore

/// The models, in the order and selection that the table shows; every change is incremental.
package struct ModelTable: Sendable {
  /// How long a row that changed stands out.
  package static let highlightTime: TimeInterval = 3

  /// Whose models are ours; counted anew only when models come.
  package var organization: String
  package private(set) var filter = RowFilter()
  package private(set) var sortColumn: Column.ID = .name
  /// The models in scope by status, whatever the filter hides.
  package private(set) var counts: [ModelStatus: Int] = [:]
  package private(set) var countInScope = 0
  /// When rows on the table last changed, while that still stands out.
  package private(set) var changedAt: [ModelID: Date] = [:]
  /// The first row on screen.
  package var offset = 0

  private var order = TableOrder<ModelID>()
  /// By their slots in the order.
  private var rows: [ModelRow?] = []
  /// Which of them are in scope: a pass over thousands of rows looks at one place only.
  private var scopes: [Bool] = []
  /// The row that the operator chose. It stays chosen while a filter hides it.
  private var chosen: ModelID?

  /// Empty, without a filter, sorted by name.
  package init(organization: String) { self.organization = organization }

  /// The direction of ``sortColumn``.
  package var isDescending: Bool { order.isDescending }
  /// The number of rows that are shown.
  package var count: Int { order.count }
  /// What is shown, in order.
  package var ids: [ModelID] { order.ids }

  /// A model of this name, also where the filter hides it.
  package func model(_ id: ModelID) -> Model? {
    order.slot(of: id).flatMap { rows[$0]?.model }
  }

  /// A model that was waited for; one whose namespace was not known is found by its name.
  package func arrived(_ id: ModelID) -> ModelID? {
    if model(id) != nil { return id }
    guard id.namespace.isEmpty else { return nil }
    return rows.lazy.compactMap { $0?.model.id }.first { $0.name == id.name }
  }

  /// Whether the filter lets it through.
  package func isShown(_ id: ModelID) -> Bool { order.index(of: id) != nil }

  /// The models at these places of the table, as far as there are rows.
  package func models(in range: Range<Int>) -> [Model] {
    order.shown[range.clamped(to: 0..<count)].compactMap { rows[$0]?.model }
  }

  /// The tags of this organization's models, those of most models first.
  package var tagsInUse: [String] {
    var counts: [String: Int] = [:]
    for case let row? in rows where row.model.isOurs {
      for tag in row.model.tags { counts[tag, default: 0] += 1 }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  // MARK: Selection

  /// The chosen model's row, or where it would stand; the first where none was chosen, `nil` without rows.
  package var selectedIndex: Int? {
    guard count > 0 else { return nil }
    guard let chosen, let index = order.insertionPoint(of: chosen) else { return 0 }
    return min(index, count - 1)
  }

  /// The model of ``selectedIndex``.
  package var selectedID: ModelID? { selectedIndex.flatMap { order.id(at: $0) } }
  /// The model of ``selectedIndex``, as it is now.
  package var selected: Model? { selectedID.flatMap { model($0) } }

  /// Chooses the row at that place, or the nearest that there is.
  package mutating func select(index: Int) {
    guard count > 0 else { return }
    chosen = order.id(at: min(max(0, index), count - 1))
  }

  /// Chooses a model, also one that the filter hides; one that is not there changes nothing.
  package mutating func select(_ id: ModelID) {
    if order.slot(of: id) != nil { chosen = id }
  }

  /// Chooses the row so many further down, or up where negative; it stops at both ends.
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
    var gone = removed
    if isComplete {
      let staying = Set(changed.map(\.id))
      gone += rows.compactMap { $0?.model.id }.filter { !staying.contains($0) }
    }
    keepNeighbour(gone)
    // Past a few dozen the many insertions into the middle cost more than one sort.
    let isBulk = changed.count + gone.count > max(64, rows.count / 8)
    for id in gone { forget(id, isBulk: isBulk) }
    for model in changed { keep(model, now: now, highlights: highlights, isBulk: isBulk) }
    if isBulk { sortAgain(isDescending: isDescending) }
  }

  /// Where the chosen model goes, the next one below that stays is chosen, else the next above.
  private mutating func keepNeighbour(_ gone: [ModelID]) {
    guard let chosen, gone.contains(chosen), let index = order.insertionPoint(of: chosen) else {
      return
    }
    let gone = Set(gone)
    func stays(_ slot: Int) -> Bool { rows[slot].map { !gone.contains($0.model.id) } ?? false }
    let neighbour =
      order.shown[index...].first(where: stays) ?? order.shown[..<index].last(where: stays)
    self.chosen = neighbour.flatMap { rows[$0]?.model.id }
  }

  private mutating func forget(_ id: ModelID, isBulk: Bool) {
    guard let slot = order.slot(of: id), let row = rows[slot] else { return }
    count(row, by: -1)
    changedAt[id] = nil
    rows[slot] = nil
    scopes[slot] = false
    if isBulk { order.discard(id) } else { order.remove(id) }
  }

  private mutating func keep(_ model: Model, now: Date, highlights: Bool, isBulk: Bool) {
    let old = order.slot(of: model.id).flatMap { rows[$0] }
    if old?.model == model { return }
    let row = ModelRow(model)
    if let old { count(old, by: -1) }
    count(row, by: 1)
    if highlights, old == nil || old.map({ Self.standsOut($0.model, model) }) == true {
      changedAt[model.id] = now
    }
    if isBulk {
      store(row, at: order.reserve(model.id))
    } else {
      order.place(
        model.id, key: Column.column(sortColumn).sortKey(model), isShown: shows(row))
      if let slot = order.slot(of: model.id) { store(row, at: slot) }
    }
  }

  private mutating func store(_ row: ModelRow, at slot: Int) {
    while rows.count <= slot {
      rows.append(nil)
      scopes.append(false)
    }
    rows[slot] = row
    scopes[slot] = isInScope(row.model)
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

  /// Moves the times of changes with a clock that was set.
  mutating func shiftHighlights(by step: TimeInterval) {
    changedAt = changedAt.mapValues { $0.addingTimeInterval(step) }
  }

  // MARK: Order and filter

  /// Sorts by a column; the same one in the other direction is only turned round.
  package mutating func sort(by column: Column.ID, isDescending: Bool) {
    if column == sortColumn {
      if isDescending != order.isDescending { order.invert() }
      return
    }
    sortColumn = column
    sortAgain(isDescending: isDescending)
  }

  /// Changes the filter and decides anew which rows are shown; the selection stays with its model.
  package mutating func setFilter(_ change: (inout RowFilter) -> Void) {
    let scope = filter.showsOtherOrganizations
    change(&filter)
    if scope != filter.showsOtherOrganizations {
      scopes = rows.map { $0.map { isInScope($0.model) } ?? false }
      countAgain()
    }
    order.filter(shownSlots)
  }

  private mutating func sortAgain(isDescending: Bool) {
    let sortKey = Column.column(sortColumn).sortKey
    let rows = rows
    order.sort(
      isDescending: isDescending,
      key: { slot in rows[slot].map { sortKey($0.model) } ?? .missing }, isShown: shownSlots)
  }

  /// Which slots are shown, apart from the table itself, that is changed while this is asked.
  private var shownSlots: (Int) -> Bool {
    let (rows, scopes, filter) = (rows, scopes, filter)
    if filter.isEmpty { return { scopes[$0] } }
    return { scopes[$0] && rows[$0].map(filter.admits) == true }
  }

  private mutating func countAgain() {
    counts = [:]
    countInScope = 0
    for case let row? in rows { count(row, by: 1) }
  }

  private func shows(_ row: ModelRow) -> Bool {
    isInScope(row.model) && filter.admits(row)
  }

  /// Ours, and what nobody manages; other organizations' managed models only when asked for.
  private func isInScope(_ model: Model) -> Bool {
    filter.showsOtherOrganizations || !model.isManaged || model.isOurs
      || model.organization == organization || model.organization == nil
  }
}
