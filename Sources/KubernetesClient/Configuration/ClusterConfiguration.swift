package import FoundationEssentials

/// Everything that is needed to talk to one cluster as one user: one context, resolved.
package struct ClusterConfiguration: Sendable {
  /// Where it was found.
  package enum Source: Sendable, Equatable {
    case kubeconfig(files: [String])
    /// The service account of the pod this runs in.
    case inCluster
    /// An address and a token of the Organization Models HTTP API.
    case modelsAPI
  }

  /// What stands for the context inside a pod.
  package static let inClusterContext = "in-cluster"

  package var server: ServerAddress
  /// The context's name; `inClusterContext` inside a pod.
  package var contextName: String
  /// The cluster's name in the kubeconfig; `in-cluster` inside a pod, host and port of the HTTP API.
  package var clusterName: String
  /// The user's name in the kubeconfig, or the service account's: who created something.
  package var userName: String
  /// `--namespace`, else the context's, else `default`.
  package var namespace: String
  /// What the flag, the context or the pod says; `nil` where none of them says anything.
  package var statedNamespace: String?
  package var tls: TLSMaterial
  package var credential: Credential
  /// `nil` where requests are made for the user itself.
  package var impersonation: Impersonation?
  /// `proxy-url`, else what `HTTPS_PROXY` and its relatives say for this server.
  package var proxy: Proxy?
  /// Asks for answers that are not packed, which cost less time and more network.
  package var disableCompression: Bool
  /// Until a request is answered, instead of the client's own limit; zero is no limit. Watches have none.
  package var requestTimeout: Duration?
  package var source: Source
  /// Whom the token is about, where it is one of the Organization Models HTTP API.
  package var tokenIdentity: TokenIdentity?

  /// Reads the same again, e.g. after another program renewed a token; `nil` where there is nothing to read again.
  var reload: (@Sendable () throws(KubeconfigError) -> ClusterConfiguration)?

  package init(
    server: ServerAddress, contextName: String, clusterName: String = "", userName: String = "",
    namespace: String = "default", tls: TLSMaterial = TLSMaterial(),
    credential: Credential = .none, source: Source = .kubeconfig(files: [])
  ) {
    self.server = server
    self.contextName = contextName
    self.clusterName = clusterName
    self.userName = userName
    self.namespace = namespace
    self.tls = tls
    self.credential = credential
    self.source = source
    disableCompression = false
  }
}

/// How the user proves who it is, apart from a client certificate.
package enum Credential: Sendable, Equatable {
  case none
  case token(Secret<String>)
  /// Read again whenever it is used. The fallback is what stands beside it in the kubeconfig.
  case tokenFile(String, fallback: Secret<String>?)
  case basic(user: String, password: Secret<String>)
  /// A program prints a token, or a client certificate with its key.
  case plugin(ExecPlugin)
}

/// Whom the requests are made for, where that is somebody else: `as` and its relatives of a kubeconfig's user.
package struct Impersonation: Sendable, Equatable {
  package var user: String
  /// `nil` where only the name is given.
  package var uid: String?
  package var groups: [String]
  /// Further attributes by key, each with its values: `as-user-extra`.
  package var extra: [String: [String]]

  package init(
    user: String, uid: String? = nil, groups: [String] = [], extra: [String: [String]] = [:]
  ) {
    self.user = user
    self.uid = uid
    self.groups = groups
    self.extra = extra
  }

  /// The flags' values over the file's, one by one as kubectl does; nobody where neither names anybody.
  static func merged(
    _ flags: Impersonation?, over file: Impersonation?
  ) throws(KubeconfigError) -> Impersonation? {
    guard let flags else { return file }
    var result = file ?? Impersonation(user: "")
    if !flags.user.isEmpty { result.user = flags.user }
    if let uid = flags.uid, !uid.isEmpty { result.uid = uid }
    if !flags.groups.isEmpty { result.groups = flags.groups }
    guard !result.user.isEmpty else {
      throw .invalidOption("--as-group and --as-uid need --as: name the user as well")
    }
    return result
  }
}

/// Certificates and keys as PEM, and how strictly the server's certificate is looked at.
package struct TLSMaterial: Sendable, Equatable {
  /// PEM text and the file it came from, for messages.
  package struct PEM: Sendable, Equatable {
    package var bytes: Secret<Data>
    /// The file, or the field and its kubeconfig where the text stands in that.
    package var origin: String

    package init(_ bytes: Data, origin: String) {
      self.bytes = Secret(bytes)
      self.origin = origin
    }
  }

  /// One or more certificates; `nil` means the system's.
  package var authority: PEM?
  /// `nil` where the user shows none.
  package var clientCertificate: PEM?
  package var clientKey: PEM?
  /// The name that the server's certificate is checked for, instead of the host's.
  package var serverName: String?
  /// Takes whatever certificate the server shows.
  package var skipsVerification: Bool

  package init(
    authority: PEM? = nil, clientCertificate: PEM? = nil, clientKey: PEM? = nil,
    serverName: String? = nil, skipsVerification: Bool = false
  ) {
    self.authority = authority
    self.clientCertificate = clientCertificate
    self.clientKey = clientKey
    self.serverName = serverName
    self.skipsVerification = skipsVerification
  }
}
