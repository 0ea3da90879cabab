internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// Lets faults happen to requests.
struct FaultMiddleware: RouterMiddleware {
  typealias Context = HTTPService.Context
  typealias Next = @concurrent (Request, Context) async throws -> Response

  let board: FaultBoard
  /// The gate of the service that this is part of, which is made later.
  let gate: @Sendable () -> ConnectionGate?

  func handle(_ request: Request, context: Context, next: Next) async throws -> Response {
    let faults = board.strike(RequestFacts(request))
    guard !faults.isEmpty else { return try await next(request, context) }
    for fault in faults {
      if let response = try await before(fault, request, context) { return response }
    }
    var response = try await next(request, context)
    for fault in faults { response = after(fault, response, context) }
    if faults.contains(where: { $0.kind == .loseAnswer }) { throw cut(context) }
    return response
  }

  /// What happens before the request is performed; a response where it never is.
  private func before(
    _ fault: Fault, _ request: Request, _ context: Context
  ) async throws -> Response? {
    switch fault.kind {
    case .latency:
      let jitter = (fault.duration(.jitter) ?? .zero) * Double.random(in: 0...1)
      try await Task.sleep(for: (fault.duration(.time) ?? .milliseconds(500)) + jitter)
      return nil
    case .hang:
      try await hang(request)
      return nil
    case .cutWrite: throw cut(context)
    case .expired: return expired(request)
    case .tooManyRequests: return tooManyRequests(fault)
    case .internalError:
      return Response(
        refusal: Refusal(
          code: 500, reason: "InternalError",
          message: "Internal error occurred: etcdserver: request timed out"))
    case .unavailable: return unavailable(fault)
    case .expiredToken: return Response(refusal: .unauthorized)
    case .garbage:
      return Response(ByteBuffer(string: "\u{1}\u{2}{\"kind\":\"List\",\"items\":[{\"meta"))
    default: return nil
    }
  }

  /// What happens to the answer.
  private func after(_ fault: Fault, _ response: Response, _ context: Context) -> Response {
    var response = response
    switch fault.kind {
    case .cutBody, .hangBody:
      let limit = response.body.contentLength.map { $0 / 2 } ?? 0
      response.body = limited(
        response.body, .init(bytes: limit), hangs: fault.kind == .hangBody, context)
    case .hangWatch:
      response.body = limited(
        response.body, .init(events: fault.count(.events) ?? 0), hangs: true, context)
    case .cutWatch:
      var limit = BodyLimit()
      limit.events = fault.count(.events)
      limit.time = fault.duration(.time) ?? (limit.events == nil ? .seconds(5) : nil)
      response.body = limited(response.body, limit, hangs: false, context)
    default: break
    }
    return response
  }

  private func limited(
    _ body: ResponseBody, _ limit: BodyLimit, hangs: Bool, _ context: Context
  ) -> ResponseBody {
    ResponseBody(contentLength: body.contentLength) { writer in
      let channel = context.channel
      let clock = limit.time.map { time in
        Task {
          try await Task.sleep(for: time)
          try await channel.close()
        }
      }
      defer { clock?.cancel() }
      try await body.write(
        LimitedWriter(base: writer, limit: limit) {
          if hangs {
            try await Task.sleep(for: .seconds(86_400))
          } else {
            try await channel.close()
          }
          throw CancellationError()
        })
    }
  }

  /// Waits until the client has gone.
  private func hang(_ request: Request) async throws {
    try await request.body.consumeWithCancellationOnInboundClose { _ in
      try await Task.sleep(for: .seconds(86_400))
    }
  }

  private func cut(_ context: Context) -> CancellationError {
    gate()?.cut(connectionOf: context.channel)
    return CancellationError()
  }

  private func expired(_ request: Request) -> Response {
    let query = RequestQuery(request.uri.query)
    guard query.isOn("watch") else {
      return Response(
        refusal: .expired(
          "The provided continue parameter is too old to display a consistent list result."))
    }
    // Told as an event of a watch that begins well, as a real API server does.
    let version = query["resourceVersion"] ?? ""
    let refusal = Refusal.expired("too old resource version: \(version) (\(version)1)")
    return Response(Rendering.error(refusal))
  }

  private func tooManyRequests(_ fault: Fault) -> Response {
    let seconds = (fault.duration(.retryAfter) ?? .seconds(1)).components.seconds
    var response = Response(
      refusal: Refusal(
        code: 429, reason: "TooManyRequests",
        message: "the server has received too many requests and has asked us to try again later",
        details: ["retryAfterSeconds": .integer(seconds)]))
    response.headers[.retryAfter] = String(seconds)
    return response
  }

  private func unavailable(_ fault: Fault) -> Response {
    var response = Response(text: "upstream connect error\n", status: .serviceUnavailable)
    if let wait = fault.duration(.retryAfter) {
      response.headers[.retryAfter] = String(wait.components.seconds)
    }
    return response
  }
}

/// How much of a body goes out.
struct BodyLimit: Sendable {
  var bytes: Int?
  var events: Int?
  var time: Duration?

  init(bytes: Int? = nil, events: Int? = nil, time: Duration? = nil) {
    self.bytes = bytes
    self.events = events
    self.time = time
  }
}

/// Writes until a limit is reached, and then lets something happen.
private struct LimitedWriter: ResponseBodyWriter {
  var base: any ResponseBodyWriter
  var limit: BodyLimit
  let end: @Sendable () async throws -> Void

  @concurrent mutating func write(_ buffer: ByteBuffer) async throws {
    var buffer = buffer
    if let bytes = limit.bytes {
      guard buffer.readableBytes <= bytes else {
        if let part = buffer.readSlice(length: bytes) { try await base.write(part) }
        limit.bytes = 0
        return try await end()
      }
      limit.bytes = bytes - buffer.readableBytes
    }
    if let events = limit.events, buffer.readableBytes > 0 {
      guard events > 0 else { return try await end() }
      limit.events = events - 1
    }
    try await base.write(buffer)
    if limit.events == 0, buffer.readableBytes > 0 { try await end() }
  }

  @concurrent consuming func finish(_ trailers: HTTPFields?) async throws {
    // An answer without a body is cut as well.
    if limit.bytes == 0 { try await end() }
    try await base.finish(trailers)
  }
}

extension RequestFacts {
  init(_ request: Request) {
    let query = RequestQuery(request.uri.query)
    let path = request.uri.path.split(separator: "/").map(String.init)
    let target = RequestTarget(path)
    switch request.method {
    case .post: verb = .create
    case .put: verb = .update
    case .patch: verb = .patch
    case .delete: verb = .delete
    case _ where query.isOn("watch"): verb = .watch
    default: verb = target != nil && target?.name == nil ? .list : .get
    }
    self.target = request.uri.path + (request.uri.query.map { "?\($0)" } ?? "")
    agent = request.headers[.userAgent] ?? ""
    let version = query["resourceVersion"] ?? ""
    canExpire =
      verb == .watch ? !version.isEmpty && version != "0" : !(query["continue"] ?? "").isEmpty
    let isReview =
      target?.group == "authorization.k8s.io" || target?.group == "authentication.k8s.io"
    isWrite = request.method != .get && query.all("dryRun").isEmpty && !isReview
  }
}
