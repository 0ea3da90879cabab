/// A time span as people write it: a Go duration such as `1m30s`, `500ms`, or a bare number of seconds.
package enum DurationText {
  /// `nil` where the text is no time span, or it is not within the bounds.
  ///
  /// - Parameter bounds: in seconds.
  package static func parse(_ text: String, within bounds: ClosedRange<Double>) -> Duration? {
    guard let seconds = seconds(text), bounds.contains(seconds) else { return nil }
    return .seconds(seconds)
  }

  private static func seconds(_ text: String) -> Double? {
    var rest = Substring(text)
    var sum = 0.0
    var isFirst = true
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      guard let number = Double(digits), number.isFinite else { return nil }
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "ms": sum += number / 1_000
      case "s": sum += number
      case "m": sum += number * 60
      case "h": sum += number * 3_600
      case "" where isFirst && rest.isEmpty: sum += number
      default: return nil
      }
      isFirst = false
    }
    return text.isEmpty ? nil : sum
  }
}
