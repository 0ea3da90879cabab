import Foundation
import SimulatedCluster
import Testing

/// The kubectl of this machine, on a cluster.
struct Kubectl: Sendable {
  struct Result: Sendable {
    var status: Int32
    var output: String
    var errors: String
  }

  private static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/kubectl" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }()

  /// Whether these tests run: wherever kubectl is, and in CI in any case, where its absence must be noticed.
  static let isExpected: Bool = {
    if path != nil || ProcessInfo.processInfo.environment["CI"] != nil { return true }
    print("kubectl is not installed: its tests on the simulated cluster do not run")
    return false
  }()

  private let folder: URL

  init(_ cluster: SimulatedCluster) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "kubectl-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try cluster.kubeconfigYAML().write(
      to: folder.appending(path: "config"), atomically: true, encoding: .utf8)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// A file with a manifest.
  func file(_ text: String) throws -> String {
    let file = folder.appending(path: "\(UUID().uuidString).yaml")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  func callAsFunction(_ arguments: String..., isChecked: Bool = true) async throws -> Result {
    let path = try #require(Self.path, "kubectl is not installed")
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = [
      "KUBECONFIG": folder.appending(path: "config").path, "HOME": folder.path,
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
    ]
    // Files, because a pipe that nobody reads meanwhile would hold the program.
    let (out, errors) = (
      folder.appending(path: UUID().uuidString), folder.appending(path: UUID().uuidString)
    )
    for file in [out, errors] { FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: errors)
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    let result = Result(
      status: status, output: try String(contentsOf: out, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
    if isChecked {
      #expect(
        status == 0, "kubectl \(arguments.joined(separator: " ")): \(result.errors)\(result.output)"
      )
    }
    return result
  }
}

func withKubectl(_ test: (Kubectl, SimulatedCluster) async throws -> Void) async throws {
  try await withCluster { cluster in
    let kubectl = try Kubectl(cluster)
    defer { kubectl.remove() }
    try await test(kubectl, cluster)
  }
}
