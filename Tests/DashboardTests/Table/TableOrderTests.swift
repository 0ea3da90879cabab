import Dashboard
import TestSupport
import Testing

@Suite("Table order")
struct TableOrderTests {
  /// Random changes, one at a time, leave the same order as sorting everything at the end.
  @Test(arguments: [(1, false), (2, true), (3, false), (4, true)])
  func changesLeaveTheOrderOfAPlainSort(seed: UInt64, isDescending: Bool) {
    var random = SeededGenerator(seed)
    var order = TableOrder<Int>(isDescending: isDescending)
    var expected: [Int: SortKey] = [:]
    for _ in 0..<2_000 {
      let id = Int.random(in: 0..<150, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 {
        order.remove(id)
        expected[id] = nil
      } else {
        let key = Self.key(&random)
        order.place(id, key: key)
        expected[id] = key
      }
    }
    var rebuilt = TableOrder<Int>()
    rebuilt.rebuild(expected.map { .init(key: $0.value, id: $0.key) }, isDescending: isDescending)
    #expect(order.entries == rebuilt.entries)
    #expect(Set(order.ids) == Set(expected.keys))
    for (index, id) in order.ids.enumerated() { #expect(order.index(of: id) == index) }
  }

  /// Few distinct keys, so that many rows are equal.
  private static func key(_ random: inout SeededGenerator) -> SortKey {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: .missing
    case 1: .number(Int.random(in: 0..<4, using: &random))
    default: .text(["a", "b", "é", "zz"][Int.random(in: 0..<4, using: &random)])
    }
  }

  @Test func missingKeysComeLastInBothDirections() {
    for isDescending in [false, true] {
      var order = TableOrder<String>(isDescending: isDescending)
      order.place("none", key: .missing)
      order.place("low", key: .number(1))
      order.place("high", key: .number(2))
      #expect(order.ids == (isDescending ? ["high", "low", "none"] : ["low", "high", "none"]))
    }
  }

  @Test func equalKeysKeepTheOrderOfIdentityInBothDirections() {
    for isDescending in [false, true] {
      var order = TableOrder<String>(isDescending: isDescending)
      for id in ["c", "a", "b"] { order.place(id, key: .number(1)) }
      #expect(order.ids == ["a", "b", "c"])
    }
  }
}
