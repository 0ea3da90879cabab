/// Waits for a state: asks again and again until it is so, or the time is up. Returns whether it came.
///
/// It asks a few hundred times at least: where other tests hold every thread, what is waited for had no time either.
package func eventually(
  within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async rethrows -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + limit
  var tries = 0
  while true {
    if try await condition() { return true }
    tries += 1
    guard clock.now < end || tries < 300 else { return false }
    try? await Task.sleep(for: .milliseconds(5))
  }
}
