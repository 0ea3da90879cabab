internal import AsyncHTTPClient
internal import FoundationEssentials
internal import Kubernetes
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Puts what goes wrong on the wire into words for a person.
struct FailureTranslator: Sendable {
  let configuration: ClusterConfiguration
  let options: HTTPClusterAPI.Options
  let health: ConnectionHealth

  private var server: String { configuration.server.authority }

  /// The error to throw instead: `APIError`, or `CancellationError` where that is what it is.
  func translate(_ error: any Error, _ request: APIRequest) async -> any Error {
    if error is CancellationError || Task.isCancelled { return CancellationError() }
    if let error = error as? APIError { return error }
    if isCertificateTrouble(error) { return await certificateTrouble() }
    let failure =
      http(error, request) ?? socket(error) ?? tls(error) ?? parser(error)
      ?? APIError.transport("the connection to \(server) failed: \(brief(error))", kind: .other)
    return await wantsTLS(failure) ?? failure
  }

  func tooSlow(_ request: APIRequest, _ limit: Duration) -> APIError {
    .timedOut(
      "\(configuration.serverTitle) did not answer within \(seconds(limit)) (\(request.purpose))")
  }

  func idle(_ request: APIRequest, after limit: Duration) -> APIError {
    .timedOut(
      "nothing came from \(configuration.serverTitle) for \(seconds(limit)) (\(request.purpose))")
  }

  var notKubernetes: APIError {
    let kind = configuration.source == .modelsAPI ? "Organization Models" : "Kubernetes"
    return .decoding(
      "\(server) answered with a web page: it is no \(kind) API server, or a gateway is between")
  }

  func seconds(_ duration: Duration) -> String {
    let milliseconds = duration / .milliseconds(1)
    return milliseconds >= 1_000
      ? "\(Int((milliseconds / 1_000).rounded())) s" : "\(Int(milliseconds)) ms"
  }

  private func brief(_ error: any Error) -> String {
    let text = String(describing: error).filter { !$0.isNewline }
    return text.count > 120 ? text.prefix(120) + "…" : text
  }
}
