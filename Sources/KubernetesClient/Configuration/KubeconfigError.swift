/// Why there is no cluster to talk to. `description` says what, which file, and what to do.
package enum KubeconfigError: Error, Sendable, Equatable {
  /// No kubeconfig with anything in it, and not inside a cluster. What was looked for, one place each.
  case notConfigured(lookedFor: [String])
  /// `--kubeconfig` names a file that is not there.
  case missingFile(String)
  case unreadableFile(String, problem: String)
  /// The client's key and certificate do not belong together; where each is from.
  case mismatchedKey(String, certificate: String)
  /// The file is no YAML, or no kubeconfig.
  case invalidFile(String, problem: String)
  /// There are contexts, but none is chosen.
  case noCurrentContext(available: [String], files: [String])
  case noSuchContext(String, available: [String], files: [String])
  /// The context names a cluster or a user that no file has.
  case danglingReference(kind: String, name: String, context: String, files: [String])
  /// An entry that cannot be used: `kind` is `cluster`, `user` or `context`.
  case invalidEntry(kind: String, name: String, file: String, problem: String)
  /// Flags that make no sense together, in words.
  case invalidOption(String)
  /// Credentials by a way that is not supported, e.g. `auth-provider`.
  case unsupportedCredentials(user: String, mechanism: String, file: String)
  /// Inside a cluster, but the service account's files are not as they should be.
  case inCluster(problem: String)
}

extension KubeconfigError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notConfigured(let places):
      return "no cluster is configured; looked for \(places.joined(separator: ", "))"
    case .missingFile(let path):
      return "the kubeconfig \(path) does not exist: check --kubeconfig"
    case .unreadableFile(let path, let problem):
      return "the file \(path) cannot be read: \(problem)"
    case .mismatchedKey(let key, let certificate):
      return "the private key in \(key) is not that of the certificate in \(certificate): "
        + "check client-certificate and client-key"
    case .invalidFile(let path, let problem):
      return "\(path) is no valid kubeconfig: \(problem)"
    case .noCurrentContext(let available, let files):
      return "no context is chosen in \(Self.list(files)): use --context with one of "
        + "\(Self.list(available)), or kubectl config use-context"
    case .noSuchContext(let name, let available, let files):
      let hint =
        available.isEmpty ? "there are no contexts" : "there are \(Self.list(available))"
      return "there is no context '\(name)' in \(Self.list(files)): \(hint)"
    case .danglingReference(let kind, let name, let context, let files):
      return "context '\(context)' names the \(kind) '\(name)', which is not in "
        + "\(Self.list(files)): add it or choose another --context"
    case .invalidEntry(let kind, let name, let file, let problem):
      return "\(kind) '\(name)' in \(file): \(problem)"
    case .invalidOption(let problem):
      return problem
    case .unsupportedCredentials(let user, let mechanism, let file):
      return "user '\(user)' in \(file) gets credentials by \(mechanism), which is not supported: "
        + "use an exec plugin instead, or choose a --context whose user has other credentials"
    case .inCluster(let problem):
      return "the service account of this pod cannot be used: \(problem)"
    }
  }

  private static func list(_ names: [String]) -> String {
    guard names.count > 8 else { return names.joined(separator: ", ") }
    return names.prefix(8).joined(separator: ", ") + " and \(names.count - 8) more"
  }
}
