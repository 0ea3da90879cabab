/// How long to wait before the next attempt: exponential, capped, and jittered so that many dashboards
/// that lost the same server do not come back in the same instant.
package struct RetryPolicy: Sendable, Equatable {
  /// The longest first wait.
  package var base: Duration
  /// The longest wait of all.
  package var cap: Duration

  package init(base: Duration = .milliseconds(500), cap: Duration = .seconds(30)) {
    self.base = base
    self.cap = cap
  }

  /// The wait before attempt `attempt` + 1, after `attempt` failures in a row (from 1 on).
  ///
  /// Between half and the whole of `base` × 2^(attempt - 1), at most `cap`. What the server asked for with
  /// Retry-After is never undercut; up to a tenth is added to it.
  package func delay(
    attempt: Int, retryAfter: Duration? = nil, using generator: inout some RandomNumberGenerator
  ) -> Duration {
    var longest = base
    for _ in 1..<max(2, min(attempt, 40)) where attempt > 1 {
      longest = longest * 2
      if longest >= cap { break }
    }
    longest = min(longest, cap)
    let own = longest * Double.random(in: 0.5...1, using: &generator)
    guard let retryAfter, retryAfter > .zero else { return own }
    return max(own, retryAfter * Double.random(in: 1...1.1, using: &generator))
  }
}
