package import FoundationEssentials

/// RFC 3339 times as the API server writes them: whole seconds (`Time`) or microseconds (`MicroTime`), in UTC.
package enum Timestamp {
  /// Reads `2024-01-15T10:30:00Z`, with a fraction and with an offset as well; `nil` where the text is no such time.
  package static func parse(_ text: String) -> Date? {
    var text = text
    return text.withUTF8 { bytes in parse(bytes) }
  }

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Date? {
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[start..<start + count] {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int(byte) - 48
      }
      return value
    }
    func at(_ index: Int, _ character: Character) -> Bool {
      index < bytes.count && bytes[index] == character.asciiValue
    }
    guard let year = number(0, 4), at(4, "-"), let month = number(5, 2), at(7, "-"),
      let day = number(8, 2), at(10, "T") || at(10, "t") || at(10, " "),
      let hour = number(11, 2), at(13, ":"), let minute = number(14, 2), at(16, ":"),
      let second = number(17, 2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var index = 19
    var fraction = 0.0
    if at(index, ".") {
      index += 1
      var scale = 0.1
      let start = index
      while index < bytes.count, (48...57).contains(bytes[index]) {
        fraction += Double(bytes[index] - 48) * scale
        scale /= 10
        index += 1
      }
      guard index > start else { return nil }
    }
    var offset = 0
    if at(index, "Z") || at(index, "z") {
      index += 1
    } else if at(index, "+") || at(index, "-") {
      guard let hours = number(index + 1, 2), at(index + 3, ":"),
        let minutes = number(index + 4, 2)
      else { return nil }
      offset = (hours * 60 + minutes) * 60 * (at(index, "-") ? -1 : 1)
      index += 6
    } else {
      return nil
    }
    guard index == bytes.count else { return nil }
    let days = daysSinceEpoch(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return Date(timeIntervalSince1970: Double(seconds) + fraction)
  }

  /// The time with whole seconds, in UTC.
  package static func format(_ date: Date) -> String {
    text(Int(date.timeIntervalSince1970.rounded(.down))) + "Z"
  }

  /// The time with six digits of a second, as `MicroTime` of a Lease wants it.
  package static func formatMicro(_ date: Date) -> String {
    let (seconds, micros) = split(date)
    return text(seconds) + "." + padded(micros, 6) + "Z"
  }

  private static func split(_ date: Date) -> (seconds: Int, micros: Int) {
    // Rounded to the microsecond first: a Date holds 0.123456 as a little less.
    let micros = (date.timeIntervalSince1970 * 1_000_000).rounded()
    let seconds = (micros / 1_000_000).rounded(.down)
    return (Int(seconds), Int(micros - seconds * 1_000_000))
  }

  private static func text(_ seconds: Int) -> String {
    let days = Int((Double(seconds) / 86_400).rounded(.down))
    let rest = seconds - days * 86_400
    let (year, month, day) = civil(days: days)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  // Days from 1970-01-01 in the proleptic Gregorian calendar; eras of 400 years starting in March.
  private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
