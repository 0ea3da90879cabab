internal import DequeModule
internal import HeapModule

/// What the controllers have to do: each object once, however often it changed, and what is due later.
struct WorkQueue {
  struct Item: Hashable {
    var controller: Int
    var object: ObjectReference
  }

  private struct Delayed: Comparable {
    var due: Duration
    var order: Int
    var item: Item

    static func < (a: Delayed, b: Delayed) -> Bool { (a.due, a.order) < (b.due, b.order) }
    static func == (a: Delayed, b: Delayed) -> Bool { a.order == b.order }
  }

  private var ready: Deque<Item> = []
  private var isReady: Set<Item> = []
  private var delayed = Heap<Delayed>()
  /// The earliest time at which an item is due; later entries of it in the heap count for nothing.
  private var dueTimes: [Item: Duration] = [:]
  private var order = 0

  var isIdle: Bool { ready.isEmpty }
  var nextDue: Duration? { delayed.min?.due }

  mutating func add(_ item: Item) {
    guard isReady.insert(item).inserted else { return }
    ready.append(item)
  }

  mutating func add(_ item: Item, at due: Duration) {
    if let earlier = dueTimes[item], earlier <= due { return }
    dueTimes[item] = due
    order += 1
    delayed.insert(Delayed(due: due, order: order, item: item))
  }

  mutating func next() -> Item? {
    guard let item = ready.popFirst() else { return nil }
    isReady.remove(item)
    return item
  }

  /// Moves what has become due to what is to be done.
  mutating func releaseDue(at now: Duration) {
    while let first = delayed.min, first.due <= now {
      delayed.removeMin()
      guard dueTimes[first.item] == first.due else { continue }
      dueTimes[first.item] = nil
      add(first.item)
    }
  }
}
