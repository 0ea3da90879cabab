import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// A server that answers as the test says and remembers what it was asked. HTTP/2 over TLS, HTTP/1.1 without.
final class StubServer: Sendable {
  struct Request: Sendable {
    var method: String
    var uri: String
    var headers: [String: String]
    var body: Data
    /// Which connection it came on, counted from 0.
    var connection: Int
    /// The common name of the client's certificate, where it showed one.
    var clientCertificate: String?
  }

  enum Step: Sendable {
    case send(Data)
    /// Goes on when the test opens the gate.
    case wait(Gate)
    /// Closes the connection without an end.
    case cut
    /// Reads nothing any more, as a process that is stopped.
    case freeze

    static func send(_ text: String) -> Step { .send(Data(text.utf8)) }
  }

  struct Answer: Sendable {
    var status = 200
    var headers: [String: String] = ["content-type": "application/json"]
    var steps: [Step] = []

    static func json(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Answer {
      var answer = Answer(status: status, steps: [.send(text)])
      answer.headers.merge(headers) { _, new in new }
      return answer
    }

    static func stream(_ steps: Step...) -> Answer { Answer(steps: steps) }
  }

  /// Something that a test lets happen.
  final class Gate: Sendable {
    fileprivate let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
    func open() { promise.succeed() }
    deinit { promise.succeed() }
  }

  struct State {
    var requests: [Request] = []
    var connections = 0
    var openConnections = 0
    /// Requests that are not answered to the end.
    var openRequests = 0
    /// PING frames that came on HTTP/2 connections.
    var pings = 0
    var channels: [ObjectIdentifier: any Channel] = [:]
  }

  typealias Script = @Sendable (Request, Int) -> Answer

  private let state = Mutex(State())
  private let channel: any Channel
  let port: Int

  var requests: [Request] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.connections } }
  var openConnections: Int { state.withLock { $0.openConnections } }
  var openRequests: Int { state.withLock { $0.openRequests } }
  var pings: Int { state.withLock { $0.pings } }

  /// - Parameters:
  ///   - garbles: what is sent is no HTTP, as when something on the way changes it.
  ///   - script: gets the request and how many came before it.
  static func run<Result>(
    tls: TestAuthority.Identity? = nil, clientAuthority: String? = nil, speaksHTTP2: Bool = true,
    garbles: Bool = false, script: @escaping Script,
    _ body: (StubServer) async throws -> Result
  ) async throws -> Result {
    let box = StateBox()
    let channel = try await bootstrap(
      tls: tls, clientAuthority: clientAuthority, speaksHTTP2: speaksHTTP2 && !garbles,
      garbles: garbles, script: script, box: box)
    let server = StubServer(channel: channel)
    box.server.withLock { $0 = server }
    do {
      let result = try await body(server)
      await server.stop()
      return result
    } catch {
      await server.stop()
      throw error
    }
  }

  private init(channel: any Channel) {
    self.channel = channel
    port = channel.localAddress?.port ?? 0
  }

  private func stop() async {
    try? await channel.close()
    for channel in state.withLock({ Array($0.channels.values) }) {
      try? await channel.close()
    }
  }

  /// The handlers are made before the server that they report to.
  fileprivate final class StateBox: Sendable {
    let server = Mutex<StubServer?>(nil)

    func update<Result: Sendable>(_ change: (inout sending State) -> Result) -> Result? {
      server.withLock { $0 }?.state.withLock { change(&$0) }
    }
  }

  private static func bootstrap(
    tls: TestAuthority.Identity?, clientAuthority: String?, speaksHTTP2: Bool, garbles: Bool,
    script: @escaping Script, box: StateBox
  ) async throws -> any Channel {
    let context = try tls.map { identity in
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
          .map { .certificate($0) },
        privateKey: .privateKey(
          try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem)))
      configuration.applicationProtocols = speaksHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
      if let clientAuthority {
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(
          try NIOSSLCertificate.fromPEMBytes(Array(clientAuthority.utf8)))
      }
      return try NIOSSLContext(configuration: configuration)
    }
    return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { connection in
        let number = box.update { state -> Int in
          state.channels[ObjectIdentifier(connection)] = connection
          state.connections += 1
          state.openConnections += 1
          return state.connections - 1
        }
        connection.closeFuture.whenComplete { _ in
          _ = box.update { state in
            state.channels[ObjectIdentifier(connection)] = nil
            state.openConnections -= 1
          }
        }
        return connection.eventLoop.makeCompletedFuture {
          if let context {
            try connection.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          if garbles { try connection.pipeline.syncOperations.addHandler(Garbler()) }
        }.flatMap {
          let configure: @Sendable (any Channel) -> EventLoopFuture<Void> = { stream in
            stream.eventLoop.makeCompletedFuture {
              try stream.pipeline.syncOperations.addHandler(
                StubHandler(script: script, box: box, connection: connection, number: number ?? 0))
            }
          }
          if context != nil {
            return connection.configureCommonHTTPServerPipeline(
              h2ConnectionChannelConfigurator: { connection in
                connection.eventLoop.makeCompletedFuture {
                  let pipeline = connection.pipeline.syncOperations
                  let frames = try pipeline.handler(type: NIOHTTP2Handler.self)
                  try pipeline.addHandler(PingCounter(box: box), position: .after(frames))
                }
              }, configure)
          }
          return connection.pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false
          ).flatMap { configure(connection) }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }
}

/// Sends something else than what is to be sent.
private final class Garbler: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let garbled = ByteBuffer(bytes: unwrapOutboundIn(data).readableBytesView.map { $0 ^ 0x55 })
    context.write(wrapOutboundOut(garbled), promise: promise)
  }
}

private final class PingCounter: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias InboundOut = HTTP2Frame

  private let box: StubServer.StateBox

  init(box: StubServer.StateBox) {
    self.box = box
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .ping(_, ack: false) = unwrapInboundIn(data).payload {
      _ = box.update { $0.pings += 1 }
    }
    context.fireChannelRead(data)
  }
}

private final class StubHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let script: StubServer.Script
  private let box: StubServer.StateBox
  private let connection: any Channel
  private let number: Int
  private var head: HTTPRequestHead?
  private var body = Data()
  private var isAnswering = false

  init(
    script: @escaping StubServer.Script, box: StubServer.StateBox, connection: any Channel,
    number: Int
  ) {
    self.script = script
    self.box = box
    self.connection = connection
    self.number = number
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = Data()
    case .body(let chunk):
      chunk.withUnsafeReadableBytes { body.append(contentsOf: $0) }
    case .end:
      guard let head else { return }
      answer(head, context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish()
    context.fireChannelInactive()
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let request = StubServer.Request(
      method: head.method.rawValue, uri: head.uri,
      headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0),\($1)" },
      body: body, connection: number, clientCertificate: clientCertificate)
    isAnswering = true
    let number =
      box.update { state -> Int in
        state.requests.append(request)
        state.openRequests += 1
        return state.requests.count - 1
      } ?? 0
    let answer = script(request, number)
    let response = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: answer.status),
      headers: HTTPHeaders(answer.headers.map { ($0.key, $0.value) }))
    context.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
    run(answer.steps[...], context)
  }

  private func run(_ steps: ArraySlice<StubServer.Step>, _ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    switch steps.first {
    case .none:
      finish()
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    case .send(let bytes):
      context.writeAndFlush(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
      run(steps.dropFirst(), context)
    case .wait(let gate):
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      gate.promise.futureResult.hop(to: context.eventLoop).whenComplete { _ in
        let (handler, context) = bound.value
        handler.run(steps.dropFirst(), context)
      }
    case .cut:
      connection.close(promise: nil)
    case .freeze:
      connection.setOption(.autoRead, value: false).whenComplete { _ in }
    }
  }

  private func finish() {
    guard isAnswering else { return }
    isAnswering = false
    _ = box.update { $0.openRequests -= 1 }
  }

  private var clientCertificate: String? {
    let handler = try? connection.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
    return handler?.peerCertificate.map { String(describing: $0) }
  }
}
