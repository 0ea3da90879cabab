internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTPTypes

/// Keeps one connection honest: who reads its answer too slowly is cut off, and an answer that says so is the last one.
///
/// Slow requests are seen to elsewhere: a head that does not come by the server's idle time-out, a body by the reading of it.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// How long an answer may take to be taken.
  private let writeLimit: TimeAmount
  /// After a last answer the connection stays half open for a moment, so that the answer is not lost to a reset.
  private static let linger = TimeAmount.seconds(2)

  private var deadline: Scheduled<Void>?
  private var isLast = false

  init(writeLimit: TimeAmount) { self.writeLimit = writeLimit }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      isLast = isLast || head.headerFields[.connection] == "close"
      if deadline == nil { deadline = close(context.channel, in: writeLimit) }
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      let deadline = deadline
      self.deadline = nil
      let channel = context.channel
      let isLast = isLast
      written.futureResult.whenComplete { _ in
        deadline?.cancel()
        guard isLast else { return }
        channel.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: Self.linger) { channel.close(mode: .all, promise: nil) }
      }
      context.write(data, promise: written)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
  }

  private func close(_ channel: any Channel, in limit: TimeAmount) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: limit) { channel.close(mode: .all, promise: nil) }
  }
}
