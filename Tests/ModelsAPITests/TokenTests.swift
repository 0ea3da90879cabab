import Crypto
import CryptoExtras
import FoundationEssentials
import Kubernetes
import Logging
import ModelCore
import ModelsAPI
import Synchronization
import TestSupport
import Testing

/// A key to sign with and the source to verify with.
struct Signer: Sendable {
  var issuer: TokenIssuer
  var source: KeySource

  static let secretBytes = Data("0123456789abcdef0123456789abcdef".utf8)

  static func secret(_ algorithm: SignatureAlgorithm = .hs256) async throws -> Signer {
    let keys = try await VerificationKey.keys(secret: secretBytes)
    let key = try #require(keys.first { $0.algorithm == algorithm })
    return Signer(issuer: TokenIssuer(key: key), source: .secret(secretBytes))
  }
}

@Suite("Tokens")
struct TokenTests {
  static let now = Date(timeIntervalSince1970: 1_800_000_000)
  let clock = WallClock(now: { Self.now }, sleep: { _ in })
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  func verifier(
    _ keys: [VerificationKey], _ change: (inout TokenRules) -> Void = { _ in }
  ) async throws -> TokenVerifier {
    var rules = TokenRules()
    change(&rules)
    let ring = KeyRing([.pemFile("keys")], logger: logger) { _ in keys }
    try await ring.start()
    return TokenVerifier(rules: rules, keys: ring, clock: clock)
  }

  func claims(_ change: (inout JSONValue) -> Void = { _ in }) -> JSONValue {
    var claims = TokenIssuer.claims(
      of: Caller(organization: "123", role: .owner, subject: "ada"), rules: TokenRules(),
      now: Self.now, lifetime: .seconds(60))
    change(&claims)
    return claims
  }

  func secretKeys() async throws -> [VerificationKey] {
    try await VerificationKey.keys(secret: Signer.secretBytes)
  }

  func token(
    _ key: VerificationKey, _ change: (inout JSONValue) -> Void = { _ in }
  ) throws -> String {
    try #require(TokenIssuer(key: key).token(claims: claims(change)))
  }

  /// Why a token is refused; `nil` where it is accepted.
  func refusal(_ verifier: TokenVerifier, _ token: String) async -> String? {
    do {
      _ = try await verifier.caller(token: token)
      return nil
    } catch {
      return error.description
    }
  }

  // MARK: Good ones

  @Test("A secret verifies all three HS algorithms, also where it has just 32 bytes")
  func secrets() async throws {
    let keys = try await secretKeys()
    let verifier = try await verifier(keys)
    for key in keys {
      let caller = try await verifier.caller(token: token(key))
      #expect(caller == Caller(organization: "123", role: .owner, subject: "ada"))
    }
    #expect(keys.map(\.algorithm) == SignatureAlgorithm.symmetric)
  }

  @Test("RS256, ES256 and EdDSA are verified by the public key")
  func publicKeys() async throws {
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let ec = P256.Signing.PrivateKey()
    let pairs = [
      (rsa.pemRepresentation, rsa.publicKey.pemRepresentation),
      (ec.pemRepresentation, ec.publicKey.pemRepresentation),
      (Self.edDSA.pem, Self.edDSA.publicPEM),
    ]
    for (privatePEM, publicPEM) in pairs {
      let signing = try await VerificationKey.key(pem: privatePEM)
      let verifier = try await verifier([VerificationKey.key(pem: publicPEM)])
      #expect(await refusal(verifier, try token(signing)) == nil)
      let another = try await VerificationKey.key(pem: P256.Signing.PrivateKey().pemRepresentation)
      #expect(await refusal(verifier, try token(another)) != nil)
    }
  }

  static let edDSA: (pem: String, publicPEM: String, publicKey: Data) = {
    // PKCS #8 and SPKI of Ed25519 are a fixed prefix and the key's 32 bytes (RFC 8410).
    let key = Curve25519.Signing.PrivateKey()
    func pem(_ name: String, _ prefix: [UInt8], _ bytes: Data) -> String {
      let text = (Data(prefix) + bytes).base64EncodedString()
      return "-----BEGIN \(name)-----\n\(text)\n-----END \(name)-----\n"
    }
    return (
      pem(
        "PRIVATE KEY",
        [
          0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04,
          0x20,
        ],
        key.rawRepresentation),
      pem(
        "PUBLIC KEY", [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00],
        key.publicKey.rawRepresentation),
      key.publicKey.rawRepresentation
    )
  }()

  @Test("A number is an organization, and roles may be a list")
  func claimForms() async throws {
    let keys = try await secretKeys()
    let verifier = try await verifier(keys) {
      $0.organizationClaim = "realm.organization"
      $0.roleClaim = "https://example.test/roles"
    }
    let caller = try await verifier.caller(
      token: token(keys[0]) {
        $0["realm"] = ["organization": 7]
        $0["https://example.test/roles"] = ["someone", "reader"]
      })
    #expect(caller.organization == "7")
    #expect(caller.role == .reader)
  }

  // MARK: Bad ones

  @Test(
    "Claims that are wrong or missing are refused",
    arguments: [
      ("exp", nil, "the token has no expiry"),
      ("exp", .integer(1_800_000_000), "the token has expired"),
      ("exp", .string("1900000000"), "the token has no expiry"),
      ("exp", .double(1_799_999_999.5), "the token has expired"),
      ("nbf", .integer(1_800_000_001), "the token is not valid yet"),
      ("nbf", .string("never"), "the token is not valid yet"),
      ("iss", .string("somebody"), "the token is of another issuer"),
      ("aud", .string("others"), "the token is for another audience"),
      ("aud", .array([]), "the token is for another audience"),
      ("organization_id", nil, "the token names no organization"),
      ("organization_id", .string("a/b"), "the token names no organization"),
      ("organization_id", .string(""), "the token names no organization"),
      ("organization_id", .array(["123"]), "the token names no organization"),
      ("role", nil, "the token has neither the role reader nor the role owner"),
      ("role", .string("admin"), "the token has neither the role reader nor the role owner"),
      ("role", .string("Owner"), "the token has neither the role reader nor the role owner"),
    ] as [(String, JSONValue?, String)])
  func wrongClaims(name: String, value: JSONValue?, reason: String) async throws {
    let keys = try await secretKeys()
    let verifier = try await verifier(keys) {
      $0.issuer = "us"
      $0.audiences = ["models"]
    }
    let good = try token(keys[0]) {
      $0["iss"] = "us"
      $0["aud"] = ["others", "models"]
    }
    #expect(await refusal(verifier, good) == nil)
    let bad = try token(keys[0]) {
      $0["iss"] = "us"
      $0["aud"] = "models"
      $0[name] = value
    }
    #expect(await refusal(verifier, bad) == reason)
  }

  @Test("A token for an audience is refused where none is configured")
  func unexpectedAudience() async throws {
    let keys = try await secretKeys()
    let verifier = try await verifier(keys)
    let bad = try token(keys[0]) { $0["aud"] = "others" }
    #expect(await refusal(verifier, bad) == "the token is for another audience")
  }

  @Test("alg none is refused in every spelling, with and without signature")
  func none() async throws {
    let verifier = try await verifier(secretKeys())
    let good = try token(try await secretKeys()[0])
    let body = try #require(good.split(separator: ".").dropFirst().first)
    for name in ["none", "None", "NONE", "nOnE", "", "HS1", "PS256"] {
      let head = Data("{\"alg\":\"\(name)\",\"typ\":\"JWT\"}".utf8).base64EncodedString()
        .filter { $0 != "=" }
      #expect(await refusal(verifier, "\(head).\(body).") != nil)
      #expect(await refusal(verifier, "\(head).\(body).AAAA") != nil)
    }
  }

  @Test("The public RSA key is no secret of HS256")
  func confusion() async throws {
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let pem = rsa.publicKey.pemRepresentation
    let verifier = try await verifier([VerificationKey.key(pem: pem)])
    for secret in [pem, pem + "\n"] {
      for key in try await VerificationKey.keys(secret: Data(secret.utf8)) {
        #expect(await refusal(verifier, try token(key)) == "the token's signature is not valid")
      }
    }
  }

  @Test("An algorithm that is not on the list is refused although the key fits")
  func allowList() async throws {
    let keys = try await secretKeys()
    let verifier = try await verifier(keys) { $0.algorithms = [.rs256] }
    #expect(
      await refusal(verifier, try token(keys[0])) == "the token's algorithm is not accepted")
  }

  @Test("What was changed after signing, and what is no token, is refused")
  func tampering() async throws {
    let keys = try await secretKeys()
    let verifier = try await verifier(keys)
    let good = try token(keys[0])
    let parts = good.split(separator: ".").map(String.init)
    let other = try token(keys[0]) { $0["organization_id"] = 7 }
    let foreign = other.split(separator: ".").map(String.init)
    let bad = [
      "\(parts[0]).\(foreign[1]).\(parts[2])", "\(parts[0]).\(parts[1]).", good + "=", good + ".x",
      "", ".", "..", "a.b.c", " " + good, String(repeating: "A", count: 10_000), good + "A",
      "\(parts[0]).\(parts[1]).\(parts[2].reversed().map(String.init).joined())",
    ]
    for token in bad { #expect(await refusal(verifier, token) != nil) }
  }

  @Test("A header that asks for an extension is refused")
  func critical() async throws {
    let verifier = try await verifier(secretKeys())
    let key = SymmetricKey(data: Signer.secretBytes)
    let head = Self.base64url(Data(#"{"alg":"HS256","crit":["exp"],"exp":1}"#.utf8))
    let body = Self.base64url(try claims().encoded())
    let mac = HMAC<SHA256>.authenticationCode(for: Data("\(head).\(body)".utf8), using: key)
    let token = "\(head).\(body).\(Self.base64url(Data(mac)))"
    #expect(
      await refusal(verifier, token) == "the token needs an extension that is not supported")
  }

  static func base64url(_ data: Data) -> String {
    String(
      data.base64EncodedString().compactMap {
        $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0
      })
  }

  // MARK: Keys

  @Test(
    "A secret of less than 32 bytes, and a PEM block that is no key, are refused by what is wrong")
  func unusable() async throws {
    await #expect(throws: VerificationKey.Unusable.self) {
      try await VerificationKey.keys(secret: Data("too short".utf8))
    }
    await #expect(throws: VerificationKey.Unusable.self) {
      try await VerificationKey.key(pem: "not a key")
    }
    let small = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"
    await #expect(throws: VerificationKey.Unusable.self) {
      try await VerificationKey.key(pem: small)
    }
  }

  @Test("A key set gives the keys that can be used, by name, and nothing but what they are for")
  func keySet() async throws {
    let first = P256.Signing.PrivateKey()
    let second = P256.Signing.PrivateKey()
    let set: JSONValue = [
      "keys": [
        Self.jwk(first, id: "a"), Self.jwk(second, id: "b"), ["kty": "oct", "k": "AAAA"],
        ["kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "small"],
      ]
    ]
    let keys = try await VerificationKey.keys(jwks: set)
    #expect(keys.map(\.id) == ["a", "b"])
    let verifier = try await verifier(keys)
    let good = try await VerificationKey.key(pem: second.pemRepresentation, id: "b")
    #expect(await refusal(verifier, try token(good)) == nil)
    let misnamed = try await VerificationKey.key(pem: second.pemRepresentation, id: "a")
    #expect(await refusal(verifier, try token(misnamed)) != nil)
    await #expect(throws: VerificationKey.Unusable.self) {
      try await VerificationKey.keys(jwks: ["keys": []])
    }
  }

  static func jwk(_ key: P256.Signing.PrivateKey, id: String) -> JSONValue {
    let point = key.publicKey.x963Representation.dropFirst()
    return [
      "kty": "EC", "crv": "P-256", "kid": .string(id), "use": "sig", "alg": "ES256",
      "x": .string(base64url(Data(point.prefix(32)))),
      "y": .string(base64url(Data(point.suffix(32)))),
    ]
  }

  @Test(
    "Keys are fetched by TLS, or from this machine",
    arguments: [
      ("https://issuer.test/keys", true), ("http://127.0.0.1:8000/keys", true),
      ("http://localhost/keys", true), ("http://issuer.test/keys", false),
      ("http://localhost.issuer.test/", false), ("http://localhost@issuer.test/", false),
      ("file:///etc/keys", false),
    ])
  func addresses(url: String, isSafe: Bool) {
    #expect(KeySource.isSafe(url: url) == isSafe)
  }
}
