import Foundation
import Testing

/// The dashboard in a terminal of 80x24: what an operator does, on every cluster there is.
@Suite("Dashboard", .serialized)
struct DashboardTests {
  /// Types a model into the create form and submits it.
  private func create(
    _ name: String, image: String, gpus: Int, servedName: String? = nil, in terminal: Terminal
  ) throws {
    try terminal.press("c")
    try terminal.wait(forText: "Create a model")
    try terminal.type(name)
    try terminal.press("Tab", "Tab", "Tab")
    try terminal.type(image)
    try terminal.press("Tab")
    for argument in ["vllm", "serve", "Qwen/Qwen2.5-0.5B", "--served-model-name"] {
      try terminal.type(argument)
      try terminal.press("Enter")
    }
    try terminal.type(servedName ?? name)
    try terminal.press("Tab", "BSpace")
    try terminal.type(String(gpus))
    try terminal.press("Tab", "BSpace", "BSpace")
    try terminal.type("1")
    try terminal.press("F10")
    guard servedName == nil else { return }
    try terminal.wait(forText: "accepted: ")
    try terminal.press("F10")
  }

  private func delete(_ name: String, in terminal: Terminal) throws {
    try terminal.press("D")
    try terminal.wait(forText: "Delete \(name)")
    try terminal.type(name)
    try terminal.press("Tab", "Enter")
    try terminal.wait(forText: "deleted model \(name)")
  }

  private func open(_ cluster: Cluster, _ flags: [String] = []) throws -> Terminal {
    let terminal = try Terminal(environment: ["KUBECONFIG": cluster.kubeconfig])
    try terminal.run([Program.path] + flags)
    try terminal.wait(for: "live data") { $0.contains(" live") }
    return terminal
  }

  /// The rows of the table that name a model.
  private func row(_ name: String, _ screen: String) -> String? {
    screen.split(separator: "\n").map(String.init).first {
      $0.dropFirst().hasPrefix(name + " ")
    }
  }

  @Test(arguments: Cluster.kinds)
  func aModelIsCreatedWatchedAndDeleted(kind: String) throws {
    let cluster = try Cluster(kind)
    let terminal = try open(cluster)
    let name = "e2e-flow"
    try create(name, image: "vllm/vllm-openai:v0.6.3", gpus: 2, in: terminal)
    try terminal.wait(for: "the model running on two H200", within: 90) {
      row(name, $0).map { $0.contains("running") && $0.contains("2×H200") } ?? false
    }

    let deployment = try cluster.object("deployment", name, namespace: "jan-models")
    let metadata = deployment["metadata"] as? [String: Any]
    let labels = metadata?["labels"] as? [String: String]
    #expect(labels?["app.kubernetes.io/managed-by"] == "jan-server")
    #expect(labels?["model.aibrix.ai/name"] == name)
    #expect(labels?["model.aibrix.ai/port"] == "8000")
    #expect(labels?["jan-server.menlo.ai/organization"] == "1")
    for (owned, objectName) in [
      ("service", name), ("persistentvolumeclaim", name + "-storage"), ("servicemonitor", name),
    ] {
      let object = try cluster.object(owned, objectName, namespace: "jan-models")
      let owners =
        (object["metadata"] as? [String: Any])?["ownerReferences"] as? [[String: Any]]
      #expect(owners?.first?["uid"] as? String == metadata?["uid"] as? String, "\(owned)")
    }

    try cluster.kubectl("-n", "jan-models", "delete", "service", name)
    try terminal.wait(forText: "Service \(name) is missing")
    try cluster.wait(for: "the Service again") {
      try cluster.kubectl("-n", "jan-models", "get", "service", name, checked: false).status == 0
    }

    try delete(name, in: terminal)
    for owned in [
      "deployments", "replicasets", "pods", "services", "persistentvolumeclaims",
      "servicemonitors",
    ] {
      let left = try cluster.kubectl(
        "-n", "jan-models", "get", owned, "-l", "model.aibrix.ai/name=\(name)", "-o", "name")
      #expect(left.output.isEmpty, "left over: \(left.output)")
    }
    try terminal.press("q")
    try terminal.wait(forText: "ready$")
    #expect(try terminal.state("#{alternate_on}") == "0")
  }

  @Test(arguments: Cluster.kinds)
  func whatCannotRunSaysWhy(kind: String) throws {
    let cluster = try Cluster(kind)
    let terminal = try open(cluster)
    try create("e2e-crash", image: "registry.example/crash:1", gpus: 0, in: terminal)
    try terminal.wait(for: "a crash loop", within: 90) {
      row("e2e-crash", $0)?.contains("crash_loop") ?? false
    }
    try delete("e2e-crash", in: terminal)
    try create("e2e-nopull", image: "registry.example/nopull:1", gpus: 0, in: terminal)
    try terminal.wait(for: "a failure", within: 90) {
      row("e2e-nopull", $0)?.contains("failed") ?? false
    }
    try delete("e2e-nopull", in: terminal)
    try create("e2e-nine", image: "vllm/vllm-openai:v0.6.3", gpus: 9, in: terminal)
    try terminal.wait(for: "a reason that names the GPUs") {
      (row("e2e-nine", $0)?.contains("pending") ?? false) && $0.contains("nvidia.com/gpu")
    }
    try delete("e2e-nine", in: terminal)
  }

  @Test func aWrongServedModelNameIsRefusedBesideTheField() throws {
    let cluster = try Cluster("simulated")
    let terminal = try open(cluster)
    try create("llama-7b", image: "vllm/vllm:1", gpus: 1, servedName: "wrong", in: terminal)
    let screen = try terminal.wait(forText: "Nothing was sent")
    #expect(
      screen.contains("--served-model-name 'wrong' must match model name 'llama-7b'"), "\(screen)")
    #expect(try cluster.kubectl("get", "deployments", "-A", "-o", "name").output.isEmpty)
  }

  @Test func aReadOnlyDashboardDoesNotWrite() throws {
    let cluster = try Cluster("simulated")
    let terminal = try open(cluster, ["--read-only"])
    try terminal.press("c")
    let screen = try terminal.wait(forText: "read-only")
    #expect(!screen.contains("Create a model"))
  }

  /// The same cluster as two users: one may do everything, one may only read.
  @Test func anotherContextBringsItsOwnRights() throws {
    let cluster = try Cluster("simulated", restrictedReads: true)
    let restricted = try #require(cluster.restrictedKubeconfig)
    let terminal = try Terminal(
      environment: ["KUBECONFIG": "\(cluster.kubeconfig):\(restricted)"])
    try terminal.run([Program.path])
    try terminal.wait(forText: " live")
    try terminal.wait(forText: "c create")
    try terminal.press(":")
    try terminal.type("ctx ")
    // The kubeconfig has been read.
    try terminal.wait(forText: "on screen now")
    try terminal.type("nowhere")
    try terminal.press("Enter")
    try terminal.wait(forText: "There is no context 'nowhere'")
    try terminal.press("C-u")
    try terminal.type("ctx res")
    try terminal.press("Tab", "Enter")
    try terminal.wait(forText: "Switched from simulated to restricted")
    try terminal.wait(forText: "(c create)")
    try terminal.press("c")
    let screen = try terminal.wait(forText: "no permission to create deployments.apps")
    #expect(!screen.contains("Create a model"))
    try terminal.press(":")
    try terminal.type("context simulated")
    try terminal.press("Enter")
    try terminal.wait(for: "the rights of the administrator") {
      $0.contains("simulated") && $0.contains(" c create")
    }
  }

  @Test func aFrozenServerIsNoticedAndItsReturnToo() throws {
    let cluster = try Cluster("simulated")
    let terminal = try open(cluster)
    cluster.freeze()
    try terminal.wait(for: "the loss of the server") { $0.contains("isconnected") }
    try terminal.press("?")
    try terminal.wait(forText: "filter by name")
    try terminal.press("Escape")
    cluster.thaw()
    try terminal.wait(for: "live data again") { $0.contains(" live") }
  }

  @Test(arguments: [(["C-c"], 0), (["q"], 0)])
  func keysLeaveTheTerminalAsItWas(keys: [String], status: Int) throws {
    let terminal = try Terminal()
    try terminal.run(["sh", "-c", "\(Program.path) demo; echo ended with $?"])
    try terminal.wait(forText: "SIMULATED")
    for key in keys { try terminal.press(key) }
    try terminal.wait(forText: "ended with \(status)")
    #expect(try terminal.state("#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "0 1 0")
  }

  @Test(arguments: [("TERM", 143), ("HUP", 129)])
  func signalsLeaveTheTerminalAsItWas(signal: String, status: Int) throws {
    let terminal = try Terminal()
    try terminal.run(["sh", "-c", "\(Program.path) demo; echo ended with $?"])
    try terminal.wait(forText: "SIMULATED")
    let child = try Shell.run([
      "pgrep", "-P", try terminal.state("#{pane_pid}"), "-f", "demo",
    ]).output.split(separator: "\n")
    for pid in child {
      let grandchild = try Shell.run(["pgrep", "-P", String(pid)], checked: false).output
      for target in grandchild.split(separator: "\n") {
        try Shell.run(["kill", "-\(signal)", String(target)])
      }
    }
    try terminal.wait(forText: "ended with \(status)")
    #expect(try terminal.state("#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "0 1 0")
  }

  @Test func anySizeCanBeShown() throws {
    let terminal = try Terminal()
    try terminal.run([Program.path, "demo"])
    try terminal.wait(forText: "llama-3-1-8b")
    try terminal.resize(columns: 160, rows: 45)
    try terminal.wait(forText: "NAMESPACE")
    try terminal.resize(columns: 12, rows: 4)
    try terminal.resize(columns: 80, rows: 24)
    try terminal.wait(forText: "llama-3-1-8b")
  }
}
