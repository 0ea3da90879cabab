import Foundation
import Kubernetes
import Synchronization

/// A cluster that answers from a table of paths and remembers what it was asked.
final class ScriptedAPI: ClusterAPI {
  private let answers: [String: Result<String, APIError>]
  private let asked = Mutex<[APIRequest]>([])

  var requests: [APIRequest] { asked.withLock { $0 } }

  init(_ answers: [String: Result<String, APIError>]) {
    self.answers = answers
  }

  func perform(_ request: APIRequest) async throws -> APIResponse {
    let text = try answer(request)
    return APIResponse(statusCode: 200, body: Data(text.utf8))
  }

  func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    let lines = try answer(request).split(separator: "\n", omittingEmptySubsequences: false)
    return AsyncThrowingStream { continuation in
      for line in lines { continuation.yield(Data(line.utf8)) }
      continuation.finish()
    }
  }

  private func answer(_ request: APIRequest) throws -> String {
    asked.withLock { $0.append(request) }
    let missing = K8s.Status(code: 404, reason: "NotFound", message: "not found")
    return try (answers[request.path] ?? .failure(.status(missing))).get()
  }
}
