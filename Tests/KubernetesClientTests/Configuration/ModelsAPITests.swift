import Foundation
import Kubernetes
import KubernetesClient
import Testing

/// An address and a token instead of a kubeconfig.
@Suite("HTTP API options")
struct ModelsAPITests {
  private func resolve(
    _ server: String, _ change: (inout ModelsAPIOptions) -> Void = { _ in }
  ) throws -> ClusterConfiguration {
    var options = ModelsAPIOptions(server: server)
    options.token = Secret("a.b.c")
    change(&options)
    return try ClusterConfiguration.modelsAPI(options, environment: [:])
  }

  private func problem(
    _ server: String, _ change: (inout ModelsAPIOptions) -> Void = { _ in }
  ) throws -> String {
    try #require(throws: KubeconfigError.self) { _ = try resolve(server, change) }.description
  }

  @Test(arguments: [
    ("https://models.example.com", "https://models.example.com:443"),
    ("models.example.com", "https://models.example.com:443"),
    ("https://host:8443/team/", "https://host:8443/team"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("http://localhost:8080", "http://localhost:8080"), ("http://[::1]:8080", "http://[::1]:8080"),
  ])
  func readsAddresses(text: String, server: String) throws {
    #expect(try resolve(text).server.description == server)
  }

  @Test func sendsNoTokenForEverybodyToRead() throws {
    let text = try problem("http://models.example.com:8080")
    #expect(text.contains("unencrypted") && text.contains("--insecure-http"))
    #expect(try resolve("http://models:80") { $0.allowsPlainHTTP = true }.server.port == 80)
    #expect(try problem("ftp://x").contains("no address like https://"))
  }

  @Test func saysWhatIsWrongWithItsFiles() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "token")
      let path = file.path
      #expect(try problem("x") { $0.tokenFile = path }.contains("\(path) is missing"))
      for text in ["", " \n", "two words", "line\nline"] {
        try text.write(to: file, atomically: true, encoding: .utf8)
        #expect(try problem("x") { $0.tokenFile = path }.contains("\(path) holds no token"))
      }
      #expect(try problem("x") { $0.authorityFile = path }.contains("holds no PEM certificate"))
      #expect(try problem("x") { $0.authorityFile = path + "-not" }.contains("is missing"))
      #expect(try problem("x") { $0.token = nil }.contains("--token-file"))
    }
  }

  @Test func aTokenSaysWhomItIsAbout() throws {
    let claims = Data(#"{"sub":"ada","organization_id":7}"#.utf8).base64EncodedString()
      .replacing("=", with: "")
    let configuration = try resolve("x") { $0.token = Secret("e30.\(claims).c2ln") }
    #expect(configuration.tokenIdentity?.subject == "ada")
    #expect(configuration.tokenIdentity?.organization == "7")
    #expect(configuration.userName == "ada")
    #expect(!"\(configuration)".contains(claims))
  }

  @Test func aRefusedTokenIsReadAgainAndThenTold() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "token")
      try "old".write(to: file, atomically: true, encoding: .utf8)
      try await StubServer.run(script: { _, _ in .json(#"{"error":"expired"}"#, status: 401) }) {
        server in
        var options = ModelsAPIOptions(server: "http://127.0.0.1:\(server.port)")
        options.tokenFile = file.path
        options.name = "api"
        let configuration = try ClusterConfiguration.modelsAPI(options, environment: [:])
        let error = try await withClient(configuration) { client in
          try await failure { _ = try await client.perform(.get("/v1/organization/models")) }
        }
        #expect(error.description.contains("not valid for context api"))
        #expect(error.description.contains("put a new token into \(file.path)"))
        #expect(
          server.requests.map { $0.headers["authorization"] } == ["Bearer old", "Bearer old"])
      }
    }
  }
}
