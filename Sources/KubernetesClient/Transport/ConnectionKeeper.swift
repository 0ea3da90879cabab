internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP2
internal import Synchronization

/// Notices that an HTTP/2 server is frozen or that the way to it is gone, without any request.
///
/// Where nothing came for a while it sends a PING, and closes the connection when no frame answers it: all requests and
/// watches on it end then. Go's client does the same for kubectl (`ReadIdleTimeout`, `PingTimeout`).
final class ConnectionKeeper: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTP2Frame
  typealias InboundOut = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let quiet: TimeAmount
  private let patience: TimeAmount
  private let health: ConnectionHealth
  private var lastRead = NIODeadline.now()
  private var isAnswerDue = false
  private var check: Scheduled<Void>?

  init(quiet: Duration, patience: Duration, health: ConnectionHealth) {
    self.quiet = TimeAmount(quiet)
    self.patience = TimeAmount(patience)
    self.health = health
  }

  func handlerAdded(context: ChannelHandlerContext) {
    lastRead = .now()
    waitForQuiet(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    check?.cancel()
  }

  func channelInactive(context: ChannelHandlerContext) {
    check?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastRead = .now()
    health.noteAnswer()
    if isAnswerDue {
      isAnswerDue = false
      check?.cancel()
      waitForQuiet(context)
    }
    context.fireChannelRead(data)
  }

  /// What is wrong with the connection as a whole ends it: nothing that comes on it is understood any more, and without this its requests would
  /// wait until a PING is not answered. (Two empty DATA frames one after the other are enough for NIO to give a connection up.)
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.fireErrorCaught(error)
    if !(error is NIOHTTP2Errors.StreamError) { context.close(mode: .all, promise: nil) }
  }

  private func waitForQuiet(_ context: ChannelHandlerContext) {
    check = context.eventLoop.assumeIsolated().scheduleTask(deadline: lastRead + quiet) {
      if .now() - self.lastRead >= self.quiet {
        self.ping(context)
      } else {
        self.waitForQuiet(context)
      }
    }
  }

  private func ping(_ context: ChannelHandlerContext) {
    isAnswerDue = true
    let frame = HTTP2Frame(
      streamID: .rootStream, payload: .ping(HTTP2PingData(withInteger: 1), ack: false))
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    check = context.eventLoop.assumeIsolated().scheduleTask(in: patience) {
      self.health.noteFreeze()
      context.close(mode: .all, promise: nil)
    }
  }
}

/// What is known about the connection beyond what an error says.
final class ConnectionHealth: Sendable {
  private let frozenAt = Mutex<ContinuousClock.Instant?>(nil)
  private let answeredAt = Mutex<Date?>(nil)
  private let responded = Mutex(false)

  /// Whether the server has answered a request, whatever it said.
  var hasResponded: Bool { responded.withLock { $0 } }

  func noteResponse() { responded.withLock { $0 = true } }

  /// When the server was last heard of: any frame is a sign of life, the answer to a PING among them.
  var lastAnswer: Date? { answeredAt.withLock { $0 } }

  func noteAnswer() {
    answeredAt.withLock { $0 = Date() }
  }

  func noteFreeze() {
    frozenAt.withLock { $0 = .now }
  }

  /// Whether a connection was given up a moment ago because the server did not answer a PING.
  ///
  /// A moment, because TLS waits a second for the server's goodbye before the connection really closes.
  var isFrozen: Bool {
    frozenAt.withLock { instant in instant.map { .now - $0 < .seconds(3) } ?? false }
  }
}
