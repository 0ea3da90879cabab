package import FoundationEssentials

/// An API server, as everything above the wire sees it.
///
/// Implemented by `KubernetesClient.HTTPClusterAPI` for real and simulated servers, and by doubles in tests. The typed
/// verbs are extensions over these two, so a request is built and tested without a connection.
package protocol ClusterAPI: Sendable {
  /// Sends a request and reads the whole answer. Throws `APIError` for anything but a 2xx answer,
  /// `CancellationError` when the task was cancelled.
  func perform(_ request: APIRequest) async throws -> APIResponse

  /// Sends a request and hands over the body as it comes, line by line (watches, logs). A clean end of the stream is no error. Cancelling the
  /// consumer closes the stream to the server.
  func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error>

  /// When the server last showed a sign of life apart from answers and events, as the answer to a PING of HTTP/2; `nil` where the way to it has
  /// none, and it must be asked by a request.
  func lastSignOfLife() async -> Date?
}

extension ClusterAPI {
  /// `nil`: a way that has no sign of life of its own.
  package func lastSignOfLife() async -> Date? { nil }
}
