import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kubernetes
import Logging
import ModelCore
import ModelsAPI
import NIOCore
import Synchronization
import TestSupport
import Testing

/// The API on a cluster in memory, and a client that holds every answer to `/openapi.json`.
struct APIBench: Sendable {
  let cluster = MemoryCluster()
  let shelf = ModelShelf()
  let log = LogLines()
  var backend: (any ModelsBackend)?
  var settings = APIResponder.Settings()
  var rules = TokenRules()

  func run(_ body: @Sendable (APIClient) async throws -> Void) async throws {
    var limits = ModelsController.Settings()
    limits.staleness = .zero
    let observer = ClusterObserver(
      api: cluster, settings: .init(organization: nil, namespace: "jan-models"))
    let operations = ModelOperations(
      api: cluster, observer: observer, settings: ModelOperations.Settings(),
      retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2)))
    let backend = backend ?? ClusterBackend(shelf: shelf, operations: operations)
    let logger = Logger(label: "test") { [log] _ in LineHandler(lines: log) }
    let signer = try await Signer.secret()
    let ring = KeyRing([signer.source], logger: logger)
    try await ring.start()
    let responder = APIResponder(
      controller: ModelsController(backend: backend, settings: limits),
      verifier: TokenVerifier(rules: rules, keys: ring), settings: settings, version: "1.2.3",
      logger: logger)
    let watching = Task { await observer.run() }
    let filling = Task { [shelf] in
      for await update in await observer.updates() { shelf.take(update) }
    }
    defer {
      watching.cancel()
      filling.cancel()
    }
    if backend is ClusterBackend { #expect(await eventually { shelf.hasSynced }) }
    let application = try APIServer(responder: responder, logger: logger).application()
    try await application.test(.router) { client in
      try await body(
        APIClient(
          client: client, signer: signer, document: OpenAPIDocument.json(version: "1.2.3")))
    }
  }
}

/// One answer.
struct Answer: Sendable {
  var status: Int
  var headers: HTTPFields
  var text: String
  var json: JSONValue { (try? JSONValue(parsing: Data(text.utf8))) ?? .null }
  var error: String? { json["error"]?.stringValue }

  subscript(header name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

struct APIClient: Sendable {
  let client: any TestClientProtocol
  let signer: Signer
  let document: JSONValue
  /// Of organization 123.
  static let owner = Caller(organization: "123", role: .owner, subject: "ada")
  static let reader = Caller(organization: "123", role: .reader, subject: "bob")
  static let stranger = Caller(organization: "7", role: .owner, subject: "eve")
  static let models = "/v1/organization/models"

  func token(_ caller: Caller) throws -> String {
    try #require(
      signer.issuer.token(
        claims: TokenIssuer.claims(
          of: caller, rules: TokenRules(), now: Date(), lifetime: .seconds(600))))
  }

  @discardableResult
  func call(
    _ method: HTTPRequest.Method, _ path: String, _ json: JSONValue? = nil,
    as caller: Caller? = owner, headers: HTTPFields = [:]
  ) async throws -> Answer {
    try await send(
      method, path, try json.map { String(decoding: try $0.encoded(), as: UTF8.self) },
      as: caller, headers: headers)
  }

  /// Sends a text as the body, whatever it is.
  func send(
    _ method: HTTPRequest.Method, _ path: String, _ text: String?, as caller: Caller? = owner,
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    if let caller, headers[.authorization] == nil {
      headers[.authorization] = "Bearer \(try token(caller))"
    }
    if text != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
    let answer = try await client.execute(
      uri: path, method: method, headers: headers, body: text.map { ByteBuffer(string: $0) }
    ) { response in
      Answer(
        status: response.status.code, headers: response.headers,
        text: String(buffer: response.body))
    }
    check(answer, method, path)
    return answer
  }

  /// Whether the answer is one that the document tells of.
  private func check(_ answer: Answer, _ method: HTTPRequest.Method, _ path: String) {
    var path = String(path.prefix { $0 != "?" })
    if path.hasSuffix("/") { path.removeLast() }
    guard let operation = operation(method, path), method != .head else { return }
    guard let response = operation["responses", String(answer.status)] else {
      Issue.record("\(method) \(path) answered \(answer.status), which the document does not have")
      return
    }
    guard let schema = response["content", "application/json", "schema"] else { return }
    let problems = SchemaCheck(document: document).problems(of: answer.json, with: schema)
    #expect(problems.isEmpty, "\(method) \(path) \(answer.status): \(answer.text)")
  }

  private func operation(_ method: HTTPRequest.Method, _ path: String) -> JSONValue? {
    let verb = method.rawValue.lowercased()
    if let exact = document["paths", path, verb] { return exact }
    guard path.hasPrefix(Self.models + "/"), path != Self.models + "/yaml",
      path.dropFirst(Self.models.count + 1).allSatisfy({ $0 != "/" })
    else { return nil }
    return document["paths", Self.models + "/{model_id}", verb]
  }
}

/// As much of JSON Schema as the document uses for answers; a member that no schema tells of is a problem.
struct SchemaCheck {
  let document: JSONValue

  func problems(of value: JSONValue, with schema: JSONValue, at place: String = "$") -> [String] {
    if let reference = schema["$ref"]?.stringValue {
      let path = reference.split(separator: "/").dropFirst().map(String.init)
      guard let target = document[path: path] else { return ["\(place): \(reference) is nowhere"] }
      return problems(of: value, with: target, at: place)
    }
    var problems: [String] = []
    let types =
      schema["type"]?.stringValue.map { [$0] } ?? schema["type"]?.arrayValue?.compactMap(
        \.stringValue) ?? []
    if !types.isEmpty, !types.contains(where: { Self.isOf($0, value) }) {
      problems.append("\(place): not \(types)")
    }
    if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) {
      problems.append("\(place): not one of \(allowed)")
    }
    for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
    where value[name] == nil {
      problems.append("\(place): \(name) is missing")
    }
    if let properties = schema["properties"] {
      for (name, member) in value.objectValue ?? [:] {
        guard let schema = properties[name] else {
          problems.append("\(place).\(name): not in the document")
          continue
        }
        problems += self.problems(of: member, with: schema, at: "\(place).\(name)")
      }
    }
    if let items = schema["items"] {
      for element in value.arrayValue ?? [] {
        problems += self.problems(of: element, with: items, at: "\(place)[]")
      }
    }
    return problems
  }

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("string", .string), ("boolean", .bool), ("array", .array), ("object", .object),
      ("null", .null), ("integer", .integer):
      true
    default: false
    }
  }
}

/// What was logged.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

struct LineHandler: LogHandler {
  let lines: LogLines
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    lines.add("\(event.message) \(all)")
  }
}
