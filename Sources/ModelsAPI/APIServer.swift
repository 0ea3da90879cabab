package import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import NIOCertificateReloading
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle

#if canImport(Glibc)
  internal import Glibc
#endif

/// The listening server.
package struct APIServer {
  /// Where it listens, and what it bears.
  package struct Settings: Sendable {
    /// The address or name to listen at; `0.0.0.0` is every interface.
    package var host = "127.0.0.1"
    /// 0 picks a free one.
    package var port = 8080
    /// Connections at one time; further ones wait until one ends.
    package var connections = 1_000
    /// A request's head has to come within this, and a connection without a request is closed after it.
    package var idle: Duration = .seconds(30)
    /// An answer has to be taken within this.
    package var answer: Duration = .seconds(60)
    /// `nil` is plain HTTP.
    package var tls: TLSFiles?

    /// Plain HTTP on port 8080 of this machine alone.
    package init() {}
  }

  /// A certificate chain and its key, both PEM; read again when they change.
  package struct TLSFiles: Sendable {
    /// The path of the file with the server's certificate first.
    package var certificate: String
    /// The path of the file with the private key.
    package var key: String

    /// Two paths; whether the files can be used is found out when the application is made.
    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// TLS files that cannot be used.
  package struct TLSFailure: Error, CustomStringConvertible {
    /// Names both files.
    package var description: String
  }

  private let settings: Settings
  private let responder: APIResponder
  private let logger: Logger

  /// Opens nothing yet: ``application(onRunning:)`` does.
  package init(responder: APIResponder, settings: Settings = Settings(), logger: Logger) {
    self.responder = responder
    self.settings = settings
    self.logger = logger
  }

  /// The application; running it listens until it is shut down, and then until what is being answered has been.
  ///
  /// - Parameter onRunning: called with the port once connections are accepted.
  /// Throws ``TLSFailure``.
  package func application(
    onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
  ) throws -> some ApplicationProtocol {
    var services: [any Service] = []
    let server: HTTPServerBuilder
    if let files = settings.tls {
      let reloader = try Self.reloader(files, logger)
      services.append(reloader)
      server = try .tls(http, tlsConfiguration: Self.tlsConfiguration(reloader))
    } else {
      server = http
    }
    var quiet = logger
    quiet.logLevel = max(.warning, logger.logLevel)
    return Application(
      responder: responder, server: server,
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port), serverName: nil,
        availableConnectionsDelegate: MaximumAvailableConnections(
          settings.connections, logger: quiet)),
      services: services,
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: quiet)
  }

  private var http: HTTPServerBuilder {
    let limit = TimeAmount(settings.answer)
    return .http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [ConnectionGuard(writeLimit: limit)],
        idleTimeout: TimeAmount(settings.idle),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 16 * 1_024, maxHeaderListSize: 32 * 1_024, maxHeaderFieldCount: 100)))
  }

  /// Why it cannot listen, in words.
  package static func reason(of error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return switch error.errnoCode {
    case EADDRINUSE: "the address is in use"
    case EACCES: "this port is for root only"
    case EADDRNOTAVAIL: "this machine does not have the address"
    default: "error \(error.errnoCode) of the system"
    }
  }

  // MARK: TLS

  private static func reloader(
    _ files: TLSFiles, _ logger: Logger
  ) throws -> TimedCertificateReloader {
    do {
      return try TimedCertificateReloader.makeReloaderValidatingSources(
        configuration: .init(
          refreshInterval: .seconds(10),
          certificateSource: .init(location: .file(path: files.certificate), format: .pem),
          privateKeySource: .init(location: .file(path: files.key), format: .pem)
        ) { configuration in
          // What is served stays what it was, so that a rotation in mid-write harms nobody.
          configuration.onCertificateLoadFailed = { failure in
            logger.warning("The TLS files cannot be used", metadata: ["error": "\(failure.error)"])
          }
        })
    } catch {
      throw TLSFailure(
        description:
          "the TLS certificate \(files.certificate) and key \(files.key) cannot be used: \(error)")
    }
  }

  private static func tlsConfiguration(
    _ reloader: TimedCertificateReloader
  ) throws -> TLSConfiguration {
    var configuration = try TLSConfiguration.makeServerConfiguration(certificateReloader: reloader)
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    return configuration
  }
}
