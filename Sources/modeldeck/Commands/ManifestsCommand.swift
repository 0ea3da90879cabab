import ArgumentParser
import ModelCore

/// `modeldeck manifests`: what running the HTTP API in a cluster needs.
struct ManifestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifests",
    abstract: "Print the Kubernetes manifests for running the HTTP API in a cluster.",
    discussion: """
      A Deployment, a Service, a ServiceAccount with the rights that it needs and no others, and a NetworkPolicy. The \
      Secret with the key for tokens is yours to make: \
      kubectl -n modeldeck create secret generic modeldeck-jwt --from-file=secret

      For example: modeldeck manifests --image registry.example.com/modeldeck:1.0 | kubectl apply -f -
      """)

  @Option(help: ArgumentHelp("The container image of modeldeck.", valueName: "image"))
  var image = "modeldeck:\(Version.text)"

  @Option(name: [.customShort("n"), .long], help: "Namespace where the server runs.")
  var namespace = "modeldeck"

  @Option(
    help: ArgumentHelp(
      "A namespace with models; may be repeated. The first is where models are made (default: jan-models and default).",
      valueName: "name"))
  var modelNamespace: [String] = []

  @Option(help: ArgumentHelp("Name of the Secret with the secret for tokens.", valueName: "name"))
  var jwtSecret = "modeldeck-jwt"

  @Option(
    help: ArgumentHelp(
      "Address of a JSON Web Key Set for tokens, instead of the Secret.", valueName: "url"))
  var jwtJwks: String?

  @Option(
    help: ArgumentHelp(
      "Name of a Secret of type kubernetes.io/tls to serve with TLS.", valueName: "name"))
  var tlsSecret: String?

  @Option(help: ArgumentHelp("How many servers.", valueName: "number"))
  var replicas = 1

  func validate() throws {
    let names =
      [("--namespace", namespace), ("--jwt-secret", jwtSecret)]
      + modelNamespace.map { ("--model-namespace", $0) }
      + (tlsSecret.map { [("--tls-secret", $0)] } ?? [])
    for (flag, name) in names where !Self.isName(name) {
      throw ValidationError("\(flag) '\(name)' is no name of a Kubernetes object.")
    }
    guard (0...100).contains(replicas) else {
      throw ValidationError("--replicas must be between 0 and 100.")
    }
    for (flag, text) in [("--image", image), ("--jwt-jwks", jwtJwks ?? "x")]
    where text.isEmpty
      || !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
    {
      throw ValidationError("\(flag) is empty or has characters that do not belong there.")
    }
  }

  private static func isName(_ text: String) -> Bool {
    OrganizationID.isValid(text) && text == text.lowercased() && !text.contains("_")
  }

  func run() {
    var server = ServerManifests(
      image: image, namespace: namespace,
      modelNamespaces: modelNamespace.isEmpty
        ? [CreateRequest.Defaults.namespace, "default"] : modelNamespace)
    server.replicas = replicas
    server.keys = jwtJwks.map(ServerManifests.Keys.address) ?? .secret(jwtSecret)
    server.tlsSecret = tlsSecret
    print(server.text)
  }
}
