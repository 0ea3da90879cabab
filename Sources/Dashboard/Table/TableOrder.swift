/// Rows in the order of their keys, and those of them that a filter lets through; kept by binary search, so that one
/// change costs one search and not a sort.
///
/// Rows with equal keys are ordered by identity, ascending, whatever the direction: the order is total, and rows do
/// not jump. A row lives in a slot, a small number that it keeps: sorting and filtering thousands of rows moves and
/// looks up slots and hashes nothing.
package struct TableOrder<ID: Hashable & Comparable & Sendable>: Sendable {
  /// A small number that a row keeps until it is removed; then another row may get it.
  package typealias Slot = Int

  package private(set) var isDescending: Bool
  /// What the filter lets through, in order.
  package private(set) var shown: [Slot] = []
  private var all: [Slot] = []
  private var isShown: [Bool] = []
  private var keys: [SortKey] = []
  private var identities: [ID?] = []
  private var slots: [ID: Slot] = [:]
  private var free: [Slot] = []
  /// The slots in the order of their identities, for rows with equal keys; `nil` where rows came or went since.
  private var identityOrder: [Slot]?

  /// Empty.
  package init(isDescending: Bool = false) { self.isDescending = isDescending }

  /// The number of rows that are shown.
  package var count: Int { shown.count }
  /// The identities that are shown, in order.
  package var ids: [ID] { shown.compactMap { identities[$0] } }

  /// The slot of a row; `nil` for one that is unknown.
  package func slot(of id: ID) -> Slot? { slots[id] }
  /// The row at a place among those shown. It traps where there is none.
  package func id(at index: Int) -> ID? { identities[shown[index]] }

  /// Where a row stands among those shown; `nil` where it is not shown.
  package func index(of id: ID) -> Int? {
    guard let slot = slots[id], isShown[slot] else { return nil }
    return position(of: slot, in: shown)
  }

  /// Where a row would stand among those shown; `nil` where it is unknown.
  package func insertionPoint(of id: ID) -> Int? {
    slots[id].map { position(of: $0, in: shown) }
  }

  // MARK: One row

  /// A slot for the row, the old one where it has one. What is in it is put in order by ``place(_:key:isShown:)``, or
  /// by ``sort(isDescending:key:isShown:)`` for many at once.
  package mutating func reserve(_ id: ID) -> Slot {
    if let slot = slots[id] { return slot }
    let slot: Slot
    if let last = free.popLast() {
      slot = last
      identities[slot] = id
    } else {
      slot = identities.count
      identities.append(id)
      keys.append(.missing)
      isShown.append(false)
    }
    slots[id] = slot
    identityOrder = nil
    return slot
  }

  /// Puts a row where its key belongs, from wherever it was.
  package mutating func place(_ id: ID, key: SortKey, isShown show: Bool) {
    let isNew = slots[id] == nil
    let slot = reserve(id)
    if !isNew, keys[slot] == key {
      setShown(slot, show)
      return
    }
    if !isNew { takeOut(slot) }
    keys[slot] = key
    all.insert(slot, at: position(of: slot, in: all))
    setShown(slot, show)
  }

  private mutating func setShown(_ slot: Slot, _ show: Bool) {
    guard isShown[slot] != show else { return }
    let index = position(of: slot, in: shown)
    if show { shown.insert(slot, at: index) } else { shown.remove(at: index) }
    isShown[slot] = show
  }

  /// Forgets a row; an unknown one changes nothing.
  package mutating func remove(_ id: ID) {
    guard let slot = slots.removeValue(forKey: id) else { return }
    takeOut(slot)
    release(slot)
  }

  /// Takes a row out of both orders; its key and identity are still those it stands by.
  private mutating func takeOut(_ slot: Slot) {
    setShown(slot, false)
    all.remove(at: position(of: slot, in: all))
  }

  // MARK: All rows

  /// Forgets rows without putting the others in order: ``sort(isDescending:key:isShown:)`` has to follow.
  package mutating func discard(_ id: ID) {
    guard let slot = slots.removeValue(forKey: id) else { return }
    isShown[slot] = false
    release(slot)
  }

  private mutating func release(_ slot: Slot) {
    identities[slot] = nil
    free.append(slot)
    identityOrder = nil
  }

  /// Orders everything anew: after a change of the sorting, or of most rows.
  package mutating func sort(
    isDescending: Bool, key: (Slot) -> SortKey, isShown shows: (Slot) -> Bool
  ) {
    self.isDescending = isDescending
    let base = orderedByIdentity()
    for slot in base { keys[slot] = key(slot) }
    var places = Array(base.indices)
    keys.withUnsafeBufferPointer { keys in
      base.withUnsafeBufferPointer { base in
        places.sort { Self.precedes(keys[base[$0]], keys[base[$1]], isDescending) ?? ($0 < $1) }
      }
    }
    all = places.map { base[$0] }
    filter(shows)
  }

  private mutating func orderedByIdentity() -> [Slot] {
    if let identityOrder { return identityOrder }
    let ordered = slots.sorted { $0.key < $1.key }.map(\.value)
    identityOrder = ordered
    return ordered
  }

  /// Turns the order round: one pass, no sort. Rows with equal keys stay in the order of their identities, and those without a key at the end.
  package mutating func invert() {
    isDescending.toggle()
    all = inverted(all)
    shown = inverted(shown)
  }

  private func inverted(_ order: [Slot]) -> [Slot] {
    let missing = order.firstIndex { keys[$0].isMissing } ?? order.count
    var result: [Slot] = []
    result.reserveCapacity(order.count)
    var end = missing
    while end > 0 {
      var start = end - 1
      while start > 0, keys[order[start - 1]] == keys[order[start]] { start -= 1 }
      result += order[start..<end]
      end = start
    }
    return result + order[missing...]
  }

  /// Decides anew what is shown: one pass, no sort.
  package mutating func filter(_ shows: (Slot) -> Bool) {
    shown.removeAll(keepingCapacity: true)
    for slot in all {
      isShown[slot] = shows(slot)
      if isShown[slot] { shown.append(slot) }
    }
  }

  // MARK: Order

  private func position(of slot: Slot, in order: [Slot]) -> Int {
    keys.withUnsafeBufferPointer { keys in
      identities.withUnsafeBufferPointer { ids in
        var low = 0
        var high = order.count
        while low < high {
          let middle = (low + high) / 2
          if Self.precedes(order[middle], slot, keys, ids, isDescending) {
            low = middle + 1
          } else {
            high = middle
          }
        }
        return low
      }
    }
  }

  private static func precedes(
    _ a: Slot, _ b: Slot, _ keys: UnsafeBufferPointer<SortKey>,
    _ ids: UnsafeBufferPointer<ID?>, _ isDescending: Bool
  ) -> Bool {
    if let precedes = precedes(keys[a], keys[b], isDescending) { return precedes }
    guard let left = ids[a], let right = ids[b] else { return ids[b] != nil }
    return left < right
  }

  /// `nil` for equal keys.
  private static func precedes(_ a: SortKey, _ b: SortKey, _ isDescending: Bool) -> Bool? {
    if a.isMissing != b.isMissing { return b.isMissing }
    if a.number != b.number { return (a.number < b.number) != isDescending }
    if a.text != b.text { return (a.text < b.text) != isDescending }
    return nil
  }
}
