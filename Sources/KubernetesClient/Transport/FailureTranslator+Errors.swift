internal import AsyncHTTPClient
internal import Kubernetes
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// What the libraries below throw, one function a library.
extension FailureTranslator {
  private var server: String { configuration.server.authority }

  /// AsyncHTTPClient's errors.
  func http(_ error: any Error, _ request: APIRequest) -> APIError? {
    if error is NIOTooManyBytesError {
      return .decoding(
        "the answer is larger than \(options.maximumBodyBytes >> 20) MB (\(request.purpose))")
    }
    guard let error = error as? HTTPClientError else { return nil }
    switch error {
    case .connectTimeout, .getConnectionFromPoolTimeout: return noConnection
    case .tlsHandshakeTimeout:
      return .transport(
        "\(server) accepts connections but does not answer (TLS handshake)", kind: .unreachable)
    case .remoteConnectionClosed, .cancelled, .uncleanShutdown, .requestStreamCancelled:
      return cut
    case .readTimeout, .deadlineExceeded, .writeTimeout:
      return .timedOut("\(configuration.serverTitle) did not answer in time (\(request.purpose))")
    case .alreadyShutdown:
      return .transport("the connection to \(server) is closed already", kind: .unreachable)
    case .proxyAuthenticationRequired:
      return proxyTrouble("wants a user and a password")
    case .invalidProxyResponse, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
      return proxyTrouble("does not let the connection through")
    default:
      let text = error.shortDescription
      if text.hasPrefix("Invalid header") {
        return .unauthorized(
          "the credentials of context \(configuration.contextName) have characters that no "
            + "token can have")
      }
      return nil
    }
  }

  /// The errors of sockets and of name resolution.
  func socket(_ error: any Error) -> APIError? {
    switch error {
    case let error as NIOConnectionError:
      for failure in error.connectionErrors {
        if let known = socket(failure.error) { return known }
      }
      guard error.connectionErrors.isEmpty else { return noConnection }
      return .transport(
        "the host name \(error.host) could not be resolved", kind: .nameNotFound)
    case let error as IOError: return socket(errno: error.errnoCode)
    case let error as ChannelError:
      switch error {
      case .connectTimeout: return noConnection
      case .ioOnClosedChannel, .alreadyClosed, .eof, .inputClosed, .outputClosed: return cut
      default: return nil
      }
    default: return nil
    }
  }

  private func socket(errno: Int32) -> APIError {
    switch errno {
    case ECONNREFUSED:
      let question =
        configuration.proxy == nil ? "is \(configuration.serverTitle) running?" : "is it running?"
      return .transport("connection to \(peer) refused: \(question)", kind: .refused)
    case EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, ENETDOWN, EHOSTDOWN:
      return .transport("there is no route to \(peer)", kind: .unreachable)
    case ETIMEDOUT: return noConnection
    case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN: return cut
    case EMFILE, ENFILE:
      return .transport("this process has too many open files to connect", kind: .unreachable)
    default:
      return .transport(
        "the connection to \(server) failed: \(String(cString: strerror(errno)))", kind: .other)
    }
  }

  /// NIOSSL's errors but for those of the server's certificate.
  func tls(_ error: any Error) -> APIError? {
    switch error {
    case NIOSSLError.uncleanShutdown: return cut
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: break
    default: return nil
    }
    let text = String(describing: error)
    if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
      return .transport(
        "\(server) does not speak TLS: should its address begin with http://?", kind: .tls)
    }
    if text.contains("ALERT") {
      return .transport(
        "\(server) refused the TLS connection: is the client certificate valid for it?",
        kind: .tls)
    }
    if text.contains("eofDuringHandshake") || text.contains("EOF during handshake") {
      return .transport("\(server) closed the connection in the TLS handshake", kind: .tls)
    }
    return .transport("the TLS connection to \(server) failed", kind: .tls)
  }

  /// The errors of the parsers and unpackers of HTTP.
  func parser(_ error: any Error) -> APIError? {
    if let error = error as? HTTPParserError {
      guard error != .invalidEOFState, error != .closedConnection else { return cut }
      let question =
        configuration.server.usesTLS
        ? "is something between that changes the answers?"
        : "should its address begin with https://?"
      return .transport("\(server) does not answer in HTTP: \(question)", kind: .other)
    }
    let name = String(describing: type(of: error))
    if name.contains("Decompression") {
      return .decoding("the answer of \(server) could not be unpacked")
    }
    // HTTP/2: a stream or the connection was reset or went away.
    if name.contains("StreamClosed") || name.contains("StreamError")
      || name.contains("ConnectionClosed") || name.contains("GoAway")
    {
      return cut
    }
    return nil
  }

  var cut: APIError {
    guard health.isFrozen else {
      return .transport("the connection to \(server) was cut", kind: .cut)
    }
    let silence = seconds(options.pingInterval + options.pingTimeout)
    return .timedOut("\(server) stopped answering: nothing came for \(silence)")
  }

  private var noConnection: APIError {
    .transport(
      "no connection to \(peer) within \(seconds(options.connectTimeout))", kind: .unreachable)
  }

  private func proxyTrouble(_ problem: String) -> APIError {
    .transport("\(peer) \(problem)", kind: .unreachable)
  }

  /// Whom the connection goes to: the proxy where there is one.
  private var peer: String {
    configuration.proxy.map { "the proxy \($0.host):\($0.port)" } ?? server
  }
}
