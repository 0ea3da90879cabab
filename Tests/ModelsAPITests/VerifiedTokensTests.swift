import FoundationEssentials
import Kubernetes
import ModelCore
import ModelsAPI
import Synchronization
import Testing

/// Tokens that were verified a moment ago.
extension TokenTests {
  @Test("A token that was accepted is refused when it has expired, and before it begins again")
  func expiry() async throws {
    let now = Mutex(Self.now)
    let keys = try await secretKeys()
    let ring = KeyRing([.pemFile("keys")], logger: logger) { _ in keys }
    try await ring.start()
    let verifier = TokenVerifier(
      rules: TokenRules(), keys: ring,
      clock: WallClock(now: { now.withLock { $0 } }, sleep: { _ in }))
    let token = try token(keys[0])
    for (seconds, reason) in [
      (0.0, nil), (59.9, nil), (60, "the token has expired"), (0, nil),
      (-1, "the token is not valid yet"),
    ] as [(Double, String?)] {
      now.withLock { $0 = Self.now.addingTimeInterval(seconds) }
      #expect(await refusal(verifier, token) == reason, "after \(seconds) s")
    }
  }

  @Test("No more tokens are remembered than there is room for, and those in use stay")
  func room() {
    let verified = VerifiedTokens(capacity: 100)
    let caller = Caller(organization: "1", role: .reader)
    for number in 0..<1_000 {
      verified.keep(.init(caller: caller, validity: 0..<10, reading: 1), of: "token-\(number)")
      #expect(verified.count <= 100)
      if number > 0 { #expect(verified.caller(token: "token-0", now: 1, reading: 1) == caller) }
      if number == 0 { #expect(verified.caller(token: "token-0", now: 10, reading: 1) == nil) }
      if number == 0 {
        verified.keep(.init(caller: caller, validity: 0..<10, reading: 1), of: "token-0")
      }
    }
    #expect(verified.caller(token: "token-0", now: 1, reading: 2) == nil)
  }
}
