internal import FoundationEssentials
internal import NIOCore
internal import NIOSSL

extension TLSConfiguration {
  /// What the wire needs of certificates and keys. Throws where the PEM cannot be used.
  static func make(from material: TLSMaterial) throws(KubeconfigError) -> TLSConfiguration {
    var configuration = makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    // A server that is frozen says no goodbye.
    configuration.shutdownTimeout = .seconds(1)
    if material.skipsVerification {
      configuration.certificateVerification = .none
    } else if let authority = material.authority {
      configuration.trustRoots = .certificates(try certificates(authority))
    }
    if let chain = material.clientCertificate, let key = material.clientKey {
      configuration.certificateChain = try certificates(chain).map { .certificate($0) }
      configuration.privateKey = .privateKey(try privateKey(key))
      try configuration.checkKey(key, of: chain)
    }
    return configuration
  }

  /// The TLS library finds a key of another certificate only when it connects, and says it to no person.
  private func checkKey(
    _ key: TLSMaterial.PEM, of chain: TLSMaterial.PEM
  ) throws(KubeconfigError) {
    var identity = Self.makeClientConfiguration()
    // Without authorities: reading those of the system takes a while.
    identity.certificateVerification = .none
    identity.certificateChain = certificateChain
    identity.privateKey = privateKey
    do {
      _ = try NIOSSLContext(configuration: identity)
    } catch {
      throw .mismatchedKey(key.origin, certificate: chain.origin)
    }
  }

  private static func certificates(
    _ pem: TLSMaterial.PEM
  ) throws(KubeconfigError) -> [NIOSSLCertificate] {
    do {
      let certificates = try NIOSSLCertificate.fromPEMBytes(Array(pem.bytes.exposed))
      if !certificates.isEmpty { return certificates }
    } catch {}
    throw .unreadableFile(pem.origin, problem: "it holds no certificate in PEM")
  }

  private static func privateKey(
    _ pem: TLSMaterial.PEM
  ) throws(KubeconfigError) -> NIOSSLPrivateKey {
    do {
      return try NIOSSLPrivateKey(bytes: Array(pem.bytes.exposed), format: .pem)
    } catch {
      throw .unreadableFile(
        pem.origin, problem: "it holds no private key in PEM (or one with a passphrase)")
    }
  }
}
