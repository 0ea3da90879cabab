import Crypto
import FoundationEssentials
import Kubernetes
import ModelCore
import ModelsAPI
import Synchronization
import TestSupport
import Testing

/// Keys that come and go.
extension TokenTests {
  private func key(_ id: String) async throws -> VerificationKey {
    try await VerificationKey.key(pem: P256.Signing.PrivateKey().pemRepresentation, id: id)
  }

  /// Reads its keys from an address, that is, with what a test says is there.
  private func ring(
    _ time: ManualTime, _ read: @escaping @Sendable () async throws -> [VerificationKey]
  ) -> KeyRing {
    KeyRing([.keySetURL("https://issuer.test/keys")], clock: time.clock, logger: logger) { _ in
      try await read()
    }
  }

  @Test("Keys are rotated: a new name makes the set be read again, made-up names only now and then")
  func rotation() async throws {
    let keys = Mutex<[VerificationKey]>([])
    let reads = Mutex(0)
    let time = ManualTime()
    let (old, new) = (try await key("old"), try await key("new"))
    keys.withLock { $0 = [old] }
    let ring = ring(time) {
      reads.withLock { $0 += 1 }
      return keys.withLock { $0 }
    }
    try await ring.start()
    let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
    #expect(await refusal(verifier, try token(old)) == nil)
    keys.withLock { $0 = [new] }
    #expect(await refusal(verifier, try token(new)) == nil)
    #expect(await refusal(verifier, try token(old)) != nil)
    let count = reads.withLock { $0 }
    for _ in 0..<50 { _ = await refusal(verifier, try token(old)) }
    #expect(reads.withLock { $0 } == count)
    time.pass(.seconds(20))
    _ = await refusal(verifier, try token(old))
    #expect(reads.withLock { $0 } == count + 1)
    // Due without an unknown name, too, beside what is being answered.
    time.pass(.seconds(380))
    #expect(await refusal(verifier, try token(new)) == nil)
    #expect(await eventually { reads.withLock { $0 } == count + 2 })
  }

  @Test("A key that is taken out of the set counts no more, although its token was accepted before")
  func removal() async throws {
    let keys = Mutex<[VerificationKey]>([])
    let time = ManualTime()
    let (gone, kept) = (try await key("gone"), try await key("kept"))
    keys.withLock { $0 = [gone, kept] }
    let ring = ring(time) { keys.withLock { $0 } }
    try await ring.start()
    let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
    let (first, second) = (try token(gone), try token(kept))
    for _ in 0..<2 {
      #expect(await refusal(verifier, first) == nil)
      #expect(await refusal(verifier, second) == nil)
    }
    keys.withLock { $0 = [kept] }
    time.pass(.seconds(301))
    #expect(await eventually { await refusal(verifier, first) != nil })
    #expect(await refusal(verifier, second) == nil)
  }

  @Test("An issuer that hangs holds nobody up whose key is known")
  func hanging() async throws {
    let hangs = Mutex(false)
    let time = ManualTime()
    let key = try await key("a")
    let ring = ring(time) {
      // For longer than any test lasts.
      if hangs.withLock({ $0 }) { try await Task.sleep(for: .seconds(3_600)) }
      return [key]
    }
    try await ring.start()
    hangs.withLock { $0 = true }
    time.pass(.seconds(1_000))
    let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
    #expect(await refusal(verifier, try token(key)) == nil)
  }

  @Test("Keys stay what they were while their source cannot be read")
  func outage() async throws {
    let isAway = Mutex(false)
    let time = ManualTime()
    let key = try await key("a")
    let ring = ring(time) {
      if isAway.withLock({ $0 }) { throw CancellationError() }
      return [key]
    }
    try await ring.start()
    isAway.withLock { $0 = true }
    time.pass(.seconds(1_000))
    let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
    #expect(await refusal(verifier, try token(key)) == nil)
  }
}
