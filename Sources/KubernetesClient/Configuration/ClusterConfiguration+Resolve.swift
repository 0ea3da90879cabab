internal import FoundationEssentials

extension ClusterConfiguration {
  /// Finds the cluster to talk to, as kubectl does: the kubeconfig files, and without any, the pod's service account.
  ///
  /// Reads only files. Throws `.notConfigured` where there is neither.
  package static func resolve(
    overrides: KubeconfigOverrides, environment: [String: String]
  ) throws(KubeconfigError) -> ClusterConfiguration {
    try resolve(
      overrides: overrides, environment: environment, serviceAccount: InCluster.serviceAccountPath)
  }

  static func resolve(
    overrides: KubeconfigOverrides, environment: [String: String], serviceAccount: String
  ) throws(KubeconfigError) -> ClusterConfiguration {
    let kubeconfig = try Kubeconfig.load(overrides: overrides, environment: environment)
    guard kubeconfig.isEmpty else {
      return try ContextResolver(kubeconfig, overrides: overrides, environment: environment)
        .resolve()
    }
    if let path = overrides.kubeconfig, !path.isEmpty {
      throw .invalidFile(path, problem: "it has no clusters, users or contexts")
    }
    // Who names a context does not mean the pod's own cluster.
    if (overrides.context ?? "").isEmpty {
      let inCluster = InCluster(environment: environment, directory: serviceAccount)
      if let configuration = try inCluster.configuration(overrides: overrides) {
        return configuration
      }
    }
    let paths = Kubeconfig.paths(overrides: overrides, environment: environment)
    let isVariable = overrides.kubeconfig == nil && !(environment["KUBECONFIG"] ?? "").isEmpty
    throw .notConfigured(
      lookedFor: paths.map { isVariable ? "\($0) (from KUBECONFIG)" : $0 }
        + ["the service account of a pod (\(serviceAccount))"])
  }
}

/// Turns one context of merged kubeconfig files into a configuration.
struct ContextResolver {
  let kubeconfig: Kubeconfig
  let overrides: KubeconfigOverrides
  let environment: [String: String]

  init(
    _ kubeconfig: Kubeconfig, overrides: KubeconfigOverrides, environment: [String: String]
  ) {
    self.kubeconfig = kubeconfig
    self.overrides = overrides
    self.environment = environment
  }

  func resolve() throws(KubeconfigError) -> ClusterConfiguration {
    let available = kubeconfig.contexts.keys.sorted()
    let chosen = [overrides.context, kubeconfig.currentContext].first { !($0 ?? "").isEmpty }
    guard let contextName = chosen ?? nil else {
      throw .noCurrentContext(available: available, files: kubeconfig.files)
    }
    guard let context = kubeconfig.contexts[contextName]?.value else {
      throw .noSuchContext(contextName, available: available, files: kubeconfig.files)
    }
    let clusterName = context.cluster ?? ""
    guard let cluster = kubeconfig.clusters[clusterName] else {
      throw dangling("cluster", clusterName, contextName)
    }
    let userName = context.user ?? ""
    let user = kubeconfig.users[userName]
    // A context without a user is an anonymous one.
    guard user != nil || userName.isEmpty else { throw dangling("user", userName, contextName) }

    let namespace = [overrides.namespace, context.namespace].first { !($0 ?? "").isEmpty }
    var tls = try trust(clusterName, cluster)
    if let user { try addIdentity(userName, user, to: &tls) }
    var credential = Credential.none
    var impersonation: Impersonation?
    if let user {
      credential = try self.credential(userName, user, cluster: cluster, tls: tls)
      impersonation = try self.impersonation(userName, user)
    } else if let token = overrides.token {
      credential = .token(token)
    }
    impersonation = try Impersonation.merged(overrides.impersonation, over: impersonation)
    var configuration = ClusterConfiguration(
      server: try server(clusterName, cluster, tls: tls), contextName: contextName,
      clusterName: clusterName, userName: userName, namespace: (namespace ?? nil) ?? "default",
      tls: tls, credential: credential, source: .kubeconfig(files: kubeconfig.files))
    configuration.statedNamespace = namespace ?? nil
    configuration.impersonation = impersonation
    configuration.requestTimeout = overrides.requestTimeout
    configuration.proxy = try proxy(clusterName, cluster, server: configuration.server)
    configuration.disableCompression = cluster.value.disableCompression ?? false
    configuration.reload = reload(contextName)
    return configuration
  }

  private func reload(
    _ contextName: String
  ) -> @Sendable () throws(KubeconfigError) -> ClusterConfiguration {
    var overrides = overrides
    // Another program may change the current context meanwhile; ours stays.
    overrides.context = contextName
    let (fixed, environment) = (overrides, environment)
    return { () throws(KubeconfigError) -> ClusterConfiguration in
      let kubeconfig = try Kubeconfig.load(overrides: fixed, environment: environment)
      return try ContextResolver(kubeconfig, overrides: fixed, environment: environment).resolve()
    }
  }

  private func dangling(_ kind: String, _ name: String, _ context: String) -> KubeconfigError {
    .danglingReference(kind: kind, name: name, context: context, files: kubeconfig.files)
  }
}

// MARK: - The cluster's entry

extension ContextResolver {
  private func server(
    _ name: String, _ entry: Kubeconfig.Entry<KubeconfigFile.Cluster>, tls: TLSMaterial
  ) throws(KubeconfigError) -> ServerAddress {
    guard let text = entry.value.server, !text.isEmpty else {
      throw .invalidEntry(
        kind: "cluster", name: name, file: entry.file, problem: "it has no server")
    }
    let hasTLS = tls.authority != nil || tls.clientCertificate != nil || tls.skipsVerification
    guard let server = ServerAddress(text, defaultsToTLS: hasTLS) else {
      throw .invalidEntry(
        kind: "cluster", name: name, file: entry.file,
        problem: "server '\(text)' is no address like https://host:6443")
    }
    return server
  }

  private func trust(
    _ name: String, _ entry: Kubeconfig.Entry<KubeconfigFile.Cluster>
  ) throws(KubeconfigError) -> TLSMaterial {
    let cluster = entry.value
    var tls = TLSMaterial()
    tls.serverName = (cluster.tlsServerName ?? "").isEmpty ? nil : cluster.tlsServerName
    tls.skipsVerification = cluster.insecureSkipTLSVerify ?? false
    let owner = Owner(kind: "cluster", name: name, file: entry.file)
    tls.authority = try owner.pem(
      data: cluster.certificateAuthorityData, path: cluster.certificateAuthority,
      field: "certificate-authority")
    guard tls.authority == nil || !tls.skipsVerification else {
      throw owner.invalid(
        "insecure-skip-tls-verify and certificate-authority exclude each other: remove one")
    }
    return tls
  }

  private func proxy(
    _ name: String, _ entry: Kubeconfig.Entry<KubeconfigFile.Cluster>, server: ServerAddress
  ) throws(KubeconfigError) -> Proxy? {
    guard let text = entry.value.proxyURL, !text.isEmpty else {
      return try Proxy.fromEnvironment(environment, for: server)
    }
    guard let proxy = Proxy(text) else {
      throw .invalidEntry(
        kind: "cluster", name: name, file: entry.file,
        problem: "proxy-url \(Proxy.requirement)")
    }
    return proxy
  }
}

// MARK: - The user's entry

extension ContextResolver {
  private func addIdentity(
    _ name: String, _ entry: Kubeconfig.Entry<KubeconfigFile.User>, to tls: inout TLSMaterial
  ) throws(KubeconfigError) {
    let user = entry.value
    let owner = Owner(kind: "user", name: name, file: entry.file)
    tls.clientCertificate = try owner.pem(
      data: user.clientCertificateData, path: user.clientCertificate, field: "client-certificate")
    tls.clientKey = try owner.pem(
      data: user.clientKeyData, path: user.clientKey, field: "client-key")
    if tls.clientCertificate != nil, tls.clientKey == nil {
      throw owner.invalid("client-certificate needs client-key beside it")
    }
    if tls.clientKey != nil, tls.clientCertificate == nil {
      throw owner.invalid("client-key needs client-certificate beside it")
    }
  }

  private func impersonation(
    _ name: String, _ entry: Kubeconfig.Entry<KubeconfigFile.User>
  ) throws(KubeconfigError) -> Impersonation? {
    let user = entry.value
    let asUser = user.impersonate ?? ""
    let others =
      !(user.impersonateUID ?? "").isEmpty || !(user.impersonateGroups ?? []).isEmpty
      || !(user.impersonateExtra ?? [:]).isEmpty
    guard !asUser.isEmpty else {
      guard !others else {
        throw .invalidEntry(
          kind: "user", name: name, file: entry.file,
          problem: "as-uid, as-groups and as-user-extra need as beside them")
      }
      return nil
    }
    return Impersonation(
      user: asUser, uid: user.impersonateUID, groups: user.impersonateGroups ?? [],
      extra: user.impersonateExtra ?? [:])
  }
}

/// The entry that a value stands in, for reading it and for saying what is wrong with it.
private struct Owner {
  let kind: String
  let name: String
  let file: String

  func invalid(_ problem: String) -> KubeconfigError {
    .invalidEntry(kind: kind, name: name, file: file, problem: problem)
  }

  /// PEM out of base64 in the kubeconfig or out of a file; the data win where both are there.
  func pem(
    data: String?, path: String?, field: String
  ) throws(KubeconfigError) -> TLSMaterial.PEM? {
    if let data, !data.isEmpty {
      let compact = data.filter { !$0.isWhitespace }
      guard let bytes = Data(base64Encoded: compact) else {
        throw invalid("\(field)-data is no base64")
      }
      return try checked(bytes, field: "\(field)-data", origin: "\(field)-data in \(file)")
    }
    guard let path, !path.isEmpty else { return nil }
    let resolved = FileReader.resolve(path, against: file)
    guard let bytes = try FileReader.read(resolved) else {
      throw invalid("\(field) \(resolved) is missing")
    }
    return try checked(bytes, field: "\(field) \(resolved)", origin: resolved)
  }

  private func checked(
    _ bytes: Data, field: String, origin: String
  ) throws(KubeconfigError) -> TLSMaterial.PEM {
    guard bytes.firstRange(of: Data("-----BEGIN ".utf8)) != nil else {
      throw invalid("\(field) holds no PEM")
    }
    return TLSMaterial.PEM(bytes, origin: origin)
  }
}
