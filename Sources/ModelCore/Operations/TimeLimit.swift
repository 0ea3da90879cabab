package import Kubernetes

/// What the body finds, or `nil` where that takes longer than the limit; the body is cancelled then.
package func found<Value: Sendable>(
  within limit: Duration, clock: WallClock = .system,
  _ body: @escaping @Sendable () async -> Value?
) async -> Value? {
  await withTaskGroup(of: Value?.self) { group in
    group.addTask { await body() }
    group.addTask {
      try? await clock.sleep(limit)
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
}
