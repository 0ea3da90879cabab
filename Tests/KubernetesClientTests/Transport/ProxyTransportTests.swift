import Foundation
import Kubernetes
import KubernetesClient
import Testing
import X509

@Suite("Through a proxy")
struct ProxyTransportTests {
  /// A name that only the proxy can connect to.
  private static let host = "api.cluster.test"

  private func withServer(
    _ kind: StubProxy.Kind, url: (Int) -> String,
    _ body: (HTTPClusterAPI, StubProxy, StubServer) async throws -> Void
  ) async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue(names: [.dnsName(Self.host)])
    try await StubServer.run(
      tls: identity, script: { _, _ in .json(#"{"gitVersion":"v1.36.0"}"#) }
    ) { server in
      try await StubProxy.run(kind) { proxy in
        var configuration = server.configuration(authority: authority)
        configuration.server.host = Self.host
        configuration.proxy = Proxy(url(proxy.port))
        try #require(configuration.proxy != nil)
        try await withClient(configuration) { try await body($0, proxy, server) }
      }
    }
  }

  @Test func requestsAndWatchesGoThroughHTTPConnect() async throws {
    try await withServer(.connect(authorization: nil), url: { "http://127.0.0.1:\($0)" }) {
      client, proxy, server in
      let version = try await client.serverVersion()
      #expect(version == "v1.36.0")
      for try await _ in try await client.lines(.watch("/x")) {}
      #expect(proxy.targets == ["\(Self.host):\(server.port)"])
      #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer good" })
      #expect(server.requests.allSatisfy { $0.headers["proxy-authorization"] == nil })
    }
  }

  @Test func showsTheProxyUserAndPassword() async throws {
    let wanted = "Basic " + Data("jane:p@ss:word".utf8).base64EncodedString()
    try await withServer(
      .connect(authorization: wanted), url: { "http://jane:p%40ss%3Aword@127.0.0.1:\($0)" }
    ) { client, proxy, _ in
      _ = try await client.serverVersion()
      #expect(proxy.targets.count == 1)
    }
  }

  @Test func saysThatTheProxyWantsAPassword() async throws {
    try await withServer(
      .connect(authorization: "Basic x"), url: { "http://127.0.0.1:\($0)" }
    ) { client, proxy, _ in
      let error = try await failure { _ = try await client.serverVersion() }
      #expect(
        error.description
          == "the proxy 127.0.0.1:\(proxy.port) wants a user and a password")
    }
  }

  @Test func goesThroughSOCKS() async throws {
    try await withServer(.socks5, url: { "socks5://127.0.0.1:\($0)" }) { client, proxy, server in
      _ = try await client.serverVersion()
      #expect(proxy.targets == ["\(Self.host):\(server.port)"])
    }
  }

  @Test func limitsRequestsButNotWatchesByTheFlag() async throws {
    let gate = StubServer.Gate()
    try await StubServer.run(script: { request, _ in
      request.uri.hasPrefix("/slow") ? .stream(.wait(gate), .send("{}\n")) : .json("{}")
    }) { server in
      var configuration = server.configuration()
      configuration.requestTimeout = .milliseconds(200)
      try await withClient(configuration) { client in
        let lines = try await client.lines(.watch("/slow"))
        // It began after the watch and is over before it.
        let error = try await failure { _ = try await client.perform(.get("/slow")) }
        #expect(error.description.contains("did not answer within 200 ms"))
        gate.open()
        var count = 0
        for try await _ in lines { count += 1 }
        #expect(count == 1)
      }
      configuration.requestTimeout = .zero
      var options = HTTPClusterAPI.Options()
      options.requestTimeout = .milliseconds(1)
      try await withClient(configuration, options: options) { client in
        _ = try await client.perform(.get("/x"))
      }
    }
  }
}
