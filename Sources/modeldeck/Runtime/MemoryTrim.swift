import CMemory
import ModelCore

/// Gives the memory back that reading the lists took, once they are read: what stays is a fraction of what passed through.
@MainActor
final class MemoryTrim {
  /// After the lists: the plans and the first draws are done by then.
  private nonisolated static let pauses: [Duration] = [.seconds(2), .seconds(20)]
  /// Later, for what churn leaves behind.
  private nonisolated static let interval: Duration = .seconds(300)

  private var isLive = false
  private var task: Task<Void, Never>?

  /// Before there are other threads.
  nonisolated static func tune() { cm_tune() }

  func take(_ connection: Connection) {
    let wasLive = isLive
    isLive = connection == .live
    guard isLive, !wasLive else { return }
    task?.cancel()
    task = Task { @concurrent in
      var pauses = Self.pauses[...]
      while (try? await Task.sleep(for: pauses.popFirst() ?? Self.interval)) != nil { cm_trim() }
    }
  }

  func stop() { task?.cancel() }
}
