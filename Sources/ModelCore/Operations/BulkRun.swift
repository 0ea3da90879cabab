/// Carries out several writes, one after the other, with a result for each.
package enum BulkRun {
  /// One write with what came of it.
  package struct Entry: Equatable, Sendable {
    package var write: ModelWrite
    /// `nil` where it was not begun, because an earlier one surprised.
    package var result: OperationResult?
  }

  /// - Parameters:
  ///   - stopsAtSurprise: after the first that does not succeed none is begun any more.
  ///   - report: told after each, with its place in the list.
  ///
  /// A cancelled task begins no further write.
  @concurrent
  package static func run(
    _ writes: [ModelWrite], stopsAtSurprise: Bool,
    perform: @Sendable (ModelWrite) async -> OperationResult,
    report: @Sendable (Int, OperationResult) async -> Void = { _, _ in }
  ) async -> [Entry] {
    var entries = writes.map { Entry(write: $0) }
    for index in entries.indices {
      guard !Task.isCancelled else { break }
      let result = await perform(entries[index].write)
      entries[index].result = result
      await report(index, result)
      if stopsAtSurprise, !result.isSuccess { break }
    }
    return entries
  }

  /// One line: `3 done, 1 failed, 2 not begun`.
  package static func summary(_ entries: [Entry]) -> String {
    let done = entries.count { $0.result?.isSuccess ?? false }
    let waiting = entries.count { $0.result == nil }
    let unknown = entries.count {
      if case .outcomeUnknown = $0.result { true } else { false }
    }
    let failed = entries.count - done - waiting - unknown
    var parts = ["\(done) done"]
    if failed > 0 { parts.append("\(failed) failed") }
    if unknown > 0 { parts.append("\(unknown) not known") }
    if waiting > 0 { parts.append("\(waiting) not begun") }
    return parts.joined(separator: ", ")
  }
}
