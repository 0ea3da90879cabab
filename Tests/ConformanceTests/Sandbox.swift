import FoundationEssentials
import Kubernetes
import KubernetesClient
import Testing

/// What a server answered, refusals included.
struct Answer: Sendable {
  var code: Int
  var body: JSONValue

  var reason: String { body["reason"]?.stringValue ?? "" }
  var message: String { body["message"]?.stringValue ?? "" }
  var names: [String] {
    (body["items"]?.arrayValue ?? []).compactMap { $0["metadata", "name"]?.stringValue }
  }
  var resourceVersion: String { body["metadata", "resourceVersion"]?.stringValue ?? "" }
  var continueToken: String { body["metadata", "continue"]?.stringValue ?? "" }
  var uid: String { body["metadata", "uid"]?.stringValue ?? "" }
  /// The fields that a validation error names.
  var fields: [String] {
    (body["details", "causes"]?.arrayValue ?? []).compactMap { $0["field"]?.stringValue }
  }
  /// Who owns fields, as `manager/operation`.
  var managers: [String] {
    (body["metadata", "managedFields"]?.arrayValue ?? [])
      .map { "\($0["manager"]?.stringValue ?? "")/\($0["operation"]?.stringValue ?? "")" }
      .filter { !$0.hasPrefix("kube-controller-manager/") }
  }
}

/// A namespace of its own on one of the targets.
struct Sandbox: Sendable {
  let api: HTTPClusterAPI
  let namespace: String

  static let configMap = ResourceKind(
    group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

  enum ContentType: String {
    case json = "application/json"
    case mergePatch = "application/merge-patch+json"
    case strategicMergePatch = "application/strategic-merge-patch+json"
    case jsonPatch = "application/json-patch+json"
    case apply = "application/apply-patch+yaml"
  }

  /// Sends a request; a refusal is an answer as well.
  func send(
    _ method: APIRequest.Method, _ path: String, query: [String: String] = [:],
    _ body: JSONValue? = nil, as type: ContentType = .json, accept: String? = nil
  ) async throws -> Answer {
    try await send(
      method, path, query: query, data: try body?.encoded(), type: type.rawValue, accept: accept)
  }

  func send(
    _ method: APIRequest.Method, _ path: String, query: [String: String] = [:], data: Data?,
    type: String, accept: String? = nil
  ) async throws -> Answer {
    let request = APIRequest(
      method, path,
      query: query.sorted { $0.key < $1.key }.map { APIRequest.QueryItem($0.key, $0.value) },
      body: data, contentType: data == nil ? nil : type, accept: accept, purpose: "conformance")
    do {
      let response = try await api.perform(request)
      return Answer(code: response.statusCode, body: try JSONValue(parsing: response.body))
    } catch APIError.status(let status, _) {
      return Answer(code: status.code ?? 0, body: try JSONCoding.value(of: status))
    }
  }

  func path(
    _ kind: ResourceKind, _ name: String? = nil, _ subresource: String? = nil
  ) -> String {
    kind.path(
      namespace: kind.isNamespaced ? namespace : nil, name: name, subresource: subresource)
  }

  func get(_ kind: ResourceKind, _ name: String) async throws -> Answer {
    try await send(.get, path(kind, name))
  }

  func list(_ kind: ResourceKind, _ query: [String: String] = [:]) async throws -> Answer {
    try await send(.get, path(kind), query: query)
  }

  func create(
    _ kind: ResourceKind, _ object: JSONValue, _ query: [String: String] = [:]
  ) async throws -> Answer {
    try await send(.post, path(kind), query: query, object)
  }

  func patch(
    _ kind: ResourceKind, _ name: String, _ patch: JSONValue, as type: ContentType = .mergePatch,
    _ query: [String: String] = [:], subresource: String? = nil
  ) async throws -> Answer {
    try await send(.patch, path(kind, name, subresource), query: query, patch, as: type)
  }

  func apply(
    _ kind: ResourceKind, _ object: JSONValue, manager: String, force: Bool = false,
    dryRun: Bool = false
  ) async throws -> Answer {
    var query = ["fieldManager": manager]
    if force { query["force"] = "true" }
    if dryRun { query["dryRun"] = "All" }
    return try await send(
      .patch, path(kind, object["metadata", "name"]?.stringValue ?? ""), query: query, object,
      as: .apply)
  }

  func delete(
    _ kind: ResourceKind, _ name: String, _ options: JSONValue? = nil
  ) async throws -> Answer {
    try await send(.delete, path(kind, name), options)
  }

  /// Waits until a condition holds for an object, or fails with what it looked like last.
  func wait(
    for kind: ResourceKind, _ name: String, within limit: Duration = .seconds(90),
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: (JSONValue) -> Bool
  ) async throws -> JSONValue {
    let end = ContinuousClock.now + limit
    while true {
      let answer = try await get(kind, name)
      if answer.code == 200, condition(answer.body) { return answer.body }
      guard ContinuousClock.now < end else {
        Issue.record(
          "\(what): \(kind.kind) is \(answer.body)", sourceLocation: sourceLocation)
        return answer.body
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Waits until a list is as a condition wants it.
  func wait(
    forList kind: ResourceKind, _ what: Comment, selecting query: [String: String] = [:],
    within limit: Duration = .seconds(90),
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: ([JSONValue]) -> Bool
  ) async throws -> [JSONValue] {
    let end = ContinuousClock.now + limit
    while true {
      let items = try await list(kind, query).body["items"]?.arrayValue ?? []
      if condition(items) { return items }
      guard ContinuousClock.now < end else {
        Issue.record("\(what): \(kind.plural) are \(items)", sourceLocation: sourceLocation)
        return items
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
