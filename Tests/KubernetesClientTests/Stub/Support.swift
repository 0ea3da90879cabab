import Foundation
import Kubernetes
import KubernetesClient
import Logging
import Testing

extension StubServer {
  /// A configuration for this server.
  func configuration(
    authority: TestAuthority? = nil, credential: Credential = .token(Secret("good"))
  ) -> ClusterConfiguration {
    var tls = TLSMaterial()
    tls.authority = authority.map { .init(Data($0.certificate.utf8), origin: "ca.crt") }
    return ClusterConfiguration(
      server: ServerAddress(usesTLS: authority != nil, host: "127.0.0.1", port: port),
      contextName: "stub", tls: tls, credential: credential)
  }
}

/// Makes a client, and shuts it down at the end. It has a minute for a connection at least: machines that build beside are slow.
func withClient<Result>(
  _ configuration: ClusterConfiguration,
  options: HTTPClusterAPI.Options = .init(), _ body: (HTTPClusterAPI) async throws -> Result
) async throws -> Result {
  var options = options
  options.connectTimeout = max(options.connectTimeout, .seconds(60))
  let client = try HTTPClusterAPI(configuration, options: options, logger: .silent)
  do {
    let result = try await body(client)
    await client.shutdown()
    return result
  } catch {
    await client.shutdown()
    throw error
  }
}

/// Waits until something is so: half a minute, and a few hundred tries at least, since other tests may hold every thread.
func waitUntil(
  _ comment: Comment, _ condition: () async throws -> Bool,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let deadline = ContinuousClock.now + .seconds(30)
  var tries = 0
  while try await !condition() {
    tries += 1
    try #require(.now < deadline || tries < 300, comment, sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(5))
  }
}

/// A folder that is there for one test.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "kube-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

extension APIRequest {
  static func get(_ path: String) -> APIRequest {
    APIRequest(.get, path, purpose: "read \(path)")
  }

  static func watch(_ path: String) -> APIRequest {
    APIRequest(.get, path, query: [.init("watch", "true")], purpose: "watch \(path)")
  }
}

/// What an operation failed with, as an `APIError`.
func failure(_ operation: () async throws -> Void) async throws -> APIError {
  do {
    try await operation()
  } catch let error as APIError {
    return error
  }
  throw NothingFailed()
}

struct NothingFailed: Error {}

extension Logger {
  static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}
