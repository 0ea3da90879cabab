internal import DequeModule

/// The objects of one collection, in the order in which the API server lists them, with their latest changes.
struct ObjectTable: Sendable {
  private struct Bucket {
    var objects: [String: StoredObject] = [:]
    var names: [String] = []
  }

  private var buckets: [String: Bucket] = [:]
  private var namespaces: [String] = []
  private(set) var count = 0

  /// The latest changes, oldest first; bounded.
  private(set) var history: Deque<Change> = []
  /// The revision of the newest change that is no longer in the history.
  private(set) var forgottenRevision: Int64

  var watches: [Int: Watch] = [:]

  /// - Parameter forgottenRevision: up to which the store remembers nothing.
  init(forgottenRevision: Int64) { self.forgottenRevision = forgottenRevision }

  subscript(key: ObjectKey) -> StoredObject? { buckets[key.namespace]?.objects[key.name] }

  mutating func put(_ object: StoredObject) {
    let key = object.key
    if buckets[key.namespace] == nil {
      buckets[key.namespace] = Bucket()
      // "a-b/" sorts before "a/", as in the server's own store.
      let index = namespaces.insertionIndex { $0 + "/" < key.namespace + "/" }
      namespaces.insert(key.namespace, at: index)
    }
    let isNew = buckets[key.namespace]?.objects.updateValue(object, forKey: key.name) == nil
    guard isNew else { return }
    count += 1
    let index = buckets[key.namespace]?.names.insertionIndex { $0 < key.name } ?? 0
    buckets[key.namespace]?.names.insert(key.name, at: index)
  }

  mutating func remove(_ key: ObjectKey) {
    guard buckets[key.namespace]?.objects.removeValue(forKey: key.name) != nil else { return }
    count -= 1
    let index = buckets[key.namespace]?.names.insertionIndex { $0 < key.name } ?? 0
    buckets[key.namespace]?.names.remove(at: index)
    guard buckets[key.namespace]?.names.isEmpty == true else { return }
    buckets[key.namespace] = nil
    namespaces.remove(at: namespaces.insertionIndex { $0 + "/" < key.namespace + "/" })
  }

  /// All objects of a namespace, or of all of them.
  func objects(in namespace: String?) -> [StoredObject] {
    var result: [StoredObject] = []
    result.reserveCapacity(count)
    for name in namespace.map({ [$0] }) ?? namespaces {
      guard let bucket = buckets[name] else { continue }
      for name in bucket.names {
        if let object = bucket.objects[name] { result.append(object) }
      }
    }
    return result
  }

  mutating func record(_ change: Change, limit: Int) {
    history.append(change)
    while history.count > limit { forgetOldest() }
  }

  /// Drops the history up to a revision, as a compaction of the server's store does.
  mutating func forget(through revision: Int64) {
    while let first = history.first, first.revision <= revision { forgetOldest() }
    forgottenRevision = max(forgottenRevision, revision)
  }

  private mutating func forgetOldest() {
    guard let oldest = history.popFirst() else { return }
    forgottenRevision = max(forgottenRevision, oldest.revision)
  }

  /// The changes after a revision, oldest first.
  func changes(after revision: Int64) -> ArraySlice<Change> {
    var low = 0
    var high = history.count
    while low < high {
      let middle = (low + high) / 2
      if history[middle].revision <= revision { low = middle + 1 } else { high = middle }
    }
    return ArraySlice(history[low...])
  }
}

extension Array {
  /// Where an element goes in a sorted array: after all that come before it.
  func insertionIndex(comesBefore: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if comesBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
