internal import FoundationEssentials
internal import NIOSSL

/// When credentials end, as far as they say so themselves. Nothing is verified: it is for people, and for renewing early.
enum CredentialExpiry {
  /// `exp` of a JSON Web Token; `nil` for any other token.
  static func ofToken(_ token: String) -> Date? {
    struct Claims: Decodable { var exp: Double? }
    return claims(Claims.self, of: token)?.exp.flatMap { seconds in
      (0...32_503_680_000).contains(seconds) ? Date(timeIntervalSince1970: seconds) : nil
    }
  }

  /// The end of the first certificate, which is the client's own.
  static func ofCertificate(_ pem: TLSMaterial.PEM) -> Date? {
    guard let chain = try? NIOSSLCertificate.fromPEMBytes(Array(pem.bytes.exposed)),
      let first = chain.first
    else { return nil }
    return Date(timeIntervalSince1970: Double(first.notValidAfter))
  }

  /// The claims of a JSON Web Token.
  static func claims<Claims: Decodable>(_ type: Claims.Type, of token: String) -> Claims? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var payload = String(parts[1].map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    while payload.utf8.count % 4 != 0 { payload += "=" }
    guard let bytes = Data(base64Encoded: payload) else { return nil }
    return try? JSONDecoder().decode(type, from: bytes)
  }
}
