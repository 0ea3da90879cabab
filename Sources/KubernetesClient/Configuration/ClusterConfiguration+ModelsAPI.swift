internal import FoundationEssentials
internal import Kubernetes

/// How the Organization Models HTTP API is reached: an address and a token, without a kubeconfig.
package struct ModelsAPIOptions: Sendable, Equatable {
  /// `https://models.example.com`; without a scheme, https is meant.
  package var server: String
  /// What it is called on screen and in messages; `nil` takes host and port.
  package var name: String?
  /// Read again whenever it is used.
  package var tokenFile: String?
  /// Used only where there is no `tokenFile`.
  package var token: Secret<String>?
  /// PEM; `nil` trusts whom the system trusts.
  package var authorityFile: String?
  /// Takes whatever certificate the server shows.
  package var skipsVerification = false
  /// `http://` is fine also where the server is another machine.
  package var allowsPlainHTTP = false
  /// As in ``ClusterConfiguration``.
  package var requestTimeout: Duration?

  package init(server: String) { self.server = server }
}

extension ClusterConfiguration {
  /// What is needed to talk to the API with these options. Reads only files.
  ///
  /// Throws what is wrong with them, and where a token would go over the network for everybody to read.
  package static func modelsAPI(
    _ options: ModelsAPIOptions, environment: [String: String]
  ) throws(KubeconfigError) -> ClusterConfiguration {
    guard let server = ServerAddress(options.server, defaultsToTLS: true) else {
      throw .invalidOption(
        "the server '\(options.server)' is no address like https://models.example.com")
    }
    guard server.usesTLS || options.allowsPlainHTTP || server.isLoopback else {
      throw .invalidOption(
        "\(server) would carry the token unencrypted: use https://, or --insecure-http where "
          + "nobody else can read the network, as inside of a cluster")
    }
    var tls = TLSMaterial()
    tls.skipsVerification = options.skipsVerification
    if let path = options.authorityFile {
      guard !options.skipsVerification else {
        throw .invalidOption(
          "insecure-skip-tls-verify and certificate-authority exclude each other: leave one out")
      }
      tls.authority = try authority(path)
    }
    let (credential, token) = try Self.credential(options)
    let identity = TokenIdentity(token)
    var configuration = ClusterConfiguration(
      server: server, contextName: options.name ?? server.authority,
      clusterName: server.authority, userName: identity.subject ?? "", tls: tls,
      credential: credential, source: .modelsAPI)
    configuration.tokenIdentity = identity
    configuration.requestTimeout = options.requestTimeout
    configuration.proxy = try Proxy.fromEnvironment(environment, for: server)
    return configuration
  }

  private static func authority(_ path: String) throws(KubeconfigError) -> TLSMaterial.PEM {
    guard let bytes = try FileReader.read(path) else {
      throw .invalidOption("the certificate authority \(path) is missing")
    }
    guard bytes.firstRange(of: Data("-----BEGIN CERTIFICATE-----".utf8)) != nil else {
      throw .invalidOption("the certificate authority \(path) holds no PEM certificate")
    }
    return TLSMaterial.PEM(bytes, origin: path)
  }

  private static func credential(
    _ options: ModelsAPIOptions
  ) throws(KubeconfigError) -> (Credential, String) {
    if let path = options.tokenFile {
      guard let bytes = try FileReader.read(path) else {
        throw .invalidOption("the token file \(path) is missing")
      }
      let text = String(decoding: bytes, as: UTF8.self).trimmingWhitespace
      guard isToken(text) else {
        throw .invalidOption(
          "the token file \(path) holds no token: it has to hold one line, and nothing else")
      }
      return (.tokenFile(path, fallback: nil), text)
    }
    guard let token = options.token else {
      throw .invalidOption(
        "\(options.server) wants a token: name a file that holds it with --token-file")
    }
    let text = token.exposed.trimmingWhitespace
    guard isToken(text) else { throw .invalidOption("the token is no line without blanks") }
    return (.token(Secret(text)), text)
  }

  /// Whom the token is about that the next request goes with: its file may hold another one by now. `nil` where there is none to be read.
  package func currentTokenIdentity() -> TokenIdentity? {
    guard case .tokenFile(let path, _) = credential else { return tokenIdentity }
    guard let bytes = try? FileReader.read(path) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).trimmingWhitespace
    return Self.isToken(text) ? TokenIdentity(text) : nil
  }

  /// What can stand in a header: anything else would be refused as a broken request.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (33...126).contains($0) }
  }

  /// How the server is called in messages.
  var serverTitle: String { source == .modelsAPI ? "the HTTP API" : "the API server" }
}

/// Whom a JSON Web Token is about, as it says itself. Nothing is verified: it is for people.
package struct TokenIdentity: Sendable, Equatable {
  /// The claim `sub`; `nil` where there is none or it is empty.
  package var subject: String?
  /// By the claim that the specification names, `organization_id`.
  package var organization: String?

  private struct Claims: Decodable {
    var sub: String?
    var organization: TextOrNumber?

    enum CodingKeys: String, CodingKey {
      case sub
      case organization = "organization_id"
    }
  }

  private struct TextOrNumber: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      text = try (try? container.decode(String.self)) ?? String(container.decode(Int64.self))
    }
  }

  init(_ token: String) {
    let claims = CredentialExpiry.claims(Claims.self, of: token)
    subject = claims?.sub.flatMap { $0.isEmpty ? nil : $0 }
    organization = claims?.organization.flatMap { $0.text.isEmpty ? nil : $0.text }
  }
}

extension ServerAddress {
  /// Nothing of what is sent leaves this machine.
  var isLoopback: Bool {
    let name = host.lowercased()
    return name == "localhost" || name.hasSuffix(".localhost") || IPBits(name)?.isLoopback == true
  }
}
