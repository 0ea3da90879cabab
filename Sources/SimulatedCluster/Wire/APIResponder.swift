internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// Answers requests to the API: finds what the path names and calls the verb.
struct APIResponder: HTTPResponder {
  typealias Context = HTTPService.Context

  /// The largest body that a real API server takes.
  private static let bodyLimit = 3 * 1024 * 1024

  let server: APIServer
  let discovery: Discovery

  func respond(to request: Request, context: Context) async throws -> Response {
    do {
      return try await answer(request, user: context.user)
    } catch let refusal as Refusal {
      return Response(refusal: refusal)
    }
  }

  @concurrent
  private func answer(_ request: Request, user: SimulatedUser?) async throws -> Response {
    let path = request.uri.path.split(separator: "/")
      .map { PercentCoding.decode($0, plusIsSpace: false) }
    // What is behind a proxy answers in forms of its own.
    let isProxied = RequestTarget(path)?.subresource == Subresource.proxy.rawValue
    let form = isProxied ? .object : Representation.preferred(in: request.headers[.accept])
    guard let representation = form else {
      if let response = discovery.anyForm(path) { return response }
      throw Refusal(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json")
    }
    // Whether it is allowed is looked at before whether it exists. Everybody may discover, and ask what is allowed.
    if let user, let target = RequestTarget(path), Reviews.answer(target) == nil {
      try check(AccessAction(request, target), user)
    }
    if request.method == .get, let response = discovery.answer(path, representation) {
      return response
    }
    guard let target = RequestTarget(path) else {
      return Response(text: "404 page not found\n", status: .notFound)
    }
    if request.method == .post, let review = try await self.review(request, target, user) {
      return review
    }
    guard
      let resource = server.registry.definition(
        group: target.group, version: target.version, plural: target.plural)
    else { throw Refusal.noSuchResource }
    let call = APICall(
      server: server, resource: resource, target: target,
      query: RequestQuery(request.uri.query),
      representation: representation, userAgent: request.headers[.userAgent] ?? "")
    if let user, try appliesNew(request, call) {
      var action = AccessAction(request, target)
      action.verb = "create"
      // The server says no more here: the reason is its authorizer's, and RBAC gives none.
      guard user.allows(action) else {
        throw Refusal.forbiddenToCreate(resource, target.name ?? "")
      }
    }
    return try await dispatch(request, call)
  }

  private func check(_ action: AccessAction, _ user: SimulatedUser) throws(Refusal) {
    guard user.allows(action) else { throw .forbidden(action, user: user.name) }
  }

  /// Server-side apply of an object that is not there needs the right to create it, too.
  private func appliesNew(_ request: Request, _ call: APICall) throws -> Bool {
    let type = request.headers[.contentType] ?? ""
    guard request.method == .patch, call.target.subresource == nil,
      type.hasPrefix("application/apply-patch")
    else { return false }
    return (try? server.get(call.resource, call.key)) == nil
  }

  private func dispatch(_ request: Request, _ call: APICall) async throws -> Response {
    try call.checkScope()
    switch call.subresource {
    case .proxy: return try await ProxyResponse(call: call).response(to: request)
    case .log where request.method == .get: return try PodLogResponse(call).response(to: request)
    case .log: throw Refusal.methodNotAllowed
    default: break
    }
    switch (request.method, call.target.name) {
    case (.get, nil):
      if call.query.isOn("watch") { return try WatchResponse(call).response(to: request) }
      return try call.list()
    case (.get, .some): return try call.get()
    case (.post, _): return try call.create(await body(request))
    case (.put, .some): return try call.replace(await body(request))
    case (.patch, .some):
      return try call.patch(await body(request), type: request.headers[.contentType] ?? "")
    case (.delete, .some): return try call.delete(await body(request))
    case (.delete, nil): return try call.deleteCollection(await body(request))
    default: throw Refusal.methodNotAllowed
    }
  }

  private func body(_ request: Request) async throws -> RequestBodyText {
    let buffer: ByteBuffer
    do {
      buffer = try await request.body.collect(upTo: Self.bodyLimit)
    } catch {
      throw Refusal(
        code: 413, reason: "RequestEntityTooLarge",
        message: "Request entity too large: limit is \(Self.bodyLimit)")
    }
    return RequestBodyText(buffer, type: request.headers[.contentType] ?? "")
  }

  /// The kinds that are asked and never stored.
  private func review(
    _ request: Request, _ target: RequestTarget, _ user: SimulatedUser?
  ) async throws -> Response? {
    guard target.name == nil, let answer = Reviews.answer(target) else { return nil }
    let text = try await body(request)
    // kubectl asks in protocol buffers here.
    let review = text.isProtocolBuffer ? [:] : try text.json(of: "review")
    let question =
      text.isProtocolBuffer
      ? ReviewQuestion(protocolBuffer: text.bytes) : ReviewQuestion(review)
    return Response(answer(review, question, user), status: .created)
  }
}
