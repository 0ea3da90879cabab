internal import FoundationEssentials
internal import Kubernetes
internal import Logging
internal import NIOSSL
internal import Synchronization

/// The credentials of a configuration as they go on the wire, and how they are renewed.
final class CredentialStore: Sendable {
  private struct State {
    var configuration: ClusterConfiguration
    var tls: TLSConfiguration
  }

  private let state: Mutex<State>
  private let logger: Logger

  init(_ configuration: ClusterConfiguration, logger: Logger) throws(KubeconfigError) {
    state = Mutex(
      State(configuration: configuration, tls: try TLSConfiguration.make(from: configuration.tls)))
    self.logger = logger
  }

  var tlsConfiguration: TLSConfiguration { state.withLock { $0.tls } }

  /// The headers that tell who asks. A token file is read each time, because it is replaced while we run.
  func headers() throws(APIError) -> [(name: String, value: String)] {
    let configuration = state.withLock { $0.configuration }
    var headers: [(name: String, value: String)] = []
    if let authorization = try authorization(configuration) {
      headers.append(("authorization", authorization))
    }
    if let impersonation = configuration.impersonation {
      headers.append(("impersonate-user", impersonation.user))
      if let uid = impersonation.uid, !uid.isEmpty { headers.append(("impersonate-uid", uid)) }
      headers += impersonation.groups.map { ("impersonate-group", $0) }
      for (key, values) in impersonation.extra.sorted(by: { $0.key < $1.key }) {
        let name = "impersonate-extra-" + key.lowercased().percentEncodedSegment
        headers += values.map { (name, $0) }
      }
    }
    return headers
  }

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
      let tls = new.tls == old.tls ? nil : try TLSConfiguration.make(from: new.tls)
      state.withLock { state in
        state.configuration.credential = new.credential
        state.configuration.impersonation = new.impersonation
        state.configuration.tls = new.tls
        if let tls { state.tls = tls }
      }
      logger.info("credentials were read again")
    } catch {
      logger.warning("credentials could not be read again", metadata: ["error": "\(error)"])
    }
  }

  /// What to tell a person whose credentials were refused twice.
  var refusal: String {
    let configuration = state.withLock { $0.configuration }
    let isAnonymous =
      configuration.credential == .none && configuration.tls.clientCertificate == nil
    guard !isAnonymous else {
      return "the API server wants credentials, and context \(configuration.contextName) has none"
    }
    return "credentials expired or are not valid for context \(configuration.contextName): "
      + "renew them (kubectl reads the same ones)"
  }

  private func authorization(_ configuration: ClusterConfiguration) throws(APIError) -> String? {
    switch configuration.credential {
    case .none: return nil
    case .token(let token): return "Bearer " + token.exposed
    case .basic(let user, let password):
      let pair = Data("\(user):\(password.exposed)".utf8)
      return "Basic " + pair.base64EncodedString()
    case .tokenFile(let path, let fallback):
      if let token = tokenInFile(path) ?? fallback?.exposed { return "Bearer " + token }
      throw .unauthorized("the token in \(path) cannot be read: check that the file is there")
    }
  }

  private func tokenInFile(_ path: String) -> String? {
    guard let data = try? FileReader.read(path) else { return nil }
    let token = String(decoding: data, as: UTF8.self).trimmingWhitespace
    return token.isEmpty ? nil : token
  }
}
