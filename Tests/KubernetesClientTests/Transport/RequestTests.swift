import Foundation
import Kubernetes
import KubernetesClient
import Testing

@Suite("Plain requests")
struct RequestTests {
  @Test func sendsMethodPathQueryBodyAndWhoAsks() async throws {
    try await StubServer.run(script: { _, _ in .json(#"{"metadata":{"name":"a"}}"#) }) { server in
      var configuration = server.configuration()
      configuration.server.pathPrefix = "/clusters/one"
      var options = HTTPClusterAPI.Options()
      options.userAgent = "modeldeck/1.2"
      try await withClient(configuration, options: options) { client in
        _ = try await client.apply(
          .serviceMonitor, ["metadata": ["name": "a"]], namespace: "n",
          options: WriteOptions(dryRun: true, force: true))
      }
      let request = try #require(server.requests.first)
      #expect(request.method == "PATCH")
      #expect(
        request.uri == "/clusters/one/apis/monitoring.coreos.com/v1/namespaces/n/servicemonitors/a"
          + "?fieldManager=modeldeck&dryRun=All&force=true")
      #expect(request.headers["content-type"] == "application/apply-patch+yaml")
      #expect(request.headers["accept"] == "application/json")
      #expect(request.headers["authorization"] == "Bearer good")
      #expect(request.headers["user-agent"] == "modeldeck/1.2")
      #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
      #expect(request.headers["accept-encoding"] == "gzip")
      #expect(request.body == Data(#"{"metadata":{"name":"a"}}"#.utf8))
    }
  }

  @Test func asksOnlyForWhatIsNotKnown() async throws {
    try await StubServer.run(script: { request, _ in
      request.headers["if-none-match"] == "\"1\""
        ? StubServer.Answer(status: 304, headers: ["etag": "\"1\""])
        : .json("{}", headers: ["etag": "\"1\""])
    }) { server in
      try await withClient(server.configuration()) { client in
        var request = APIRequest.get("/models")
        let first = try await client.perform(request)
        #expect(first.etag == "\"1\"" && !first.isUnchanged)
        request.ifNoneMatch = first.etag
        let second = try await client.perform(request)
        #expect(second.isUnchanged && second.body.isEmpty)
      }
    }
  }

  @Test func sendsWhomItImpersonates() async throws {
    try await StubServer.run(script: { _, _ in .json("{}") }) { server in
      var configuration = server.configuration()
      configuration.impersonation = Impersonation(
        user: "jane", uid: "7", groups: ["a", "b"], extra: ["example.org/Team": ["x"]])
      try await withClient(configuration) { _ = try await $0.perform(.get("/version")) }
      let headers = try #require(server.requests.first).headers
      #expect(headers["impersonate-user"] == "jane")
      #expect(headers["impersonate-uid"] == "7")
      #expect(headers["impersonate-group"] == "a,b")
      #expect(headers["impersonate-extra-example.org%2fteam"] == "x")
    }
  }

  @Test func unpacksAnAnswerOfAnySize() async throws {
    // 40 MB of the same letter: packed a thousandfold, which must not be taken for an attack.
    let text = #"{"a":""# + String(repeating: "x", count: 40 << 20) + #""}"#
    let packed = try gzip(Data(text.utf8))
    try await StubServer.run(script: { _, _ in
      StubServer.Answer(
        headers: ["content-encoding": "gzip", "content-type": "application/json"],
        steps: [.send(packed)])
    }) { server in
      let answer = try await withClient(server.configuration()) {
        try await $0.perform(.get("/api/v1/pods"))
      }
      #expect(answer.body.count == text.utf8.count)
    }
  }

  @Test func doesNotAskForPackedAnswersWhereTheKubeconfigSaysSo() async throws {
    try await StubServer.run(script: { _, _ in .json("{}") }) { server in
      var configuration = server.configuration()
      configuration.disableCompression = true
      try await withClient(configuration) { _ = try await $0.perform(.get("/version")) }
      #expect(server.requests.first?.headers["accept-encoding"] == "identity")
    }
  }

  @Test func keepsTheWholeStatusOfARefusal() async throws {
    let text = """
      {"kind":"Status","apiVersion":"v1","status":"Failure","message":"Apply failed with 1 conflict",
       "reason":"Conflict","details":{"causes":[{"reason":"FieldManagerConflict",
       "message":"conflict with \\"kubectl\\"","field":".spec.replicas"}]},"code":409}
      """
    try await StubServer.run(script: { _, _ in .json(text, status: 409) }) { server in
      let error = try await withClient(server.configuration()) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      guard case .status(let status, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(status.reason == "Conflict")
      #expect(status.details?.causes?.first?.field == ".spec.replicas")
      #expect(error.isConflict)
    }
  }

  @Test(arguments: [
    ("text/plain", "upstream connect error", "answered 503 Service Unavailable: upstream connect"),
    ("text/html", "<html><body>Bad gateway</body></html>", "answered 503 Service Unavailable"),
    ("application/json", #"{"error":"no"}"#, "answered 503 Service Unavailable"),
  ])
  func saysWhatAServerThatIsNoneAnswered(type: String, body: String, text: String) async throws {
    try await StubServer.run(script: { _, _ in
      StubServer.Answer(status: 503, headers: ["content-type": type], steps: [.send(body)])
    }) { server in
      let error = try await withClient(server.configuration()) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      #expect(error.description.hasPrefix("127.0.0.1:\(server.port) \(text)"))
      #expect(!error.description.contains("<") && !error.description.contains("{"))
      #expect(error.statusCode == 503)
    }
  }

  @Test func tellsAWebPageFromAnAPIServer() async throws {
    try await StubServer.run(script: { _, _ in
      StubServer.Answer(headers: ["content-type": "text/html"], steps: [.send("<html>Login")])
    }) { server in
      let error = try await withClient(server.configuration()) { client in
        try await failure { _ = try await client.serverVersion() }
      }
      #expect(error.description.contains("answered with a web page"))
    }
  }

  @Test func doesNotFollowRedirectsWithItsToken() async throws {
    try await StubServer.run(script: { _, _ in
      StubServer.Answer(status: 302, headers: ["location": "https://login.example.org/x"])
    }) { server in
      let error = try await withClient(server.configuration()) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      #expect(error.description.contains("it redirects to https://login.example.org/x"))
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: [
    (["retry-after": "7"], "{}", 7),
    ([:], #"{"kind":"Status","code":429,"details":{"retryAfterSeconds":3}}"#, 3),
  ])
  func readsWhenToAskAgain(headers: [String: String], body: String, seconds: Int) async throws {
    try await StubServer.run(script: { _, _ in .json(body, status: 429, headers: headers) }) {
      server in
      let error = try await withClient(server.configuration()) { client in
        try await failure { _ = try await client.perform(.get("/x")) }
      }
      guard case .status(_, let retryAfter) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(retryAfter == .seconds(seconds))
    }
  }

  @Test func readsAgainWhenThePooledConnectionWasClosed() async throws {
    try await StubServer.run(script: { _, number in
      number == 0 ? .stream(.cut) : .json(#"{"gitVersion":"v1.30.0"}"#)
    }) { server in
      let version = try await withClient(server.configuration()) { try await $0.serverVersion() }
      #expect(version == "v1.30.0")
    }
  }

  @Test func neverWritesTwiceWhenTheConnectionIsCut() async throws {
    try await StubServer.run(script: { _, _ in .stream(.send("{"), .cut) }) { server in
      let error = try await withClient(server.configuration()) { client in
        try await failure {
          try await client.create(.serviceMonitor, ["metadata": ["name": "a"]], namespace: "n")
        }
      }
      #expect(server.requests.count == 1)
      #expect(error.isOutcomeUnknown)
      #expect(error.description == "the connection to 127.0.0.1:\(server.port) was cut")
    }
  }
}

/// The bytes as `gzip` packs them.
func gzip(_ data: Data) throws -> Data {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/gzip")
  process.arguments = ["-c"]
  let (input, output) = (Pipe(), Pipe())
  process.standardInput = input
  process.standardOutput = output
  try process.run()
  let writer = Thread {
    input.fileHandleForWriting.write(data)
    try? input.fileHandleForWriting.close()
  }
  writer.start()
  let packed = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return packed
}
