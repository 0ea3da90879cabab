internal import Synchronization

/// What others tell a reflector while it runs.
package final class ReflectorControl: Sendable {
  /// Signalled when waiting is of no use any more, a watch is suspected to be dead, or all is to be listed again.
  package let wake = WakeSignal()
  private let mustList = Mutex(false)

  package init() {}

  /// Waiting or the watch at hand is of no use any more: look again now.
  package func retry() { wake.signal() }

  /// What is known counts no more: list again, whatever is at hand.
  package func listAgain() {
    mustList.withLock { $0 = true }
    wake.signal()
  }

  /// Whether to list again; asking settles it.
  func takeListAgain() -> Bool {
    mustList.withLock { mustList in
      defer { mustList = false }
      return mustList
    }
  }
}
