/// The algorithms that a token may be signed with: an allow-list, so that `none` and whatever comes next are out.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
  case rs256 = "RS256"
  case es256 = "ES256"
  case edDSA = "EdDSA"

  /// Whether the key is a secret that signer and verifier share.
  package var isSymmetric: Bool { rawValue.hasPrefix("HS") }

  /// Those whose key is a shared secret.
  package static let symmetric = allCases.filter(\.isSymmetric)
}
