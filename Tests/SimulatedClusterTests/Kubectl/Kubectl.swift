import Foundation
import SimulatedCluster
import Testing

/// The installed kubectl at work on a simulated cluster of its own.
final class Kubectl: Sendable {
  struct Result: Sendable {
    var status: Int32
    var output: String
    var errors: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  struct Failed: Error, CustomStringConvertible {
    var arguments: [String]
    var result: Result
    var description: String {
      "kubectl \(arguments.joined(separator: " ")) ended with \(result.status): \(result.errors)"
    }
  }

  /// Whether the tests run; says why not where they do not. In CI they run in any case, so that a missing kubectl is noticed.
  static let isExpected: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    let isThere = path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/kubectl")
    }
    guard !isThere, environment["CI"] == nil else { return true }
    print("kubectl is not installed: its tests on the simulator do not run")
    return false
  }()

  let cluster: SimulatedCluster
  private let folder: URL
  private var kubeconfig: String { folder.appending(path: "kubeconfig").path() }

  private init(cluster: SimulatedCluster, folder: URL) {
    self.cluster = cluster
    self.folder = folder
  }

  static func with(_ body: (Kubectl) async throws -> Void) async throws {
    let cluster = try await SimulatedCluster.start(
      .init(nodes: NodeSpec.uniform(2), timeScale: 20))
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "kubectl-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let kubectl = Kubectl(cluster: cluster, folder: folder)
    try cluster.kubeconfigYAML().write(
      toFile: kubectl.kubeconfig, atomically: true, encoding: .utf8)
    let outcome = await Swift.Result(catching: { try await body(kubectl) })
    await cluster.stop()
    try? FileManager.default.removeItem(at: folder)
    try outcome.get()
  }

  /// Runs kubectl to its end without holding a thread: the cluster that it talks to needs them.
  @discardableResult
  func run(
    _ arguments: String..., input: String? = nil, checked: Bool = true
  ) async throws -> Result {
    try await run(arguments, input: input, checked: checked)
  }

  func run(_ arguments: [String], input: String?, checked: Bool) async throws -> Result {
    let name = UUID().uuidString
    let files = ["in", "out", "err"].map { folder.appending(path: "\(name).\($0)") }
    for file in files { try Data((file == files[0] ? input ?? "" : "").utf8).write(to: file) }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    let status = try await launch(arguments, files).value()
    let result = Result(
      status: status, output: try String(contentsOf: files[1], encoding: .utf8),
      errors: try String(contentsOf: files[2], encoding: .utf8))
    guard !checked || status == 0 else { throw Failed(arguments: arguments, result: result) }
    return result
  }

  /// A kubectl that goes on until it is ended; what it wrote so far can be read.
  func start(_ arguments: String...) throws -> Running {
    let name = UUID().uuidString
    let files = ["in", "out", "err"].map { folder.appending(path: "\(name).\($0)") }
    for file in files { try Data().write(to: file) }
    return Running(process: try launch(arguments, files).process, file: files[1])
  }

  struct Running {
    let process: Process
    let file: URL
    var output: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
    func end() { process.terminate() }
  }

  private struct Launched {
    let process: Process
    let ends: AsyncStream<Int32>

    func value() async -> Int32 {
      for await status in ends { return status }
      return -1
    }
  }

  private func launch(_ arguments: [String], _ files: [URL]) throws -> Launched {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["kubectl", "--kubeconfig", kubeconfig] + arguments
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "HOME": folder.path(),
    ]
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    let (ends, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = {
      continuation.yield($0.terminationStatus)
      continuation.finish()
    }
    try process.run()
    return Launched(process: process, ends: ends)
  }

  /// An object as kubectl prints it in JSON.
  func json(_ arguments: String...) async throws -> [String: Any] {
    let text = try await run(["get"] + arguments + ["-o", "json"], input: nil, checked: true).output
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }
}

extension Swift.Result where Failure == any Error {
  fileprivate init(catching body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

/// Waits until it is so; an issue where it does not come in time.
func reaches(
  _ what: String, within limit: Duration = .seconds(60),
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async rethrows {
  let end = ContinuousClock.now + limit
  repeat {
    if try await condition() { return }
    try? await Task.sleep(for: .milliseconds(200))
  } while ContinuousClock.now < end
  Issue.record("not reached: \(what)", sourceLocation: sourceLocation)
}
