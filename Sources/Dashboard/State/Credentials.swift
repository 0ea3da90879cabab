package import FoundationEssentials

/// How the credentials are doing that the cluster on screen is reached with.
package struct Credentials: Sendable, Equatable {
  /// What is wrong: in two words for the header, and in a sentence with whose they are and what to do.
  package struct Problem: Sendable, Equatable {
    package var summary: String
    package var text: String

    package init(summary: String, text: String) {
      self.summary = summary
      self.text = text
    }
  }

  /// When they end, as far as that is known.
  package var expiresAt: Date?
  /// New ones come without anybody's doing: there is no need to warn.
  package var renewsItself: Bool
  /// `nil` as long as the server takes them.
  package var problem: Problem?
  /// The plugin that has to give some before anything can be asked, and has not ended yet.
  package var awaited: String?

  /// Good ones whose end is not known, unless it is said otherwise.
  package init(
    expiresAt: Date? = nil, renewsItself: Bool = false, problem: Problem? = nil,
    awaited: String? = nil
  ) {
    self.expiresAt = expiresAt
    self.renewsItself = renewsItself
    self.problem = problem
    self.awaited = awaited
  }
}

/// The time that is left until credentials end, in a few words.
enum TimeLeft {
  private static let shown: TimeInterval = 24 * 3_600
  private static let warned: TimeInterval = 600

  /// What the header tells of credentials that the server takes, long and short; `nil` where their end is far away.
  static func words(
    _ credentials: Credentials, now: Date
  ) -> (long: String, short: String, isUrgent: Bool)? {
    guard let end = credentials.expiresAt else { return nil }
    let left = end.timeIntervalSince(now)
    guard left < shown else { return nil }
    guard left > 0 else {
      return ("credentials expired", "creds expired", !credentials.renewsItself)
    }
    let text = text(left)
    return (
      "credentials end in \(text)", "creds \(text)", left < warned && !credentials.renewsItself
    )
  }

  /// When that changes next; `nil` when it does not.
  static func nextChange(_ credentials: Credentials, now: Date) -> Date? {
    guard let end = credentials.expiresAt, end > now else { return nil }
    let left = end.timeIntervalSince(now)
    if left >= shown { return end.addingTimeInterval(-shown).addingTimeInterval(0.01) }
    let step: TimeInterval = left > 3_600 * 2 ? 3_600 : 60
    // The text counts whole steps, rounded down: it changes just after one is full.
    let whole = (left / step).rounded(.down) * step
    return end.addingTimeInterval(-whole).addingTimeInterval(0.01)
  }

  private static func text(_ left: TimeInterval) -> String {
    if left < 60 { return "under 1 min" }
    if left < 7_200 { return "\(Int(left / 60)) min" }
    return "\(Int(left / 3_600)) h"
  }
}
