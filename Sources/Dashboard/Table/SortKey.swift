/// What a row is sorted by: a number, then a text; what is missing comes last in both directions.
package struct SortKey: Hashable, Sendable {
  /// Counts before the text.
  package var number: Double
  /// Compared as Swift compares texts: by Unicode's values, not by a language's rules.
  package var text: String
  /// There is nothing to sort by: the row comes last in both directions.
  package var isMissing: Bool

  /// Rows of one column give either a number or a text.
  package init(number: Double = 0, text: String = "", isMissing: Bool = false) {
    self.number = number
    self.text = text
    self.isMissing = isMissing
  }

  /// For a row that has nothing in the column.
  package static let missing = SortKey(isMissing: true)
  /// A text; an empty one is missing.
  package static func text(_ text: String) -> SortKey {
    text.isEmpty ? .missing : SortKey(text: text)
  }
  /// A number; 0 is one, too, and not missing.
  package static func number(_ number: Int) -> SortKey { SortKey(number: Double(number)) }
}
