import Foundation
import Kubernetes
import KubernetesClient
import Testing
import X509

@Suite("Credentials on the wire")
struct CredentialTests {
  @Test func asksAgainOnceAfter401() async throws {
    try await StubServer.run(script: { _, number in
      number == 0 ? .json("{}", status: 401) : .json(#"{"gitVersion":"v1.36.0"}"#)
    }) { server in
      let version = try await withClient(server.configuration()) { try await $0.serverVersion() }
      #expect(version == "v1.36.0")
      #expect(server.requests.count == 2)
    }
  }

  @Test func saysWhichContextsCredentialsAreRefused() async throws {
    try await StubServer.run(script: { _, _ in .json("{}", status: 401) }) { server in
      let error = try await withClient(server.configuration()) { client in
        try await failure { _ = try await client.lines(.watch("/x")) }
      }
      #expect(
        error.description.hasPrefix("credentials expired or are not valid for context stub"))
      #expect(server.requests.count == 2)
      guard case .unauthorized = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func saysWhenThereAreNoCredentials() async throws {
    try await StubServer.run(script: { _, _ in .json("{}", status: 401) }) { server in
      let error = try await withClient(server.configuration(credential: .none)) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      #expect(error.description == "the API server wants credentials, and context stub has none")
    }
  }

  @Test func readsATokenFileAgainForEachRequest() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "token")
      try "first\n".write(to: file, atomically: true, encoding: .utf8)
      try await StubServer.run(script: { _, _ in .json("{}") }) { server in
        let credential = Credential.tokenFile(file.path, fallback: Secret("fallback"))
        try await withClient(server.configuration(credential: credential)) { client in
          _ = try await client.perform(.get("/x"))
          try "second".write(to: file, atomically: true, encoding: .utf8)
          _ = try await client.perform(.get("/x"))
          try FileManager.default.removeItem(at: file)
          _ = try await client.perform(.get("/x"))
        }
        #expect(
          server.requests.map { $0.headers["authorization"] }
            == ["Bearer first", "Bearer second", "Bearer fallback"])
      }
    }
  }

  @Test func saysWhichTokenFileIsGone() async throws {
    try await StubServer.run(script: { _, _ in .json("{}") }) { server in
      let credential = Credential.tokenFile("/no/such/token", fallback: nil)
      let error = try await withClient(server.configuration(credential: credential)) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      #expect(error.description.contains("the token in /no/such/token cannot be read"))
      #expect(server.requests.isEmpty)
    }
  }

  @Test func takesATokenThatAnotherProgramRenewedInTheKubeconfig() async throws {
    try await withFolder { folder in
      try await StubServer.run(script: { request, _ in
        request.headers["authorization"] == "Bearer new"
          ? .json(#"{"gitVersion":"v1.30.0"}"#) : .json("{}", status: 401)
      }) { server in
        let file = folder.appending(path: "config")
        let text = kubeconfig(server: "http://127.0.0.1:\(server.port)", token: "old")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let configuration = try ClusterConfiguration.resolve(
          overrides: KubeconfigOverrides(kubeconfig: file.path), environment: [:])
        try await withClient(configuration) { client in
          try text.replacing("old", with: "new")
            .write(to: file, atomically: true, encoding: .utf8)
          #expect(try await client.serverVersion() == "v1.30.0")
          #expect(try await client.serverVersion() == "v1.30.0")
        }
        #expect(server.requests.count == 3)
      }
    }
  }

  @Test func doesNotGiveRenewedCredentialsToAnotherServer() async throws {
    try await withFolder { folder in
      try await StubServer.run(script: { _, _ in .json("{}", status: 401) }) { server in
        let file = folder.appending(path: "config")
        let text = kubeconfig(server: "http://127.0.0.1:\(server.port)", token: "old")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let configuration = try ClusterConfiguration.resolve(
          overrides: KubeconfigOverrides(kubeconfig: file.path), environment: [:])
        try await withClient(configuration) { client in
          try kubeconfig(server: "https://other.example.org", token: "new")
            .write(to: file, atomically: true, encoding: .utf8)
          _ = try await failure { _ = try await client.perform(.get("/x")) }
        }
        #expect(
          server.requests.map { $0.headers["authorization"] } == ["Bearer old", "Bearer old"])
      }
    }
  }

  @Test func sendsUserAndPassword() async throws {
    try await StubServer.run(script: { _, _ in .json("{}") }) { server in
      let credential = Credential.basic(user: "jane", password: Secret("pass:word"))
      try await withClient(server.configuration(credential: credential)) {
        _ = try await $0.perform(.get("/x"))
      }
      #expect(server.requests.first?.headers["authorization"] == "Basic amFuZTpwYXNzOndvcmQ=")
    }
  }

  @Test(arguments: [false, true])
  func showsAClientCertificate(isRSA: Bool) async throws {
    let authority = try TestAuthority()
    let client = try authority.issue("jane", withRSAKey: isRSA)
    try await StubServer.run(
      tls: try authority.issue(), clientAuthority: authority.certificate,
      script: { _, _ in .json("{}") }
    ) { server in
      var configuration = server.configuration(authority: authority, credential: .none)
      configuration.tls.clientCertificate = .init(
        Data(client.certificate.utf8), origin: "client.crt")
      configuration.tls.clientKey = .init(Data(client.key.utf8), origin: "client.key")
      try await withClient(configuration) { _ = try await $0.perform(.get("/x")) }
      #expect(server.requests.first?.clientCertificate?.contains("common_name=jane") == true)
      #expect(server.requests.first?.headers["authorization"] == nil)
    }
  }

  @Test func trustsABundleAndChecksTheNameThatTheKubeconfigGives() async throws {
    let (one, two) = (try TestAuthority("one"), try TestAuthority("two"))
    let identity = try two.issue(names: [.dnsName("api.internal")])
    try await StubServer.run(tls: identity, script: { _, _ in .json("{}") }) { server in
      var configuration = server.configuration(authority: two)
      let bundle = "# two authorities\n" + one.certificate + "\n" + two.certificate
      configuration.tls.authority = .init(Data(bundle.utf8), origin: "bundle")
      let refused = try await withClient(configuration) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      #expect(refused.description.contains("is for another name"))
      configuration.tls.serverName = "api.internal"
      try await withClient(configuration) { _ = try await $0.perform(.get("/x")) }
      #expect(server.requests.first?.headers["host"] == "127.0.0.1:\(server.port)")
      configuration.tls.serverName = "api.external"
      _ = try await withClient(configuration) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
    }
  }

  @Test(arguments: [false, true])
  func isNotContentWithTheAddressWhereTheKubeconfigGivesAName(isHTTP2: Bool) async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue(names: [.loopback, .dnsName("api.internal")])
    try await StubServer.run(tls: identity, speaksHTTP2: isHTTP2, script: { _, _ in .json("{}") }) {
      server in
      var configuration = server.configuration(authority: authority)
      configuration.tls.serverName = "api.external"
      let refused = try await withClient(configuration) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      #expect(
        refused.description.hasSuffix(
          "is for another name: api.external is not among 127.0.0.1, api.internal"))
      #expect(server.requests.isEmpty)
      configuration.tls.serverName = "API.internal"
      try await withClient(configuration) { _ = try await $0.perform(.get("/x")) }
      #expect(server.requests.count == 1)
    }
  }

  @Test func refusesAKeyOfAnotherCertificate() throws {
    let authority = try TestAuthority()
    let (one, two) = (try authority.issue("one"), try authority.issue("two"))
    var configuration = ClusterConfiguration(
      server: ServerAddress(host: "localhost", port: 1), contextName: "x")
    configuration.tls.clientCertificate = .init(Data(one.certificate.utf8), origin: "one.crt")
    configuration.tls.clientKey = .init(Data(two.key.utf8), origin: "two.key")
    #expect(throws: KubeconfigError.mismatchedKey("two.key", certificate: "one.crt")) {
      _ = try HTTPClusterAPI(configuration, logger: .silent)
    }
  }

  @Test func skipsTheCheckWhereToldTo() async throws {
    let identity = try TestAuthority().issue(names: [.dnsName("other")])
    try await StubServer.run(tls: identity, script: { _, _ in .json("{}") }) { server in
      var configuration = server.configuration(authority: try TestAuthority())
      configuration.tls = TLSMaterial(skipsVerification: true)
      try await withClient(configuration) { _ = try await $0.perform(.get("/x")) }
      #expect(server.requests.count == 1)
    }
  }

  @Test func refusesACertificateThatIsNone() throws {
    var configuration = ClusterConfiguration(
      server: ServerAddress(host: "localhost", port: 1), contextName: "x")
    let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    configuration.tls.authority = .init(Data(text.utf8), origin: "/etc/ca.crt")
    #expect(
      throws: KubeconfigError.unreadableFile(
        "/etc/ca.crt", problem: "it holds no certificate in PEM")
    ) {
      _ = try HTTPClusterAPI(configuration, logger: .silent)
    }
  }

  @Test func neverPrintsASecret() {
    let configuration = ClusterConfiguration(
      server: ServerAddress(host: "localhost", port: 1), contextName: "x",
      credential: .token(Secret("s3cret")))
    var dumped = ""
    dump(configuration, to: &dumped)
    #expect(!dumped.contains("s3cret"))
    #expect(!"\(configuration)".contains("s3cret"))
    #expect(!String(reflecting: configuration).contains("s3cret"))
  }

  private func kubeconfig(server: String, token: String) -> String {
    """
    current-context: c
    clusters: [{name: k, cluster: {server: "\(server)"}}]
    users: [{name: u, user: {token: \(token)}}]
    contexts: [{name: c, context: {cluster: k, user: u}}]
    """
  }
}
