internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Kubernetes
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The listening server: TLS on loopback, HTTP/2 or HTTP/1.1 as the client negotiates.
final class HTTPService: Sendable {
  typealias Context = CallContext
  typealias Middleware = any MiddlewareProtocol<Request, Response, Context>

  /// One time of listening.
  private struct Listener: Sendable {
    var port: Int
    var channel: any Channel
    var task: Task<Void, any Error>
  }

  let port: Int
  let gate: ConnectionGate
  private let chain: MiddlewareChain
  private let logger: Logger
  private let listener: Mutex<Listener?>

  /// Shared by all clusters of the process, and never ended: the task of a request may have a last word when its connection is gone, and NIO
  /// tells the terminal of every word to a thread that has ended.
  private static let threads = MultiThreadedEventLoopGroup(numberOfThreads: 2)

  private init(
    _ listener: Listener, gate: ConnectionGate, chain: MiddlewareChain, logger: Logger
  ) {
    port = listener.port
    self.gate = gate
    self.chain = chain
    self.logger = logger
    self.listener = Mutex(listener)
  }

  /// Listens; returns when connections are accepted.
  ///
  /// - Parameter middleware: what every request goes through before it reaches the API, outermost first.
  static func start(
    port: Int, certificates: ServerCertificates, middleware: [Middleware],
    api: any HTTPResponder<Context>, logger: Logger
  ) async throws -> HTTPService {
    var quiet = logger
    quiet.logLevel = max(.warning, logger.logLevel)
    let gate = ConnectionGate(tls: try certificates.tlsConfiguration())
    let chain = MiddlewareChain(middleware: middleware, responder: api)
    let listener = try await listen(on: port, gate: gate, chain: chain, logger: quiet)
    return HTTPService(listener, gate: gate, chain: chain, logger: quiet)
  }

  private static func listen(
    on port: Int, gate: ConnectionGate, chain: MiddlewareChain, logger: Logger
  ) async throws -> Listener {
    let (bound, continuation) = AsyncThrowingStream.makeStream(of: (any Channel).self)
    let application = Application(
      responder: chain,
      server: HTTPServerBuilder { try GatedChannel(gate: gate, responder: $0) },
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { channel in
        continuation.yield(channel)
        continuation.finish()
      },
      eventLoopGroupProvider: .shared(threads), logger: logger)
    // Detached: who asks for it by a request is part of the server that is closed, and its end would be handed down.
    let task = Task.detached {
      do {
        try await application.run()
      } catch {
        continuation.finish(throwing: error)
        throw error
      }
    }
    do {
      for try await channel in bound {
        return Listener(port: channel.localAddress?.port ?? port, channel: channel, task: task)
      }
      throw CancellationError()
    } catch {
      task.cancel()
      throw error
    }
  }

  /// Stops listening and cuts all connections.
  func close() async {
    guard let listener = listener.withLock({ $0.take() }) else { return }
    await end(listener)
  }

  /// The connections go first: a request that comes on one after the server's task was cancelled would find nobody to take it, which Hummingbird's
  /// streams do not survive.
  private func end(_ listener: Listener) async {
    try? await listener.channel.close()
    await gate.shut()
    listener.task.cancel()
  }

  /// Listens again on the same port.
  func open() async throws {
    guard listener.withLock({ $0 == nil }) else { return }
    gate.open()
    for attempt in 1... {
      do {
        let new = try await Self.listen(on: port, gate: gate, chain: chain, logger: logger)
        listener.withLock { $0 = new }
        return
      } catch {
        // Somebody may have been given the port for a moment, as the local end of a connection.
        guard attempt < 100, !Task.isCancelled else { throw error }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  /// Closes the port and every connection.
  func stop() async {
    guard let listener = listener.withLock({ $0.take() }) else { return }
    let task = listener.task
    await end(listener)
    // What the server's task still waits for may never come, so it is not waited for without limit.
    let (ended, continuation) = AsyncStream.makeStream(of: Never.self)
    let server = Task { [task] in
      _ = await task.result
      continuation.finish()
    }
    let limit = Task {
      try? await Task.sleep(for: .seconds(2))
      continuation.finish()
    }
    for await _ in ended {}
    limit.cancel()
    server.cancel()
  }
}

/// What is known about a request besides itself.
struct CallContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The stream of an HTTP/2 connection, or the connection of HTTP/1.1.
  let channel: any Channel
  /// Who asks, where it is not the administrator.
  var user: SimulatedUser?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}

/// Calls one middleware after the other, then the API.
private struct MiddlewareChain: HTTPResponder {
  typealias Context = HTTPService.Context

  let middleware: [HTTPService.Middleware]
  let responder: any HTTPResponder<Context>

  func respond(to request: Request, context: Context) async throws -> Response {
    try await respond(to: request, context: context, from: 0)
  }

  private func respond(
    to request: Request, context: Context, from index: Int
  ) async throws -> Response {
    guard index < middleware.count else {
      return try await responder.respond(to: request, context: context)
    }
    return try await middleware[index].handle(request, context: context) { request, context in
      try await respond(to: request, context: context, from: index + 1)
    }
  }
}

/// Lets in who knows the cluster's token or that of one of its users.
struct BearerAuthentication: RouterMiddleware {
  typealias Context = HTTPService.Context

  let tokens: TokenRing
  let users: AccessRules

  func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    // Health is told to everybody, as a real API server does by default.
    if ["/healthz", "/livez", "/readyz", "/version"].contains(request.uri.path) {
      return try await next(request, context)
    }
    let authorization = request.headers[.authorization]
    if tokens.letsIn(authorization) { return try await next(request, context) }
    guard let user = users.user(authorization) else { return Response(refusal: .unauthorized) }
    var context = context
    context.user = user
    return try await next(request, context)
  }
}

/// The token that the server lets in, and those that it let in before.
final class TokenRing: Sendable {
  private let state: Mutex<(current: String, retired: Set<String>)>

  init(_ token: String) { state = Mutex((token, [])) }

  var current: String { state.withLock { $0.current } }

  func rotate(to token: String) {
    state.withLock { state in
      state.retired.insert(state.current)
      state.current = token
    }
  }

  func letsIn(_ authorization: String?) -> Bool { authorization == "Bearer \(current)" }

  /// Whether it is a token of this cluster, old or new: faults are ended with either.
  func knows(_ authorization: String?) -> Bool {
    guard let authorization, authorization.hasPrefix("Bearer ") else { return false }
    let token = String(authorization.dropFirst("Bearer ".count))
    return state.withLock { $0.current == token || $0.retired.contains(token) }
  }
}
