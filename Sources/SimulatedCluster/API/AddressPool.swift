internal import Synchronization

/// Hands out the addresses of services and pods.
final class AddressPool: Sendable {
  private let used = Mutex<(next: UInt16, taken: Set<String>)>((1, []))

  /// An address in 10.96.0.0/16 that is not in use.
  func takeServiceAddress() -> String {
    used.withLock { state in
      var address = ""
      repeat {
        state.next = state.next == .max ? 2 : state.next + 1
        address = "10.96.\(state.next >> 8).\(state.next & 255)"
      } while state.taken.contains(address) && state.taken.count < 65_000
      state.taken.insert(address)
      return address
    }
  }

  /// Whether a text is an IPv4 address.
  static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Takes the address that was asked for; `false` where another service has it.
  func take(_ address: String) -> Bool {
    used.withLock { $0.taken.insert(address).inserted }
  }

  func giveBack(_ address: String) {
    used.withLock { _ = $0.taken.remove(address) }
  }
}
