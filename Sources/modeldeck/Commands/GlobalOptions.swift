import ArgumentParser
import KubernetesClient
import Logging

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

  @OptionGroup var dashboard: DashboardOptions

  var overrides: KubeconfigOverrides {
    KubeconfigOverrides(kubeconfig: kubeconfig, context: context, namespace: namespace)
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

/// What an organization may be called: it becomes the value of a label.
enum OrganizationID {
  static func isValid(_ text: String) -> Bool {
    let scalars = Array(text.utf8)
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    guard let first = scalars.first, let last = scalars.last, scalars.count <= 63 else {
      return false
    }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && scalars.allSatisfy { isAlphanumeric($0) || [45, 46, 95].contains($0) }
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
