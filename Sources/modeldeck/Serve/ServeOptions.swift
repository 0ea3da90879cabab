import ArgumentParser
import ModelsAPI

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What tokens say, and where; the same for the server and for `modeldeck token`.
struct ClaimOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The issuer that tokens must name (iss).", valueName: "text"))
  var jwtIssuer: String?

  @Option(
    help: ArgumentHelp(
      "An audience that tokens must name (aud); may be repeated. Without it tokens must name none.",
      valueName: "text"))
  var jwtAudience: [String] = []

  @Option(
    help: ArgumentHelp(
      "The claim that names the organization; realm.organization is a member of a member.",
      valueName: "name"))
  var jwtOrganizationClaim = TokenRules().organizationClaim

  @Option(
    help: ArgumentHelp(
      "The claim with the role, reader or owner; it may be a list.", valueName: "name"))
  var jwtRoleClaim = TokenRules().roleClaim

  var rules: TokenRules {
    var rules = TokenRules()
    rules.issuer = jwtIssuer.nonEmpty
    rules.audiences = jwtAudience
    rules.organizationClaim = jwtOrganizationClaim
    rules.roleClaim = jwtRoleClaim
    return rules
  }
}

/// Where the keys of tokens are.
struct KeyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file with the secret of HS256, HS384 and HS512, at least 32 bytes; may be repeated. Or $MODELDECK_JWT_SECRET.",
      valueName: "file"))
  var jwtSecretFile: [String] = []

  @Option(
    help: ArgumentHelp(
      "A PEM file with the public key or certificate of RS256, ES256 or EdDSA; may be repeated.",
      valueName: "file"))
  var jwtKeyFile: [String] = []

  @Option(
    help: ArgumentHelp(
      "A JSON Web Key Set: a file, or an https address; may be repeated.", valueName: "file|url"))
  var jwtJwks: [String] = []

  @Option(
    help: ArgumentHelp(
      "An algorithm to accept; may be repeated (default: HS256, HS384, HS512, RS256, ES256, EdDSA).",
      valueName: "name"))
  var jwtAlgorithm: [String] = []

  @Option(help: ArgumentHelp("By how much clocks may differ, e.g. 5s.", valueName: "duration"))
  var jwtLeeway: DurationArgument?

  func validate() throws {
    _ = try algorithms()
    for place in jwtJwks where place.contains("://") && !KeySource.isSafe(url: place) {
      throw ValidationError("--jwt-jwks \(place): keys are fetched by https only.")
    }
  }

  func algorithms() throws -> Set<SignatureAlgorithm> {
    guard !jwtAlgorithm.isEmpty else { return Set(SignatureAlgorithm.allCases) }
    return Set(
      try jwtAlgorithm.map { name in
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
          let names = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("--jwt-algorithm \(name): use one of \(names).")
        }
        return algorithm
      })
  }

  /// Throws where there is no key at all: a server that lets nobody in, or everybody, helps nobody.
  func sources(environment: [String: String]) throws -> [KeySource] {
    var sources: [KeySource] = []
    if let secret = environment["MODELDECK_JWT_SECRET"].nonEmpty {
      sources.append(.secret(Data(secret.utf8)))
    }
    sources += jwtSecretFile.map(KeySource.secretFile)
    sources += jwtKeyFile.map(KeySource.pemFile)
    sources += jwtJwks.map { $0.contains("://") ? .keySetURL($0) : .keySetFile($0) }
    guard !sources.isEmpty else {
      throw NoKeys()
    }
    return sources
  }
}

/// There is nothing to verify tokens with.
struct NoKeys: Error, CustomStringConvertible {
  var description: String {
    "no key for tokens is configured: use --jwt-secret-file, --jwt-key-file or --jwt-jwks. "
      + "To try it out: openssl rand -base64 48 > secret"
  }
}

/// An address to listen on: `HOST:PORT`, `[IPv6]:PORT`, `:PORT` for all addresses.
struct ListenArgument: ExpressibleByArgument {
  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"),
      let port = Int(argument[argument.index(after: colon)...]), (0...65_535).contains(port)
    else { return nil }
    var host = String(argument[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    self.host = host.isEmpty ? "0.0.0.0" : host
    self.port = port
  }

  var defaultValueDescription: String { "\(host):\(port)" }
  /// As it stands in an address.
  var url: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
