extension Configuration {
  /// Where the models are looked for.
  package enum Destination: Equatable, Sendable {
    /// The cluster of a kubeconfig, or of the pod; `nil` is its current context.
    case kubeconfig(context: String?)
    /// An HTTP API that a context of the configuration file names.
    case serverContext(String)
    /// An HTTP API by its address.
    case server(String)
  }

  /// What the layers say, the strongest first: a flag takes precedence over a variable, and that over the file.
  ///
  /// Throws where two that are equally strong name different places.
  package func destination() throws(ConfigurationError) -> Destination {
    // Sections are for contexts, and which context it is is the question here.
    var plain = self
    plain.context = nil
    plain.place = .kubeconfig(context: nil)
    let context = plain[.context]
    let contextServer = context.text.flatMap { name in
      file?.serverContexts.contains { $0.name == name } == true ? name : nil
    }
    let address = plain[.server]
    let forCluster: [Setting.ID] = [.kubeconfig, .asUser, .asGroup, .asUID]
    var origins = forCluster.filter { !plain[$0].texts.isEmpty }.map { plain[$0].origin }
    if contextServer == nil, context.text != nil { origins.append(context.origin) }
    let strongest = origins.max { $0.rank < $1.rank }
    let kubeconfig = Destination.kubeconfig(context: context.text)
    if let server = address.text {
      // A context that is named by the same layer means another place.
      if contextServer != nil, context.origin.rank == address.origin.rank {
        throw Self.conflict(address.origin, context.origin)
      }
      if contextServer == nil || address.origin.rank > context.origin.rank {
        guard let strongest, strongest.rank >= address.origin.rank else {
          return .server(server)
        }
        guard strongest.rank > address.origin.rank else {
          throw Self.conflict(address.origin, strongest)
        }
        return kubeconfig
      }
    }
    guard let contextServer else { return kubeconfig }
    guard let strongest, strongest.rank >= context.origin.rank else {
      return .serverContext(contextServer)
    }
    if strongest.rank > context.origin.rank { return kubeconfig }
    // In a file, the kubeconfig is for the contexts that are none of its own.
    if case .file = context.origin { return .serverContext(contextServer) }
    throw Self.conflict(context.origin, strongest)
  }

  private static func conflict(_ server: Origin, _ other: Origin) -> ConfigurationError {
    ConfigurationError(problems: [
      "\(server) and \(other) exclude each other: one is for an HTTP API, the other for another "
        + "place. Leave one out."
    ])
  }
}

extension Configuration.Origin {
  /// The greater, the stronger.
  fileprivate var rank: Int {
    switch self {
    case .flag: 3
    case .environment: 2
    case .file: 1
    case .standard: 0
    }
  }
}

extension Configuration {
  /// The setting that says which token is meant for the server: the file or the token itself; `nil` where neither is given.
  ///
  /// Throws where both are, by the same layer, and where one of the file's would go to a server that the file does not name.
  package func tokenSetting() throws(ConfigurationError) -> Setting.ID? {
    let (file, token) = (self[.tokenFile], self[.token])
    // What stands beside the address is what is meant, unless a flag says another.
    if case .serverContext = place, case .file(_, _, .some) = file.origin, token.origin.rank < 3 {
      return .tokenFile
    }
    let isFile = !file.texts.isEmpty
    guard isFile || !token.texts.isEmpty else { return nil }
    if isFile, !token.texts.isEmpty, file.origin.rank == token.origin.rank {
      throw ConfigurationError(problems: [
        "\(file.origin) and \(token.origin) exclude each other: leave one out."
      ])
    }
    guard isFile, file.origin.rank > token.origin.rank || token.texts.isEmpty else { return .token }
    if case .file = file.origin {
      let server = self[.server].origin
      guard case .file = server else {
        throw ConfigurationError(problems: [
          "token-file of \(file.origin) is not for the server of \(server): give --token-file as well."
        ])
      }
    }
    return .tokenFile
  }
}
