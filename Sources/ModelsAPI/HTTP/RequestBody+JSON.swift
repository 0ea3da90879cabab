internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import ModelCore
internal import NIOCore

/// Reads a request's JSON within limits of size, depth and time.
struct BodyReader: Sendable {
  var largest: Int
  var limit: Duration
  /// Deeper than anything that the specification has.
  static let depth = 16

  /// Throws ``AnswerNow``.
  func json(of request: Request) async throws -> JSONValue {
    try checkType(request.headers[.contentType])
    if let length = request.headers[.contentLength].flatMap(Int.init), length > largest {
      throw tooLarge
    }
    let bytes = try await collect(request)
    guard bytes.readableBytes > 0 else {
      throw AnswerNow(.badRequest, "the request has no body: send a JSON object")
    }
    let view = bytes.readableBytesView
    guard JSONDepth.isWithin(Self.depth, view) else {
      throw AnswerNow(.badRequest, "the JSON of the request nests deeper than \(Self.depth) levels")
    }
    do {
      return try JSONValue(parsing: Data(view))
    } catch DecodingError.dataCorrupted(let context) {
      throw AnswerNow(.badRequest, "the request cannot be read: \(context.debugDescription)")
    }
  }

  private func checkType(_ header: String?) throws {
    guard let header else { return }
    let type = header.prefix { $0 != ";" }.lowercased()
    guard type.split(separator: " ").joined() == "application/json" else {
      throw AnswerNow(
        APIAnswer.error(
          .unsupportedMediaType, "the content type is not application/json: send JSON"
        ).closing)
    }
  }

  private var tooLarge: AnswerNow {
    AnswerNow(
      APIAnswer.error(.contentTooLarge, "the request has more than \(largest / 1_024) KiB").closing)
  }

  private func collect(_ request: Request) async throws -> ByteBuffer {
    let largest = largest
    let limit = limit
    return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        do {
          return try await request.body.collect(upTo: largest)
        } catch is NIOTooManyBytesError {
          throw tooLarge
        }
      }
      group.addTask {
        try await ContinuousClock().sleep(for: limit)
        return nil
      }
      guard let first = try await group.next(), let bytes = first else {
        throw AnswerNow(
          APIAnswer.error(.requestTimeout, "the request's body did not come in time").closing)
      }
      return bytes
    }
  }
}
