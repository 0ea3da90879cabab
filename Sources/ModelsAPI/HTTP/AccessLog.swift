internal import Logging

/// One line for every request that was answered. Never a token, never a body, never a query.
struct AccessLog: Sendable {
  let logger: Logger

  struct Entry: Sendable {
    var requestID: String
    var remote: String?
    var method: String
    var path: String
    var status: Int
    var bytes: Int
    var seconds: Double
    var caller: Caller?
  }

  func write(_ entry: Entry) {
    var metadata: Logger.Metadata = [
      "request_id": "\(entry.requestID)", "method": "\(entry.method)", "path": "\(entry.path)",
      "status": "\(entry.status)", "bytes": "\(entry.bytes)",
      "ms": "\((entry.seconds * 10_000).rounded() / 10)",
    ]
    metadata["remote"] = entry.remote.map { "\($0)" }
    metadata["organization"] = entry.caller.map { "\($0.organization)" }
    metadata["subject"] = entry.caller?.subject.map { "\($0)" }
    logger.info("request", metadata: metadata)
  }
}
