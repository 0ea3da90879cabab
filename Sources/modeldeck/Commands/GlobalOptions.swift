import ArgumentParser
import Scripting

/// The flags of the dashboard on a cluster.
struct GlobalOptions: ParsableArguments {
  @OptionGroup var cluster: ClusterOptions
  @OptionGroup var dashboard: DashboardOptions

  var flags: [Setting.ID: [String]] {
    cluster.flags.merging(dashboard.flags) { first, _ in first }
  }
}

/// The flags that say which cluster, as whom, and for which organization: every face has them.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Path of the kubeconfig file (default: $KUBECONFIG, then ~/.kube/config).",
      valueName: "file"))
  var kubeconfig: String?

  @Option(
    help:
      "Name of the context to use: of the kubeconfig, or of an HTTP API in the configuration file.")
  var context: String?

  @Option(name: [.customShort("n"), .long], help: "Namespace to use instead of the context's.")
  var namespace: String?

  @OptionGroup var access: AccessOptions
  @OptionGroup(title: "HTTP API instead of a kubeconfig") var server: ServerOptions
  @OptionGroup var common: CommonOptions

  var flags: [Setting.ID: [String]] {
    var flags = access.flags.merging(common.flags) { first, _ in first }
    flags.merge(server.flags) { first, _ in first }
    flags.set(.kubeconfig, kubeconfig)
    flags.set(.context, context)
    flags.set(.namespace, namespace)
    return flags
  }
}

/// The flags that say as whom the cluster is asked, and for how long an answer is waited for; kubectl's.
struct AccessOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "User to act as; the cluster must allow you to impersonate them.", valueName: "user"))
  var asUser: String?

  @Option(
    name: .customLong("as-group"), parsing: .singleValue,
    help: ArgumentHelp("Group to act as; may be repeated.", valueName: "group"))
  var asGroups: [String] = []

  @Option(
    name: .customLong("as-uid"),
    help: ArgumentHelp("UID to act as.", valueName: "uid"))
  var asUID: String?

  @Option(
    help: ArgumentHelp(
      "Bearer token to use instead of the kubeconfig's credentials.", valueName: "token"))
  var token: String?

  @Option(
    help: ArgumentHelp(
      "How long to wait for an answer of the API server, e.g. 30s or 1m30s; 0 waits for ever. Watches are not limited. (default: 30s)",
      valueName: "duration"))
  var requestTimeout: String?

  var flags: [Setting.ID: [String]] {
    var flags: [Setting.ID: [String]] = [:]
    flags.set(.asUser, asUser)
    flags.set(.asUID, asUID)
    flags.set(.token, token)
    flags.set(.requestTimeout, requestTimeout)
    if !asGroups.isEmpty { flags[.asGroup] = asGroups }
    return flags
  }
}

/// The flags that say which HTTP API is worked through, for who has no kubeconfig.
struct ServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Work through this Organization Models HTTP API, e.g. https://models.example.com.",
      valueName: "url"))
  var server: String?

  @Option(
    help: ArgumentHelp(
      "File with the token for --server; read again when it changes.", valueName: "file"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "PEM file of the authority that signed the certificate of --server.", valueName: "file"))
  var certificateAuthority: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Do not check the certificate of --server: anybody could be it.")
  var insecureSkipTlsVerify: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Send the token over http:// also to another machine, where nobody else reads along.")
  var insecureHttp: Bool?

  var flags: [Setting.ID: [String]] {
    var flags: [Setting.ID: [String]] = [:]
    flags.set(.server, server)
    flags.set(.tokenFile, tokenFile)
    flags.set(.certificateAuthority, certificateAuthority)
    flags.set(.skipsTLSVerification, insecureSkipTlsVerify.map { "\($0)" })
    flags.set(.allowsPlainHTTP, insecureHttp.map { "\($0)" })
    return flags
  }
}

/// The flags that also the embedded cluster has.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Organization whose models are shown (default: 1).", valueName: "id"))
  var organization: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Never write to the cluster: no create, no delete, no repair.")
  var readOnly: Bool?

  @Option(help: ArgumentHelp("Write a log to this file.", valueName: "file"))
  var logFile: String?

  @Option(
    help: ArgumentHelp(
      "Configuration file (default: $MODELDECK_CONFIG, then ~/.config/modeldeck/config.yaml).",
      valueName: "file"))
  var config: String?

  var flags: [Setting.ID: [String]] {
    var flags: [Setting.ID: [String]] = [:]
    flags.set(.organization, organization)
    flags.set(.readOnly, readOnly.map { "\($0)" })
    flags.set(.logFile, logFile)
    return flags
  }
}

/// The flags that the dashboard has on any cluster, the embedded one included.
struct DashboardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Time between two reconciliations, e.g. 10s, 500ms, 1m. (default: 10s)",
      valueName: "duration"))
  var reconcileInterval: String?

  @Option(
    help: ArgumentHelp(
      "Theme by name, or the path of a theme file.", valueName: "name"))
  var theme: String?

  @Flag(inversion: .prefixedNo, help: "Draw with ASCII characters only.")
  var ascii: Bool?

  @Flag(inversion: .prefixedNo, help: "Use the mouse, or leave it to the terminal.")
  var mouse: Bool?

  var flags: [Setting.ID: [String]] {
    var flags: [Setting.ID: [String]] = [:]
    flags.set(.reconcileInterval, reconcileInterval)
    flags.set(.theme, theme)
    flags.set(.ascii, ascii.map { "\($0)" })
    flags.set(.mouse, mouse.map { "\($0)" })
    return flags
  }
}

extension [Setting.ID: [String]] {
  mutating func set(_ id: Setting.ID, _ text: String?) {
    if let text { self[id] = [text] }
  }
}

extension String? {
  /// The text, unless it is empty: an empty environment variable is an unset one.
  var nonEmpty: String? {
    guard let self, !self.isEmpty else { return nil }
    return self
  }
}
