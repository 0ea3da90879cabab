import Foundation
import Testing

/// What is done with models that are there, by two people and across two sessions.
@Suite("Actions", .serialized)
struct ActionTests {
  /// Each test its own: what a test leaves behind is collected a while later.
  private let name = "acts-\(Int.random(in: 1_000...9_999))"

  private func open(_ cluster: Cluster, state: URL) throws -> Terminal {
    let terminal = try Terminal(
      environment: ["KUBECONFIG": cluster.kubeconfig, "XDG_STATE_HOME": state.path()])
    try terminal.run([Program.path])
    try terminal.wait(for: "live data") { $0.contains(" live") }
    return terminal
  }

  private func make(_ cluster: Cluster) throws {
    let result = try Shell.run(
      [
        Program.path, "create", name, "--image", "vllm/vllm-openai:v0.6.3", "--gpu-count", "0",
        "--storage-size", "1", "--command",
        "vllm serve Qwen/Qwen2.5-0.5B --served-model-name \(name)",
      ], environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": "/nonexistent"])
    #expect(result.status == 0)
  }

  private func stateFolder() throws -> URL {
    let state = FileManager.default.temporaryDirectory.appending(
      path: "modeldeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    return state
  }

  private func annotation(_ key: String, _ cluster: Cluster) throws -> String? {
    let deployment = try cluster.object("deployment", name, namespace: "jan-models")
    let annotations =
      (deployment["metadata"] as? [String: Any])?["annotations"] as? [String: String]
    return annotations?["jan-server.menlo.ai/\(key)"]
  }

  @Test(arguments: Cluster.kinds)
  func twoDashboardsEditOneModel(kind: String) throws {
    let cluster = try Cluster(kind)
    let state = try stateFolder()
    defer { try? FileManager.default.removeItem(at: state) }
    try make(cluster)
    let (first, second) = (
      try open(cluster, state: state), try open(cluster, state: state)
    )
    for terminal in [first, second] {
      try terminal.wait(forText: name)
      try terminal.press("e")
      try terminal.wait(forText: "nothing changed yet")
    }
    try first.press("C-u")
    try first.type("First")
    try first.press("F10")
    try first.wait(forText: "changed display name of model \(name)")
    try second.wait(forText: "Somebody changed display name meanwhile")
    try second.press("C-u")
    try second.type("Second")
    try second.press("F10")
    try second.wait(forText: "nothing was written yet")
    #expect(try annotation("display-name", cluster) == "First")
    try second.press("m", "F10")
    try second.wait(forText: "changed display name of model \(name)")
    #expect(try annotation("display-name", cluster) == "Second")
    _ = try cluster.kubectl(
      "-n", "jan-models", "delete", "deployment", name, "--cascade=foreground")
  }

  @Test(arguments: Cluster.kinds)
  func aDeleteIsUndoneByTheNextSessionWithTheVolumeThatWasKept(kind: String) throws {
    let cluster = try Cluster(kind)
    let state = try stateFolder()
    defer { try? FileManager.default.removeItem(at: state) }
    try make(cluster)
    let claim = { () throws -> String? in
      let object = try cluster.object(
        "persistentvolumeclaim", name + "-storage", namespace: "jan-models")
      return (object["metadata"] as? [String: Any])?["uid"] as? String
    }
    let before = try claim()
    let first = try open(cluster, state: state)
    try first.wait(forText: name)
    try first.press("D")
    try first.wait(forText: "Delete \(name)")
    try first.press("F2")
    try first.type(name)
    try first.press("Tab", "Enter")
    try first.wait(forText: "(U undoes it) deleted model")
    try first.cut()

    let second = try open(cluster, state: state)
    // Another message may follow it on the line.
    try second.press("M")
    // The screens are waited for, not their words alone, which the table has too: an Escape with a key right behind it is another key.
    try second.wait(for: "the messages") {
      $0.contains("Esc back") && $0.contains("Deleted a short while ago: \(name)")
    }
    try second.press("Escape")
    try second.wait(for: "the table") { $0.contains("c create") && !$0.contains("Esc back") }
    try second.press("U")
    try second.wait(forText: "was kept and is taken back")
    try second.press("Enter")
    try second.wait(forText: "created model \(name)")
    #expect(try claim() == before)
    #expect(before != nil)
    _ = try cluster.kubectl(
      "-n", "jan-models", "delete", "deployment", name, "--cascade=foreground")
  }
}
