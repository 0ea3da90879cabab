internal import FoundationEssentials
internal import Kubernetes
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

// TLS libraries say only that a certificate did not pass. A person needs to know why.
extension FailureTranslator {
  func isCertificateTrouble(_ error: any Error) -> Bool {
    if let error = error as? NIOSSLExtraError { return error == .failedToValidateHostname }
    return switch error {
    case NIOSSLError.unableToValidateCertificate: true
    case NIOSSLError.handshakeFailed(let cause):
      String(describing: cause).contains("CERTIFICATE_VERIFY_FAILED")
    default: false
    }
  }

  /// Looks at the certificate that the server shows, and says what is wrong with it.
  func certificateTrouble() async -> APIError {
    let server = configuration.server.authority
    let subject = "the certificate of \(server)"
    guard configuration.proxy == nil, let leaf = await shownCertificate() else {
      return .transport("\(subject) is not trusted", kind: .tls)
    }
    let now = Int(Date().timeIntervalSince1970)
    if now > leaf.notAfter {
      return .transport("\(subject) expired on \(day(leaf.notAfter))", kind: .tls)
    }
    if now < leaf.notBefore {
      return .transport(
        "\(subject) is not valid before \(day(leaf.notBefore)): is the clock of this machine right?",
        kind: .tls)
    }
    if let other = otherName(leaf) { return other }
    let authority =
      configuration.tls.authority.map { "signed by \($0.origin)" }
      ?? "signed by an authority that this system knows: is certificate-authority missing?"
    return .transport("\(subject) is not trusted: it is not \(authority)", kind: .tls)
  }

  /// Checks a certificate for the name that the kubeconfig gives. The TLS library is content, too, with one for the address that was
  /// connected to: of a tunnel that says nothing.
  func checkServerName(of certificate: NIOSSLCertificate?) throws(APIError) {
    guard let certificate else { return }
    if let other = otherName(Self.leaf(certificate)) { throw other }
  }

  private func otherName(_ leaf: Leaf) -> APIError? {
    let wanted = configuration.tls.serverName ?? configuration.server.host
    guard !leaf.names.isEmpty, !leaf.covers(wanted) else { return nil }
    let names = leaf.names.prefix(5).joined(separator: ", ")
    return .transport(
      "the certificate of \(configuration.server.authority) is for another name: "
        + "\(wanted) is not among \(names)", kind: .tls)
  }

  /// What to say of a server that hung up on the first request without TLS, where it speaks only that; `nil` where it is something else.
  func wantsTLS(_ failure: APIError) async -> APIError? {
    guard !configuration.server.usesTLS, configuration.proxy == nil, !health.hasResponded,
      case .transport(_, let kind) = failure, kind == .cut || kind == .other,
      await shownCertificate() != nil
    else { return nil }
    return .transport(
      "\(configuration.server.authority) speaks only TLS: its address has to begin with https://",
      kind: .tls)
  }

  private func day(_ seconds: Int) -> String {
    String(Timestamp.format(Date(timeIntervalSince1970: Double(seconds))).prefix(10))
  }

  private struct Leaf: Sendable {
    var notBefore: Int
    var notAfter: Int
    var names: [String]

    func covers(_ name: String) -> Bool {
      let wanted = name.lowercased()
      let address = IPBits(wanted)
      return names.contains { candidate in
        if let address { return IPBits(candidate) == address }
        let candidate = candidate.lowercased()
        guard candidate.hasPrefix("*."), let dot = wanted.firstIndex(of: ".") else {
          return candidate == wanted
        }
        return wanted[dot...] == candidate.dropFirst()
      }
    }
  }

  /// Connects once more, for a look only: nothing is sent and nothing is trusted.
  private func shownCertificate() async -> Leaf? {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let shown = loop.makePromise(of: Leaf.self)
    let serverName = configuration.tls.serverName ?? configuration.server.host
    let hostname = IPBits(serverName) == nil ? serverName : nil
    do {
      let context = try NIOSSLContext(configuration: .makeClientConfiguration())
      let channel = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(3))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let handler = try NIOSSLClientHandler(
              context: context, serverHostname: hostname,
              customVerificationCallback: { chain, verdict in
                if let leaf = chain.first {
                  shown.succeed(Self.leaf(leaf))
                } else {
                  shown.fail(NIOSSLError.noCertificateToValidate)
                }
                verdict.succeed(.failed)
              })
            try channel.pipeline.syncOperations.addHandler(handler)
          }
        }
        .connect(host: configuration.server.host, port: configuration.server.port).get()
      let deadline = loop.scheduleTask(in: .seconds(3)) { shown.fail(ChannelError.eof) }
      defer { deadline.cancel() }
      channel.closeFuture.whenComplete { _ in shown.fail(ChannelError.eof) }
      let leaf = try await shown.futureResult.get()
      channel.close(promise: nil)
      return leaf
    } catch {
      shown.fail(error)
      return nil
    }
  }

  private static func leaf(_ certificate: NIOSSLCertificate) -> Leaf {
    // The description is the only public way to the names; it lists them after these words.
    let description = String(describing: certificate).dropLast()
    let names =
      description.firstRange(of: ";alternative_names=").map {
        description[$0.upperBound...].split(separator: ",").map(String.init)
      } ?? []
    return Leaf(
      notBefore: Int(certificate.notValidBefore), notAfter: Int(certificate.notValidAfter),
      names: names)
  }
}
