internal import FoundationEssentials
package import Kubernetes
internal import ModelCore

/// What a token must say.
package struct TokenRules: Sendable {
  /// `nil` accepts any issuer whose key is known.
  package var issuer: String?
  /// A token has to name one of these. Without any, a token that names an audience is for somebody else.
  package var audiences: [String] = []
  /// By how much clocks may differ.
  package var leeway: Duration = .zero
  /// The claim that names the organization, or a path of members: `realm.organization`.
  package var organizationClaim = "organization_id"
  /// The claim with the role or a list of roles, or a path of members to it.
  package var roleClaim = "role"
  /// A token that names another one is refused before its signature is looked at.
  package var algorithms = Set(SignatureAlgorithm.allCases)
  /// `nil` serves every organization that a valid token names.
  package var organizations: Set<String>?

  /// Any issuer, no audience, no leeway, every organization, and the claims `organization_id` and `role`.
  package init() {}
}

/// Turns a token into who asks, or says why not.
package struct TokenVerifier: Sendable {
  private let rules: TokenRules
  private let keys: KeyRing
  private let clock: WallClock
  private let verified = VerifiedTokens()

  /// More bytes than any issuer's tokens have.
  private static let longest = 8_192

  /// `clock` is what expiry is measured by.
  package init(rules: TokenRules, keys: KeyRing, clock: WallClock = .system) {
    self.rules = rules
    self.keys = keys
    self.clock = clock
  }

  /// Whether there is a key to verify with.
  package var isReady: Bool { get async { await keys.isReady } }

  /// Throws ``TokenRefusal``.
  package func caller(token: String) async throws(TokenRefusal) -> Caller {
    let now = clock.now().timeIntervalSince1970
    if let reading = keys.currentReading,
      let caller = verified.caller(token: token, now: now, reading: reading)
    {
      return caller
    }
    // The reading before the keys are looked at: what is rotated meanwhile is not taken for verified with the new ones.
    let reading = keys.currentReading
    let payload = try await verifiedPayload(of: token)
    let validity = try self.validity(of: payload, now: now)
    let caller = try caller(in: payload)
    if let reading {
      verified.keep(.init(caller: caller, validity: validity, reading: reading), of: token)
    }
    return caller
  }

  private func caller(in payload: JSONValue) throws(TokenRefusal) -> Caller {
    try checkIssuer(payload)
    guard let organization = OrganizationID.read(claim(rules.organizationClaim, in: payload)) else {
      throw TokenRefusal("the token names no organization")
    }
    if let served = rules.organizations, !served.contains(organization) {
      throw TokenRefusal("the token is of an organization that is not served here")
    }
    guard let role = role(in: payload) else {
      throw TokenRefusal("the token has neither the role reader nor the role owner")
    }
    let subject = payload["sub"]?.stringValue.map { Excerpt.line($0, limit: 128) }
    return Caller(
      organization: organization, role: role, subject: subject?.isEmpty == true ? nil : subject)
  }

  // MARK: Signature

  private func verifiedPayload(of token: String) async throws(TokenRefusal) -> JSONValue {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard token.utf8.count <= Self.longest, parts.count == 3,
      let header = Self.object(parts[0]), let payload = Self.object(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { throw TokenRefusal("this is no JSON Web Token") }
    guard let algorithm = header["alg"]?.stringValue.flatMap(SignatureAlgorithm.init),
      rules.algorithms.contains(algorithm)
    else { throw TokenRefusal("the token's algorithm is not accepted") }
    // Nobody here understands any extension that has to be understood (RFC 7515, section 4.1.11).
    guard header["crit"] == nil else {
      throw TokenRefusal("the token needs an extension that is not supported")
    }
    let signed = Data("\(parts[0]).\(parts[1])".utf8)
    let id = header["kid"]?.stringValue
    func isSigned() async -> Bool {
      await keys.candidates(id: id, algorithm: algorithm)
        .contains { $0.verifies(signature, of: signed) }
    }
    var isSignedByUs = await isSigned()
    if !isSignedByUs, await keys.hasReread() { isSignedByUs = await isSigned() }
    guard isSignedByUs else { throw TokenRefusal("the token's signature is not valid") }
    return payload
  }

  private static func object(_ part: Substring) -> JSONValue? {
    guard let data = Base64URL.decode(part), JSONDepth.isWithin(8, data),
      let json = try? JSONValue(parsing: data), json.objectValue != nil
    else { return nil }
    return json
  }

  // MARK: Claims

  /// From when to when the token is valid, which has to include now.
  private func validity(
    of payload: JSONValue, now: Double
  ) throws(TokenRefusal) -> Range<Double> {
    let leeway = rules.leeway / .seconds(1)
    guard let expiry = Self.time(payload["exp"]) else {
      throw TokenRefusal("the token has no expiry")
    }
    guard now < expiry + leeway else { throw TokenRefusal("the token has expired") }
    var start = -Double.infinity
    if let claim = payload["nbf"], !claim.isNull {
      guard let time = Self.time(claim), now >= time - leeway else {
        throw TokenRefusal("the token is not valid yet")
      }
      start = time - leeway
    }
    return start..<(expiry + leeway)
  }

  private static func time(_ json: JSONValue?) -> Double? {
    switch json {
    case .integer(let seconds): Double(seconds)
    case .double(let seconds) where seconds.isFinite: seconds
    default: nil
    }
  }

  private func checkIssuer(_ payload: JSONValue) throws(TokenRefusal) {
    if let issuer = rules.issuer, payload["iss"]?.stringValue != issuer {
      throw TokenRefusal("the token is of another issuer")
    }
    let audiences = Self.texts(payload["aud"])
    let isForUs =
      rules.audiences.isEmpty
      ? payload["aud"] == nil || payload["aud"]?.isNull == true
      : audiences.contains(where: rules.audiences.contains)
    guard isForUs else { throw TokenRefusal("the token is for another audience") }
  }

  private func role(in payload: JSONValue) -> Caller.Role? {
    let roles = Set(Self.texts(claim(rules.roleClaim, in: payload)))
    if roles.contains(Caller.Role.owner.rawValue) { return .owner }
    return roles.contains(Caller.Role.reader.rawValue) ? .reader : nil
  }

  /// The claim of that very name, or else the member at that path: `realm.organization`.
  private func claim(_ name: String, in payload: JSONValue) -> JSONValue? {
    payload[name] ?? payload[path: name.split(separator: ".").map(String.init)]
  }

  /// One text, or several.
  private static func texts(_ json: JSONValue?) -> [String] {
    if let text = json?.stringValue { return [text] }
    return json?.arrayValue?.compactMap(\.stringValue) ?? []
  }
}
