internal import FoundationEssentials
internal import HTTPTypes
package import Hummingbird
internal import Kubernetes
package import Logging
package import ModelCore
internal import NIOCore

/// What is known of a request besides itself.
package struct APIContext: RequestContext {
  /// What Hummingbird keeps of a request.
  package var coreContext: CoreRequestContextStorage
  /// Where it comes from; `nil` in memory.
  var remote: String?

  /// Made by Hummingbird for each request; it notes the caller's address.
  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    remote = source.channel.remoteAddress.flatMap { address in
      address.ipAddress.map { "\($0):\(address.port ?? 0)" }
    }
  }
}

/// Answers requests: finds the route, asks who it is, reads the body, and writes it all down.
package struct APIResponder: HTTPResponder {
  /// What Hummingbird makes for each request.
  package typealias Context = APIContext

  /// What is let through.
  package struct Settings: Sendable {
    /// Bytes of a request's body; more is answered 413.
    package var largestBody = 1 << 20
    /// A body has to come within this; else the answer is 408.
    package var bodyLimit: Duration = .seconds(15)
    /// Requests a second of one subject; `nil` does not count them.
    package var rate: Double? = 100

    /// 1 MiB, 15 s, and 100 requests a second.
    package init() {}
  }

  let controller: ModelsController
  let verifier: TokenVerifier
  let metrics = APIMetrics()
  private let body: BodyReader
  private let limiter: RateLimiter?
  private let log: AccessLog
  private let openAPI: ByteBuffer

  /// `version` is that of the OpenAPI document; `clock` measures the rate of requests.
  package init(
    controller: ModelsController, verifier: TokenVerifier, settings: Settings = Settings(),
    version: String, logger: Logger, clock: SteadyClock = .system
  ) {
    self.controller = controller
    self.verifier = verifier
    body = BodyReader(largest: settings.largestBody, limit: settings.bodyLimit)
    limiter = settings.rate.map { RateLimiter(rate: $0, clock: clock) }
    log = AccessLog(logger: logger)
    openAPI = ByteBuffer(
      bytes: (try? OpenAPIDocument.json(version: version).encoded(pretty: true)) ?? Data())
  }

  /// A request on its way: what the log and the metrics want to know.
  private struct Trace {
    var requestID: String
    var operation = "none"
    var caller: Caller?
  }

  /// Throws nothing: what fails inside is answered 500 and logged.
  package func respond(to request: Request, context: APIContext) async throws -> Response {
    let start = ContinuousClock.now
    metrics.began()
    var trace = Trace(requestID: RequestID.choose(request.headers[.requestID]))
    let answer = await answer(to: request, &trace)
    let seconds = start.duration(to: .now).seconds
    let isHead = request.method == .head
    metrics.ended(
      operation: trace.operation, method: Self.known(request.method),
      status: answer.status.code, seconds: seconds)
    log.write(
      AccessLog.Entry(
        requestID: trace.requestID, remote: context.remote,
        method: Excerpt.line(request.method.rawValue, limit: 20),
        path: Excerpt.line(request.uri.path, limit: 200), status: answer.status.code,
        bytes: isHead ? 0 : answer.body.readableBytes, seconds: seconds, caller: trace.caller))
    return Self.response(answer, isHead: isHead, requestID: trace.requestID)
  }

  private static func response(
    _ answer: APIAnswer, isHead: Bool, requestID: String
  ) -> Response {
    var headers = answer.headers
    headers[.requestID] = requestID
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    headers[.contentTypeOptions] = "nosniff"
    if answer.hasContent {
      headers[.contentType] = answer.contentType
      headers[.contentLength] = String(answer.body.readableBytes)
    }
    let body =
      isHead || !answer.hasContent
      ? ResponseBody() : ResponseBody(byteBuffer: answer.body)
    return Response(status: answer.status, headers: headers, body: body)
  }

  /// Methods that somebody makes up make no new series of metrics.
  private static func known(_ method: HTTPRequest.Method) -> String {
    let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .options, .patch]
    return methods.contains(method) ? method.rawValue : "other"
  }

  // MARK: One request

  private func answer(to request: Request, _ trace: inout Trace) async -> APIAnswer {
    do {
      return try await route(request, &trace)
    } catch let now as AnswerNow {
      return now.answer
    } catch {
      log.logger.error(
        "A request failed",
        metadata: ["request_id": "\(trace.requestID)", "error": "\(type(of: error))"])
      return APIAnswer.error(
        .internalServerError,
        "the request failed: ask the operator, who finds the reason in the log by request id \(trace.requestID)"
      ).closing
    }
  }

  private func route(_ request: Request, _ trace: inout Trace) async throws -> APIAnswer {
    switch RouteMatch(request.method, path: request.uri.path) {
    case .found(let route, let modelID):
      trace.operation = route.operation.rawValue
      if case .everybody = route.access { return await openAnswer(route.operation) }
      return try await authorized(route, modelID, request, &trace)
    case .otherMethods(let methods):
      let allowed = methods.map(\.rawValue).joined(separator: ", ")
      if request.method == .options {
        return APIAnswer(.noContent, body: ByteBuffer()).with(.allow, allowed)
      }
      return APIAnswer.error(
        .methodNotAllowed, "this method is not allowed here: use \(allowed)"
      ).with(.allow, allowed).closing
    case .unknown:
      return APIAnswer.error(.notFound, APIText.unknownPath).closing
    }
  }

  /// The one way to the models: nothing behind it runs without a caller, and a caller has one organization.
  private func authorized(
    _ route: APIRoute, _ modelID: String?, _ request: Request, _ trace: inout Trace
  ) async throws -> APIAnswer {
    let caller = try await caller(request)
    trace.caller = caller
    if let wait = limiter?.refusal(of: caller.rateKey) {
      throw AnswerNow(
        APIAnswer.error(.tooManyRequests, "too many requests: come again in a moment")
          .retry(after: max(1, Int(wait.seconds.rounded(.up)))).closing)
    }
    if case .owners = route.access, !caller.mayWrite {
      throw AnswerNow(
        APIAnswer.error(
          .forbidden,
          "the role '\(caller.role.rawValue)' may not change models: it takes the role 'owner'"
        ).closing)
    }
    guard let query = QueryParameters(request.uri.query) else {
      throw AnswerNow(.badRequest, "the query has an escape that is none: use %XX of UTF-8 bytes")
    }
    let hasBody = [.post, .put].contains(request.method)
    var logger = log.logger
    logger[metadataKey: "request_id"] = "\(trace.requestID)"
    return try await controller.answer(
      route.operation,
      ModelsController.Call(
        caller: caller, modelID: modelID, query: query,
        known: KnownTags(request.headers[values: .ifNoneMatch]),
        body: hasBody ? try await body.json(of: request) : nil, logger: logger))
  }

  private func caller(_ request: Request) async throws -> Caller {
    func refuse(_ text: String, _ challenge: String) -> AnswerNow {
      AnswerNow(APIAnswer.error(.unauthorized, text).with(.wwwAuthenticate, challenge).closing)
    }
    let fields = request.headers[values: .authorization]
    guard let field = fields.first else {
      throw refuse("a token is needed: send Authorization: Bearer TOKEN", "Bearer")
    }
    let parts = field.split(separator: " ", maxSplits: 1)
    guard fields.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw refuse("the header Authorization is not 'Bearer TOKEN'", "Bearer")
    }
    do {
      return try await verifier.caller(token: String(parts[1].drop { $0 == " " }))
    } catch {
      throw refuse(error.description, "Bearer error=\"invalid_token\"")
    }
  }

  // MARK: What everybody may ask

  private func openAnswer(_ operation: APIOperation) async -> APIAnswer {
    switch operation {
    case .openAPI: APIAnswer(.ok, body: openAPI)
    case .health: APIAnswer(.ok, ["status": "ok"])
    case .readiness: await readiness()
    case .metrics:
      APIAnswer(
        .ok, body: ByteBuffer(string: await metricsText()),
        contentType: "text/plain; version=0.0.4; charset=utf-8")
    case .listModels, .createModel, .createModelFromYAML, .getModel, .updateModel, .deleteModel:
      .error(.notFound, APIText.unknownPath)
    }
  }

  private func readiness() async -> APIAnswer {
    guard await verifier.isReady else {
      return .error(.serviceUnavailable, "the keys for tokens are not there yet")
    }
    // Without a cluster it is as ready as it gets: it answers what the specification says.
    if let shelf = controller.backend.shelf, let problem = controller.unavailability(of: shelf) {
      return APIAnswer(.serviceUnavailable, body: problem.body)
    }
    return APIAnswer(.ok, ["status": "ready"])
  }

  private func metricsText() async -> String {
    let shelf = controller.backend.shelf
    return metrics.text(
      models: shelf?.counts, isReady: await readiness().status == .ok,
      age: shelf?.asOf.map { max(0, controller.clock.now().timeIntervalSince($0)) })
  }
}

extension HTTPField.Name {
  static let requestID = Self(constant: "x-request-id")
  static let contentTypeOptions = Self(constant: "x-content-type-options")

  /// A name that is one.
  private init(constant text: String) { self = HTTPField.Name(text) ?? .via }
}
