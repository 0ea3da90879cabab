internal import FoundationEssentials
internal import Kubernetes

// How the user proves who it is.
extension ContextResolver {
  /// Tokens go before a plugin, as in kubectl.
  func credential(
    _ name: String, _ entry: Kubeconfig.Entry<KubeconfigFile.User>,
    cluster: Kubeconfig.Entry<KubeconfigFile.Cluster>, tls: TLSMaterial
  ) throws(KubeconfigError) -> Credential {
    let user = entry.value
    if let token = overrides.token { return .token(token) }
    if let provider = user.authProvider {
      throw .unsupportedCredentials(
        user: name, mechanism: "the auth-provider '\(provider.name ?? "")'", file: entry.file)
    }
    let token = (user.token ?? "").trimmingWhitespace
    let hasPassword = !(user.username ?? "").isEmpty || !(user.password ?? "").isEmpty
    if let path = user.tokenFile, !path.isEmpty {
      let resolved = FileReader.resolve(path, against: entry.file)
      let fallback = token.isEmpty ? nil : Secret(token)
      if try FileReader.read(resolved) == nil, fallback == nil {
        throw .invalidEntry(
          kind: "user", name: name, file: entry.file, problem: "tokenFile \(resolved) is missing")
      }
      return .tokenFile(resolved, fallback: fallback)
    }
    guard token.isEmpty || !hasPassword else {
      throw .invalidEntry(
        kind: "user", name: name, file: entry.file,
        problem: "token and username exclude each other: remove one")
    }
    if !token.isEmpty { return .token(Secret(token)) }
    if hasPassword {
      return .basic(user: user.username ?? "", password: Secret(user.password ?? ""))
    }
    guard let plugin = user.exec else { return .none }
    return .plugin(try self.plugin(name, plugin, file: entry.file, cluster: cluster.value, tls))
  }

  /// `exec`, with kubectl's rules for what must be there.
  private func plugin(
    _ name: String, _ entry: KubeconfigFile.User.Plugin, file: String,
    cluster: KubeconfigFile.Cluster, _ tls: TLSMaterial
  ) throws(KubeconfigError) -> ExecPlugin {
    func invalid(_ problem: String) -> KubeconfigError {
      .invalidEntry(kind: "user", name: name, file: file, problem: "exec: \(problem)")
    }
    guard let command = entry.command, !command.isEmpty else {
      throw invalid("it has no command")
    }
    guard let versionText = entry.apiVersion, !versionText.isEmpty else {
      throw invalid("it has no apiVersion: set client.authentication.k8s.io/v1")
    }
    guard let version = ExecPlugin.Version(rawValue: versionText) else {
      throw invalid(
        "apiVersion '\(versionText)' is not supported: set client.authentication.k8s.io/v1, and update "
          + "'\(command)' if it cannot answer in it")
    }
    let mode: ExecPlugin.InteractiveMode
    switch entry.interactiveMode {
    case nil, "":
      guard version == .v1beta1 else {
        throw invalid(
          "interactiveMode is missing, which v1 requires: set Never, IfAvailable or Always")
      }
      mode = .ifAvailable
    case .some(let text):
      guard let known = ExecPlugin.InteractiveMode(rawValue: text) else {
        throw invalid("interactiveMode '\(text)' is none of Never, IfAvailable, Always")
      }
      mode = known
    }
    var variables: [String: String] = [:]
    for variable in entry.env ?? [] {
      guard let key = variable.name, !key.isEmpty, !key.contains("=") else {
        throw invalid("an element of env has no name that a variable can have")
      }
      variables[key] = variable.value ?? ""
    }
    return ExecPlugin(
      version: version,
      command: command.contains("/") ? FileReader.resolve(command, against: file) : command,
      arguments: entry.args ?? [], interactiveMode: mode, variables: variables,
      installHint: entry.installHint,
      cluster: entry.provideClusterInfo == true ? Self.description(of: cluster, tls) : nil,
      environment: environment)
  }

  /// `spec.cluster` of an ExecCredential: what a plugin may know about where its credentials go.
  private static func description(
    of cluster: KubeconfigFile.Cluster, _ tls: TLSMaterial
  ) -> JSONValue {
    var result: [String: JSONValue] = ["server": .string(cluster.server ?? "")]
    func set(_ key: String, _ text: String?) {
      if let text, !text.isEmpty { result[key] = .string(text) }
    }
    set("tls-server-name", cluster.tlsServerName)
    set("proxy-url", cluster.proxyURL)
    set("certificate-authority-data", tls.authority?.bytes.exposed.base64EncodedString())
    if cluster.insecureSkipTLSVerify == true { result["insecure-skip-tls-verify"] = true }
    if cluster.disableCompression == true { result["disable-compression"] = true }
    result["config"] = cluster.pluginConfiguration
    return .object(result)
  }
}
