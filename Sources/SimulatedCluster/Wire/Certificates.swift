internal import Crypto
internal import FoundationEssentials
internal import NIOSSL
internal import SwiftASN1
internal import X509

/// The certificate authority and the server certificate of one simulated cluster, made at its start.
///
/// kubectl sends credentials over TLS only, so the server cannot do without.
struct ServerCertificates: Sendable {
  /// The certificate of the authority, as PEM text: what a kubeconfig holds.
  let authorityPEM: String
  private let certificatePEM: String
  private let keyPEM: String

  init() throws {
    let start = Date.now.addingTimeInterval(-3600)
    let end = start.addingTimeInterval(10 * 365 * 86_400)
    let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let authorityName = try DistinguishedName { CommonName("simulated-cluster-ca") }
    let authority = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: authorityKey.publicKey,
      notValidBefore: start, notValidAfter: end, issuer: authorityName, subject: authorityName,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: authorityKey.publicKey)
      },
      issuerPrivateKey: authorityKey)
    let key = P256.Signing.PrivateKey()
    let publicKey = Certificate.PublicKey(key.publicKey)
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: start, notValidAfter: end, issuer: authorityName,
      subject: DistinguishedName { CommonName("kube-apiserver") },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames([
          .dnsName("localhost"), .dnsName("kubernetes"), .dnsName("kubernetes.default.svc"),
          .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
        ])
      },
      issuerPrivateKey: authorityKey)
    authorityPEM = try authority.serializeAsPEM().pemString + "\n"
    certificatePEM = try certificate.serializeAsPEM().pemString
    keyPEM = key.pemRepresentation
  }

  func tlsConfiguration() throws -> TLSConfiguration {
    TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8))
        .map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)))
  }
}
