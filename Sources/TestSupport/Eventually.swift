/// Waits for a state: asks again and again until it is so, or the time is up. Returns whether it came.
package func eventually(
  within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + limit
  while true {
    if try await condition() { return true }
    guard clock.now < end else { return false }
    try? await Task.sleep(for: .milliseconds(5))
  }
}
