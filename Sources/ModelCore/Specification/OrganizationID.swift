package import Kubernetes

/// Which organization: what the label on its objects says, and what the specification's JSON calls `organization_id`.
package enum OrganizationID {
  /// Whether it can be the value of the label: up to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
  package static func isValid(_ text: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || [45, 46, 95].contains($0) }
  }

  /// A number where it is one as the specification shows it (`123`), else a text: `007` and `acme` stay what they are.
  package static func json(_ text: String) -> JSONValue {
    guard let number = Int64(text), number >= 0, String(number) == text,
      number <= largestExactNumber
    else { return .string(text) }
    return .integer(number)
  }

  /// The organization that a claim or a field names, as number or text; `nil` where it names none.
  package static func read(_ json: JSONValue?) -> String? {
    switch json {
    case .string(let text): isValid(text) ? text : nil
    case .integer(let number): number >= 0 ? String(number) : nil
    case .double(let number): Int64(exactly: number).flatMap { $0 >= 0 ? String($0) : nil }
    default: nil
    }
  }

  /// Up to here every reader of JSON takes a number for what it is (RFC 8259, section 6).
  private static let largestExactNumber: Int64 = (1 << 53) - 1
}
