package import FoundationEssentials
internal import JWTKit
package import Kubernetes
internal import ModelCore

/// A key and the one algorithm that it is for: a public key can never be taken for a secret.
package struct VerificationKey: Sendable {
  /// The key's name in a set; `nil` for keys of files.
  package let id: String?
  /// The only one that a signature by this key is accepted with.
  package let algorithm: SignatureAlgorithm
  private let backing: any JWTAlgorithm

  /// Why a key cannot be used, in words for who configured it.
  package struct Unusable: Error, CustomStringConvertible {
    /// What is wrong with it, and what can be used; never any of the key.
    package var description: String

    init(_ description: String) { self.description = description }
  }

  /// Fewer bytes of a secret can be guessed.
  package static let shortestSecret = 32

  /// Whether the signature is this key's for these bytes.
  func verifies(_ signature: Data, of signed: Data) -> Bool {
    (try? backing.verify(signature, signs: signed)) ?? false
  }

  /// A signature; `nil` where the key is a public one.
  func signature(of bytes: Data) -> [UInt8]? { try? backing.sign(bytes) }

  // MARK: Secrets

  /// The keys of a shared secret: one for each of the HS algorithms.
  package static func keys(secret: Data) async throws -> [VerificationKey] {
    guard secret.count >= shortestSecret else {
      throw Unusable(
        "the secret has \(secret.count) bytes: use at least \(shortestSecret), e.g. from openssl rand -base64 48"
      )
    }
    // HMAC fills a short key up with zeros itself (RFC 2104): done here, JWTKit takes it for the longer hashes, too.
    let padded = secret + Data(repeating: 0, count: max(0, 64 - secret.count))
    let digests: [(SignatureAlgorithm, DigestAlgorithm)] = [
      (.hs256, .sha256), (.hs384, .sha384), (.hs512, .sha512),
    ]
    var keys: [VerificationKey] = []
    for (algorithm, digest) in digests {
      let collection = JWTKeyCollection()
      await collection.add(hmac: HMACKey(from: padded), digestAlgorithm: digest)
      keys.append(
        VerificationKey(id: nil, algorithm: algorithm, backing: try await collection.getKey()))
    }
    return keys
  }

  // MARK: PEM

  /// The key of a PEM text: a public key or certificate to verify with, or a private key to sign with.
  package static func key(pem: String, id: String? = nil) async throws -> VerificationKey {
    let collection = JWTKeyCollection()
    for add in [addRSA, addECDSA, addEdDSA] {
      guard let algorithm = await add(collection, pem) else { continue }
      return VerificationKey(id: id, algorithm: algorithm, backing: try await collection.getKey())
    }
    guard pem.contains("-----BEGIN ") else { throw Unusable("there is no PEM block in it") }
    throw Unusable(
      "the PEM block is no key that can be used: RSA of at least 2048 bits, ECDSA on P-256, or Ed25519"
    )
  }

  private static func addRSA(_ keys: JWTKeyCollection, _ pem: String) async -> SignatureAlgorithm? {
    if let key = try? Insecure.RSA.PrivateKey(pem: pem) {
      await keys.add(rsa: key, digestAlgorithm: .sha256)
    } else if let key = try? Insecure.RSA.PublicKey(pem: pem) {
      await keys.add(rsa: key, digestAlgorithm: .sha256)
    } else if let key = try? Insecure.RSA.PublicKey(certificatePEM: pem) {
      await keys.add(rsa: key, digestAlgorithm: .sha256)
    } else {
      return nil
    }
    return .rs256
  }

  private static func addECDSA(
    _ keys: JWTKeyCollection, _ pem: String
  ) async -> SignatureAlgorithm? {
    if let key = try? ES256PrivateKey(pem: pem) {
      await keys.add(ecdsa: key)
    } else if let key = try? ES256PublicKey(pem: pem) {
      await keys.add(ecdsa: key)
    } else if let key = try? ES256PublicKey(certificate: pem) {
      await keys.add(ecdsa: key)
    } else {
      return nil
    }
    return .es256
  }

  private static func addEdDSA(
    _ keys: JWTKeyCollection, _ pem: String
  ) async -> SignatureAlgorithm? {
    if let key = try? EdDSA.PrivateKey(pem: pem) {
      await keys.add(eddsa: key)
    } else if let key = try? EdDSA.PublicKey(pem: pem) {
      await keys.add(eddsa: key)
    } else {
      return nil
    }
    return .edDSA
  }

  // MARK: JWKS

  /// The keys of a set (RFC 7517) that can be used here; others in it are for somebody else. Throws where it is no set.
  package static func keys(jwks json: JSONValue) async throws -> [VerificationKey] {
    guard let members = json["keys"]?.arrayValue else {
      throw Unusable("it is no JSON Web Key Set: there is no member 'keys'")
    }
    var keys: [VerificationKey] = []
    for member in members.prefix(100) {
      if let key = await key(jwk: member) { keys.append(key) }
    }
    guard !keys.isEmpty else {
      throw Unusable("the key set has no key for RS256, ES256 or EdDSA")
    }
    return keys
  }

  private static func key(jwk json: JSONValue) async -> VerificationKey? {
    let use = json["use"]?.stringValue
    guard use == nil || use == "sig" else { return nil }
    let algorithm: SignatureAlgorithm
    switch (json["kty"]?.stringValue, json["crv"]?.stringValue) {
    case ("RSA", _): algorithm = .rs256
    case ("EC", "P-256"): algorithm = .es256
    case ("OKP", "Ed25519"): algorithm = .edDSA
    default: return nil
    }
    let stated = json["alg"]?.stringValue
    guard stated == nil || stated == algorithm.rawValue else { return nil }
    // Only the public part: a set that holds private keys by mistake still only verifies.
    var published: JSONValue = ["alg": .string(algorithm.rawValue), "kid": "key"]
    for name in ["kty", "crv", "n", "e", "x", "y"] { published[name] = json[name] }
    guard let text = try? published.encoded(),
      let jwk = try? JWK(json: String(decoding: text, as: UTF8.self))
    else { return nil }
    let collection = JWTKeyCollection()
    guard (try? await collection.add(jwk: jwk, isDefault: true)) != nil,
      let backing = try? await collection.getKey(alg: algorithm.rawValue)
    else { return nil }
    return VerificationKey(id: json["kid"]?.stringValue, algorithm: algorithm, backing: backing)
  }
}
