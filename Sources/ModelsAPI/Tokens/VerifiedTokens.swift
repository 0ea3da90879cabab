internal import Crypto
internal import Synchronization

/// Tokens whose signature was verified a moment ago, so that it is not done again for every request of the same caller.
///
/// A token is known by its SHA-256 alone: nothing that is kept could be sent by whoever reads this memory, and how long a look-up takes
/// says nothing about tokens that are not yet known whole. Only valid tokens are kept, and no more of them than there is room for.
package final class VerifiedTokens: Sendable {
  /// What was found out about one token.
  package struct Entry: Sendable {
    var caller: Caller
    /// Seconds since 1970, the leeway counted in.
    var validity: Range<Double>
    /// The reading of the keys that it was verified with.
    var reading: Int

    /// `validity` in seconds since 1970, the leeway counted in.
    package init(caller: Caller, validity: Range<Double>, reading: Int) {
      self.caller = caller
      self.validity = validity
      self.reading = reading
    }
  }

  private struct State {
    var young: [SHA256Digest: Entry] = [:]
    /// What was used before `young` began; it goes when that is full.
    var old: [SHA256Digest: Entry] = [:]
  }

  private let state = Mutex(State())
  private let capacity: Int

  /// - Parameter capacity: tokens at most.
  package init(capacity: Int = 8_192) { self.capacity = max(2, capacity) }

  /// Who asks; `nil` where the token has to be verified.
  ///
  /// - Parameter reading: of the keys, as it is now.
  package func caller(token: String, now: Double, reading: Int) -> Caller? {
    let digest = Self.digest(token)
    return state.withLock { state in
      guard let entry = state.young[digest] ?? state.old[digest] else { return nil }
      guard entry.reading == reading, entry.validity.contains(now) else {
        state.young[digest] = nil
        state.old[digest] = nil
        return nil
      }
      if state.young[digest] == nil { keep(entry, digest, &state) }
      return entry.caller
    }
  }

  /// Keeps a token that was just verified; where there is no room the longest unused ones go.
  package func keep(_ entry: Entry, of token: String) {
    let digest = Self.digest(token)
    state.withLock { keep(entry, digest, &$0) }
  }

  /// Tokens that are kept, also those that have expired since.
  package var count: Int { state.withLock { $0.young.count + $0.old.count } }

  private func keep(_ entry: Entry, _ digest: SHA256Digest, _ state: inout State) {
    if state.young.count >= capacity / 2 {
      state.old = state.young
      state.young = [:]
    }
    state.young[digest] = entry
    state.old[digest] = nil
  }

  private static func digest(_ token: String) -> SHA256Digest {
    var token = token
    return token.withUTF8 { SHA256.hash(data: $0) }
  }
}
