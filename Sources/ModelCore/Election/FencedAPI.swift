internal import FoundationEssentials
internal import Kubernetes

/// The cluster for somebody who may write only for as long as a gate says so.
///
/// The last moment before a write is sent counts, and a write that is not answered when the time ends is given up: a process that was
/// frozen, or that lost its Lease without knowing, does not write beside the next one.
struct FencedAPI: ClusterAPI {
  /// The gate was closed; nothing was sent.
  struct Closed: Error {}

  let api: any ClusterAPI
  let gate: any WriterGate
  let namespace: String
  let clock: SteadyClock

  func perform(_ request: APIRequest) async throws -> APIResponse {
    guard request.method != .get else { return try await api.perform(request) }
    guard let remaining = gate.remaining(in: namespace) else { throw Closed() }
    return try await clock.limited(to: remaining) { [api] in try await api.perform(request) }
  }

  func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    try await api.lines(request)
  }
}
