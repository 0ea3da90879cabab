internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdHTTP2
internal import HummingbirdTLS
internal import Kubernetes
internal import Logging
internal import NIOCore
internal import NIOPosix

/// The listening server: TLS on loopback, HTTP/2 or HTTP/1.1 as the client negotiates.
struct HTTPService: Sendable {
  typealias Context = BasicRequestContext
  typealias Middleware = any MiddlewareProtocol<Request, Response, Context>

  let port: Int
  private let task: Task<Void, any Error>
  private let threads: MultiThreadedEventLoopGroup

  /// Listens; returns when connections are accepted.
  ///
  /// - Parameter middleware: what every request goes through before it reaches the API, outermost first. Faults on request go here.
  static func start(
    port: Int, certificates: ServerCertificates, middleware: [Middleware],
    api: some HTTPResponder<Context>, logger: Logger
  ) async throws -> HTTPService {
    let threads = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let (bound, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
    var quiet = logger
    quiet.logLevel = max(.warning, logger.logLevel)
    let application = Application(
      responder: MiddlewareChain(middleware: middleware, responder: api),
      server: try .http2Upgrade(tlsConfiguration: certificates.tlsConfiguration()),
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { channel in
        continuation.yield(channel.localAddress?.port ?? port)
        continuation.finish()
      },
      eventLoopGroupProvider: .shared(threads), logger: quiet)
    let task = Task { @concurrent in
      do {
        try await application.run()
      } catch {
        continuation.finish(throwing: error)
        throw error
      }
    }
    do {
      for try await port in bound {
        return HTTPService(port: port, task: task, threads: threads)
      }
      throw CancellationError()
    } catch {
      task.cancel()
      try? await threads.shutdownGracefully()
      throw error
    }
  }

  /// Closes the port and every connection.
  func stop() async {
    task.cancel()
    // Cancelling asks the connections to finish. One that a client keeps open never does, and is closed with its thread; what
    // the server's task still waits for then never comes, so it is not waited for.
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
    try? await threads.shutdownGracefully()
  }
}

/// Calls one middleware after the other, then the API.
private struct MiddlewareChain<API: HTTPResponder<HTTPService.Context>>: HTTPResponder {
  typealias Context = HTTPService.Context

  let middleware: [HTTPService.Middleware]
  let responder: API

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

/// Lets in who knows the cluster's token.
struct BearerAuthentication: RouterMiddleware {
  typealias Context = HTTPService.Context

  let token: String

  func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    // Health is told to everybody, as a real API server does by default.
    if ["/healthz", "/livez", "/readyz", "/version"].contains(request.uri.path) {
      return try await next(request, context)
    }
    guard request.headers[.authorization] == "Bearer \(token)" else {
      return Response(refusal: .unauthorized)
    }
    return try await next(request, context)
  }
}
