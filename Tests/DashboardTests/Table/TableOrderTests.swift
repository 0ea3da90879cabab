import Dashboard
import TestSupport
import Testing

@Suite("Table order")
struct TableOrderTests {
  /// Random changes, one at a time, leave the same order as sorting everything at the end.
  @Test(arguments: [(1, false), (2, true), (3, false), (4, true)])
  func changesLeaveTheOrderOfAPlainSort(seed: UInt64, isDescending: Bool) throws {
    var random = SeededGenerator(seed)
    var order = TableOrder<Int>(isDescending: isDescending)
    var expected: [Int: (key: SortKey, isShown: Bool)] = [:]
    for _ in 0..<2_000 {
      let id = Int.random(in: 0..<150, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 {
        order.remove(id)
        expected[id] = nil
      } else {
        let isSameKey = Bool.random(using: &random)
        let key = (isSameKey ? expected[id]?.key : nil) ?? Self.key(&random)
        let isShown = Int.random(in: 0..<3, using: &random) > 0
        order.place(id, key: key, isShown: isShown)
        expected[id] = (key, isShown)
      }
    }
    let sorted = expected.sorted { Self.precedes($0, $1, isDescending) }
    #expect(order.ids == sorted.filter(\.value.isShown).map(\.key))
    for (index, id) in order.ids.enumerated() { #expect(order.index(of: id) == index) }
    for (id, row) in expected where !row.isShown { #expect(order.index(of: id) == nil) }

    order.filter { _ in true }
    #expect(order.ids == sorted.map(\.key))
    let keys = try Dictionary(
      uniqueKeysWithValues: expected.map { (try #require(order.slot(of: $0.key)), $0.value.key) })
    order.sort(isDescending: isDescending, key: { keys[$0] ?? .missing }, isShown: { _ in true })
    #expect(order.ids == sorted.map(\.key))

    order.invert()
    #expect(order.isDescending == !isDescending)
    #expect(order.ids == expected.sorted { Self.precedes($0, $1, !isDescending) }.map(\.key))
  }

  private static func precedes(
    _ a: (key: Int, value: (key: SortKey, isShown: Bool)),
    _ b: (key: Int, value: (key: SortKey, isShown: Bool)), _ isDescending: Bool
  ) -> Bool {
    let (left, right) = (a.value.key, b.value.key)
    if left == right { return a.key < b.key }
    if left.isMissing || right.isMissing { return right.isMissing }
    let isLess = (left.number, left.text) < (right.number, right.text)
    return isLess != isDescending
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
      order.place("none", key: .missing, isShown: true)
      order.place("low", key: .number(1), isShown: true)
      order.place("high", key: .number(2), isShown: true)
      #expect(order.ids == (isDescending ? ["high", "low", "none"] : ["low", "high", "none"]))
    }
  }

  @Test func equalKeysKeepTheOrderOfIdentityInBothDirections() {
    for isDescending in [false, true] {
      var order = TableOrder<String>(isDescending: isDescending)
      for id in ["c", "a", "b"] { order.place(id, key: .number(1), isShown: true) }
      #expect(order.ids == ["a", "b", "c"])
    }
  }
}
