import Foundation
import Testing

/// What an operator sees of credentials: a log-in in the terminal, their end, and that they come back.
@Suite("Credentials in the dashboard", .serialized)
struct CredentialTests {
  /// Asks for a code at the terminal; without one it needs the file `ok` beside it. The code 4711 gives three seconds.
  private static func script(token: String, life: Int) -> String {
    """
    #!/bin/bash
    cd "$(dirname "$0")"
    case "$KUBERNETES_EXEC_INFO" in
      *'"interactive":true'*)
        read -r -p "One-time code: " code
        [ "$code" = 4711 ] || { echo "wrong code"; exit 1; } >&2 ;;
      *) [ -e ok ] || { echo "the session is over" >&2; exit 1; } ;;
    esac
    end=$(date -u -d '+\(life) seconds' +%Y-%m-%dT%H:%M:%SZ)
    echo "{\\"apiVersion\\":\\"$1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"\(token)\\",\
    \\"expirationTimestamp\\":\\"$end\\"}}"
    """
  }

  /// A kubeconfig whose user runs a plugin that gives the simulator's token.
  private func kubeconfig(_ cluster: Cluster, in folder: URL, life: Int) throws -> URL {
    let text = try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
    let line = try #require(
      text.split(separator: "\n").first {
        $0.trimmingCharacters(in: .whitespaces).contains("token:")
      })
    let token = try #require(line.split(separator: " ").last).trimmingCharacters(
      in: CharacterSet(charactersIn: "\"'{}"))
    let plugin = folder.appending(path: "login")
    try Self.script(token: token, life: life).write(to: plugin, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: plugin.path())
    let version = "client.authentication.k8s.io/v1"
    let stanza =
      "exec: {apiVersion: \(version), command: ./login, args: [\(version)], interactiveMode: IfAvailable}"
    let file = folder.appending(path: "kubeconfig")
    try text.replacing("token: \(line.split(separator: " ").last ?? "")", with: stanza)
      .write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  @Test func aPluginTalksToTheUserInTheTerminal() throws {
    let cluster = try Cluster("simulated")
    let terminal = try Terminal()
    let file = try kubeconfig(cluster, in: terminal.directory, life: 20)
    try terminal.run([Program.path, "--kubeconfig", file.path()])
    let asked = try terminal.wait(forText: "One-time code:")
    #expect(asked.contains("'login' asks for credentials"))
    #expect(try terminal.state("#{alternate_on}") == "0")
    try terminal.type("4711")
    try terminal.press("Enter")
    try terminal.wait(for: "live data") { $0.contains(" live") && $0.contains("creds under 1 min") }
    #expect(try terminal.state("#{alternate_on}") == "1")
    try terminal.press("?")
    try terminal.wait(forText: "filter by name")
    try terminal.press("Escape")

    // They end. Nobody is torn away from the screen for it; who wants to is asked again.
    try terminal.wait(forText: "credentials expired")
    try terminal.wait(forText: "Ctrl-R asks you")
    try terminal.press("C-r")
    try terminal.wait(forText: "One-time code:")
    try terminal.press("C-c")
    try terminal.wait(forText: "was interrupted; Ctrl-R asks you again")
    #expect(try terminal.state("#{alternate_on}") == "1")

    // Logged in elsewhere: it goes on by itself.
    try "".write(to: terminal.directory.appending(path: "ok"), atomically: true, encoding: .utf8)
    try terminal.wait(for: "credentials again") {
      $0.contains("creds under 1 min  live")
    }
    try terminal.press("q")
    try terminal.wait(forText: "ready$")
    #expect(try terminal.state("#{alternate_on}") == "0")
  }

  @Test func aTokenThatTheServerTakesNoMoreIsToldAndComesBack() throws {
    let cluster = try Cluster(
      "simulated", flags: ["--fault", "401:after=20s,for=15s", "--fault", "cut:after=21s"])
    let terminal = try Terminal(environment: ["KUBECONFIG": cluster.kubeconfig])
    try terminal.run([Program.path])
    try terminal.wait(for: "live data") { $0.contains(" live") }
    let screen = try terminal.wait(forText: "credentials expired")
    #expect(screen.contains("context simulated"), "\(screen)")
    try terminal.wait(for: "live data again") {
      $0.contains(" live") && !$0.contains("credentials expired")
    }
  }

  @Test func aTokenThatIsReplacedInTheKubeconfigIsFound() throws {
    let cluster = try Cluster(
      "simulated", flags: ["--fault", "rotate-token:after=10s", "--fault", "cut:after=11s"])
    let terminal = try Terminal(environment: ["KUBECONFIG": cluster.kubeconfig])
    try terminal.run([Program.path])
    try terminal.wait(for: "live data") { $0.contains(" live") }
    let before = try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
    try cluster.wait(for: "another token") {
      try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8) != before
    }
    try cluster.wait(for: "kubectl with it") {
      try cluster.kubectl("get", "nodes", checked: false).status == 0
    }
    let node = try cluster.kubectl("get", "nodes", "-o", "name").output
      .split(separator: "\n").first.map(String.init)
    try cluster.kubectl("cordon", try #require(node))
    try terminal.wait(for: "what changed since") {
      $0.contains(" live") && $0.contains("8 unavailable") && !$0.contains("credentials expired")
    }
  }
}
