package import FoundationEssentials
package import Kubernetes
internal import ModelCore

/// Makes tokens for trying the API out.
package struct TokenIssuer: Sendable {
  private let key: VerificationKey

  /// - Parameter key: one that can sign: of a secret or a private key.
  package init(key: VerificationKey) { self.key = key }

  /// A signed token; `nil` where the key cannot sign.
  package func token(claims: JSONValue) -> String? {
    var header: JSONValue = ["alg": .string(key.algorithm.rawValue), "typ": "JWT"]
    if let id = key.id { header["kid"] = .string(id) }
    guard let head = try? header.encoded(), let body = try? claims.encoded() else { return nil }
    let signed = Base64URL.encode(head) + "." + Base64URL.encode(body)
    guard let signature = key.signature(of: Data(signed.utf8)) else { return nil }
    return signed + "." + Base64URL.encode(signature)
  }

  /// The claims of a caller, with the names that the rules say.
  package static func claims(
    of caller: Caller, rules: TokenRules, now: Date, lifetime: Duration
  ) -> JSONValue {
    let issued = Int64(now.timeIntervalSince1970)
    var claims: JSONValue = [
      "iat": .integer(issued), "nbf": .integer(issued),
      "exp": .integer(issued + lifetime.components.seconds),
    ]
    claims[rules.organizationClaim] = OrganizationID.json(caller.organization)
    claims[rules.roleClaim] = .string(caller.role.rawValue)
    claims["sub"] = caller.subject.map(JSONValue.string)
    claims["iss"] = rules.issuer.map(JSONValue.string)
    claims["aud"] = rules.audiences.first.map(JSONValue.string)
    return claims
  }
}
