package import Kubernetes

/// A program that prints credentials: `exec` of a kubeconfig's user.
///
/// Source: Kubernetes' reference "Client authentication (v1)" and `k8s.io/client-go/plugin/pkg/client/auth/exec`.
package struct ExecPlugin: Sendable, Equatable {
  /// The version that the kubeconfig asks for and that the program has to answer in.
  package enum Version: String, Sendable {
    case v1 = "client.authentication.k8s.io/v1"
    case v1beta1 = "client.authentication.k8s.io/v1beta1"
  }

  /// Whether the program gets the terminal.
  package enum InteractiveMode: String, Sendable {
    case never = "Never"
    case ifAvailable = "IfAvailable"
    case always = "Always"
  }

  package var version: Version
  /// A name to be found in `PATH`, or a path; relative ones of a kubeconfig are resolved against its folder already.
  package var command: String
  package var arguments: Secret<[String]>
  package var interactiveMode: InteractiveMode
  /// What the kubeconfig adds to our own environment; of a name that stands twice the last counts.
  package var variables: Secret<[String: String]>
  /// How to get the program, in the kubeconfig's words: told where it is not found.
  package var installHint: String?
  /// `spec.cluster` of what the program is told, where the kubeconfig wants it.
  package var cluster: JSONValue?
  /// The environment that the program inherits.
  package var environment: Secret<[String: String]>

  package init(
    version: Version = .v1, command: String, arguments: [String] = [],
    interactiveMode: InteractiveMode = .ifAvailable, variables: [String: String] = [:],
    installHint: String? = nil, cluster: JSONValue? = nil, environment: [String: String] = [:]
  ) {
    self.version = version
    self.command = command
    self.arguments = Secret(arguments)
    self.interactiveMode = interactiveMode
    self.variables = Secret(variables)
    self.installHint = installHint
    self.cluster = cluster
    self.environment = Secret(environment)
  }

  /// The program's name without its folders, for messages. Arguments may be secret.
  var name: String { String(command.split(separator: "/").last ?? Substring(command)) }

  /// The environment of one run.
  func environment(interactive: Bool) throws -> [String: String] {
    var result = environment.exposed.merging(variables.exposed) { _, own in own }
    result["KUBERNETES_EXEC_INFO"] = try info(interactive: interactive)
    return result
  }

  /// What the program is told about this run.
  private func info(interactive: Bool) throws -> String {
    var spec: [String: JSONValue] = ["interactive": .bool(interactive)]
    spec["cluster"] = cluster
    let document: JSONValue = [
      "apiVersion": .string(version.rawValue), "kind": "ExecCredential", "spec": .object(spec),
    ]
    return String(decoding: try document.encoded(), as: UTF8.self)
  }
}
