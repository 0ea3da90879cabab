internal import FoundationEssentials

extension K8s {
  /// The `Status` object with which the API server answers what it refuses; kept whole.
  package struct Status: Codable, Sendable, Equatable, Error {
    /// What the refusal is about, as far as the server says; `nil` means that it does not say.
    package struct Details: Codable, Sendable, Equatable {
      /// One of several reasons of a refusal, such as one field that is not valid.
      package struct Cause: Codable, Sendable, Equatable {
        /// A word for machines, e.g. `FieldValueInvalid` or `FieldManagerConflict`.
        package var reason: String?
        package var message: String?
        /// The path of the field in the object that was sent, e.g. `spec.containers[0].image`.
        package var field: String?
      }
      package var name: String?
      /// The API group of the kind; `nil` for the core group.
      package var group: String?
      /// The kind or, in some refusals, the plural name of the resource.
      package var kind: String?
      package var uid: String?
      package var causes: [Cause]?
      /// After how many seconds the request may be sent again.
      package var retryAfterSeconds: Int?
    }

    /// `Success` or `Failure`.
    package var status: String?
    package var message: String?
    /// A word for machines: `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`, `Expired`, ...
    package var reason: String?
    package var details: Details?
    /// The HTTP status code.
    package var code: Int?

    /// A refusal: `status` is `Failure`. `code` is the HTTP status code.
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

  /// Why no answer came: it tells whether the request may have been carried out.
  package enum TransportFailure: Sendable, Equatable {
    case refused, nameNotFound, tls, cut, other
    /// No connection came about: no route, no answer to the attempt, or a proxy in the way. Nothing was sent.
    case unreachable
  }
}

extension APIError {
  /// The HTTP status code of a refusal; `nil` for every other failure, `unauthorized` too.
  package var statusCode: Int? {
    if case .status(let status, _) = self { status.code } else { nil }
  }
  /// The server's word for machines, e.g. `Conflict`; `nil` where it gave none.
  package var reason: String? {
    if case .status(let status, _) = self { status.reason } else { nil }
  }
  /// What the server says the refusal is about.
  package var details: K8s.Status.Details? {
    if case .status(let status, _) = self { status.details } else { nil }
  }
  /// 404: there is no such object, or the server does not have the kind.
  package var isNotFound: Bool { statusCode == 404 }
  /// The name is taken; its status code is 409, so ``isConflict`` is true as well.
  package var isAlreadyExists: Bool { reason == "AlreadyExists" }
  /// 409: the object is another version than was meant, a name is taken, or another field manager has a field.
  package var isConflict: Bool { statusCode == 409 }
  /// 403: the user is known and may not do it.
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
