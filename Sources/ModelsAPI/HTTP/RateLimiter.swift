internal import Kubernetes
package import ModelCore
internal import Synchronization

/// Lets so many requests a second through for each subject, with a burst of twice as many.
package final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: Duration
  }

  private let rate: Double
  private let burst: Double
  private let clock: SteadyClock
  private let buckets = Mutex<[String: Bucket]>([:])
  /// More subjects than this are not remembered; those that have not asked for longest are forgotten first.
  private static let capacity = 10_000

  /// - Parameter rate: requests a second.
  package init(rate: Double, clock: SteadyClock = .system) {
    self.rate = rate
    burst = max(1, rate * 2)
    self.clock = clock
  }

  /// Counts a request. Returns after how long it is worth coming again; `nil` where it may pass.
  package func refusal(of subject: String) -> Duration? {
    let now = clock.now()
    return buckets.withLock { buckets in
      if buckets.count >= Self.capacity, buckets[subject] == nil { forget(&buckets, now) }
      var bucket = buckets[subject] ?? Bucket(tokens: burst, filledAt: now)
      bucket.tokens = min(burst, bucket.tokens + (now - bucket.filledAt).seconds * rate)
      bucket.filledAt = now
      defer { buckets[subject] = bucket }
      guard bucket.tokens < 1 else {
        bucket.tokens -= 1
        return nil
      }
      return .seconds((1 - bucket.tokens) / rate)
    }
  }

  private func forget(_ buckets: inout [String: Bucket], _ now: Duration) {
    // Full again is as good as unknown.
    buckets = buckets.filter { $0.value.tokens + (now - $0.value.filledAt).seconds * rate < burst }
    guard buckets.count >= Self.capacity else { return }
    let oldest = buckets.sorted { $0.value.filledAt < $1.value.filledAt }.prefix(Self.capacity / 10)
    for (subject, _) in oldest { buckets[subject] = nil }
  }
}
