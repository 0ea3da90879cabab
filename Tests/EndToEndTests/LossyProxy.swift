import Foundation
import Synchronization

/// Stands between a client and a server of HTTP/1.1, passes on every request, and loses answers as a broken network does:
/// the connection is cut where the answer should have come.
final class LossyProxy {
  private struct State {
    var lost = 0
    var isBroken = false
  }

  /// What its threads share.
  private final class Shared: Sendable {
    let target: UInt16
    let losing: [UInt8]
    let breaksDown: Bool
    let state = Mutex(State())

    init(target: UInt16, losing: String, breaksDown: Bool) {
      self.target = target
      self.losing = Array(losing.utf8)
      self.breaksDown = breaksDown
    }
  }

  private let shared: Shared
  private let listener: Int32
  let address: String

  /// - Parameters:
  ///   - losing: how the requests begin whose answers are lost.
  ///   - breaksDown: after the first answer that was lost nothing gets through any more.
  init(to server: String, losing: String, breaksDown: Bool = false) throws {
    let target = server.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    shared = Shared(target: target, losing: losing, breaksDown: breaksDown)
    let descriptor = Self.makeSocket()
    listener = descriptor
    var place = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 && listen(descriptor, 16) == 0
          ? getsockname(descriptor, pointer, &length) : -1
      }
    }
    guard status == 0 else { throw Cluster.NotReady(output: String(cString: strerror(errno))) }
    address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
    let shared = shared
    Thread.detachNewThread {
      while case let client = accept(descriptor, nil, nil), client >= 0 {
        Thread.detachNewThread { Self.carry(client, shared) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var lostAnswers: Int { shared.state.withLock(\.lost) }

  private static func makeSocket() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return place
  }

  /// One connection, until either side ends it.
  private static func carry(_ client: Int32, _ shared: Shared) {
    let server = makeSocket()
    defer {
      close(client)
      close(server)
    }
    var place = loopback(shared.target)
    let isConnected = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected, !shared.state.withLock(\.isBroken) else { return }
    var isLost = false
    while true {
      var ends = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&ends, 2, -1) > 0 else { return }
      if ends[0].revents != 0 {
        guard let bytes = read(client) else { return }
        // A request begins where one of its pieces does.
        if bytes.starts(with: shared.losing) { isLost = true }
        guard write(bytes, to: server) else { return }
      }
      if ends[1].revents != 0 {
        guard let bytes = read(server) else { return }
        if isLost {
          shared.state.withLock { state in
            state.lost += 1
            state.isBroken = shared.breaksDown
          }
          return
        }
        guard write(bytes, to: client) else { return }
      }
    }
  }

  /// `nil` at the end.
  private static func read(_ descriptor: Int32) -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? buffer[..<count] : nil
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
