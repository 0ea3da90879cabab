internal import FoundationEssentials
internal import Kubernetes
internal import Yams

/// One kubeconfig file as it is written. Source of the names: `k8s.io/client-go/tools/clientcmd/api/v1`.
///
/// Decoded leniently: unknown fields are ignored, entries without a name are dropped, as kubectl does.
struct KubeconfigFile: Decodable, Sendable {
  struct Cluster: Decodable, Sendable {
    var server: String?
    var tlsServerName: String?
    var insecureSkipTLSVerify: Bool?
    var certificateAuthority: String?
    var certificateAuthorityData: String?
    var proxyURL: String?
    var disableCompression: Bool?
    /// The settings for credential plugins; not decoded but taken from the YAML as they are.
    var pluginConfiguration: JSONValue?

    private enum CodingKeys: String, CodingKey {
      case server
      case tlsServerName = "tls-server-name"
      case insecureSkipTLSVerify = "insecure-skip-tls-verify"
      case certificateAuthority = "certificate-authority"
      case certificateAuthorityData = "certificate-authority-data"
      case proxyURL = "proxy-url"
      case disableCompression = "disable-compression"
    }
  }

  struct User: Decodable, Sendable {
    /// A program that prints credentials.
    struct Plugin: Decodable, Sendable {
      struct Variable: Decodable, Sendable {
        var name: String?
        var value: String?
      }

      var apiVersion: String?
      var command: String?
      var args: [String]?
      var env: [Variable]?
      var installHint: String?
      var provideClusterInfo: Bool?
      var interactiveMode: String?
    }

    /// Only whether it is there.
    struct Provider: Decodable, Sendable {
      var name: String?
    }

    var clientCertificate: String?
    var clientCertificateData: String?
    var clientKey: String?
    var clientKeyData: String?
    var token: String?
    var tokenFile: String?
    var username: String?
    var password: String?
    var impersonate: String?
    var impersonateUID: String?
    var impersonateGroups: [String]?
    var impersonateExtra: [String: [String]]?
    var exec: Plugin?
    var authProvider: Provider?

    private enum CodingKeys: String, CodingKey {
      case clientCertificate = "client-certificate"
      case clientCertificateData = "client-certificate-data"
      case clientKey = "client-key"
      case clientKeyData = "client-key-data"
      case token, tokenFile, username, password, exec
      case impersonate = "as"
      case impersonateUID = "as-uid"
      case impersonateGroups = "as-groups"
      case impersonateExtra = "as-user-extra"
      case authProvider = "auth-provider"
    }
  }

  struct Context: Decodable, Sendable {
    var cluster: String?
    var user: String?
    var namespace: String?
  }

  /// An element of one of the lists: a name, and the value under a key that depends on the list.
  struct Named<Value: Decodable & Sendable>: Decodable, Sendable {
    var name: String
    var value: Value?

    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      name = try container.decodeIfPresent(String.self, forKey: Key(stringValue: "name")) ?? ""
      value = nil
      for word in ["cluster", "user", "context"] {
        let key = Key(stringValue: word)
        if container.contains(key) {
          value = try container.decodeIfPresent(Value.self, forKey: key)
        }
      }
    }
  }

  var currentContext: String?
  var clusters: [Named<Cluster>]?
  var users: [Named<User>]?
  var contexts: [Named<Context>]?

  private enum CodingKeys: String, CodingKey {
    case currentContext = "current-context"
    case clusters, users, contexts
  }

  /// Reads a file's text. Errors never quote the text: it holds credentials.
  static func parse(_ data: Data, path: String) throws(KubeconfigError) -> KubeconfigFile {
    let text = String(decoding: data, as: UTF8.self)
    do {
      guard let node = try compose(yaml: text), node.null == nil else {
        return KubeconfigFile()
      }
      guard node.mapping != nil else {
        throw KubeconfigError.invalidFile(path, problem: "it is no YAML mapping")
      }
      var file = try YAMLDecoder().decode(KubeconfigFile.self, from: node)
      file.addPluginConfigurations(from: node)
      return file
    } catch let error as KubeconfigError {
      throw error
    } catch {
      throw .invalidFile(path, problem: Self.problem(error))
    }
  }

  /// The name of the cluster's extension that is meant for credential plugins.
  private static let pluginExtension = "client.authentication.k8s.io/exec"

  private mutating func addPluginConfigurations(from root: Node) {
    for (index, entry) in (root["clusters"]?.sequence ?? []).enumerated() {
      for named in entry["cluster"]?["extensions"]?.sequence ?? []
      where named["name"]?.string == Self.pluginExtension {
        clusters?[index].value?.pluginConfiguration = named["extension"].map(JSONValue.init)
      }
    }
  }

  private static func problem(_ error: any Error) -> String {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _),
      YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      return "\(problem) (line \(mark.line), column \(mark.column))"
    case YamlError.duplicatedKeysInMapping(_, let context):
      return "a key stands twice in the mapping at line \(context.mark.line)"
    case YamlError.reader:
      return "it has characters that YAML does not allow"
    default:
      return JSONCoding.problem(error)
    }
  }
}

extension JSONValue {
  /// YAML as JSON; quoted scalars are text.
  fileprivate init(_ node: Node) {
    switch node {
    case .mapping(let mapping):
      var object: [String: JSONValue] = [:]
      for (key, value) in mapping { object[key.string ?? ""] = JSONValue(value) }
      self = .object(object)
    case .sequence(let sequence): self = .array(sequence.map(JSONValue.init))
    case .scalar(let scalar): self = Self.scalar(node, scalar)
    case .alias: self = .null
    }
  }

  private static func scalar(_ node: Node, _ scalar: Node.Scalar) -> JSONValue {
    guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
    if node.null != nil { return .null }
    if let value = node.bool { return .bool(value) }
    if let value = node.int { return .integer(Int64(value)) }
    if let value = node.float, value.isFinite { return .double(value) }
    return .string(scalar.string)
  }
}
