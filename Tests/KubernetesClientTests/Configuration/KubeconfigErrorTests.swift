import Foundation
import Testing

@testable import KubernetesClient

@Suite("Kubeconfig errors say what, which file and what to do")
struct KubeconfigErrorTests {
  @Test func nothingConfigured() throws {
    let error = #expect(throws: KubeconfigError.self) {
      try ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(), environment: ["HOME": "/no/such/home"],
        serviceAccount: "/no/such/account")
    }
    #expect(
      error
        == .notConfigured(lookedFor: [
          "/no/such/home/.kube/config", "the service account of a pod (/no/such/account)",
        ]))
  }

  @Test func nothingInTheFilesOfTheVariable() throws {
    let error = #expect(throws: KubeconfigError.self) {
      try ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(context: "x"),
        environment: ["HOME": "/h", "KUBECONFIG": "/no/a::/no/b"], serviceAccount: "/no/account")
    }
    #expect(
      error?.description
        == "no cluster is configured; looked for /no/a (from KUBECONFIG), /no/b (from KUBECONFIG), "
        + "the service account of a pod (/no/account)")
  }

  @Test(
    arguments: [
      ("{}", nil, "it has no clusters, users or contexts"),
      ("a: [", nil, "(line "),
      ("- a\n- b\n", nil, "it is no YAML mapping"),
      ("clusters: 7", nil, "clusters has a value of the wrong type"),
      ("clusters: [{name: k, cluster: {server: [1]}}]", nil, "clusters[0].cluster.server"),
      ("users: [{name: u, user: {token: {a: b}}}]", nil, "users[0].user.token"),
      ("a: 1\na: 2\n", nil, "a key stands twice"),
      (
        "contexts: [{name: a, context: {}}, {name: b, context: {}}]", nil,
        "no context is chosen in FILE: use --context with one of a, b"
      ),
      (
        "current-context: gone\ncontexts: [{name: a, context: {}}]", nil,
        "there is no context 'gone' in FILE: there are a"
      ),
      (
        "current-context: a\ncontexts: [{name: a, context: {}}]", "other",
        "there is no context 'other' in FILE: there are a"
      ),
      (
        "current-context: a\ncontexts: [{name: a, context: {cluster: k}}]", nil,
        "context 'a' names the cluster 'k', which is not in FILE"
      ),
      (
        """
        current-context: a
        clusters: [{name: k, cluster: {server: "https://h"}}]
        contexts: [{name: a, context: {cluster: k, user: u}}]
        """, nil, "context 'a' names the user 'u', which is not in FILE"
      ),
      (cluster("{}"), nil, "cluster 'k' in FILE: it has no server"),
      (
        cluster("{server: 'ftp://h'}"), nil, "server 'ftp://h' is no address like https://host:6443"
      ),
      (
        cluster("{server: 'https://h', certificate-authority: no/ca.crt}"), nil,
        "certificate-authority FOLDER/no/ca.crt is missing"
      ),
      (
        cluster("{server: 'https://h', certificate-authority-data: '!!'}"), nil,
        "certificate-authority-data is no base64"
      ),
      (
        cluster("{server: 'https://h', certificate-authority-data: aGVsbG8=}"), nil,
        "certificate-authority-data holds no PEM"
      ),
      (
        cluster(
          "{server: 'https://h', insecure-skip-tls-verify: true, "
            + "certificate-authority-data: LS0tLS1CRUdJTiA=}"), nil, "exclude each other"
      ),
      (cluster("{server: 'https://h', proxy-url: 'https://p'}"), nil, "proxy-url must be"),
      (
        user("{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}}"), nil,
        "user 'u' in FILE: exec: apiVersion 'client.authentication.k8s.io/v1alpha1' is not supported"
      ),
      (
        user("{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}"), nil,
        "exec: interactiveMode is missing, which v1 requires"
      ),
      (
        user(
          "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, interactiveMode: Yes}}"
        ),
        nil, "exec: interactiveMode 'Yes' is none of Never, IfAvailable, Always"
      ),
      (user("{exec: {command: aws}}"), nil, "exec: it has no apiVersion"),
      (
        user("{exec: {apiVersion: client.authentication.k8s.io/v1}}"), nil,
        "exec: it has no command"
      ),
      (
        user("{auth-provider: {name: gcp}}"), nil, "the auth-provider 'gcp', which is not supported"
      ),
      (user("{token: a, username: b, password: c}"), nil, "token and username exclude each other"),
      (user("{client-certificate-data: LS0tLS1CRUdJTiA=}"), nil, "needs client-key beside it"),
      (user("{client-key-data: LS0tLS1CRUdJTiA=}"), nil, "needs client-certificate beside it"),
      (user("{tokenFile: no/token}"), nil, "tokenFile FOLDER/no/token is missing"),
      (user("{token: a, as-groups: [g]}"), nil, "need as beside them"),
    ] as [(String, String?, String)])
  func invalidFile(text: String, context: String?, problem: String) async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "config").path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: KubeconfigError.self) {
        try ClusterConfiguration.resolve(
          overrides: KubeconfigOverrides(kubeconfig: path, context: context), environment: [:])
      }
      let expected = problem.replacing("FILE", with: path).replacing("FOLDER", with: folder.path)
      #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
      #expect(error?.description.contains(path) == true)
    }
  }

  @Test func neverQuotesTheFile() async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "config").path
      try "users: [{name: u, user: {token: \"s3cret}}]\n".write(
        toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: KubeconfigError.self) {
        try ClusterConfiguration.resolve(
          overrides: KubeconfigOverrides(kubeconfig: path), environment: [:])
      }
      #expect(error?.description.contains("s3cret") == false)
    }
  }

  @Test func directoryInsteadOfAFile() async throws {
    try await withFolder { folder in
      let error = #expect(throws: KubeconfigError.self) {
        try ClusterConfiguration.resolve(
          overrides: KubeconfigOverrides(kubeconfig: folder.path), environment: [:])
      }
      #expect(error == .unreadableFile(folder.path, problem: "it is a directory"))
    }
  }

  static func cluster(_ text: String) -> String {
    """
    current-context: c
    clusters: [{name: k, cluster: \(text)}]
    contexts: [{name: c, context: {cluster: k}}]
    """
  }

  static func user(_ text: String) -> String { KubeconfigTests.user(text) }
}
