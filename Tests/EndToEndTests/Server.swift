import Foundation
import Testing

/// `modeldeck serve` on a simulated cluster, with tokens for it.
final class Server {
  let folder: URL
  let cluster: Cluster
  private(set) var address = ""
  private var process: Process?

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "modeldeck-serve-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data((0..<6).map { _ in UUID().uuidString }.joined().utf8).write(
      to: folder.appending(path: "secret"))
    cluster = try Cluster("simulated")
    try start()
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Listens where it listened before.
  func start() throws {
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    let place = address.isEmpty ? "127.0.0.1:0" : String(address.dropFirst("http://".count))
    process.arguments = [
      "serve", "--kubeconfig", cluster.kubeconfig, "--jwt-secret-file", path("secret"),
      "--listen", place,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard line.hasPrefix("http://") else { throw Cluster.NotReady(output: line) }
    address = line.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func stop() {
    guard let process else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    self.process = nil
  }

  /// It accepts, and answers nothing any more.
  func freeze() { kill(identifier, SIGSTOP) }
  func thaw() { kill(identifier, SIGCONT) }

  var identifier: pid_t { process?.processIdentifier ?? 0 }

  /// With what it ended.
  func exitStatus() -> Int32? {
    process?.waitUntilExit()
    return process?.terminationStatus
  }

  func path(_ name: String) -> String { folder.appending(path: name).path() }

  /// Writes a token into a file of this name, and returns its path.
  @discardableResult
  func token(
    _ name: String, role: String = "owner", organization: String = "7", expiresIn: String = "1h"
  ) throws -> String {
    let token = try Shell.run(
      [
        Program.path, "token", "--jwt-secret-file", path("secret"), "--role", role,
        "--organization", organization, "--subject", "ada", "--expires-in", expiresIn,
      ], environment: ["HOME": folder.path()]
    ).output
    try Data(token.utf8).write(to: folder.appending(path: name))
    return path(name)
  }

  /// Runs a command through the HTTP API at an address, with the token in the file `token`.
  func run(_ words: [String], through address: String) throws -> Shell.Result {
    try Shell.run(
      [Program.path] + words + ["--server", address, "--token-file", path("token")],
      environment: ["HOME": folder.path()], checked: false)
  }
}
