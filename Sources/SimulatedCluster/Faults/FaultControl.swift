internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// `/-/faults` on the server's own port: GET tells the faults, POST adds those in the body (one a line), PUT puts them in place of all, DELETE ends all.
///
/// It wants the bearer token, the present one or an earlier one, and no fault of requests happens to it. A fault that closes the way to the server
/// has to say how long it lasts, because nobody could end it.
struct FaultControl: RouterMiddleware {
  typealias Context = HTTPService.Context

  static let path = "/-/faults"

  let tokens: TokenRing
  let director: @Sendable () -> FaultDirector?

  func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard request.uri.path == Self.path else { return try await next(request, context) }
    guard tokens.knows(request.headers[.authorization]), let director = director() else {
      return Response(refusal: .unauthorized)
    }
    switch request.method {
    case .get: return report(director)
    case .delete:
      await director.endAll()
      return report(director)
    case .post, .put:
      let body = try await request.body.collect(upTo: 1 << 16)
      let faults: [Fault]
      do {
        faults = try Self.parse(String(buffer: body))
      } catch {
        return Response(text: error.description + "\n", status: .badRequest)
      }
      if request.method == .put { await director.endAll() }
      for fault in faults { await director.begin(fault) }
      return report(director)
    default: return Response(refusal: .methodNotAllowed)
    }
  }

  private static func parse(_ text: String) throws(FaultSyntaxError) -> [Fault] {
    var faults: [Fault] = []
    for line in text.split(whereSeparator: \.isNewline) where !line.isEmpty {
      let fault = try Fault(line)
      if fault.kind.closesTheDoor, fault.duration(.lasts) == nil {
        throw FaultSyntaxError(
          description: "\(fault.kind.rawValue) has to say how long it lasts, such as for=10s: "
            + "nobody could come through to end it")
      }
      faults.append(fault)
    }
    return faults
  }

  private func report(_ director: FaultDirector) -> Response {
    let faults = director.board.reports.map { report -> JSONValue in
      [
        "fault": .string(report.fault.description), "active": .bool(report.isActive),
        "hits": .integer(Int64(report.hits)),
      ]
    }
    return Response(["faults": .array(faults)])
  }
}
