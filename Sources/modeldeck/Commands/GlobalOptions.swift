import ArgumentParser
import KubernetesClient
import Logging
import ModelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The flags that every face has.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Path of the kubeconfig file (default: $KUBECONFIG, then ~/.kube/config).",
      valueName: "file"))
  var kubeconfig: String?

  @Option(help: "Name of the kubeconfig context to use.")
  var context: String?

  @Option(name: [.customShort("n"), .long], help: "Namespace to use instead of the context's.")
  var namespace: String?

  @OptionGroup var access: AccessOptions

  @OptionGroup var dashboard: DashboardOptions

  var overrides: KubeconfigOverrides {
    var overrides = KubeconfigOverrides(
      kubeconfig: kubeconfig, context: context, namespace: namespace)
    overrides.token = access.token.nonEmpty.map { Secret($0) }
    overrides.impersonation = access.impersonation
    overrides.requestTimeout = access.requestTimeout?.value
    return overrides
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
  var requestTimeout: RequestTimeoutArgument?

  /// `nil` where no flag names anybody.
  var impersonation: Impersonation? {
    guard asUser.nonEmpty != nil || asUID.nonEmpty != nil || !asGroups.isEmpty else { return nil }
    return Impersonation(user: asUser ?? "", uid: asUID.nonEmpty, groups: asGroups)
  }
}

/// The flags that the dashboard has on any cluster, the embedded one included.
struct DashboardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Organization whose models are shown (default: $MODELDECK_ORGANIZATION, then 1).",
      valueName: "id"))
  var organization: String?

  @Option(
    help: ArgumentHelp(
      "Time between two reconciliations, e.g. 10s, 500ms, 1m.", valueName: "duration"))
  var reconcileInterval: DurationArgument = DurationArgument(.seconds(10))

  @Flag(help: "Never write to the cluster: no create, no delete, no repair.")
  var readOnly = false

  @Option(help: ArgumentHelp("Write a log to this file.", valueName: "file"))
  var logFile: String?

  @Option(
    help: ArgumentHelp(
      "Theme by name, or the path of a theme file.", valueName: "name"))
  var theme: String?

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  /// The organization: flag, then environment, then 1.
  func organizationID(environment: [String: String]) throws -> String {
    let value = organization ?? environment["MODELDECK_ORGANIZATION"].nonEmpty ?? "1"
    guard OrganizationID.isValid(value) else {
      throw ValidationError(
        "The organization '\(value)' cannot be a label value: use up to 63 letters, digits, '-', '_' or '.', "
          + "beginning and ending with a letter or digit.")
    }
    return value
  }
}

extension String? {
  /// The text, unless it is empty: an empty environment variable is an unset one.
  var nonEmpty: String? {
    guard let self, !self.isEmpty else { return nil }
    return self
  }
}

/// A time span on the command line: a number with `ms`, `s`, `m` or `h`; a bare number is seconds.
struct DurationArgument: ExpressibleByArgument {
  var value: Duration

  init(_ value: Duration) { self.value = value }

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number.isFinite, number > 0 else { return nil }
    let seconds: Double
    switch argument.dropFirst(digits.count) {
    case "ms": seconds = number / 1_000
    case "", "s": seconds = number
    case "m": seconds = number * 60
    case "h": seconds = number * 3_600
    default: return nil
    }
    guard (0.1...86_400).contains(seconds) else { return nil }
    value = .seconds(seconds)
  }

  var defaultValueDescription: String { "\(value.components.seconds)s" }
}

/// A time limit as kubectl takes it: a Go duration such as `1m30s`, or whole seconds; 0 is no limit.
struct RequestTimeoutArgument: ExpressibleByArgument {
  var value: Duration

  init?(argument: String) {
    if let seconds = Int(argument) {
      guard (0...86_400).contains(seconds) else { return nil }
      value = .seconds(seconds)
      return
    }
    var rest = Substring(argument)
    var sum = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      guard let number = Double(digits), number.isFinite else { return nil }
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "ms": sum += number / 1_000
      case "s": sum += number
      case "m": sum += number * 60
      case "h": sum += number * 3_600
      default: return nil
      }
    }
    guard !argument.isEmpty, (0...86_400).contains(sum) else { return nil }
    value = .seconds(sum)
  }
}
