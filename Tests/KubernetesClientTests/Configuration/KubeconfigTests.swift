import Foundation
import KubernetesClient
import Testing

@Suite("Kubeconfig files")
struct KubeconfigTests {
  /// What is chosen and from which file: the rules of `ClientConfigLoadingRules`, one row each.
  @Test(arguments: [
    // One file.
    Row("a", [file(current: "one", contexts: ["one"])], expects: "one@one"),
    // The first current-context wins, also where its context stands in a later file.
    Row(
      "b", [file(current: "two", contexts: ["one"]), file(current: "one", contexts: ["two"])],
      expects: "two@two"),
    // A file without current-context leaves it to the next.
    Row(
      "c", [file(contexts: ["one"]), file(current: "one", contexts: ["two"])], expects: "one@one"),
    // An empty current-context is none.
    Row(
      "d", [file(current: "", contexts: ["one"]), file(current: "two", contexts: ["two"])],
      expects: "two@two"),
    // The first entry of a name wins as a whole: the namespace of the second is not mixed in.
    Row(
      "e",
      [
        file(current: "one", contexts: ["one"]),
        file(contexts: ["one"], namespace: "second", host: "second"),
      ], expects: "one@one"),
    // --context goes before every file.
    Row(
      "f", [file(current: "one", contexts: ["one", "two"])], context: "two", expects: "two@two"),
    // Missing files and empty elements are skipped.
    Row("g", [nil, file(current: "one", contexts: ["one"]), nil], expects: "one@one"),
    // An empty file is a file without anything.
    Row(
      "h", ["", "# only a comment\n", file(current: "one", contexts: ["one"])], expects: "one@one"),
    // The namespace of the context.
    Row(
      "i", [file(current: "one", contexts: ["one"], namespace: "models")],
      expects: "one@one/models"),
    // --namespace goes before the context's.
    Row(
      "j", [file(current: "one", contexts: ["one"], namespace: "models")], namespace: "mine",
      expects: "one@one/mine"),
  ])
  func merges(row: Row) async throws {
    try await withFolder { folder in
      var paths: [String] = [""]
      for (index, text) in row.files.enumerated() {
        let path = folder.appending(path: "config-\(index)").path
        try text?.write(toFile: path, atomically: true, encoding: .utf8)
        paths.append(path)
      }
      let configuration = try ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(context: row.context, namespace: row.namespace),
        environment: ["KUBECONFIG": paths.joined(separator: ":")])
      let host = configuration.server.host.prefix { $0 != "." }
      let namespace = configuration.namespace == "default" ? "" : "/\(configuration.namespace)"
      #expect("\(configuration.contextName)@\(host)\(namespace)" == row.expects)
      #expect(configuration.userName == "user-\(configuration.contextName)")
    }
  }

  @Test func readsOnlyTheFileOfTheFlag() async throws {
    try await withFolder { folder in
      let (flag, variable) = (folder.appending(path: "f").path, folder.appending(path: "v").path)
      try Self.file(current: "one", contexts: ["one"])
        .write(toFile: flag, atomically: true, encoding: .utf8)
      try Self.file(current: "two", contexts: ["two"])
        .write(toFile: variable, atomically: true, encoding: .utf8)
      let environment = ["KUBECONFIG": variable]
      let configuration = try ClusterConfiguration.resolve(
        overrides: KubeconfigOverrides(kubeconfig: flag), environment: environment)
      #expect(configuration.contextName == "one")
      #expect(throws: KubeconfigError.missingFile("/no/such/file")) {
        try ClusterConfiguration.resolve(
          overrides: KubeconfigOverrides(kubeconfig: "/no/such/file"), environment: environment)
      }
    }
  }

  @Test func readsTheFileInTheHomeFolder() async throws {
    try await withFolder { home in
      let folder = home.appending(path: ".kube")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Self.file(current: "one", contexts: ["one"]).write(
        to: folder.appending(path: "config"), atomically: true, encoding: .utf8)
      let environment = ["HOME": home.path]
      #expect(try resolve(environment).contextName == "one")
      // A KUBECONFIG replaces it, also where its files are not there.
      #expect(throws: KubeconfigError.self) {
        try resolve(["HOME": home.path, "KUBECONFIG": "/no/such/file"])
      }
    }
  }

  @Test func listsTheContextsOfAllFiles() async throws {
    try await withFolder { folder in
      let (one, two) = (folder.appending(path: "1").path, folder.appending(path: "2").path)
      try Self.file(current: "b", contexts: ["b"])
        .write(toFile: one, atomically: true, encoding: .utf8)
      try Self.file(contexts: ["a"], namespace: "n")
        .write(toFile: two, atomically: true, encoding: .utf8)
      let kubeconfig = try Kubeconfig.load(
        overrides: KubeconfigOverrides(), environment: ["KUBECONFIG": "\(one):\(two)"])
      #expect(kubeconfig.contextList.map(\.name) == ["a", "b"])
      #expect(kubeconfig.contextList.map(\.isCurrent) == [false, true])
      #expect(kubeconfig.contextList.first?.namespace == "n")
      #expect(kubeconfig.files == [one, two])
    }
  }

  @Test func resolvesPathsAgainstTheFileTheyStandIn() async throws {
    try await withFolder { folder in
      let authority = try TestAuthority()
      let client = try authority.issue("jane")
      for (name, text) in [
        ("pki/ca.crt", authority.certificate), ("pki/me.crt", client.certificate),
        ("pki/me.key", client.key), ("secret/token", " t0ken \n"),
      ] {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
      let path = folder.appending(path: "config").path
      try """
      current-context: c
      clusters: [{name: k, cluster: {server: "https://h", certificate-authority: pki/ca.crt}}]
      users:
      - name: u
        user: {client-certificate: pki/me.crt, client-key: pki/me.key, tokenFile: secret/token}
      contexts: [{name: c, context: {cluster: k, user: u}}]
      """.write(toFile: path, atomically: true, encoding: .utf8)
      let configuration = try resolve(["KUBECONFIG": path])
      #expect(configuration.tls.authority?.origin == folder.path + "/pki/ca.crt")
      #expect(configuration.tls.authority?.bytes.exposed == Data(authority.certificate.utf8))
      #expect(configuration.tls.clientCertificate?.bytes.exposed == Data(client.certificate.utf8))
      #expect(configuration.tls.clientKey?.bytes.exposed == Data(client.key.utf8))
      #expect(
        configuration.credential == .tokenFile(folder.path + "/secret/token", fallback: nil))
    }
  }

  @Test func readsEveryFieldOfClusterAndUser() async throws {
    let authority = try TestAuthority()
    let data = Data(authority.certificate.utf8).base64EncodedString(
      options: .lineLength76Characters)
    let block = data.split(whereSeparator: \.isNewline).joined(separator: "\n        ")
    let configuration = try await resolve(
      """
      apiVersion: v1
      kind: Config
      preferences: {colors: true}
      current-context: c
      clusters:
      - name: k
        cluster:
          server: https://[fd00::1]:6443/k8s/clusters/c-1
          tls-server-name: api.example.org
          proxy-url: socks5://127.0.0.1:1080
          disable-compression: true
          certificate-authority: /not/read/because/data/win
          certificate-authority-data: |
              \(block)
          extensions: [{name: x, extension: {last-update: today}}]
      users:
      - name: u
        user:
          token: 123456
          as: jane
          as-uid: "7"
          as-groups: [admins, readers]
          as-user-extra: {team: [blue]}
      contexts:
      - {name: c, context: {cluster: k, user: u, namespace: models}}
      """)
    #expect(configuration.server.description == "https://[fd00::1]:6443/k8s/clusters/c-1")
    #expect(configuration.tls.serverName == "api.example.org")
    #expect(configuration.tls.authority?.bytes.exposed == Data(authority.certificate.utf8))
    #expect(configuration.proxy == Proxy("socks5://127.0.0.1:1080"))
    #expect(configuration.disableCompression)
    #expect(configuration.credential == .token(Secret("123456")))
    #expect(
      configuration.impersonation
        == Impersonation(
          user: "jane", uid: "7", groups: ["admins", "readers"], extra: ["team": ["blue"]]))
    #expect(configuration.namespace == "models")
    #expect(configuration.clusterName == "k")
  }

  @Test func readsJSONToo() async throws {
    let configuration = try await resolve(
      """
      {"current-context": "c", "clusters": [{"name": "k", "cluster": {"server": "https://h",
      "insecure-skip-tls-verify": true}}], "users": null,
      "contexts": [{"name": "c", "context": {"cluster": "k", "user": ""}}]}
      """)
    #expect(configuration.tls.skipsVerification)
    #expect(configuration.credential == .none)
  }

  @Test func prefersTheTokenFileToTheToken() async throws {
    try await withFolder { folder in
      let token = folder.appending(path: "token").path
      try "fresh".write(toFile: token, atomically: true, encoding: .utf8)
      let configuration = try await resolve(Self.user("{token: old, tokenFile: \(token)}"))
      #expect(configuration.credential == .tokenFile(token, fallback: Secret("old")))
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    /// The text of each file; `nil` is one that is not there.
    var files: [String?]
    var context: String?
    var namespace: String?
    var expects: String

    init(
      _ name: String, _ files: [String?], context: String? = nil, namespace: String? = nil,
      expects: String
    ) {
      self.name = name
      self.files = files
      self.context = context
      self.namespace = namespace
      self.expects = expects
    }

    var testDescription: String { "\(name): \(expects)" }
  }

  /// A file with a cluster and a user for each context.
  static func file(
    current: String? = nil, contexts: [String], namespace: String? = nil, host: String? = nil
  ) -> String {
    var text = current.map { "current-context: \"\($0)\"\n" } ?? ""
    text += "clusters:\n"
    for name in contexts {
      text +=
        "- {name: cluster-\(name), cluster: {server: \"https://\(host ?? name).example.org\"}}\n"
    }
    text += "users:\n"
    for name in contexts { text += "- {name: user-\(name), user: {token: t}}\n" }
    text += "contexts:\n"
    for name in contexts {
      let suffix = namespace.map { ", namespace: \($0)" } ?? ""
      text +=
        "- {name: \(name), context: {cluster: cluster-\(name), user: user-\(name)\(suffix)}}\n"
    }
    return text
  }

  static func user(_ text: String) -> String {
    """
    current-context: c
    clusters: [{name: k, cluster: {server: "https://h"}}]
    users: [{name: u, user: \(text)}]
    contexts: [{name: c, context: {cluster: k, user: u}}]
    """
  }

  private func resolve(_ environment: [String: String]) throws -> ClusterConfiguration {
    try ClusterConfiguration.resolve(
      overrides: KubeconfigOverrides(), environment: environment)
  }

  private func resolve(_ text: String) async throws -> ClusterConfiguration {
    try await withFolder { folder in
      let path = folder.appending(path: "config").path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try resolve(["KUBECONFIG": path])
    }
  }
}
