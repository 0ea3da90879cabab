import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import X509

/// A certificate authority that lives for one test.
struct TestAuthority {
  /// A certificate with its key, both as PEM.
  struct Identity {
    var certificate: String
    var key: String
  }

  let certificate: String
  private let name: DistinguishedName
  private let key = P256.Signing.PrivateKey()

  init(_ commonName: String = "test authority") throws {
    name = try DistinguishedName { CommonName(commonName) }
    let privateKey = Certificate.PrivateKey(key)
    certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: privateKey.publicKey,
      notValidBefore: .now - 3_600, notValidAfter: .now + 86_400, issuer: name, subject: name,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
      },
      issuerPrivateKey: privateKey
    ).serializeAsPEM().pemString
  }

  func issue(
    _ commonName: String = "server", names: [GeneralName] = [.loopback, .dnsName("localhost")],
    from: Date = .now - 3_600, until: Date = .now + 86_400, withRSAKey isRSA: Bool = false
  ) throws -> Identity {
    let privateKey =
      isRSA
      ? Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
      : Certificate.PrivateKey(P256.Signing.PrivateKey())
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: privateKey.publicKey, notValidBefore: from,
      notValidAfter: until, issuer: name, subject: DistinguishedName { CommonName(commonName) },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        SubjectAlternativeNames(names)
      },
      issuerPrivateKey: .init(key))
    return Identity(
      certificate: try certificate.serializeAsPEM().pemString,
      key: try privateKey.serializeAsPEM().pemString)
  }
}

extension GeneralName {
  static let loopback = GeneralName.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))
}
