import Foundation
import Kubernetes
import KubernetesClient
import Synchronization
import Testing

@Suite("Credential plugins that talk to the user")
struct InteractivePluginTests {
  /// Asks somebody where it may, and fails where it may not.
  private static let asking = """
    case "$KUBERNETES_EXEC_INFO" in
      *'"interactive":true'*) echo asked >> "$D/asked"; [ -e "$D/refuse" ] && exit 1; issue good ;;
      *) [ -e "$D/logged-in" ] && { issue good; exit; }; echo "log in first" >&2; exit 1 ;;
    esac
    """

  private func run(
    _ script: String, _ mode: ExecPlugin.InteractiveMode, terminal: TerminalHandover?,
    _ body: (TestPlugin, HTTPClusterAPI) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      let plugin = try TestPlugin(script, in: folder)
      try await StubServer.run(script: { request, _ in
        request.headers["authorization"] == "Bearer good"
          ? .json(#"{"gitVersion":"v1.36.0"}"#) : .json("{}", status: 401)
      }) { server in
        let client = try HTTPClusterAPI(
          server.configuration(credential: plugin.credential(mode)), terminal: terminal,
          logger: .silent)
        do {
          try await body(plugin, client)
          await client.shutdown()
        } catch {
          await client.shutdown()
          throw error
        }
      }
    }
  }

  @Test func getsTheTerminalOnlyWhereItDoesNotDoWithout() async throws {
    let lent = Counter()
    try await run("issue good", .ifAvailable, terminal: lent.terminal) { plugin, client in
      _ = try await client.serverVersion()
      #expect(lent.count == 0)
    }
    try await run(Self.asking, .ifAvailable, terminal: lent.terminal) { plugin, client in
      _ = try await client.serverVersion()
      #expect(lent.count == 1)
      #expect(plugin.text("asked") == "asked\n")
    }
  }

  @Test func getsTheTerminalWhereWhatItGavesWithoutIsRefused() async throws {
    let lent = Counter()
    let script =
      #"case "$KUBERNETES_EXEC_INFO" in *true*) issue good ;; *) issue "" ; issue bad ;; esac"#
      .replacing("issue \"\" ; ", with: "")
    try await run(script, .ifAvailable, terminal: lent.terminal) { plugin, client in
      _ = try await client.serverVersion()
      #expect(lent.count == 1)
    }
  }

  @Test func alwaysGetsTheTerminal() async throws {
    let lent = Counter()
    try await run(Self.asking, .always, terminal: lent.terminal) { plugin, client in
      _ = try await client.serverVersion()
      #expect(lent.count == 1)
      #expect(plugin.runs == 1)
    }
  }

  @Test func neverGetsTheTerminal() async throws {
    let lent = Counter()
    try await run(Self.asking, .never, terminal: lent.terminal) { plugin, client in
      let error = try await failure { _ = try await client.serverVersion() }
      #expect(error.description.hasSuffix("log in first"))
      #expect(lent.count == 0)
    }
  }

  @Test func saysThatItNeedsATerminal() async throws {
    try await run(Self.asking, .always, terminal: nil) { plugin, client in
      let error = try await failure { _ = try await client.serverVersion() }
      #expect(error.description.contains("there is no terminal"))
      #expect(plugin.runs == 0)
    }
  }

  @Test func doesNotTakeTheTerminalAgainAfterTheUserGaveUp() async throws {
    let lent = Counter()
    try await run(Self.asking, .ifAvailable, terminal: lent.terminal) { plugin, client in
      try plugin.write("", to: "refuse")
      let error = try await failure { _ = try await client.serverVersion() }
      #expect(error.description.hasSuffix("Ctrl-R asks you again"), "\(error)")
      try await waitUntil("another run without the terminal") {
        _ = try? await client.serverVersion()
        return plugin.runs > 2
      }
      #expect(lent.count == 1)
      // Logged in elsewhere: it is found by itself.
      try plugin.write("", to: "logged-in")
      try await waitUntil("new credentials") { (try? await client.serverVersion()) != nil }
      #expect(lent.count == 1)
    }
  }

  @Test func takesTheTerminalAgainWhenTheUserWantsIt() async throws {
    let lent = Counter()
    try await run(Self.asking, .always, terminal: lent.terminal) { plugin, client in
      try plugin.write("", to: "refuse")
      for _ in 0..<3 { _ = try await failure { _ = try await client.serverVersion() } }
      #expect(lent.count == 1)
      try FileManager.default.removeItem(at: plugin.folder.appending(path: "refuse"))
      client.retryCredentials()
      _ = try await client.serverVersion()
      #expect(lent.count == 2)
    }
  }
}

/// A terminal that is lent without being one, and how often it was.
private final class Counter: Sendable {
  private let number = Mutex(0)
  var count: Int { number.withLock { $0 } }

  var terminal: TerminalHandover {
    TerminalHandover { body in
      self.number.withLock { $0 += 1 }
      await body()
      return true
    }
  }
}
