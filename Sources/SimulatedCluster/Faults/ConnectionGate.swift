internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// The connections of the server, below TLS: here they are cut, frozen, and given their certificate.
final class ConnectionGate: Sendable {
  private struct State {
    var isFrozen = false
    var isShut = false
    var valves: [ObjectIdentifier: ConnectionValve] = [:]
    var generation = 0
    var tls: TLSConfiguration
  }

  private let state: Mutex<State>

  init(tls: TLSConfiguration) { state = Mutex(State(tls: tls)) }

  /// The certificate that new connections are shown, and how often it was changed.
  var tls: (generation: Int, configuration: TLSConfiguration) {
    state.withLock { ($0.generation, $0.tls) }
  }

  func show(_ certificate: TLSConfiguration) {
    state.withLock { state in
      state.generation += 1
      state.tls = certificate
    }
  }

  /// Takes a connection in; closes it where no more of them are let in. (To refuse it by an error would end the listener.)
  fileprivate func register(_ valve: ConnectionValve, of channel: any Channel) {
    let key = ObjectIdentifier(channel)
    channel.closeFuture.whenComplete { [weak self] _ in
      self?.state.withLock { $0.valves[key] = nil }
    }
    let (isFrozen, isShut) = state.withLock { state in
      state.valves[key] = valve
      return (state.isFrozen, state.isShut)
    }
    if isFrozen { valve.setFrozen(true) }
    if isShut { valve.cut() }
  }

  /// Cuts every connection and lets none in any more, until it is opened again. Returns when all are closed.
  func shut() async {
    let valves = state.withLock { state in
      state.isShut = true
      return Array(state.valves.values)
    }
    for valve in valves { valve.cut() }
    for valve in valves { try? await valve.closeFuture.get() }
  }

  func open() { state.withLock { $0.isShut = false } }

  /// Closes every connection without a goodbye.
  func cutAll() {
    let valves = state.withLock { Array($0.valves.values) }
    for valve in valves { valve.cut() }
  }

  /// Closes the connection of a request, with all that is on it.
  func cut(connectionOf channel: any Channel) {
    let connection = channel.parent ?? channel
    let valve = state.withLock {
      $0.valves[ObjectIdentifier(connection)] ?? $0.valves[ObjectIdentifier(channel)]
    }
    if let valve { valve.cut() } else { channel.close(promise: nil) }
  }

  /// Lets no byte through in either direction, or all that waits and the rest.
  func setFrozen(_ isFrozen: Bool) {
    let valves = state.withLock { state in
      state.isFrozen = isFrozen
      return Array(state.valves.values)
    }
    for valve in valves { valve.setFrozen(isFrozen) }
  }
}

/// One connection's place in front of TLS.
final class ConnectionValve: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let closeFuture: EventLoopFuture<Void>
  private let loop: any EventLoop
  // Everything below is touched on the loop only: that is what makes it safe to hand this to other threads.
  private var context: ChannelHandlerContext?
  private var isFrozen = false
  private var received: [NIOAny] = []
  private var waiting: [(data: NIOAny, promise: EventLoopPromise<Void>?)] = []
  private var isFlushDue = false

  init(_ channel: any Channel) {
    loop = channel.eventLoop
    closeFuture = channel.closeFuture
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isFrozen { received.append(data) } else { context.fireChannelRead(data) }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if isFrozen {
      waiting.append((data, promise))
    } else {
      context.write(data, promise: promise)
    }
  }

  func flush(context: ChannelHandlerContext) {
    if isFrozen { isFlushDue = true } else { context.flush() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    for (_, promise) in waiting { promise?.fail(ChannelError.ioOnClosedChannel) }
    waiting = []
    received = []
    context.fireChannelInactive()
  }

  func cut() {
    loop.execute { self.context?.close(mode: .all, promise: nil) }
  }

  func setFrozen(_ isFrozen: Bool) {
    loop.execute { self.freeze(isFrozen) }
  }

  private func freeze(_ frozen: Bool) {
    isFrozen = frozen
    guard !frozen, let context else { return }
    let (received, waiting) = (received, waiting)
    self.received = []
    self.waiting = []
    for (data, promise) in waiting { context.write(data, promise: promise) }
    if isFlushDue || !waiting.isEmpty { context.flush() }
    isFlushDue = false
    for data in received { context.fireChannelRead(data) }
    if !received.isEmpty { context.fireChannelReadComplete() }
  }
}

/// HTTP/2 or HTTP/1.1 over TLS, behind a gate.
final class GatedChannel: ServerChildChannel {
  typealias Value = HTTP2UpgradeChannel.Value

  private let gate: ConnectionGate
  private let responder: HTTPChannelHandler.Responder
  /// Made once for each certificate, not once for each connection.
  private let handling: Mutex<(generation: Int, channel: HTTP2UpgradeChannel)>

  init(gate: ConnectionGate, responder: @escaping HTTPChannelHandler.Responder) throws {
    self.gate = gate
    self.responder = responder
    let (generation, tls) = gate.tls
    handling = Mutex(
      (generation, try HTTP2UpgradeChannel(tlsConfiguration: tls, responder: responder)))
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    do {
      let valve = ConnectionValve(channel)
      try channel.pipeline.syncOperations.addHandler(valve)
      gate.register(valve, of: channel)
      return try current().setup(channel: channel, logger: logger)
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  func handle(value: Value, logger: Logger) async {
    // All of them have the same responder.
    await handling.withLock { $0.channel }.handle(value: value, logger: logger)
  }

  private func current() throws -> HTTP2UpgradeChannel {
    let (generation, tls) = gate.tls
    return try handling.withLock { handling in
      if handling.generation != generation {
        handling = (
          generation, try HTTP2UpgradeChannel(tlsConfiguration: tls, responder: responder)
        )
      }
      return handling.channel
    }
  }
}
