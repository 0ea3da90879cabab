import Foundation
import Testing

@testable import KubernetesClient

@Suite("Inside a cluster")
struct InClusterTests {
  private let environment = [
    "KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443",
  ]

  @Test func usesTheServiceAccount() async throws {
    try await withFolder { folder in
      let claims = Data(#"{"sub":"system:serviceaccount:ops:modeldeck"}"#.utf8)
      let authority = try TestAuthority()
      try fill(folder, token: "e30.\(claims.base64EncodedString()).sig", authority: authority)
      let configuration = try resolve(folder)
      #expect(configuration.server == ServerAddress(host: "10.96.0.1", port: 443))
      #expect(configuration.contextName == "in-cluster")
      #expect(configuration.userName == "system:serviceaccount:ops:modeldeck")
      #expect(configuration.namespace == "ops")
      #expect(configuration.credential == .tokenFile(folder.path + "/token", fallback: nil))
      #expect(configuration.tls.authority?.bytes.exposed == Data(authority.certificate.utf8))
      #expect(configuration.source == .inCluster)
      let mine = try resolve(folder, KubeconfigOverrides(namespace: "mine"))
      #expect(mine.namespace == "mine")
    }
  }

  @Test func knowsIPv6() async throws {
    try await withFolder { folder in
      try fill(folder, token: "t", authority: try TestAuthority())
      let configuration = try ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(),
        environment: ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"],
        serviceAccount: folder.path)
      #expect(configuration.server.description == "https://[fd00::1]:443")
      #expect(configuration.userName == "service account")
    }
  }

  @Test func goesAfterAKubeconfig() async throws {
    try await withFolder { folder in
      try fill(folder, token: "t", authority: try TestAuthority())
      let path = folder.appending(path: "config").path
      try KubeconfigTests.file(current: "one", contexts: ["one"])
        .write(toFile: path, atomically: true, encoding: .utf8)
      let configuration = try ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(),
        environment: environment.merging(["KUBECONFIG": path]) { $1 }, serviceAccount: folder.path)
      #expect(configuration.contextName == "one")
    }
  }

  @Test func isNotMeantByWhoNamesAContext() async throws {
    try await withFolder { folder in
      try fill(folder, token: "t", authority: try TestAuthority())
      #expect(throws: KubeconfigError.self) {
        try resolve(folder, KubeconfigOverrides(context: "prod"))
      }
    }
  }

  @Test func needsTheToken() async throws {
    try await withFolder { folder in
      let error = #expect(throws: KubeconfigError.self) { try resolve(folder) }
      guard case .notConfigured = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  private func fill(_ folder: URL, token: String, authority: TestAuthority) throws {
    for (name, text) in [
      ("token", token), ("ca.crt", authority.certificate), ("namespace", "ops\n"),
    ] {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
  }

  private func resolve(
    _ folder: URL, _ overrides: KubeconfigOverrides = .init()
  ) throws -> ClusterConfiguration {
    try ClusterConfiguration.resolve(
      overrides: overrides, environment: environment, serviceAccount: folder.path)
  }
}
