import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A proxy that really forwards bytes: `CONNECT` of HTTP, or SOCKS 5 without a password.
final class StubProxy: Sendable {
  enum Kind: Sendable {
    /// - Parameter authorization: what `Proxy-Authorization` has to be.
    case connect(authorization: String?)
    case socks5
  }

  private let channel: any Channel
  private let asked = Mutex<[String]>([])

  var port: Int { channel.localAddress?.port ?? 0 }
  /// Where it was asked to connect to.
  var targets: [String] { asked.withLock { $0 } }

  private init(channel: any Channel) { self.channel = channel }

  static func run<Result>(
    _ kind: Kind, _ body: (StubProxy) async throws -> Result
  ) async throws -> Result {
    let box = Mutex2<StubProxy?>(nil)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: true)
      .childChannelInitializer { client in
        client.eventLoop.makeCompletedFuture {
          try client.pipeline.syncOperations.addHandler(
            ProxyHandler(kind: kind) { target in
              box.value.withLock { $0 }?.asked.withLock { $0.append(target) }
            })
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let proxy = StubProxy(channel: channel)
    box.value.withLock { $0 = proxy }
    do {
      let result = try await body(proxy)
      try? await channel.close()
      return result
    } catch {
      try? await channel.close()
      throw error
    }
  }
}

/// A box that closures may share.
private final class Mutex2<Value: Sendable>: Sendable {
  let value: Mutex<Value>
  init(_ initial: Value) { value = Mutex(initial) }
}

private final class ProxyHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let kind: StubProxy.Kind
  private let note: @Sendable (String) -> Void
  private var waiting = ByteBuffer()
  private var hasGreeted = false
  private var isConnecting = false
  private var peer: (any Channel)?

  init(kind: StubProxy.Kind, note: @escaping @Sendable (String) -> Void) {
    self.kind = kind
    self.note = note
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    if let peer {
      peer.writeAndFlush(buffer, promise: nil)
      return
    }
    waiting.writeBuffer(&buffer)
    guard !isConnecting else { return }
    switch kind {
    case .connect(let authorization): readConnect(context, authorization)
    case .socks5: readSOCKS(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    peer?.close(promise: nil)
  }

  private func readConnect(_ context: ChannelHandlerContext, _ authorization: String?) {
    let text = String(buffer: waiting)
    guard let end = text.range(of: "\r\n\r\n") else { return }
    waiting.moveReaderIndex(forwardBy: text[..<end.upperBound].utf8.count)
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    let given = lines.first { $0.lowercased().hasPrefix("proxy-authorization:") }
      .map {
        String($0.dropFirst("proxy-authorization:".count)).trimmingCharacters(in: .whitespaces)
      }
    guard authorization == nil || given == authorization else {
      answer(context, "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
      return
    }
    guard words.count == 3, words[0] == "CONNECT" else {
      answer(context, "HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n")
      return
    }
    connect(context, String(words[1]), success: Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
  }

  private func readSOCKS(_ context: ChannelHandlerContext) {
    if !hasGreeted {
      guard let count = waiting.getInteger(at: waiting.readerIndex + 1, as: UInt8.self),
        waiting.readableBytes >= 2 + Int(count)
      else { return }
      waiting.moveReaderIndex(forwardBy: 2 + Int(count))
      hasGreeted = true
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [5, 0])), promise: nil)
    }
    let start = waiting.readerIndex
    guard let type = waiting.getInteger(at: start + 3, as: UInt8.self) else { return }
    let host: String
    let length: Int
    if type == 1 {
      guard let bytes = waiting.getBytes(at: start + 4, length: 4) else { return }
      host = bytes.map(String.init).joined(separator: ".")
      length = 4
    } else {
      guard let count = waiting.getInteger(at: start + 4, as: UInt8.self),
        let name = waiting.getString(at: start + 5, length: Int(count))
      else { return }
      host = name
      length = 1 + Int(count)
    }
    guard let port = waiting.getInteger(at: start + 4 + length, as: UInt16.self) else { return }
    waiting.moveReaderIndex(forwardBy: 6 + length)
    connect(context, "\(host):\(port)", success: [5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
  }

  private func answer(_ context: ChannelHandlerContext, _ text: String) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }

  private func connect(_ context: ChannelHandlerContext, _ target: String, success: [UInt8]) {
    isConnecting = true
    note(target)
    let parts = target.split(separator: ":")
    let client = context.channel
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    ClientBootstrap(group: context.eventLoop)
      .channelInitializer { server in
        server.eventLoop.makeCompletedFuture {
          try server.pipeline.syncOperations.addHandler(Forwarder(to: client))
        }
      }
      // Whatever name was asked for: it is the server of the test.
      .connect(host: "127.0.0.1", port: Int(parts.last ?? "") ?? 0)
      .whenComplete { result in
        let (handler, context) = bound.value
        guard case .success(let server) = result else { return context.close(promise: nil) }
        handler.peer = server
        context.writeAndFlush(
          handler.wrapOutboundOut(ByteBuffer(bytes: success)), promise: nil)
        if handler.waiting.readableBytes > 0 {
          server.writeAndFlush(handler.waiting, promise: nil)
        }
      }
  }
}

private final class Forwarder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let target: any Channel

  init(to target: any Channel) { self.target = target }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    target.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    target.close(promise: nil)
  }
}
