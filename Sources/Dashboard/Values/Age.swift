package import FoundationEssentials

/// How long something has been, in the few characters of a table cell, and when that text changes.
///
/// The forms are kubectl's, without its seconds beyond the first minute: a cell that ticks every second for
/// ten minutes costs bytes and tells nothing.
package enum Age {
  private static let minute = 60.0
  private static let hour = 3_600.0
  private static let day = 86_400.0

  /// `43s`, `95m`, `5h12m`, `31h`, `3d4h`, `212d`. Times in the future are `0s`.
  package static func text(since date: Date, now: Date) -> String {
    let seconds = elapsed(since: date, now: now)
    let whole = Int(seconds)
    if seconds < minute { return "\(whole)s" }
    if seconds < 3 * hour { return "\(whole / 60)m" }
    if seconds < 8 * hour { return pair(whole / 3_600, "h", whole % 3_600 / 60, "m") }
    if seconds < 2 * day { return "\(whole / 3_600)h" }
    if seconds < 8 * day { return pair(whole / 86_400, "d", whole % 86_400 / 3_600, "h") }
    return "\(whole / 86_400)d"
  }

  /// The next time at which `text` gives something else.
  package static func nextChange(since date: Date, now: Date) -> Date {
    let seconds = elapsed(since: date, now: now)
    let step: Double
    if seconds < minute {
      step = 1
    } else if seconds < 8 * hour {
      step = minute
    } else if seconds < 8 * day {
      step = hour
    } else {
      step = day
    }
    let next = ((seconds / step).rounded(.down) + 1) * step
    return max(date, min(date, now)).addingTimeInterval(next)
  }

  /// In words for a sentence: `43 s`, `12 min`, `5 h`, `3 d`.
  package static func words(since date: Date, now: Date) -> String {
    let whole = Int(elapsed(since: date, now: now))
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min" }
    if whole < 172_800 { return "\(whole / 3_600) h" }
    return "\(whole / 86_400) d"
  }

  private static func elapsed(since date: Date, now: Date) -> Double {
    // A time beyond a thousand years is a broken clock, not an age.
    min(max(0, now.timeIntervalSince(date)), 31_536_000_000)
  }

  private static func pair(_ big: Int, _ bigUnit: String, _ small: Int, _ smallUnit: String)
    -> String
  {
    small == 0 ? "\(big)\(bigUnit)" : "\(big)\(bigUnit)\(small)\(smallUnit)"
  }
}

/// The time of day of a message, `14:03:09`.
package func clockTime(_ date: Date, utcOffset: Int) -> String {
  let seconds = Int(date.timeIntervalSince1970.rounded(.down)) + utcOffset
  let day = ((seconds % 86_400) + 86_400) % 86_400
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(two(day / 3_600)):\(two(day % 3_600 / 60)):\(two(day % 60))"
}

/// The date and time, `2026-01-15 10:30:00`, in the zone that is so many seconds east of Greenwich.
package func calendarTime(_ date: Date, utcOffset: Int) -> String {
  let zone = TimeZone(secondsFromGMT: utcOffset) ?? .gmt
  let style = Date.ISO8601FormatStyle(timeZone: zone).year().month().day()
    .dateTimeSeparator(.space).time(includingFractionalSeconds: false)
  return date.formatted(style)
}
