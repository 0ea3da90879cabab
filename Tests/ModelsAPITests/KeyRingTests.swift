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
  @Test("Keys are rotated: a new name makes the set be read again, made-up names only now and then")
  func rotation() async throws {
    let keys = Mutex<[VerificationKey]>([])
    let reads = Mutex(0)
    let time = Mutex(Duration.zero)
    let old = try await VerificationKey.key(
      pem: P256.Signing.PrivateKey().pemRepresentation, id: "old")
    let new = try await VerificationKey.key(
      pem: P256.Signing.PrivateKey().pemRepresentation, id: "new")
    keys.withLock { $0 = [old] }
    let ring = KeyRing(
      [.keySetURL("https://issuer.test/keys")],
      clock: SteadyClock(now: { time.withLock { $0 } }, sleep: { _ in }), logger: logger
    ) { _ in
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
    time.withLock { $0 = .seconds(20) }
    _ = await refusal(verifier, try token(old))
    #expect(reads.withLock { $0 } == count + 1)
    // Due without an unknown name, too, beside what is being answered.
    time.withLock { $0 = .seconds(400) }
    #expect(await refusal(verifier, try token(new)) == nil)
    #expect(await eventually { reads.withLock { $0 } == count + 2 })
  }

  @Test("A key that is taken out of the set counts no more, although its token was accepted before")
  func removal() async throws {
    let keys = Mutex<[VerificationKey]>([])
    let time = Mutex(Duration.zero)
    let gone = try await VerificationKey.key(
      pem: P256.Signing.PrivateKey().pemRepresentation, id: "gone")
    let kept = try await VerificationKey.key(
      pem: P256.Signing.PrivateKey().pemRepresentation, id: "kept")
    keys.withLock { $0 = [gone, kept] }
    let ring = KeyRing(
      [.keySetURL("https://issuer.test/keys")],
      clock: SteadyClock(now: { time.withLock { $0 } }, sleep: { _ in }), logger: logger
    ) { _ in keys.withLock { $0 } }
    try await ring.start()
    let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
    let (first, second) = (try token(gone), try token(kept))
    for _ in 0..<2 {
      #expect(await refusal(verifier, first) == nil)
      #expect(await refusal(verifier, second) == nil)
    }
    keys.withLock { $0 = [kept] }
    time.withLock { $0 = .seconds(301) }
    #expect(await eventually { await refusal(verifier, first) != nil })
    #expect(await refusal(verifier, second) == nil)
  }

  @Test("An issuer that hangs holds nobody up whose key is known")
  func hanging() async throws {
    let hangs = Mutex(false)
    let time = Mutex(Duration.zero)
    let key = try await VerificationKey.key(
      pem: P256.Signing.PrivateKey().pemRepresentation, id: "a")
    let ring = KeyRing(
      [.keySetURL("https://issuer.test/keys")],
      clock: SteadyClock(now: { time.withLock { $0 } }, sleep: { _ in }), logger: logger
    ) { _ in
      // For longer than any test lasts.
      if hangs.withLock({ $0 }) { try await Task.sleep(for: .seconds(3_600)) }
      return [key]
    }
    try await ring.start()
    hangs.withLock { $0 = true }
    time.withLock { $0 = .seconds(1_000) }
    let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
    #expect(await refusal(verifier, try token(key)) == nil)
  }

  @Test("Keys stay what they were while their source cannot be read")
  func outage() async throws {
    let isAway = Mutex(false)
    let time = Mutex(Duration.zero)
    let key = try await VerificationKey.key(
      pem: P256.Signing.PrivateKey().pemRepresentation, id: "a")
    let ring = KeyRing(
      [.keySetURL("https://issuer.test/keys")],
      clock: SteadyClock(now: { time.withLock { $0 } }, sleep: { _ in }), logger: logger
    ) { _ in
      if isAway.withLock({ $0 }) { throw CancellationError() }
      return [key]
    }
    try await ring.start()
    isAway.withLock { $0 = true }
    time.withLock { $0 = .seconds(1_000) }
    let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
    #expect(await refusal(verifier, try token(key)) == nil)
  }
}
