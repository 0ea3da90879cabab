/// A Kubernetes resource quantity: a decimal number with a suffix, e.g. `500m`, `2Gi`, `1e3`.
///
/// The text is kept as the server wrote it; equality and order are by value. Source of the grammar:
/// the reference documentation of `k8s.io/apimachinery/pkg/api/resource.Quantity`.
package struct Quantity: Sendable {
  /// The quantity as it was written.
  package let text: String
  /// The value in billionths of the unit; what is smaller is rounded up, as the API server does.
  package let nanos: Int128

  /// Reads a quantity; `nil` where the text is none or the value is beyond what 128 bits of nanos hold.
  package init?(_ text: String) {
    guard let nanos = Self.parse(text) else { return nil }
    self.text = text
    self.nanos = nanos
  }

  /// A whole number of the unit, without a suffix.
  package init(_ whole: Int) {
    text = String(whole)
    nanos = Int128(whole) * 1_000_000_000
  }

  /// The value in whole units, rounded up.
  package var roundedUp: Int64 {
    let (quotient, remainder) = nanos.quotientAndRemainder(dividingBy: 1_000_000_000)
    return Int64(clamping: remainder > 0 ? quotient + 1 : quotient)
  }

  /// The value in thousandths, rounded up: milli-CPUs.
  package var milli: Int64 {
    let (quotient, remainder) = nanos.quotientAndRemainder(dividingBy: 1_000_000)
    return Int64(clamping: remainder > 0 ? quotient + 1 : quotient)
  }

  private static let binary: [String: Int128] = [
    "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50, "Ei": 1 << 60,
  ]
  private static let decimal: [String: Int] = [
    "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
  ]

  private static func parse(_ text: String) -> Int128? {
    var rest = Substring(text)
    var negative = false
    if let sign = rest.first, sign == "+" || sign == "-" {
      negative = sign == "-"
      rest = rest.dropFirst()
    }
    let isDigit: (Character) -> Bool = { $0.isASCII && $0.isNumber }
    let whole = rest.prefix(while: isDigit)
    rest = rest.dropFirst(whole.count)
    var fraction = Substring()
    if rest.first == "." {
      rest = rest.dropFirst()
      fraction = rest.prefix(while: isDigit)
      rest = rest.dropFirst(fraction.count)
    }
    guard !(whole.isEmpty && fraction.isEmpty), whole.count + fraction.count <= 30 else {
      return nil
    }
    let suffix = String(rest)
    var mantissa: Int128 = 0
    for digit in whole + fraction { mantissa = mantissa * 10 + Int128(digit.wholeNumberValue ?? 0) }
    var exponent = 9 - fraction.count
    var factor: Int128 = 1
    if let multiplier = binary[suffix] {
      factor = multiplier
    } else if let power = decimal[suffix] {
      exponent += power
    } else if let mark = suffix.first, mark == "e" || mark == "E",
      let power = Int(suffix.dropFirst()), abs(power) <= 27
    {
      exponent += power
    } else {
      return nil
    }
    let (scaled, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    var value = scaled
    if exponent >= 0 {
      for _ in 0..<exponent {
        let (next, overflow) = value.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        value = next
      }
    } else {
      var inexact = false
      for _ in exponent..<0 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
        inexact = inexact || remainder != 0
        value = quotient
      }
      if inexact { value += 1 }
    }
    return negative ? -value : value
  }
}

extension Quantity: Hashable, Comparable {
  package static func == (a: Quantity, b: Quantity) -> Bool { a.nanos == b.nanos }
  package static func < (a: Quantity, b: Quantity) -> Bool { a.nanos < b.nanos }
  package func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}

extension Quantity: Codable, CustomStringConvertible {
  package var description: String { text }

  /// Reads a JSON string or a bare number: both are legal in a manifest.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text: String
    if let string = try? container.decode(String.self) {
      text = string
    } else if let whole = try? container.decode(Int64.self) {
      text = String(whole)
    } else {
      text = String(try container.decode(Double.self))
    }
    guard let value = Quantity(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no Kubernetes quantity")
    }
    self = value
  }

  /// Writes a string: server-side apply of Kubernetes 1.20 refuses numbers here.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
