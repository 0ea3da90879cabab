import Foundation

/// A cluster for the program to work on: the program's own simulator, or a real control plane.
final class Cluster: CustomStringConvertible {
  let kubeconfig: String
  /// Of a user who may read everything and write nothing.
  private(set) var restrictedKubeconfig: String?
  let description: String
  private let simulator: Process?
  private let folder: URL

  /// The real control plane's kubeconfig, where the environment names one.
  static var realKubeconfig: String? {
    ProcessInfo.processInfo.environment["MODELDECK_CONFORMANCE_KUBECONFIG"]
  }

  /// The names of the clusters that the flows run on.
  static var kinds: [String] { realKubeconfig == nil ? ["simulated"] : ["simulated", "real"] }

  /// - Parameters:
  ///   - flags: for the simulator.
  ///   - restrictedReads: beside the administrator there is a user who may only read.
  init(_ kind: String, flags: [String] = [], restrictedReads: Bool = false) throws {
    description = kind
    folder = FileManager.default.temporaryDirectory.appending(
      path: "modeldeck-cluster-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if kind == "real", let path = Self.realKubeconfig {
      kubeconfig = path
      simulator = nil
      return
    }
    let file = folder.appending(path: "kubeconfig")
    kubeconfig = file.path()
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    process.arguments = ["simulate", "--nodes", "3", "--write-kubeconfig", kubeconfig] + flags
    if restrictedReads {
      let path = folder.appending(path: "restricted").path()
      restrictedKubeconfig = path
      process.arguments? += ["--restricted-kubeconfig", path, "--restricted-reads"]
    }
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    simulator = process
    // The path on stdout says that it is ready.
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard line.contains(kubeconfig) else { throw NotReady(output: line) }
  }

  struct NotReady: Error { var output: String }

  deinit {
    if let simulator {
      kill(simulator.processIdentifier, SIGKILL)
      simulator.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: folder)
  }

  /// The server accepts, and answers nothing any more.
  func freeze() { if let simulator { kill(simulator.processIdentifier, SIGSTOP) } }
  func thaw() { if let simulator { kill(simulator.processIdentifier, SIGCONT) } }

  @discardableResult
  func kubectl(_ arguments: String..., checked: Bool = true) throws -> Shell.Result {
    try Shell.run(
      ["kubectl", "--kubeconfig", kubeconfig] + arguments, environment: ["HOME": folder.path()],
      checked: checked)
  }

  /// An object as parsed JSON.
  func object(_ kind: String, _ name: String, namespace: String) throws -> [String: Any] {
    let text = try kubectl("-n", namespace, "get", kind, name, "-o", "json").output
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  /// Waits until a condition holds.
  func wait(for what: String, within seconds: Double = 60, until condition: () throws -> Bool)
    throws
  {
    let deadline = Date().addingTimeInterval(seconds)
    repeat {
      if try condition() { return }
      try Shell.run(["sleep", "0.2"])
    } while Date() < deadline
    throw Terminal.NotSeen(what: what, screen: "on the \(description) cluster")
  }
}
