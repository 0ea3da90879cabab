import Foundation
import Testing

/// What is asked of a model that runs: its logs, and whether it answers.
@Suite("Logs and endpoints", .serialized)
struct EndpointTests {
  private static let home = FileManager.default.temporaryDirectory.appending(
    path: "modeldeck-home-\(UUID().uuidString)"
  ).path()

  private let name = "end-\(UUID().uuidString.lowercased().prefix(8))"

  private func run(_ cluster: Cluster, _ arguments: String...) throws -> Shell.Result {
    try Shell.run(
      [Program.path] + arguments,
      environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": Self.home], checked: false)
  }

  /// A model that runs, for as long as it is looked at.
  private func withModel(_ cluster: Cluster, _ body: () throws -> Void) throws {
    let made = try run(
      cluster, "create", name, "--image", "img:1", "--storage-size", "0", "--command",
      "vllm serve org/model --served-model-name \(name)")
    #expect(made.status == 0, "\(made.errors)")
    defer { _ = try? run(cluster, "delete", name, "--yes") }
    let waited = try run(cluster, "wait", name, "--for", "running", "--timeout", "60s")
    #expect(waited.status == 0, "\(waited.errors)")
    try body()
  }

  @Test(arguments: Cluster.kinds)
  func logsAreReadWholeInPartAndOnAndOn(kind: String) throws {
    let cluster = try Cluster(kind)
    try withModel(cluster) {
      let all = try run(cluster, "logs", name)
      #expect(all.status == 0, "\(all.errors)")
      #expect(!all.output.isEmpty)
      let last = try run(cluster, "logs", name, "--tail", "1", "--timestamps")
      #expect(last.output.split(separator: "\n").count == 1)
      let none = try run(cluster, "logs", name, "--previous")
      #expect(none.status == 1)
      #expect(none.errors.contains("could not read the log of"), "\(none.errors)")
      #expect(try run(cluster, "logs", name, "--pod", "none").status == 4)
      #expect(try run(cluster, "logs", name, "-c", "none").status == 4)
      // What is written from now on comes, until Ctrl-C.
      let following = try Shell.run(
        [
          "bash", "-c",
          """
          set -m; out=$(mktemp); trap 'rm -f "$out"' EXIT
          "$M" logs "$NAME" --follow >"$out" 2>/dev/null & pid=$!
          for _ in $(seq 100); do [ -s "$out" ] && break; sleep 0.2; done
          kill -INT $pid; wait $pid; status=$?; cat "$out"; exit $status
          """,
        ],
        environment: [
          "M": Program.path, "NAME": name, "KUBECONFIG": cluster.kubeconfig, "HOME": Self.home,
        ], checked: false)
      #expect(following.status == 130, "\(following.errors)")
      #expect(!following.output.isEmpty)
    }
  }

  @Test func anEndpointIsAskedThroughItsServiceOrElseAPod() throws {
    let cluster = try Cluster("simulated")
    try withModel(cluster) {
      let service = try run(cluster, "test", name, "--count", "3", "-o", "json")
      #expect(service.status == 0, "\(service.errors)")
      #expect(service.output.contains("\"asked\": \"Service jan-models/\(name):8000\""))
      #expect(service.output.contains("\"matches\": true"))
      try cluster.kubectl("-n", "jan-models", "delete", "service", name)
      let pod = try run(cluster, "test", name)
      #expect(pod.status == 0, "\(pod.errors)")
      #expect(pod.output.contains("; asked Pod jan-models/\(name)-"), "\(pod.output)")
      #expect(try run(cluster, "stop", name, "--wait", "--timeout", "60s").status == 0)
      // A pod that is on its way out answers to the last.
      try cluster.kubectl(
        "-n", "jan-models", "wait", "--for=delete", "pod", "-l", "model.aibrix.ai/name=\(name)",
        "--timeout=60s", checked: false)
      let stopped = try run(cluster, "test", name)
      #expect(stopped.status == 1)
      #expect(stopped.errors.contains("neither a Service nor a ready pod"), "\(stopped.errors)")
    }
  }

  @Test func anEndpointThatDoesNotAnswerIsToldWithTheModelsStatus() throws {
    let cluster = try Cluster("simulated")
    let made = try run(
      cluster, "create", name, "--image", "noready:1", "--storage-size", "0", "--command",
      "vllm serve org/model --served-model-name \(name)")
    #expect(made.status == 0, "\(made.errors)")
    let result = try run(cluster, "test", name)
    #expect(result.status == 1)
    #expect(result.errors.contains("does not answer"), "\(result.errors)")
    #expect(result.errors.contains("The model is "), "\(result.errors)")
  }
}
