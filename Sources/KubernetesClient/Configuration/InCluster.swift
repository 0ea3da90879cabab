internal import FoundationEssentials

/// The service account that Kubernetes mounts into a pod.
///
/// Source: `rest.InClusterConfig` of `k8s.io/client-go`.
struct InCluster {
  static let serviceAccountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

  let environment: [String: String]
  let directory: String

  /// The configuration, or `nil` where this is no pod with a service account.
  func configuration(
    overrides: KubeconfigOverrides = KubeconfigOverrides()
  ) throws(KubeconfigError) -> ClusterConfiguration? {
    guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
      let portText = environment["KUBERNETES_SERVICE_PORT"], !portText.isEmpty,
      let tokenData = try FileReader.read(directory + "/token")
    else { return nil }
    guard let port = Int(portText), (1...65_535).contains(port) else {
      throw .inCluster(problem: "KUBERNETES_SERVICE_PORT '\(portText)' is no port")
    }
    var tls = TLSMaterial()
    if let authority = try FileReader.read(directory + "/ca.crt") {
      tls.authority = .init(authority, origin: directory + "/ca.crt")
    }
    let mounted = try FileReader.read(directory + "/namespace")
      .map { String(decoding: $0, as: UTF8.self).trimmingWhitespace }
    let stated = [overrides.namespace, mounted].compactMap { $0 }.first { !$0.isEmpty }
    var configuration = ClusterConfiguration(
      server: ServerAddress(host: host, port: port),
      contextName: ClusterConfiguration.inClusterContext,
      clusterName: "in-cluster", userName: Self.subject(ofToken: tokenData) ?? "service account",
      namespace: stated ?? "default", tls: tls,
      credential: overrides.token.map(Credential.token)
        ?? .tokenFile(directory + "/token", fallback: nil), source: .inCluster)
    configuration.statedNamespace = stated
    configuration.impersonation = try Impersonation.merged(overrides.impersonation, over: nil)
    configuration.requestTimeout = overrides.requestTimeout
    configuration.proxy = try Proxy.fromEnvironment(environment, for: configuration.server)
    let copy = self
    configuration.reload = { () throws(KubeconfigError) -> ClusterConfiguration in
      guard let again = try copy.configuration(overrides: overrides) else {
        throw .inCluster(problem: "\(copy.directory)/token is gone")
      }
      return again
    }
    return configuration
  }

  /// The `sub` of a JWT, e.g. `system:serviceaccount:models:dashboard`. Nothing is verified: it is only shown.
  private static func subject(ofToken data: Data) -> String? {
    struct Claims: Decodable { var sub: String }
    let token = String(decoding: data, as: UTF8.self).trimmingWhitespace
    return CredentialExpiry.claims(Claims.self, of: token)?.sub
  }
}

extension String {
  var trimmingWhitespace: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
