internal import FoundationEssentials

extension K8s {
  /// The `Status` object with which the API server answers what it refuses; kept whole.
  package struct Status: Codable, Sendable, Equatable, Error {
    package struct Details: Codable, Sendable, Equatable {
      package struct Cause: Codable, Sendable, Equatable {
        package var reason: String?
        package var message: String?
        package var field: String?
      }
      package var name: String?
      package var group: String?
      package var kind: String?
      package var uid: String?
      package var causes: [Cause]?
      package var retryAfterSeconds: Int?
    }

    package var status: String?
    package var message: String?
    /// A word for machines: `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`, `Expired`, ...
    package var reason: String?
    package var details: Details?
    package var code: Int?

    package init(
      code: Int, reason: String? = nil, message: String? = nil, details: Details? = nil
    ) {
      status = "Failure"
      self.code = code
      self.reason = reason
      self.message = message
      self.details = details
    }
  }
}

/// Why a request failed. `description` is one sentence for a person.
package enum APIError: Error, Sendable {
  /// The server refused: its `Status`, and after how long it wants to be asked again.
  case status(K8s.Status, retryAfter: Duration? = nil)
  /// No answer: connection refused or cut, name not found, TLS failure. The text says which, in words.
  case transport(String, kind: TransportFailure)
  /// No answer within the time that was given.
  case timedOut(String)
  /// The answer was no JSON of the kind asked for.
  case decoding(String)
  /// The credentials could not be had or were refused after they were read again.
  case unauthorized(String)

  package enum TransportFailure: Sendable, Equatable {
    case refused, nameNotFound, tls, cut, other
    /// No connection came about: no route, no answer to the attempt, or a proxy in the way. Nothing was sent.
    case unreachable
  }
}

extension APIError {
  package var statusCode: Int? {
    if case .status(let status, _) = self { status.code } else { nil }
  }
  package var reason: String? {
    if case .status(let status, _) = self { status.reason } else { nil }
  }
  /// What the server says the refusal is about.
  package var details: K8s.Status.Details? {
    if case .status(let status, _) = self { status.details } else { nil }
  }
  package var isNotFound: Bool { statusCode == 404 }
  package var isAlreadyExists: Bool { reason == "AlreadyExists" }
  package var isConflict: Bool { statusCode == 409 }
  package var isForbidden: Bool { statusCode == 403 }
  /// 410: the resourceVersion or continue token is too old, list again.
  package var isExpired: Bool {
    statusCode == 410 || reason == "Expired" || reason == "Gone" || isFromTheFuture
  }
  /// The resourceVersion is one that the server has not come to: it is another server's, or a backup was restored.
  private var isFromTheFuture: Bool {
    guard case .status(let status, _) = self else { return false }
    return status.details?.causes?.contains { $0.reason == "ResourceVersionTooLarge" } ?? false
  }
  /// Whether it is unknown if a write took effect: nothing came back.
  package var isOutcomeUnknown: Bool {
    switch self {
    case .timedOut: true
    case .transport(_, let kind): kind == .cut || kind == .other
    case .decoding: true
    case .status(let status, _): (status.code ?? 0) == 504
    case .unauthorized: false
    }
  }
}

extension APIError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .status(let status, _): status.plainMessage
    case .transport(let text, _), .timedOut(let text), .decoding(let text), .unauthorized(let text):
      text
    }
  }
}

extension K8s.Status {
  /// The message without the piece of the request that the server quotes where it could not read it.
  package var plainMessage: String {
    guard let message, !message.isEmpty else {
      return reason ?? "the API server answered \(code ?? 0)"
    }
    guard let quote = message.firstRange(of: ", error found in #") else { return message }
    return String(message[..<quote.lowerBound])
  }
}
