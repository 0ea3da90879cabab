internal import FoundationEssentials
package import HTTPTypes
package import Kubernetes
internal import ModelCore
package import NIOCore

/// What is answered, before it becomes bytes on a connection.
package struct APIAnswer: Sendable {
  package var status: HTTPResponse.Status
  /// Beside the content's type and length, which the responder adds.
  package var headers: HTTPFields = [:]
  package var contentType = "application/json"
  /// All of it in memory: answers are small.
  package var body: ByteBuffer

  /// JSON; an empty body where it cannot be encoded, which no text or whole number causes.
  package init(_ status: HTTPResponse.Status, _ json: JSONValue) {
    self.status = status
    body = ByteBuffer(bytes: (try? json.encoded()) ?? Data())
  }

  /// Bytes that are made already.
  package init(
    _ status: HTTPResponse.Status, body: ByteBuffer, contentType: String = "application/json"
  ) {
    self.status = status
    self.body = body
    self.contentType = contentType
  }

  /// The specification's error.
  package static func error(_ status: HTTPResponse.Status, _ text: String) -> APIAnswer {
    APIAnswer(status, SpecificationJSON.error(text))
  }

  func with(_ name: HTTPField.Name, _ value: String) -> APIAnswer {
    var answer = self
    answer.headers[name] = value
    return answer
  }

  /// Come again after so many seconds.
  func retry(after seconds: Int) -> APIAnswer { with(.retryAfter, String(seconds)) }

  /// What is left of the request is not read: the connection ends with the answer.
  var closing: APIAnswer { with(.connection, "close") }
}

/// Ends the handling of a request with an answer.
struct AnswerNow: Error {
  var answer: APIAnswer

  init(_ answer: APIAnswer) { self.answer = answer }

  init(_ status: HTTPResponse.Status, _ text: String) { answer = .error(status, text) }
}

/// The texts of the specification, and what is said where it leaves a choice.
package enum APIText {
  /// For every operation on models where no cluster is configured: 403.
  package static let notConfigured = "models API only available when running in Kubernetes cluster"
  /// Also for what belongs to another organization: 404.
  package static let notFound = "model not found in organization"
  /// What is wrong follows: 400.
  package static let validationPrefix = "validation failed: "
  static let away = "the Kubernetes cluster cannot be reached at the moment: try again later"
  static let loading = "the models are still being read from the cluster: try again in a moment"
  static let refused =
    "the Kubernetes cluster does not allow this server to do that: ask the operator, who finds the reason in the log"
  static let unknownPath = "there is nothing at this path: see /openapi.json"
}
