internal import FoundationEssentials
internal import Kubernetes
internal import Logging
internal import NIOSSL
internal import Synchronization

/// The credentials of a configuration as they go on the wire, and how they are renewed.
final class CredentialStore: Sendable {
  /// What one request is sent with.
  struct Wire: Sendable {
    var headers: [(name: String, value: String)]
    var tls: TLSConfiguration
    /// Which of a plugin's credentials these are.
    fileprivate var issued: (plugin: PluginCredentials, number: Int)?
  }

  private struct State {
    var configuration: ClusterConfiguration
    /// Without a plugin's certificate.
    var tls: TLSConfiguration
    var plugin: PluginCredentials?
    /// With the certificate of a plugin's credentials of that number.
    var pluginTLS: (number: Int, TLSConfiguration)?
    /// The last token of a file, to look for its end once.
    var token: (text: Secret<String>, expiresAt: Date?)?
    var certificateExpiresAt: Date?
    var status = CredentialStatus()
    /// The problem is that a plugin gave nothing, not that the server refused what it gave.
    var isFailure = false
    var isClosed = false
    var monitor: Task<Void, Never>?
  }

  private let state: Mutex<State>
  private let makePlugin: @Sendable (ExecPlugin, ClusterConfiguration) -> PluginRunner
  private let logger: Logger
  /// The latest status, for one reader.
  let statuses: AsyncStream<CredentialStatus>
  private let statusContinuation: AsyncStream<CredentialStatus>.Continuation

  init(
    _ configuration: ClusterConfiguration, terminal: TerminalHandover?,
    limits: PluginLimits, logger: Logger
  ) throws(KubeconfigError) {
    state = Mutex(
      State(configuration: configuration, tls: try TLSConfiguration.make(from: configuration.tls)))
    self.logger = logger
    (statuses, statusContinuation) = AsyncStream.makeStream(
      of: CredentialStatus.self, bufferingPolicy: .bufferingNewest(1))
    makePlugin = { plugin, configuration in
      PluginRunner(
        plugin: plugin, contextName: configuration.contextName, userName: configuration.userName,
        terminal: terminal, limits: limits, logger: logger)
    }
    state.withLock { use(configuration, &$0) }
    updateStatus()
  }

  deinit {
    let (plugin, monitor) = state.withLock { ($0.plugin, $0.monitor) }
    monitor?.cancel()
    if let plugin { Task { await plugin.close() } }
  }

  /// Takes over the user's part of a configuration.
  private func use(_ configuration: ClusterConfiguration, _ state: inout State) {
    state.configuration.credential = configuration.credential
    state.configuration.impersonation = configuration.impersonation
    state.configuration.tls = configuration.tls
    state.certificateExpiresAt = configuration.tls.clientCertificate
      .flatMap(CredentialExpiry.ofCertificate)
    state.token = nil
    if case .plugin(let plugin) = configuration.credential {
      if state.plugin?.plugin != plugin {
        let old = state.plugin
        if let old { Task { await old.close() } }
        state.pluginTLS = nil
        state.plugin = PluginCredentials(makePlugin(plugin, configuration)) { [weak self] in
          self?.updateStatus()
        }
      }
    } else if let old = state.plugin {
      Task { await old.close() }
      state.plugin = nil
    }
    startMonitor(&state)
  }

  // MARK: For a request

  /// What the next request is sent with; waits for a plugin where it has to run first.
  ///
  /// Throws `APIError.unauthorized` where there are no credentials to be had, and `CancellationError`.
  func current() async throws -> Wire {
    let (configuration, tls, plugin) = state.withLock { ($0.configuration, $0.tls, $0.plugin) }
    guard let plugin else {
      var headers: [(name: String, value: String)] = []
      if let authorization = try authorization(configuration) {
        headers.append(("authorization", authorization))
      }
      return Wire(headers: headers + Self.impersonation(configuration), tls: tls)
    }
    do {
      let issued = try await plugin.credentials()
      let token = issued.credential.token.map { ("authorization", "Bearer " + $0.exposed) }
      return Wire(
        headers: (token.map { [$0] } ?? []) + Self.impersonation(configuration),
        tls: try self.tls(for: issued), issued: (plugin, issued.number))
    } catch let failure as PluginFailure {
      try Task.checkCancellation()
      // Another program may have replaced the plugin by a token meanwhile.
      renew()
      let problem = Self.problem(for: failure, configuration, plugin)
      setProblem(problem, isFailure: true)
      throw APIError.unauthorized(problem.text)
    }
  }

  private func tls(for issued: PluginCredentials.Issued) throws -> TLSConfiguration {
    try state.withLock { state in
      guard let certificate = issued.credential.certificate, let key = issued.credential.key else {
        return state.tls
      }
      if let known = state.pluginTLS, known.number == issued.number { return known.1 }
      var material = state.configuration.tls
      material.clientCertificate = certificate
      material.clientKey = key
      let tls = try TLSConfiguration.make(from: material)
      state.pluginTLS = (issued.number, tls)
      return tls
    }
  }

  private static func impersonation(
    _ configuration: ClusterConfiguration
  ) -> [(name: String, value: String)] {
    guard let impersonation = configuration.impersonation else { return [] }
    var headers = [("impersonate-user", impersonation.user)]
    if let uid = impersonation.uid, !uid.isEmpty { headers.append(("impersonate-uid", uid)) }
    headers += impersonation.groups.map { ("impersonate-group", $0) }
    for (key, values) in impersonation.extra.sorted(by: { $0.key < $1.key }) {
      let name = "impersonate-extra-" + key.lowercased().percentEncodedSegment
      headers += values.map { (name, $0) }
    }
    return headers
  }

  private func authorization(_ configuration: ClusterConfiguration) throws(APIError) -> String? {
    switch configuration.credential {
    case .none, .plugin: return nil
    case .token(let token): return "Bearer " + token.exposed
    case .basic(let user, let password):
      let pair = Data("\(user):\(password.exposed)".utf8)
      return "Basic " + pair.base64EncodedString()
    case .tokenFile(let path, let fallback):
      // Each time, because it is replaced while we run.
      if let token = tokenInFile(path) ?? fallback?.exposed {
        noteToken(token)
        return "Bearer " + token
      }
      throw .unauthorized("the token in \(path) cannot be read: check that the file is there")
    }
  }

  private func tokenInFile(_ path: String) -> String? {
    guard let data = try? FileReader.read(path) else { return nil }
    let token = String(decoding: data, as: UTF8.self).trimmingWhitespace
    return token.isEmpty ? nil : token
  }

  private func noteToken(_ token: String) {
    let isNew = state.withLock { state in
      guard state.token?.text.exposed != token else { return false }
      state.token = (Secret(token), CredentialExpiry.ofToken(token))
      startMonitor(&state)
      return true
    }
    if isNew { updateStatus() }
  }

  // MARK: What the server said

  /// The server took these.
  func accepted(_ wire: Wire) {
    if let issued = wire.issued { issued.plugin.accept(issued.number) }
    setProblem(nil)
  }

  /// The server refused these. Gets others, and returns whether asking once more with them makes sense.
  func refused(_ wire: Wire) -> Bool {
    renew()
    guard let issued = wire.issued else { return true }
    return issued.plugin.refuse(issued.number)
  }

  /// The server broke off the TLS connection, as some do to a client certificate that they do not want. Has others
  /// got for the next request, and returns whether the certificate is known to be over.
  func refusedConnection(_ wire: Wire) -> Bool {
    renew()
    if let issued = wire.issued, issued.plugin.gaveCertificate(issued.number) {
      _ = issued.plugin.refuse(issued.number)
    }
    return state.withLock { state in
      state.plugin == nil && state.certificateExpiresAt.map { $0 <= .now } ?? false
    }
  }

  /// The server refused also what came after that.
  func gaveUp() -> APIError {
    let problem = refusal
    setProblem(problem)
    return .unauthorized(problem.text)
  }

  /// A person wants it to be tried now; a plugin may have the terminal for it.
  func retryNow() { state.withLock { $0.plugin }?.retryNow() }

  /// Reads kubeconfig, token and certificates again, after the server refused what we have.
  func renew() {
    let old = state.withLock { $0.configuration }
    guard let reload = old.reload else { return }
    do {
      let new = try reload()
      guard new.server == old.server else {
        logger.notice("the context points to another server now: its credentials are not used")
        return
      }
      guard
        new.credential != old.credential || new.tls != old.tls
          || new.impersonation != old.impersonation
      else { return }
      let tls = new.tls == old.tls ? nil : try TLSConfiguration.make(from: new.tls)
      state.withLock { state in
        guard !state.isClosed else { return }
        if let tls { state.tls = tls }
        use(new, &state)
      }
      updateStatus()
      logger.info("credentials were read again")
    } catch {
      logger.warning("credentials could not be read again", metadata: ["error": "\(error)"])
    }
  }

  /// Ends what runs for it.
  func close() async {
    let plugin = state.withLock { state in
      state.isClosed = true
      state.monitor?.cancel()
      return state.plugin
    }
    statusContinuation.finish()
    await plugin?.close()
  }
}

// MARK: - Status

extension CredentialStore {
  /// Where credentials end soon, looks now and then whether there are newer ones: a watch may go on for long after it.
  private func startMonitor(_ state: inout State) {
    state.monitor?.cancel()
    guard state.plugin == nil, !state.isClosed, let end = Self.expiry(state) else { return }
    state.monitor = Task { [weak self] in
      while !Task.isCancelled {
        let left = end.timeIntervalSinceNow - 600
        let pause = left > 0 ? min(600, left) : 30
        guard (try? await Task.sleep(for: .seconds(pause))) != nil, let self else { return }
        if end.timeIntervalSinceNow <= 600 { self.lookForNewer() }
      }
    }
  }

  private func lookForNewer() {
    let configuration = state.withLock { $0.configuration }
    if case .tokenFile = configuration.credential {
      _ = try? authorization(configuration)
    } else {
      renew()
    }
  }

  private static func expiry(_ state: State) -> Date? {
    let token: Date? =
      switch state.configuration.credential {
      case .token(let token): CredentialExpiry.ofToken(token.exposed)
      case .tokenFile: state.token?.expiresAt
      case .plugin: state.plugin?.expiresAt
      case .none, .basic: nil
      }
    return token ?? state.certificateExpiresAt
  }

  private func setProblem(_ problem: CredentialStatus.Problem?, isFailure: Bool = false) {
    let status: CredentialStatus? = state.withLock { state in
      state.isFailure = isFailure
      guard state.status.problem != problem else { return nil }
      state.status.problem = problem
      return state.status
    }
    if let status { statusContinuation.yield(status) }
  }

  private func updateStatus() {
    let status: CredentialStatus? = state.withLock { state in
      var status = state.status
      status.expiresAt = Self.expiry(state)
      switch state.configuration.credential {
      case .tokenFile: status.renewsItself = true
      // Where it failed to, it has to be said in time.
      case .plugin: status.renewsItself = state.plugin?.failure == nil
      case .none, .token, .basic: status.renewsItself = false
      }
      status.awaited = state.plugin.flatMap {
        $0.hasIssued || $0.failure != nil ? nil : $0.plugin.name
      }
      // Nothing may ask for them for minutes, while watches go on: it is said all the same.
      if let plugin = state.plugin, let failure = plugin.failure, let end = plugin.expiresAt,
        end <= .now
      {
        status.problem = Self.problem(for: failure, state.configuration, plugin)
        state.isFailure = true
      } else if state.isFailure, state.plugin?.failure == nil {
        status.problem = nil
        state.isFailure = false
      }
      guard status != state.status else { return nil }
      state.status = status
      return status
    }
    if let status { statusContinuation.yield(status) }
  }
}

// MARK: - Words

extension CredentialStore {
  /// What to tell a person whose credentials were refused twice: whose, for which context, and what to do.
  private var refusal: CredentialStatus.Problem {
    let (configuration, end) = state.withLock { ($0.configuration, Self.expiry($0)) }
    let whose = Self.whose(configuration)
    let isAnonymous =
      configuration.credential == .none && configuration.tls.clientCertificate == nil
    guard !isAnonymous else {
      return .init(
        summary: "no credentials",
        text: "the API server wants credentials, and context \(configuration.contextName) has none")
    }
    let summary = "credentials expired"
    let advice = Self.advice(configuration)
    if let end, end <= .now {
      return .init(
        summary: summary,
        text: "\(summary) \(whose): they ended at \(Timestamp.format(end)); \(advice)")
    }
    return .init(summary: summary, text: "\(summary) or are not valid \(whose): \(advice)")
  }

  private static func whose(_ configuration: ClusterConfiguration) -> String {
    let user = configuration.userName
    return "for context \(configuration.contextName)" + (user.isEmpty ? "" : " (user \(user))")
  }

  private static func advice(_ configuration: ClusterConfiguration) -> String {
    switch configuration.credential {
    case .plugin(let plugin):
      let mode = plugin.interactiveMode == .never ? "it is run" : "Ctrl-R asks you, or it is run"
      return "those of '\(plugin.name)' were refused: log in again; \(mode) again by itself"
    case .tokenFile(let path, _):
      return "put a new token into \(path), which is read again by itself"
    case .token where configuration.source == .modelsAPI:
      return "give a new one, best by --token-file, which is read again by itself"
    case .token, .basic, .none:
      return "renew them as for kubectl, which reads the same ones; they are read again by itself"
    }
  }

  private static func problem(
    for failure: PluginFailure, _ configuration: ClusterConfiguration, _ plugin: PluginCredentials
  ) -> CredentialStatus.Problem {
    let summary = plugin.hasIssued ? "credentials expired" : "no credentials"
    var text =
      "\(summary) \(whose(configuration)): the credential plugin '\(plugin.plugin.name)' "
      + failure.problem
    if plugin.canAsk, !failure.isPermanent {
      text += failure.hadTerminal ? "; Ctrl-R asks you again" : "; Ctrl-R asks you"
    }
    return .init(summary: summary, text: text)
  }
}
