import Crypto
import FoundationEssentials
import Hummingbird
import Kubernetes
import Logging
import ModelCore
import ModelsAPI
import NIOCore
import Synchronization
import TestSupport
import Testing

/// An issuer on this machine, whose key set is fetched over HTTP.
private final class Issuer: Sendable {
  private struct State {
    var keys: [JSONValue] = []
    var isAway = false
    var reads = 0
  }

  private let state = Mutex(State())

  var reads: Int { state.withLock { $0.reads } }
  func publish(_ keys: JSONValue...) { state.withLock { $0.keys = keys } }
  func goAway() { state.withLock { $0.isAway = true } }

  /// - Parameter body: gets the address of the set.
  func serve(_ body: (String) async throws -> Void) async throws {
    let router = Router()
    router.get("keys") { [self] _, _ -> Response in
      let (keys, isAway) = state.withLock { state in
        state.reads += 1
        return (state.keys, state.isAway)
      }
      guard !isAway else { return Response(status: .serviceUnavailable) }
      let set: JSONValue = ["keys": .array(keys)]
      return Response(
        status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: try set.encoded())))
    }
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) },
      logger: Logger(label: "issuer") { _ in SwiftLogNoOpLogHandler() })
    let serving = Task { try await application.run() }
    defer { serving.cancel() }
    for await port in ports {
      try await body("http://127.0.0.1:\(port)/keys")
      break
    }
  }
}

/// The same by a real address.
extension TokenTests {
  @Test("A key set is fetched from its address, again for a new key, and outlives its issuer")
  func address() async throws {
    let issuer = Issuer()
    let old = P256.Signing.PrivateKey()
    let signedByOld = try token(
      try await VerificationKey.key(pem: old.pemRepresentation, id: "old"))
    let signedByNew = try token(try await VerificationKey.key(pem: Self.edDSA.pem, id: "new"))
    issuer.publish(Self.jwk(old, id: "old"))
    try await issuer.serve { url in
      let ring = KeyRing([.keySetURL(url)], logger: logger)
      try await ring.start()
      let verifier = TokenVerifier(rules: TokenRules(), keys: ring, clock: clock)
      #expect(await refusal(verifier, signedByOld) == nil)
      #expect(issuer.reads == 1)
      issuer.publish([
        "kty": "OKP", "crv": "Ed25519", "kid": "new",
        "x": .string(Self.base64url(Self.edDSA.publicKey)),
      ])
      // A name that is not known: the set is read again, and the old key is gone with that.
      #expect(await refusal(verifier, signedByNew) == nil)
      #expect(await refusal(verifier, signedByOld) != nil)
      issuer.goAway()
      #expect(await refusal(verifier, signedByNew) == nil)
      await #expect(throws: KeySourceFailure.self) { try await KeySource.keySetURL(url).load() }
    }
  }
}
