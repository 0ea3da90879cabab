extension Array where Element: Sendable {
  /// What becomes of each, in order, where none waits for another.
  func resultsAtOnce<Value: Sendable>(
    _ body: @escaping @Sendable (Element) async throws -> Value
  ) async -> [Result<Value, any Error>] {
    await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
      for (index, element) in enumerated() {
        group.addTask {
          do {
            return (index, .success(try await body(element)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var results: [Int: Result<Value, any Error>] = [:]
      for await (index, result) in group { results[index] = result }
      return indices.compactMap { results[$0] }
    }
  }
}
