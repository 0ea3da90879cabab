internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

/// A watch: events as lines of JSON for as long as the client listens or its time-out allows.
struct WatchResponse: Sendable {
  private let call: APICall
  private let request: ListRequest
  private let timeout: Duration
  private let sendsBookmarks: Bool
  /// Whether the state at the start is sent and its end marked by a bookmark (`sendInitialEvents`).
  private let marksInitialState: Bool
  private let start: Result<WatchStart, Refusal>

  /// How often a quiet watch hears up to where it knows everything, on a real server.
  private static let bookmarkInterval = Duration.seconds(60)
  /// How long before its end a watch gets its last bookmark.
  private static let lastBookmark = Duration.seconds(2)

  init(_ call: APICall) throws(Refusal) {
    self.call = call
    request = try call.listRequest()
    let seconds = call.query["timeoutSeconds"].flatMap { Int64($0) } ?? 0
    timeout = .seconds(seconds > 0 ? seconds : Int64.random(in: 1800...3600))
    sendsBookmarks = call.query.isOn("allowWatchBookmarks")
    marksInitialState = call.query.isOn("sendInitialEvents")
    var revision: Int64?
    if let text = request.resourceVersion, !text.isEmpty {
      guard let number = Int64(text), number >= 0 else {
        throw .badRequest(
          "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": "
            + "invalid syntax")
      }
      if number > 0, !marksInitialState { revision = number }
    }
    do {
      start = .success(
        try call.server.store.watch(call.resource.id, in: request.namespace, after: revision))
    } catch {
      start = .failure(error)
    }
  }

  func response(to request: Request) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "application/json", .cacheControl: "no-cache, private"],
      body: ResponseBody { writer in
        switch start {
        case .failure(let refusal):
          // A real server answers 200 as well, and tells the error as an event.
          try await writer.write(Rendering.error(refusal))
        case .success(let start):
          defer { call.server.store.endWatch(call.resource.id, start.id) }
          // Without this nobody would notice that the client has gone until the next event.
          try? await request.body.consumeWithCancellationOnInboundClose { _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
              group.addTask { try await keepTime(start.id) }
              defer { group.cancelAll() }
              try await send(start, to: &writer)
            }
          }
        }
        try await writer.finish(nil)
      })
  }

  /// Asks for bookmarks, and ends the watch when its time has come.
  @concurrent
  private func keepTime(_ id: Int) async throws {
    let clock = ContinuousClock()
    let end = clock.now + timeout
    var next = clock.now + call.server.clock.scaled(Self.bookmarkInterval)
    let last = end - Self.lastBookmark
    if last > clock.now { next = min(next, last) }
    while next < end {
      try await clock.sleep(until: next)
      if sendsBookmarks { call.server.store.bookmark(call.resource.id, watch: id) }
      let regular = next + call.server.clock.scaled(Self.bookmarkInterval)
      next = next < last ? min(regular, last) : regular
    }
    try await clock.sleep(until: end)
    call.server.store.endWatch(call.resource.id, id)
  }

  @concurrent
  private func send(_ start: WatchStart, to writer: inout any ResponseBodyWriter) async throws {
    for object in start.initial where matches(object) {
      try await writer.write(call.rendering().event("ADDED", object))
    }
    if marksInitialState, sendsBookmarks {
      try await writer.write(
        call.rendering().bookmark(start.revision, endsInitialState: true))
    }
    for change in start.replay { try await send(change, to: &writer) }
    var told = start.after
    for await item in start.items {
      switch item {
      case .change(let change): try await send(change, to: &writer)
      case .bookmark(let revision):
        // Where nothing has happened since the last one, there is nothing to tell.
        guard revision > told else { continue }
        told = revision
        try await writer.write(call.rendering().bookmark(revision))
      }
    }
  }

  /// Sends a change as what it is to the selection: an object that leaves it is deleted, one that enters it added.
  @concurrent
  private func send(_ change: Change, to writer: inout any ResponseBodyWriter) async throws {
    let isIn = change.kind != .deleted && matches(change.object)
    let wasIn = change.previous.map(matches) ?? false
    let rendering = call.rendering()
    switch (wasIn, isIn) {
    case (false, true): try await writer.write(rendering.event("ADDED", change.object))
    case (true, true): try await writer.write(rendering.event("MODIFIED", change.object))
    case (true, false):
      // The last state that was in the selection, at the revision at which it left.
      let last =
        change.kind == .deleted
        ? change.object : change.previous?.at(revision: change.revision) ?? change.object
      try await writer.write(rendering.event("DELETED", last))
    case (false, false): break
    }
  }

  private func matches(_ object: StoredObject) -> Bool {
    call.server.matches(object.json, call.resource, request)
  }
}
