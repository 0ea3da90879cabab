/// Identities in the order of their keys, kept by binary search: one change costs one search, not a sort.
///
/// Rows with equal keys are ordered by identity, ascending, whatever the direction, so that the order is total and
/// rows do not jump.
package struct TableOrder<ID: Hashable & Comparable & Sendable>: Sendable {
  package struct Entry: Sendable, Equatable {
    package var key: SortKey
    package var id: ID

    package init(key: SortKey, id: ID) {
      self.key = key
      self.id = id
    }
  }

  package private(set) var entries: [Entry] = []
  private var keys: [ID: SortKey] = [:]
  package private(set) var isDescending: Bool

  package init(isDescending: Bool = false) { self.isDescending = isDescending }

  package var count: Int { entries.count }
  package var ids: [ID] { entries.map(\.id) }

  package func contains(_ id: ID) -> Bool { keys[id] != nil }
  package func key(of id: ID) -> SortKey? { keys[id] }

  /// Where the identity stands; `nil` where it is not in the order.
  package func index(of id: ID) -> Int? {
    guard let key = keys[id] else { return nil }
    return insertionPoint(of: Entry(key: key, id: id))
  }

  /// Where an entry stands, or would stand.
  package func insertionPoint(of entry: Entry) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if precedes(entries[middle], entry) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Puts an identity where its key belongs, from wherever it was.
  package mutating func place(_ id: ID, key: SortKey) {
    if let old = keys[id] {
      if old == key { return }
      remove(id)
    }
    let entry = Entry(key: key, id: id)
    entries.insert(entry, at: insertionPoint(of: entry))
    keys[id] = key
  }

  package mutating func remove(_ id: ID) {
    guard let index = index(of: id) else { return }
    entries.remove(at: index)
    keys[id] = nil
  }

  /// Starts over with these: what a change of the sorting, or a change of most rows, needs.
  package mutating func rebuild(_ new: [Entry], isDescending: Bool) {
    self.isDescending = isDescending
    entries = new.sorted { precedes($0, $1) }
    index()
  }

  /// Starts over with entries that are in the order already: what a change of the filter needs.
  package mutating func rebuild(sorted new: [Entry], isDescending: Bool) {
    self.isDescending = isDescending
    entries = new
    index()
  }

  private mutating func index() {
    keys.removeAll(keepingCapacity: true)
    keys.reserveCapacity(entries.count)
    for entry in entries { keys[entry.id] = entry.key }
  }

  private func precedes(_ a: Entry, _ b: Entry) -> Bool {
    if a.key.isMissing != b.key.isMissing { return b.key.isMissing }
    if a.key.number != b.key.number {
      return isDescending ? a.key.number > b.key.number : a.key.number < b.key.number
    }
    if a.key.text != b.key.text {
      return isDescending ? a.key.text > b.key.text : a.key.text < b.key.text
    }
    return a.id < b.id
  }
}
