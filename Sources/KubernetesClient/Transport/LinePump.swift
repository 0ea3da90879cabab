internal import AsyncHTTPClient
internal import FoundationEssentials
internal import Kubernetes
internal import NIOCore
internal import Synchronization

/// Reads a body and hands it over line by line.
///
/// A consumer that falls behind slows the server down: no more than a few hundred lines wait in between. The HTTP stream
/// is closed when the consumer is cancelled or lets go of the stream.
struct LinePump: Sendable {
  let request: APIRequest
  let failures: FailureTranslator
  let maximumLineBytes: Int
  /// How long nothing may come; `nil` waits for ever.
  let idleTimeout: Duration?

  private static let waitingLines = 256

  func stream(_ body: HTTPClientResponse.Body) -> AsyncThrowingStream<Data, any Error> {
    let (stream, continuation) = AsyncThrowingStream.makeStream(
      of: Data.self, bufferingPolicy: .bufferingOldest(Self.waitingLines))
    let activity = Activity()
    let reader = Task {
      do {
        try await read(body, into: continuation, activity)
        continuation.finish()
      } catch {
        if activity.isIdleTooLong, let idleTimeout {
          continuation.finish(throwing: failures.idle(request, after: idleTimeout))
        } else {
          continuation.finish(throwing: await failures.translate(error, request))
        }
      }
    }
    let guardian = idleTimeout.map { limit in
      Task {
        while true {
          try await Task.sleep(until: activity.last + limit)
          if activity.giveUp(idleFor: limit) { return reader.cancel() }
        }
      }
    }
    continuation.onTermination = { _ in
      reader.cancel()
      guardian?.cancel()
    }
    return stream
  }

  private func read(
    _ body: HTTPClientResponse.Body,
    into continuation: AsyncThrowingStream<Data, any Error>.Continuation, _ activity: Activity
  ) async throws {
    var splitter = LineSplitter()
    for try await chunk in body {
      activity.note()
      for line in chunk.withUnsafeReadableBytes({ splitter.append($0) }) {
        try await hand(line, to: continuation)
      }
      guard splitter.pendingCount <= maximumLineBytes else {
        throw NIOTooManyBytesError(maxBytes: maximumLineBytes)
      }
      try Task.checkCancellation()
    }
    try Task.checkCancellation()
    if let rest = splitter.finish() { try await hand(rest, to: continuation) }
  }

  private func hand(
    _ line: Data, to continuation: AsyncThrowingStream<Data, any Error>.Continuation
  ) async throws {
    while case .dropped = continuation.yield(line) {
      // Full: the consumer is hundreds of lines behind.
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

/// When something came last.
private final class Activity: Sendable {
  private struct State {
    var last = ContinuousClock.now
    var isIdleTooLong = false
  }

  private let state = Mutex(State())

  var last: ContinuousClock.Instant { state.withLock { $0.last } }
  var isIdleTooLong: Bool { state.withLock { $0.isIdleTooLong } }

  func note() { state.withLock { $0.last = .now } }

  func giveUp(idleFor limit: Duration) -> Bool {
    state.withLock { state in
      if .now - state.last >= limit { state.isIdleTooLong = true }
      return state.isIdleTooLong
    }
  }
}
