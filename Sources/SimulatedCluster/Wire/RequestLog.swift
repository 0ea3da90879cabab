internal import HTTPTypes
internal import Hummingbird

/// Tells of every request, for counting what a client asks for.
struct RequestLog: RouterMiddleware {
  typealias Context = HTTPService.Context

  let tell: (@Sendable (String) -> Void)?

  func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    tell?("\(request.method.rawValue) \(request.uri)")
    return try await next(request, context)
  }
}
