import ArgumentParser
import ModelCore
import ModelsAPI

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `modeldeck token`: a token for trying the API out.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Make a token for trying the HTTP API out.",
    discussion: """
      Prints a JSON Web Token, signed with the secret or the private key that is given. Real tokens come from your \
      identity provider. A secret to try it with: openssl rand -base64 48 > secret
      """)

  @Option(
    help: ArgumentHelp(
      "A file with the secret (or $MODELDECK_JWT_SECRET); the token is signed by HS256.",
      valueName: "file"))
  var jwtSecretFile: String?

  @Option(
    help: ArgumentHelp(
      "A PEM file with a private key for RS256, ES256 or EdDSA.", valueName: "file"))
  var jwtPrivateKeyFile: String?

  @Option(help: ArgumentHelp("With a secret: HS256, HS384 or HS512.", valueName: "name"))
  var jwtAlgorithm = SignatureAlgorithm.hs256.rawValue

  @Option(
    help: ArgumentHelp(
      "The organization (default: $MODELDECK_ORGANIZATION, then 1).", valueName: "id"))
  var organization: String?

  @Option(help: ArgumentHelp("What the token allows: reader or owner.", valueName: "role"))
  var role = Caller.Role.reader.rawValue

  @Option(help: ArgumentHelp("Whose token it is (sub).", valueName: "text"))
  var subject: String?

  @Option(help: ArgumentHelp("How long it is valid, e.g. 15m or 8h.", valueName: "duration"))
  var expiresIn = DurationArgument(.seconds(3_600))

  @OptionGroup var claims: ClaimOptions

  func validate() throws {
    guard Caller.Role(rawValue: role) != nil else {
      throw ValidationError("--role must be reader or owner.")
    }
    guard SignatureAlgorithm(rawValue: jwtAlgorithm)?.isSymmetric ?? false else {
      throw ValidationError("--jwt-algorithm must be HS256, HS384 or HS512.")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let name = organization ?? environment["MODELDECK_ORGANIZATION"].nonEmpty ?? "1"
    guard OrganizationID.isValid(name) else {
      throw ValidationError("The organization '\(name)' cannot be a label value.")
    }
    let key: VerificationKey
    do {
      key = try await signingKey(environment: environment)
    } catch {
      Talk.say("\(error)")
      throw ExitCode(2)
    }
    let caller = Caller(
      organization: name, role: Caller.Role(rawValue: role) ?? .reader, subject: subject.nonEmpty)
    let content = TokenIssuer.claims(
      of: caller, rules: claims.rules, now: Date(), lifetime: expiresIn.value)
    guard let token = TokenIssuer(key: key).token(claims: content) else {
      Talk.say("the key cannot sign: name a private key with --jwt-private-key-file.")
      throw ExitCode(2)
    }
    print(token)
  }

  private func signingKey(environment: [String: String]) async throws -> VerificationKey {
    let source: KeySource
    if let jwtPrivateKeyFile {
      source = .pemFile(jwtPrivateKeyFile)
    } else if let jwtSecretFile {
      source = .secretFile(jwtSecretFile)
    } else if let secret = environment["MODELDECK_JWT_SECRET"].nonEmpty {
      source = .secret(Data(secret.utf8))
    } else {
      throw ValidationError(
        "Name a secret with --jwt-secret-file or a key with --jwt-private-key-file.")
    }
    let keys = try await source.load()
    guard let key = keys.first(where: { $0.algorithm.rawValue == jwtAlgorithm }) ?? keys.first
    else { throw ValidationError("There is no key in it.") }
    return key
  }
}
