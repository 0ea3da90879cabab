internal import ModelCore
internal import TerminalUI

/// One thing that can be configured: its flag is `--NAME`, its environment variable `MODELDECK_NAME`, its key in the
/// configuration file the name itself. Help, `modeldeck config` and the documentation are made from these.
package struct Setting: Sendable, Identifiable {
  /// Every setting by the name of its flag.
  package enum ID: String, Sendable, CaseIterable {
    case kubeconfig, context, namespace, organization
    case server
    case tokenFile = "token-file"
    case certificateAuthority = "certificate-authority"
    case skipsTLSVerification = "insecure-skip-tls-verify"
    case allowsPlainHTTP = "insecure-http"
    case asUser = "as"
    case asGroup = "as-group"
    case asUID = "as-uid"
    case token
    case requestTimeout = "request-timeout"
    case readOnly = "read-only"
    case reconcileInterval = "reconcile-interval"
    case logFile = "log-file"
    case output, theme, ascii, mouse
  }

  /// What kind of value it has: what is allowed, and how it is read.
  package enum Kind: Sendable {
    case text
    /// Of a file; in the configuration file relative to where that is, and `~/` is the home directory.
    case path
    /// Several texts; with commas in the environment, a sequence in the file.
    case list
    case flag
    /// In seconds.
    case duration(ClosedRange<Double>)
    case organization
    case output
    /// Never shown, and never in a file.
    case secret
  }

  package let id: ID
  package let kind: Kind
  /// One sentence, for help and manual page.
  package let help: String
  /// What holds where nothing is said; in words where it is found out.
  package let standard: String
  /// May stand under `contexts: {NAME: ...}` in the file.
  package let isPerContext: Bool

  package var name: String { id.rawValue }
  /// The name of its environment variable.
  package var variable: String {
    "MODELDECK_" + name.uppercased().split(separator: "-").joined(separator: "_")
  }
  /// A secret may not: files get copied and shared.
  package var mayBeInFile: Bool { if case .secret = kind { false } else { true } }

  private init(
    _ id: ID, _ kind: Kind, standard: String, isPerContext: Bool = false, help: String
  ) {
    self.id = id
    self.kind = kind
    self.standard = standard
    self.isPerContext = isPerContext
    self.help = help
  }

  /// The setting of a name: there is one for each.
  package static subscript(id: ID) -> Setting { byID[id] ?? all[0] }
  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

  /// All of them, in the order of the manual page.
  package static let all: [Setting] = [
    Setting(
      .kubeconfig, .text, standard: "$KUBECONFIG, then ~/.kube/config",
      help: "Path of the kubeconfig file."),
    Setting(
      .context, .text, standard: "the kubeconfig's current one",
      help: "Name of the context to use: of the kubeconfig, or of an HTTP API in this file."),
    Setting(
      .namespace, .text, standard: CreateRequest.Defaults.namespace, isPerContext: true,
      help: "Namespace in which models are made; commands that list show it alone."),
    Setting(
      .organization, .organization, standard: "1", isPerContext: true,
      help: "Organization whose models are shown and changed."),
    Setting(
      .server, .text, standard: "none: the cluster of the kubeconfig", isPerContext: true,
      help: "Address of an Organization Models HTTP API to work through, instead of a kubeconfig."),
    Setting(
      .tokenFile, .path, standard: "none", isPerContext: true,
      help: "File with the token for the server; read again when it changes."),
    Setting(
      .certificateAuthority, .path, standard: "the system's", isPerContext: true,
      help: "PEM file of the authority that signed the server's certificate."),
    Setting(
      .skipsTLSVerification, .flag, standard: "false", isPerContext: true,
      help: "Do not check the server's certificate: anybody could be it."),
    Setting(
      .allowsPlainHTTP, .flag, standard: "false", isPerContext: true,
      help: "Send the token over http:// also to another machine, where nobody else reads along."),
    Setting(.asUser, .text, standard: "nobody", help: "User to act as."),
    Setting(.asGroup, .list, standard: "none", help: "Groups to act as."),
    Setting(.asUID, .text, standard: "none", help: "UID to act as."),
    Setting(
      .token, .secret, standard: "the kubeconfig's credentials",
      help: "Bearer token to use instead of the kubeconfig's credentials, or for the server."),
    Setting(
      .requestTimeout, .duration(0...86_400), standard: "30s",
      help: "How long to wait for an answer of the API server; 0 waits for ever."),
    Setting(
      .readOnly, .flag, standard: "false",
      help: "Never write to the cluster: no create, no delete, no repair."),
    Setting(
      .reconcileInterval, .duration(0.1...86_400), standard: "10s",
      help: "Time between two reconciliations."),
    Setting(
      .logFile, .text, standard: "log in the state directory", help: "Write a log to this file."),
    Setting(
      .output, .output, standard: "table",
      help: "How commands write their data: \(OutputFormat.allowed.joined(separator: ", "))."),
    Setting(
      .theme, .text, standard: "the default, or mono with NO_COLOR", isPerContext: true,
      help: "Theme by name, or the path of a theme file."),
    Setting(
      .ascii, .flag, standard: "by the locale", help: "Draw with ASCII characters only."),
    Setting(.mouse, .flag, standard: "true", help: "Use the mouse; else it is the terminal's."),
  ]

  /// What is wrong with a value, and what is allowed; `nil` where it is good.
  package func problem(with text: String) -> String? {
    let quoted = Excerpt.quoted(text)
    switch kind {
    case .text, .path, .list, .secret: return text.isEmpty ? "it is empty" : nil
    case .flag:
      return Setting.flag(text) == nil ? "\(quoted) is neither true nor false" : nil
    case .duration(let bounds):
      guard DurationText.parse(text, within: bounds) == nil else { return nil }
      return "\(quoted) is no time span: write e.g. 500ms, 30s or 1m30s"
    case .organization:
      guard !OrganizationID.isValid(text) else { return nil }
      return "\(quoted) cannot be a label value: use up to 63 letters, digits, '-', '_' or '.', "
        + "beginning and ending with a letter or digit"
    case .output:
      do {
        _ = try OutputFormat(text)
        return nil
      } catch {
        return error.description
      }
    }
  }

  /// `true`, `yes`, `on`, `1` and their opposites.
  package static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  }
}
