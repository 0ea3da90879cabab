import Foundation
import Kubernetes
import KubernetesClient
import NIOPosix
import Testing
import X509

@Suite("Failures in words")
struct FailureTests {
  @Test func connectionRefused() async throws {
    // A port that was free a moment ago.
    let port = try await StubServer.run(script: { _, _ in .json("{}") }) { $0.port }
    let configuration = ClusterConfiguration(
      server: ServerAddress(usesTLS: false, host: "127.0.0.1", port: port), contextName: "x")
    var options = HTTPClusterAPI.Options()
    options.connectTimeout = .seconds(300)
    let start = ContinuousClock.now
    let error = try await request(configuration, options)
    #expect(
      error.description == "connection to 127.0.0.1:\(port) refused: is the API server running?")
    #expect(kind(error) == .refused)
    #expect(!error.isOutcomeUnknown)
    // Not after the time for a connection.
    #expect(.now - start < options.connectTimeout)
  }

  @Test func proxyRefused() async throws {
    let port = try await StubServer.run(script: { _, _ in .json("{}") }) { $0.port }
    var configuration = ClusterConfiguration(
      server: ServerAddress(host: "10.0.0.1", port: 6_443), contextName: "x")
    configuration.proxy = Proxy("http://127.0.0.1:\(port)")
    let error = try await request(configuration)
    #expect(
      error.description == "connection to the proxy 127.0.0.1:\(port) refused: is it running?")
  }

  @Test func nameNotFound() async throws {
    let configuration = ClusterConfiguration(
      server: ServerAddress(host: "no-such-host.invalid", port: 6_443), contextName: "x")
    let error = try await request(configuration)
    #expect(error.description == "the host name no-such-host.invalid could not be resolved")
    #expect(kind(error) == .nameNotFound)
  }

  @Test func slowHead() async throws {
    let gate = StubServer.Gate()
    var options = HTTPClusterAPI.Options()
    options.requestTimeout = .milliseconds(200)
    try await StubServer.run(script: { _, _ in .stream(.wait(gate)) }) { server in
      let error = try await request(server.configuration(), options)
      #expect(
        error.description == "the API server did not answer within 200 ms (read /version)")
      #expect(error.isOutcomeUnknown)
      try await waitUntil("the request is given up") { server.openRequests == 0 }
    }
  }

  @Test func slowBody() async throws {
    let gate = StubServer.Gate()
    var options = HTTPClusterAPI.Options()
    options.requestTimeout = .milliseconds(300)
    try await StubServer.run(script: { _, _ in .stream(.send("{"), .wait(gate)) }) { server in
      let error = try await request(server.configuration(), options)
      #expect(error.description.hasPrefix("the API server did not answer within 300 ms"))
      try await waitUntil("the request is given up") { server.openRequests == 0 }
    }
  }

  @Test func cutBody() async throws {
    try await StubServer.run(script: { _, _ in .stream(.send(#"{"a":"#), .cut) }) { server in
      let error = try await request(server.configuration())
      #expect(kind(error) == .cut)
      #expect(error.description == "the connection to 127.0.0.1:\(server.port) was cut")
    }
  }

  @Test func answerTooLarge() async throws {
    var options = HTTPClusterAPI.Options()
    options.maximumBodyBytes = 1 << 20
    let text = String(repeating: "x", count: 2 << 20)
    try await StubServer.run(script: { _, _ in .json(text) }) { server in
      let error = try await request(server.configuration(), options)
      #expect(error.description == "the answer is larger than 1 MB (read /version)")
    }
  }

  @Test func cancellationIsNoFailureAndClosesTheRequest() async throws {
    let gate = StubServer.Gate()
    try await StubServer.run(script: { _, _ in .stream(.wait(gate)) }) { server in
      try await withClient(server.configuration()) { client in
        let task = Task { _ = try await client.perform(.get("/version")) }
        try await waitUntil("the request is there") { server.openRequests == 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await waitUntil("the request is closed") { server.openRequests == 0 }
      }
    }
  }

  @Test func afterShutdown() async throws {
    try await StubServer.run(script: { _, _ in .json("{}") }) { server in
      let client = try await withClient(server.configuration()) { client in
        _ = try await client.perform(.get("/version"))
        return client
      }
      let error = try await failure { _ = try await client.perform(.get("/version")) }
      #expect(error.description.contains("is closed already"))
      try await waitUntil("the connection is closed") { server.openConnections == 0 }
    }
  }

  @Test func ownWordsOfTheModelsAPI() async throws {
    let body = #"{"error": "model not found in organization"}"#
    try await StubServer.run(script: { _, _ in .json(body, status: 404) }) { server in
      let error = try await request(server.configuration())
      #expect(error.isNotFound)
      #expect(error.description == "model not found in organization")
    }
  }

  @Test func plainHTTPToATLSPort() async throws {
    let authority = try TestAuthority()
    try await StubServer.run(tls: try authority.issue(), script: { _, _ in .json("{}") }) {
      server in
      let error = try await request(server.configuration())
      #expect(kind(error) == .tls)
      #expect(
        error.description
          == "127.0.0.1:\(server.port) speaks only TLS: its address has to begin with https://")
      #expect(!error.isOutcomeUnknown && server.requests.isEmpty)
    }
  }

  @Test func answerThatIsNoHTTP() async throws {
    let authority = try TestAuthority()
    try await StubServer.run(
      tls: try authority.issue(), garbles: true, script: { _, _ in .json("{}") }
    ) {
      server in
      let error = try await request(server.configuration(authority: authority))
      #expect(
        error.description
          == "127.0.0.1:\(server.port) does not answer in HTTP: is something between that changes the answers?"
      )
    }
  }

  @Test func TLSToAPlainHTTPPort() async throws {
    try await StubServer.run(script: { _, _ in .json("{}") }) { server in
      let error = try await request(server.configuration(authority: try TestAuthority()))
      #expect(kind(error) == .tls)
      #expect(error.description.contains("does not speak TLS"))
    }
  }

  @Test func certificateOfAnotherAuthority() async throws {
    let error = try await requestOverTLS(
      trusting: try TestAuthority("another"), identity: try TestAuthority().issue())
    #expect(error.description.hasSuffix("is not trusted: it is not signed by ca.crt"))
  }

  @Test func certificateThatExpired() async throws {
    let authority = try TestAuthority()
    let error = try await requestOverTLS(
      trusting: authority,
      identity: try authority.issue(
        from: Date(timeIntervalSince1970: 1_600_000_000),
        until: Date(timeIntervalSince1970: 1_700_000_000)))
    #expect(error.description.hasSuffix("expired on 2023-11-14"))
  }

  @Test func certificateThatIsNotValidYet() async throws {
    let authority = try TestAuthority()
    let error = try await requestOverTLS(
      trusting: authority, identity: try authority.issue(from: .now + 7_200, until: .now + 9_000))
    #expect(error.description.contains("is not valid before"))
  }

  @Test func certificateForAnotherName() async throws {
    let authority = try TestAuthority()
    let error = try await requestOverTLS(
      trusting: authority,
      identity: try authority.issue(names: [.dnsName("api.example.org"), .dnsName("*.k8s.local")]))
    #expect(
      error.description.hasSuffix(
        "is for another name: 127.0.0.1 is not among api.example.org, *.k8s.local"))
  }

  private func requestOverTLS(
    trusting authority: TestAuthority, identity: TestAuthority.Identity
  ) async throws -> APIError {
    try await StubServer.run(tls: identity, script: { _, _ in .json("{}") }) { server in
      let error = try await request(server.configuration(authority: authority))
      #expect(kind(error) == .tls)
      #expect(error.description.hasPrefix("the certificate of 127.0.0.1:\(server.port) "))
      #expect(server.requests.isEmpty)
      return error
    }
  }

  private func request(
    _ configuration: ClusterConfiguration, _ options: HTTPClusterAPI.Options = .init()
  ) async throws -> APIError {
    try await withClient(configuration, options: options) { client in
      try await failure { _ = try await client.perform(.get("/version")) }
    }
  }

  private func kind(_ error: APIError) -> APIError.TransportFailure? {
    if case .transport(_, let kind) = error { kind } else { nil }
  }
}
