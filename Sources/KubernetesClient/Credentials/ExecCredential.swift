internal import FoundationEssentials
internal import Kubernetes
internal import NIOSSL

/// What a credential plugin printed: `ExecCredential` of `client.authentication.k8s.io`.
struct ExecCredential: Sendable, Equatable {
  var token: Secret<String>?
  var certificate: TLSMaterial.PEM?
  var key: TLSMaterial.PEM?
  /// When the plugin says that it ends; without it, when the certificate does.
  var expiresAt: Date?

  private struct Document: Decodable {
    struct Status: Decodable {
      var token: String?
      var clientCertificateData: String?
      var clientKeyData: String?
      var expirationTimestamp: String?
    }
    var apiVersion: String?
    var kind: String?
    var status: Status?
  }

  /// Reads a plugin's output. The text of it is never quoted: it holds credentials.
  init(_ output: Data, from plugin: ExecPlugin) throws(PluginFailure) {
    let document = try Self.document(output, plugin)
    guard document.kind == "ExecCredential" else {
      throw PluginFailure("printed no ExecCredential: its kind is \(Self.quoted(document.kind))")
    }
    guard document.apiVersion == plugin.version.rawValue else {
      throw PluginFailure(
        "answered in apiVersion \(Self.quoted(document.apiVersion)), but the kubeconfig asks for "
          + "\(plugin.version.rawValue): change apiVersion in the kubeconfig, or update the plugin")
    }
    guard let status = document.status else {
      throw PluginFailure("printed an ExecCredential without status: it has no credentials to give")
    }
    let token = (status.token ?? "").trimmingWhitespace
    let (certificate, key) = try Self.identity(status, plugin)
    guard !token.isEmpty || certificate != nil else {
      throw PluginFailure("gave neither a token nor a client certificate with its key")
    }
    guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw PluginFailure("gave a token with characters that no token can have")
    }
    self.token = token.isEmpty ? nil : Secret(token)
    self.certificate = certificate
    self.key = key
    expiresAt = try Self.expiration(status) ?? certificate.flatMap(CredentialExpiry.ofCertificate)
  }

  private static func document(
    _ output: Data, _ plugin: ExecPlugin
  ) throws(PluginFailure) -> Document {
    let isBlank = output.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard !isBlank else { throw PluginFailure("printed nothing on its standard output") }
    guard output.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{")
    else {
      throw PluginFailure(
        "printed something else than an ExecCredential in JSON on its standard output")
    }
    do {
      return try JSONCoding.decoder.decode(Document.self, from: output)
    } catch {
      throw PluginFailure("printed an ExecCredential that is no valid JSON")
    }
  }

  private static func identity(
    _ status: Document.Status, _ plugin: ExecPlugin
  ) throws(PluginFailure) -> (TLSMaterial.PEM?, TLSMaterial.PEM?) {
    let certificate = status.clientCertificateData ?? ""
    let key = status.clientKeyData ?? ""
    guard certificate.isEmpty == key.isEmpty else {
      let (there, missing) =
        key.isEmpty
        ? ("clientCertificateData", "clientKeyData") : ("clientKeyData", "clientCertificateData")
      throw PluginFailure("gave \(there) without \(missing)")
    }
    guard !certificate.isEmpty else { return (nil, nil) }
    let origin = "the client certificate of the credential plugin '\(plugin.name)'"
    let material = TLSMaterial(
      clientCertificate: .init(Data(certificate.utf8), origin: origin),
      clientKey: .init(Data(key.utf8), origin: origin))
    do {
      _ = try TLSConfiguration.make(from: material)
    } catch {
      throw PluginFailure("gave a client certificate or key that is no valid PEM")
    }
    return (material.clientCertificate, material.clientKey)
  }

  private static func expiration(_ status: Document.Status) throws(PluginFailure) -> Date? {
    guard let text = status.expirationTimestamp, !text.isEmpty else { return nil }
    guard let date = Timestamp.parse(text) else {
      throw PluginFailure("gave an expirationTimestamp that is no RFC 3339 time")
    }
    return date
  }

  private static func quoted(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "missing" }
    return "'\(text.prefix(60).filter { !$0.isNewline })'"
  }
}

/// Why a plugin gave no credentials. `problem` goes on after "the credential plugin 'x' of user 'y'".
struct PluginFailure: Error, Equatable {
  var problem: String
  /// Running it again, with a terminal or without, leads nowhere: it is not there or cannot be run.
  var isPermanent: Bool
  /// It had the terminal: who was asked did not do what was asked for.
  var hadTerminal = false

  init(_ problem: String, isPermanent: Bool = false) {
    self.problem = problem
    self.isPermanent = isPermanent
  }
}
