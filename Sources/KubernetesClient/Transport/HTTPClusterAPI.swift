internal import AsyncHTTPClient
package import FoundationEssentials
package import Kubernetes
package import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOHTTPCompression
internal import NIOPosix
internal import NIOSSL

/// An API server over HTTP: one HTTP/2 connection where the server speaks it, HTTP/1.1 otherwise.
///
/// Creating one connects to nothing. `shutdown()` ends all requests and closes the connections.
package final class HTTPClusterAPI: ClusterAPI {
  /// How long things may take, and how much an answer may hold.
  package struct Options: Sendable {
    /// Until a connection is there, TLS included.
    package var connectTimeout: Duration = .seconds(5)
    /// Until a plain request is answered whole, and until a stream begins; `nil` waits for ever.
    package var requestTimeout: Duration? = .seconds(30)
    /// How long an HTTP/1.1 watch may bring nothing at all; servers send a bookmark a minute.
    package var watchIdleTimeout: Duration = .seconds(90)
    /// After how long a silence of an HTTP/2 connection the server is asked for a sign of life, and how long it has for one.
    package var pingInterval: Duration = .seconds(15)
    /// How long it has for one; after that the connection is closed.
    package var pingTimeout: Duration = .seconds(10)
    /// The most that an answer, or one line of a stream, may hold once it is unpacked. A page of 500 pods has about 5 MB.
    package var maximumBodyBytes = 512 << 20
    /// How long a credential plugin may take.
    package var pluginLimits = PluginLimits()
    /// `modeldeck/<version>`.
    package var userAgent = "modeldeck"

    package init() {}
  }

  /// The configuration that it was made with.
  package let configuration: ClusterConfiguration
  let options: Options
  /// What a person asked for, else the options'; for watches only the latter, until they begin.
  private let requestTimeout: Duration?
  let credentials: CredentialStore
  let failures: FailureTranslator
  let logger: Logger
  private let client: HTTPClient

  /// The one thread that all connections share; it is idle when they are, and lives as long as the process.
  private static let eventLoopGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// Throws where a certificate or key of the configuration cannot be used.
  ///
  /// - Parameter terminal: for a credential plugin that talks to the user; without one it must do without.
  package init(
    _ configuration: ClusterConfiguration, options: Options = Options(),
    terminal: TerminalHandover? = nil, logger: Logger
  ) throws(KubeconfigError) {
    self.configuration = configuration
    self.options = options
    requestTimeout =
      configuration.requestTimeout.map { $0 > .zero ? $0 : nil } ?? options.requestTimeout
    self.logger = logger
    credentials = try CredentialStore(
      configuration, terminal: terminal, limits: options.pluginLimits, logger: logger)
    let health = ConnectionHealth()
    let failures = FailureTranslator(
      configuration: configuration, options: options, health: health)
    self.failures = failures
    var settings = Self.clientConfiguration(configuration, options)
    let tls = configuration.tls
    let checksName =
      configuration.server.usesTLS && tls.serverName != nil && !tls.skipsVerification
    if checksName {
      settings.http1_1ConnectionDebugInitializer = { channel in
        channel.eventLoop.submit { try Self.checkServerName(channel, failures) }
      }
    }
    settings.http2ConnectionDebugInitializer = { channel in
      channel.eventLoop.submit {
        if checksName { try Self.checkServerName(channel, failures) }
        let pipeline = channel.pipeline.syncOperations
        let frames = try pipeline.handler(type: NIOHTTP2Handler.self)
        try pipeline.addHandler(ReadCutter(), position: .before(frames))
        try pipeline.addHandler(
          ConnectionKeeper(
            quiet: options.pingInterval, patience: options.pingTimeout, health: health),
          position: .after(frames))
      }
    }
    client = HTTPClient(
      eventLoopGroupProvider: .shared(Self.eventLoopGroup), configuration: settings)
  }

  /// Ends a connection to a server that is not the one that the kubeconfig names.
  private static func checkServerName(
    _ channel: any Channel, _ failures: FailureTranslator
  ) throws {
    do {
      let handler = try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
      try failures.checkServerName(of: handler.peerCertificate)
    } catch {
      // The pool has to hear of the failure before it hears of the end.
      channel.eventLoop.assumeIsolated().execute { channel.close(promise: nil) }
      throw error
    }
  }

  deinit {
    // Whoever forgot `shutdown()` must not crash for it.
    let (client, credentials) = (client, credentials)
    Task {
      await credentials.close()
      try? await client.shutdown()
    }
  }

  /// Ends all requests and credential plugins, and closes all connections. Requests after this fail.
  package func shutdown() async {
    await credentials.close()
    try? await client.shutdown()
  }

  /// How the credentials are doing, whenever that changes; for one reader.
  package var credentialStatuses: AsyncStream<CredentialStatus> { credentials.statuses }

  /// A person wants credentials to be asked for now, where they could not be had: a plugin may take the terminal again.
  package func retryCredentials() { credentials.retryNow() }

  @concurrent
  package func perform(_ request: APIRequest) async throws -> APIResponse {
    try await authorized { wire in
      try await self.within(self.requestTimeout, request) { [self] in
        do {
          return try await exchange(request, wire)
        } catch let error as APIError where request.method == .get && error.isCut {
          // A pooled connection that the server had closed meanwhile: reading twice harms nothing. The pause is for the
          // pool, which learns of it at the same moment.
          try await Task.sleep(for: .milliseconds(50))
          return try await exchange(request, wire)
        }
      }
    }
  }

  package func lastSignOfLife() async -> Date? { failures.health.lastAnswer }

  @concurrent
  package func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
    let limit = request.isWatch ? options.requestTimeout : requestTimeout
    let response = try await authorized { wire in
      try await self.within(limit, request) { [self] in
        try await open(request, wire, isStream: true)
      }
    }
    let idleTimeout =
      request.isWatch && response.version.major == 1 ? options.watchIdleTimeout : nil
    return LinePump(
      request: request, failures: failures, maximumLineBytes: options.maximumBodyBytes,
      idleTimeout: idleTimeout
    ).stream(response.body)
  }
}

extension HTTPClusterAPI {
  /// Runs a request with the credentials at hand; where they are refused, once more with new ones.
  ///
  /// Getting credentials is outside of the request's time: somebody may have to log in.
  private func authorized<Value: Sendable>(
    _ body: @Sendable (CredentialStore.Wire) async throws -> Value
  ) async throws -> Value {
    let wire = try await credentials.current()
    do {
      return try await noting(wire, body)
    } catch is Refused {
      guard credentials.refused(wire) else { throw credentials.gaveUp() }
    }
    let renewed = try await credentials.current()
    do {
      return try await noting(renewed, body)
    } catch is Refused {
      _ = credentials.refused(renewed)
      throw credentials.gaveUp()
    }
  }

  private func noting<Value: Sendable>(
    _ wire: CredentialStore.Wire, _ body: (CredentialStore.Wire) async throws -> Value
  ) async throws -> Value {
    do {
      let value = try await body(wire)
      credentials.accepted(wire)
      return value
    } catch let error as APIError {
      // Whatever else the server said, it knows who we are.
      if case .status = error { credentials.accepted(wire) }
      throw error
    }
  }

  /// The server answered 401.
  private struct Refused: Error {}

  private func exchange(
    _ request: APIRequest, _ wire: CredentialStore.Wire
  ) async throws -> APIResponse {
    let response = try await open(request, wire, isStream: false)
    let body = try await collect(response, limit: options.maximumBodyBytes, request)
    return APIResponse(
      statusCode: Int(response.status.code), body: body,
      etag: response.headers.first(name: "etag"))
  }

  /// Sends the request and waits for the head of a 2xx answer, or of 304 where that was asked for; everything else is thrown.
  private func open(
    _ request: APIRequest, _ wire: CredentialStore.Wire, isStream: Bool
  ) async throws -> HTTPClientResponse {
    let response = try await send(request, wire, isStream: isStream)
    if response.status == .unauthorized {
      _ = try? await response.body.collect(upTo: 1 << 20)
      throw Refused()
    }
    let isUnchanged = response.status == .notModified && request.ifNoneMatch != nil
    guard (200...299).contains(response.status.code) || isUnchanged else {
      let body = try? await collect(response, limit: 4 << 20, request)
      try Task.checkCancellation()
      throw failures.refusal(response, body: body ?? Data())
    }
    if response.headers.first(name: "content-type")?.hasPrefix("text/html") == true {
      throw failures.notKubernetes
    }
    return response
  }

  private func send(
    _ request: APIRequest, _ wire: CredentialStore.Wire, isStream: Bool
  ) async throws -> HTTPClientResponse {
    let prepared = prepare(request, wire, isStream: isStream)
    let start = ContinuousClock.now
    do {
      let response = try await client.execute(prepared, deadline: .distantFuture)
      failures.health.noteResponse()
      logger.debug(
        "answered",
        metadata: [
          "method": "\(request.method.rawValue)", "path": "\(request.path)",
          "status": "\(response.status.code)", "http": "\(response.version.major)",
          "after": "\(ContinuousClock.now - start)",
        ])
      return response
    } catch {
      let failure = await failures.translate(error, request)
      logger.debug(
        "failed",
        metadata: [
          "method": "\(request.method.rawValue)", "path": "\(request.path)",
          "error": "\(failure)", "after": "\(ContinuousClock.now - start)",
        ])
      if let failure = failure as? APIError, case .transport(_, .tls) = failure {
        // A renewed client certificate counts from the next request on.
        if credentials.refusedConnection(wire) { throw credentials.gaveUp() }
      }
      throw failure
    }
  }

  private func prepare(
    _ request: APIRequest, _ wire: CredentialStore.Wire, isStream: Bool
  ) -> HTTPClientRequest {
    let server = configuration.server
    // With another name to check, that name stands in the URL and the client connects elsewhere (`dnsOverride`).
    let name = server.usesTLS ? configuration.tls.serverName : nil
    let scheme = server.usesTLS ? "https" : "http"
    var prepared = HTTPClientRequest(
      url: "\(scheme)://\(name ?? server.bracketedHost):\(server.port)"
        + server.pathPrefix + request.target)
    prepared.method = HTTPMethod(rawValue: request.method.rawValue)
    prepared.headers.add(name: "host", value: server.authority)
    prepared.headers.add(name: "user-agent", value: options.userAgent)
    prepared.headers.add(name: "accept", value: request.accept ?? "application/json")
    // Streams are not packed: a gateway that packs also holds back.
    let isPacked = !isStream && !configuration.disableCompression
    prepared.headers.add(name: "accept-encoding", value: isPacked ? "gzip" : "identity")
    if let tag = request.ifNoneMatch { prepared.headers.add(name: "if-none-match", value: tag) }
    for (name, value) in wire.headers {
      prepared.headers.add(name: name, value: value)
    }
    if let body = request.body {
      prepared.headers.add(
        name: "content-type", value: request.contentType ?? "application/json")
      prepared.body = .bytes(ByteBuffer(bytes: body))
    }
    if server.usesTLS { prepared.tlsConfiguration = wire.tls }
    return prepared
  }

  private func collect(
    _ response: HTTPClientResponse, limit: Int, _ request: APIRequest
  ) async throws -> Data {
    do {
      let buffer = try await response.body.collect(upTo: limit)
      return buffer.withUnsafeReadableBytes { Data($0) }
    } catch {
      throw await failures.translate(error, request)
    }
  }

  /// Runs the operation and gives up after the time; cancellation of the caller reaches the connection.
  private func within<Value: Sendable>(
    _ limit: Duration?, _ request: APIRequest,
    _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let limit else { return try await operation() }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await operation() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      guard let value = try await group.next() ?? nil else {
        throw failures.tooSlow(request, limit)
      }
      return value
    }
  }

  private static func clientConfiguration(
    _ configuration: ClusterConfiguration, _ options: Options
  ) -> HTTPClient.Configuration {
    var result = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(options.connectTimeout)),
      // No limit here: what is unpacked is counted where it is collected.
      decompression: .enabled(limit: .none))
    // A refused connection is told at once; whoever asks decides when to ask again.
    result.connectionPool.retryConnectionEstablishment = false
    // Over HTTP/1.1 every watch occupies a connection of its own.
    result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    result.connectionPool.idleTimeout = .seconds(90)
    if configuration.server.usesTLS, let name = configuration.tls.serverName {
      result.dnsOverride[name] = configuration.server.host
    }
    if let proxy = configuration.proxy { result.proxy = .init(proxy) }
    return result
  }
}

extension HTTPClient.Configuration.Proxy {
  fileprivate init(_ proxy: Proxy) {
    switch proxy.kind {
    case .socks5:
      self = .socksServer(host: proxy.host, port: proxy.port)
    case .http:
      let authorization = proxy.user.map {
        HTTPClient.Authorization.basic(username: $0, password: proxy.password?.exposed ?? "")
      }
      self = .server(host: proxy.host, port: proxy.port, authorization: authorization)
    }
  }
}

extension APIRequest {
  /// Whether the answer is a watch, which brings a bookmark now and then.
  var isWatch: Bool { query.contains(QueryItem("watch", "true")) }
}

extension APIError {
  var isCut: Bool {
    if case .transport(_, .cut) = self { true } else { false }
  }
}
