import Testing

@testable import SimulatedCluster

@Suite("Work queue")
struct WorkQueueTests {
  private func item(_ name: String) -> WorkQueue.Item {
    WorkQueue.Item(
      controller: 0,
      object: ObjectReference(
        resource: BuiltIn.pods, key: ObjectKey(namespace: "default", name: name)))
  }

  @Test func anObjectIsLookedAtOnceHoweverOftenItChanged() {
    var queue = WorkQueue()
    for name in ["a", "b", "a", "a"] { queue.add(item(name)) }
    #expect(queue.next() == item("a"))
    #expect(queue.next() == item("b"))
    #expect(queue.next() == nil)
    queue.add(item("a"))
    #expect(queue.next() == item("a"))
  }

  @Test func whatIsDueLaterComesInTime() {
    var queue = WorkQueue()
    queue.add(item("late"), at: .seconds(5))
    queue.add(item("early"), at: .seconds(1))
    queue.add(item("late"), at: .seconds(3))
    queue.add(item("late"), at: .seconds(9))
    #expect(queue.nextDue == .seconds(1))
    queue.releaseDue(at: .seconds(2))
    #expect(queue.next() == item("early"))
    #expect(queue.next() == nil)
    queue.releaseDue(at: .seconds(4))
    #expect(queue.next() == item("late"))
    // The later entries of the same object count for nothing.
    queue.releaseDue(at: .seconds(20))
    #expect(queue.next() == nil)
    #expect(queue.nextDue == nil)
  }
}
