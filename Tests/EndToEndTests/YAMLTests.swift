import Foundation
import Testing

/// A model written as YAML in a terminal: pasted, from a file, and in the user's own editor.
@Suite("Create from YAML", .serialized)
struct YAMLTests {
  private static let manifest = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: e2e-yaml
      namespace: jan-models
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: e2e-yaml
      template:
        metadata:
          labels:
            app: e2e-yaml
        spec:
          containers:
          - name: server
            image: vllm/vllm-openai:v0.9.2
            args: [--model, org/m, --served-model-name, e2e-yaml]
            envFrom:
            - configMapRef: {name: e2e-yaml-config}
            - secretRef: {name: e2e-yaml-secret}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: e2e-yaml-config, namespace: jan-models}
    data: {LEVEL: debug}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: e2e-yaml-secret, namespace: jan-models}
    stringData: {PASSWORD: very-secret-word}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: e2e-yaml, namespace: jan-models}
    spec:
      selector: {app: e2e-yaml}
      ports:
      - {port: 8000, targetPort: 8000}

    """

  private func open(_ cluster: Cluster, editor: String? = nil) throws -> Terminal {
    var environment = ["KUBECONFIG": cluster.kubeconfig]
    environment["EDITOR"] = editor
    let terminal = try Terminal(columns: 100, rows: 30, environment: environment)
    try terminal.run([Program.path])
    try terminal.wait(for: "live data") { $0.contains(" live") }
    return terminal
  }

  @Test(arguments: Cluster.kinds)
  func aFileBecomesAModelAndGoesWithAllItHas(kind: String) throws {
    let cluster = try Cluster(kind)
    let terminal = try open(cluster)
    let file = terminal.directory.appending(path: "model.yaml")
    try Self.manifest.write(to: file, atomically: true, encoding: .utf8)
    try terminal.press("Y")
    try terminal.wait(forText: "Create from YAML")
    try terminal.press("F7")
    try terminal.type("~/mod")
    try terminal.press("Tab")
    try terminal.wait(forText: "~/model.yaml")
    try terminal.press("Enter")
    try terminal.wait(forText: "Deployment, ConfigMap, Secret, Service")
    try terminal.press("F10")
    let plan = try terminal.wait(forText: "accepted")
    #expect(!plan.contains("very-secret-word"))
    try terminal.press("F10")
    try terminal.wait(for: "the model running") {
      $0.contains("e2e-yaml ") && $0.contains("running") && !$0.contains("Create from YAML")
    }
    let deployment = try cluster.object("deployment", "e2e-yaml", namespace: "jan-models")
    let metadata = deployment["metadata"] as? [String: Any]
    let labels = metadata?["labels"] as? [String: String]
    #expect(labels?["model.aibrix.ai/name"] == "e2e-yaml")
    #expect(labels?["jan-server.menlo.ai/organization"] == "1")
    #expect(labels?["app.kubernetes.io/managed-by"] == nil)
    for (kind, name) in [
      ("configmap", "e2e-yaml-config"), ("secret", "e2e-yaml-secret"), ("service", "e2e-yaml"),
    ] {
      let object = try cluster.object(kind, name, namespace: "jan-models")
      let owners = (object["metadata"] as? [String: Any])?["ownerReferences"] as? [[String: Any]]
      #expect(owners?.first?["uid"] as? String == metadata?["uid"] as? String, "\(kind)")
    }
    try cluster.kubectl("-n", "jan-models", "delete", "deployment", "e2e-yaml")
    try cluster.wait(for: "the Secret to be gone") {
      try cluster.kubectl(
        "-n", "jan-models", "get", "secret", "e2e-yaml-secret", checked: false
      ).status != 0
    }
  }

  /// The editor gets the text in a file for this user alone, and the terminal; afterwards nothing of it is left.
  @Test func theEditorGetsTheTerminalAndGivesItBack() throws {
    let cluster = try Cluster("simulated")
    let folder = FileManager.default.temporaryDirectory.appending(path: "e-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = folder.appending(path: "my editor")
    try """
    #!/bin/bash
    stat -c %a "$2" > "$(dirname "$0")/mode"; echo "$2" > "$(dirname "$0")/path"
    echo "EDITING with $1"; read -r line </dev/tty
    [ "$line" = fail ] && exit 3
    sed "s/first/$line/" "$2" > "$2.new" && mv "$2.new" "$2"
    """.write(to: script, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: script.path(percentEncoded: false))

    let terminal = try open(cluster, editor: "'\(script.path(percentEncoded: false))' --flag")
    try terminal.press("Y")
    try terminal.wait(forText: "Create from YAML")
    try terminal.type("kind: first")
    try terminal.press("F6")
    try terminal.wait(forText: "EDITING with --flag")
    #expect(try terminal.state("#{alternate_on}") == "0")
    try terminal.type("second")
    try terminal.press("Enter")
    try terminal.wait(forText: "kind: second")
    #expect(try terminal.state("#{alternate_on}") == "1")
    let mode = try String(contentsOf: folder.appending(path: "mode"), encoding: .utf8)
    #expect(mode == "600\n")
    let path = try String(contentsOf: folder.appending(path: "path"), encoding: .utf8)
    let edited = path.trimmingCharacters(in: .newlines)
    #expect(!FileManager.default.fileExists(atPath: edited))
    #expect(
      !FileManager.default.fileExists(
        atPath: URL(filePath: edited).deletingLastPathComponent().path()))

    try terminal.press("F6")
    try terminal.wait(forText: "EDITING with --flag")
    try terminal.type("fail")
    try terminal.press("Enter")
    try terminal.wait(forText: "ended with status 3: the text is as it was")
    try terminal.wait(forText: "kind: second")
  }

  @Test func anEditorThatIsNotThereIsTold() throws {
    let cluster = try Cluster("simulated")
    let terminal = try open(cluster, editor: "no-such-editor -x")
    try terminal.press("Y")
    try terminal.wait(forText: "Create from YAML")
    try terminal.press("F6")
    try terminal.wait(forText: "The editor 'no-such-editor -x' was not found: set EDITOR")
    try terminal.type("a: 1")
    try terminal.wait(forText: "a: 1")
  }
}
