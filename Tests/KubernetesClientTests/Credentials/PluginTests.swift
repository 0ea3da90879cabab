import Foundation
import Kubernetes
import KubernetesClient
import Synchronization
import Testing

@Suite("Credential plugins")
struct PluginTests {
  /// Lets in who shows one of the tokens; asks everybody else for credentials.
  private func accepting(_ tokens: String...) -> StubServer.Script {
    { request, _ in
      tokens.contains { request.headers["authorization"] == "Bearer " + $0 }
        ? .json(#"{"gitVersion":"v1.36.0"}"#) : .json("{}", status: 401)
    }
  }

  private func withPlugin<Result>(
    _ script: String, version: ExecPlugin.Version = .v1, server: @escaping StubServer.Script,
    _ body: (TestPlugin, StubServer) async throws -> Result
  ) async throws -> Result {
    try await withFolder { folder in
      let plugin = try TestPlugin(script, in: folder, version: version)
      return try await StubServer.run(script: server) { try await body(plugin, $0) }
    }
  }

  private func refusal(_ client: HTTPClusterAPI) async throws -> String {
    try await failure { _ = try await client.serverVersion() }.description
  }

  @Test(arguments: [ExecPlugin.Version.v1, .v1beta1])
  func givesATokenOnceForAllWhoWait(version: ExecPlugin.Version) async throws {
    let script = "sleep 0.2; issue \"$1-$WHO\""
    try await withPlugin(script, version: version, server: accepting("hello-jane")) {
      plugin, server in
      let credential = plugin.credential(
        version: version, arguments: ["hello"], variables: ["WHO": "jane"])
      try await withClient(server.configuration(credential: credential)) { client in
        try await withThrowingTaskGroup(of: String.self) { group in
          for _ in 0..<20 { group.addTask { try await client.serverVersion() } }
          for try await answer in group { #expect(answer == "v1.36.0") }
        }
        _ = try await client.serverVersion()
      }
      #expect(plugin.runs == 1)
      #expect(server.requests.count == 21)
      let info = try JSONValue(parsing: Data(plugin.text("info").utf8))
      #expect(
        info == [
          "apiVersion": .string(version.rawValue), "kind": "ExecCredential",
          "spec": ["interactive": false],
        ])
    }
  }

  @Test func isRunAgainShortlyBeforeItsCredentialsEnd() async throws {
    let script = #"issue token 3"#
    try await withPlugin(script, server: accepting("token")) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        _ = try await client.serverVersion()
        // Also when nobody asks for anything: watches go on for long.
        try await waitUntil("a second run") { plugin.runs > 1 }
        _ = try await client.serverVersion()
        #expect(server.requests.count == 2)
      }
    }
  }

  @Test func isRunAgainWhenTheServerRefuses() async throws {
    let script = #"issue "token-$(wc -l < "$D/runs")""#
    try await withPlugin(script, server: accepting("token-2")) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        for _ in 0..<2 {
          let version = try await client.serverVersion()
          #expect(version == "v1.36.0")
        }
      }
      #expect(plugin.runs == 2)
      #expect(
        server.requests.map { $0.headers["authorization"] }
          == ["Bearer token-1", "Bearer token-2", "Bearer token-2"])
    }
  }

  @Test func isNotRunForEveryRequestThatIsRefused() async throws {
    try await withPlugin("issue bad", server: accepting()) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        var texts: Set<String> = []
        for _ in 0..<20 { texts.insert(try await refusal(client)) }
        #expect(texts.allSatisfy { $0.hasPrefix("credentials expired") }, "\(texts)")
        #expect(texts.allSatisfy { $0.contains("context stub") }, "\(texts)")
      }
      #expect(plugin.runs <= 3)
    }
  }

  @Test func aWatchIsOpenedWithNewCredentialsToo() async throws {
    let script = #"issue "token-$(wc -l < "$D/runs")""#
    try await withPlugin(
      script,
      server: { request, _ in
        request.headers["authorization"] == "Bearer token-2"
          ? .stream(.send("{}\n")) : .json("{}", status: 401)
      }
    ) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        var lines = 0
        for try await _ in try await client.lines(.watch("/x")) { lines += 1 }
        #expect(lines == 1)
      }
    }
  }

  @Test func saysWhatAPluginThatFailsSaidAndRecoversByItself() async throws {
    let script = """
      if [ -e "$D/logged-in" ]; then issue good; exit; fi
      echo first >&2; printf '\\033[31mtoken expired\\033[0m: run \\tlogin' >&2; exit 3
      """
    try await withPlugin(script, server: accepting("good")) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        let text = try await refusal(client)
        #expect(
          text
            == "no credentials for context stub: the credential plugin 'plugin' ended with exit status 3: "
            + "first; token expired: run  login")
        #expect(server.requests.isEmpty)
        try plugin.write("", to: "logged-in")
        try await waitUntil("new credentials") { (try? await client.serverVersion()) != nil }
      }
    }
  }

  /// As while a plugin is being updated.
  @Test func isRunOnceItsFileIsNoLongerWritten() async throws {
    try await withPlugin("exit 0", server: accepting()) { plugin, server in
      let writer = try FileHandle(forUpdating: URL(filePath: plugin.path))
      let configuration = server.configuration(credential: plugin.credential())
      var options = HTTPClusterAPI.Options()
      options.pluginLimits.busy = .zero
      try await withClient(configuration, options: options) { client in
        let text = try await refusal(client)
        #expect(text.contains("cannot be run: Text file busy"), "\(text)")
      }
      #expect(plugin.runs == 0)
      options.pluginLimits.busy = .seconds(60)
      try await withClient(configuration, options: options) { client in
        async let answer = refusal(client)
        // Most often it was tried by then.
        for _ in 0..<100 { await Task.yield() }
        try writer.close()
        let text = try await answer
        #expect(text.contains("printed nothing"), "\(text)")
        #expect(plugin.runs > 0)
      }
    }
  }

  @Test func isEndedWithItsChildrenWhenItHangs() async throws {
    let script = "sleep 1000 & echo waiting >&2; echo $! > \"$D/child\"; wait"
    try await withPlugin(script, server: accepting()) { plugin, server in
      // As long as this machine takes to begin it.
      for limit in [1, 10, 100] where plugin.text("child").isEmpty {
        var options = HTTPClusterAPI.Options()
        options.pluginLimits.quiet = .seconds(limit)
        let configuration = server.configuration(credential: plugin.credential())
        try await withClient(configuration, options: options) { client in
          let text = try await refusal(client)
          #expect(text.contains("did not finish in time, and was ended"), "\(text)")
          if !plugin.text("child").isEmpty { #expect(text.hasSuffix(": waiting"), "\(text)") }
        }
      }
      let child = plugin.text("child").trimmingCharacters(in: .whitespacesAndNewlines)
      try await waitUntil("the end of its child") { !isAlive(child) }
    }
  }

  @Test func isEndedWithItsChildrenWhenTheSessionEnds() async throws {
    let script = "trap '' TERM; sleep 1000 & echo $! > \"$D/child\"; wait; sleep 1000"
    try await withPlugin(script, server: accepting()) { plugin, server in
      let child = try await withClient(server.configuration(credential: plugin.credential())) {
        client in
        let request = Task { try await client.serverVersion() }
        try await waitUntil("its child") { plugin.text("child").contains("\n") }
        request.cancel()
        await #expect(throws: CancellationError.self) { try await request.value }
        return plugin.text("child").trimmingCharacters(in: .whitespacesAndNewlines)
      }
      #expect(!isAlive(child))
    }
  }

  @Test func isNotWaitedForByWhatItLeavesBehind() async throws {
    let script = "sleep 1000 & echo $! > \"$D/child\"; issue good"
    try await withPlugin(script, server: accepting("good")) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        let start = ContinuousClock.now
        _ = try await client.serverVersion()
        #expect(start.duration(to: .now) < .seconds(300))
      }
      let child = plugin.text("child").trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(isAlive(child))
      kill(pid_t(child) ?? 0, SIGKILL)
    }
  }

  @Test(
    arguments: [
      ("", "printed nothing"), ("oops", "printed something else than an ExecCredential"),
      ("{", "no valid JSON"), ("{}", "its kind is missing"),
      (#"{"kind":"List","apiVersion":"v1"}"#, "its kind is 'List'"),
      (
        #"{"kind":"ExecCredential","apiVersion":"V1BETA1","status":{"token":"a"}}"#,
        "answered in apiVersion"
      ),
      (#"{"kind":"ExecCredential","apiVersion":"V1"}"#, "without status"),
      (#"{"kind":"ExecCredential","apiVersion":"V1","status":{}}"#, "neither a token nor"),
      (
        #"{"kind":"ExecCredential","apiVersion":"V1","status":{"token":"a\nb"}}"#,
        "no token can have"
      ),
      (
        #"{"kind":"ExecCredential","apiVersion":"V1","status":{"clientCertificateData":"x"}}"#,
        "gave clientCertificateData without clientKeyData"
      ),
      (
        #"{"kind":"ExecCredential","apiVersion":"V1","status":{"clientKeyData":"x","token":"a"}}"#,
        "gave clientKeyData without clientCertificateData"
      ),
      (
        #"{"kind":"ExecCredential","apiVersion":"V1","status":{"clientCertificateData":"x","clientKeyData":"y"}}"#,
        "no valid PEM"
      ),
      (
        #"{"kind":"ExecCredential","apiVersion":"V1","status":{"token":"a","expirationTimestamp":"soon"}}"#,
        "no RFC 3339 time"
      ),
    ])
  func saysWhatIsWrongWithItsOutput(output: String, problem: String) async throws {
    let text = output.replacing("V1BETA1", with: ExecPlugin.Version.v1beta1.rawValue)
      .replacing("V1", with: ExecPlugin.Version.v1.rawValue)
    try await withPlugin("cat \"$D/output\"", server: accepting()) { plugin, server in
      try plugin.write(text, to: "output")
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        let refusal = try await refusal(client)
        #expect(refusal.contains(problem), "\(refusal)")
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func saysWhereToGetAProgramThatIsNotThere() async throws {
    try await StubServer.run(script: accepting()) { server in
      let plugin = ExecPlugin(
        command: "no-such-login", installHint: "Get it at\nhttps://example.org\u{1B}[2J",
        environment: ["PATH": "/usr/bin:/bin"])
      try await withClient(server.configuration(credential: .plugin(plugin))) { client in
        let text = try await refusal(client)
        #expect(
          text
            == "no credentials for context stub: the credential plugin 'no-such-login' was not found in PATH: "
            + "Get it at https://example.org")
      }
    }
  }

  @Test(arguments: [("not executable", 0o644), ("no program", 0o755)])
  func saysWhyAProgramCannotBeRun(text: String, mode: Int) async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "login")
      try text.write(to: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes(
        [.posixPermissions: mode], ofItemAtPath: file.path())
      try await StubServer.run(script: accepting()) { server in
        let credential = Credential.plugin(ExecPlugin(command: file.path()))
        try await withClient(server.configuration(credential: credential)) { client in
          let refusal = try await refusal(client)
          #expect(refusal.contains("cannot be run"), "\(refusal)")
        }
      }
    }
  }

  @Test func givesAClientCertificateAndAnotherOne() async throws {
    let authority = try TestAuthority()
    let script = """
      n=$(wc -l < "$D/runs")
      cat "$D/answer-$n"
      """
    try await withFolder { folder in
      let plugin = try TestPlugin(script, in: folder)
      for (number, life) in [(1, 4.0), (2, 3_600)] {
        let identity = try authority.issue("jane-\(number)")
        let document: JSONValue = [
          "apiVersion": .string(ExecPlugin.Version.v1.rawValue), "kind": "ExecCredential",
          "status": [
            "clientCertificateData": .string(identity.certificate),
            "clientKeyData": .string(identity.key),
            "expirationTimestamp": .string(Timestamp.format(.now + life)),
          ],
        ]
        try plugin.write(
          String(decoding: try document.encoded(), as: UTF8.self), to: "answer-\(number)")
      }
      try await StubServer.run(
        tls: try authority.issue(), clientAuthority: authority.certificate,
        script: { _, _ in .json("{}") }
      ) { server in
        let configuration = server.configuration(
          authority: authority, credential: plugin.credential())
        try await withClient(configuration) { client in
          _ = try await client.perform(.get("/x"))
          try await waitUntil("the second certificate") { plugin.runs == 2 }
          try await waitUntil("a connection with it") {
            _ = try await client.perform(.get("/x"))
            return server.requests.last?.clientCertificate?.contains("common_name=jane-2") == true
          }
        }
        #expect(server.requests.first?.clientCertificate?.contains("common_name=jane-1") == true)
      }
    }
  }

  @Test func theEndOfACertificateIsTheEndWhereThePluginNamesNone() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue("jane", until: .now + 3_000)
    let document: JSONValue = [
      "apiVersion": .string(ExecPlugin.Version.v1.rawValue), "kind": "ExecCredential",
      "status": [
        "clientCertificateData": .string(identity.certificate),
        "clientKeyData": .string(identity.key), "token": "good",
      ],
    ]
    try await withPlugin("cat \"$D/output\"", server: accepting("good")) { plugin, server in
      try plugin.write(String(decoding: try document.encoded(), as: UTF8.self), to: "output")
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        _ = try await client.serverVersion()
        var statuses = client.credentialStatuses.makeAsyncIterator()
        let left = try #require(await statuses.next()?.expiresAt).timeIntervalSinceNow
        #expect((2_800...3_001).contains(left))
      }
    }
  }

  @Test func tellsThatItIsWaitedFor() async throws {
    try await withPlugin("issue good 3600", server: accepting("good")) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        var statuses = client.credentialStatuses.makeAsyncIterator()
        let before = try #require(await statuses.next())
        #expect(before.awaited == "plugin")
        _ = try await client.serverVersion()
        let after = try #require(await statuses.next())
        #expect(after.awaited == nil)
      }
    }
  }

  @Test func tellsWhenItsCredentialsEnd() async throws {
    try await withPlugin("issue good 3600", server: accepting("good")) { plugin, server in
      try await withClient(server.configuration(credential: plugin.credential())) { client in
        _ = try await client.serverVersion()
        var statuses = client.credentialStatuses.makeAsyncIterator()
        let status = try #require(await statuses.next())
        let left = try #require(status.expiresAt).timeIntervalSinceNow
        #expect((3_500...3_601).contains(left))
        #expect(status.renewsItself)
        #expect(status.problem == nil)
      }
    }
  }
}
