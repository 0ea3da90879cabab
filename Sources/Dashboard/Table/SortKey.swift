/// What a row is sorted by: a number, then a text; what is missing comes last in both directions.
package struct SortKey: Hashable, Sendable {
  package var number: Double
  package var text: String
  package var isMissing: Bool

  package init(number: Double = 0, text: String = "", isMissing: Bool = false) {
    self.number = number
    self.text = text
    self.isMissing = isMissing
  }

  package static let missing = SortKey(isMissing: true)
  package static func text(_ text: String) -> SortKey {
    text.isEmpty ? .missing : SortKey(text: text)
  }
  package static func number(_ number: Int) -> SortKey { SortKey(number: Double(number)) }
}
