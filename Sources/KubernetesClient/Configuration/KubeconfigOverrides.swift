/// What the command line says about the cluster, over what the files say.
package struct KubeconfigOverrides: Sendable, Equatable {
  /// `--kubeconfig`: the only file that is read.
  package var kubeconfig: String?
  /// `--context`: instead of `current-context`.
  package var context: String?
  /// `--namespace`: instead of the context's.
  package var namespace: String?
  /// `--token`: instead of the user's own token, password or plugin.
  package var token: Secret<String>?
  /// `--as` and its relatives: instead of whom the user's entry impersonates.
  package var impersonation: Impersonation?
  /// `--request-timeout`: instead of the client's own; zero is no limit.
  package var requestTimeout: Duration?

  package init(
    kubeconfig: String? = nil, context: String? = nil, namespace: String? = nil,
    token: Secret<String>? = nil, impersonation: Impersonation? = nil
  ) {
    self.kubeconfig = kubeconfig
    self.context = context
    self.namespace = namespace
    self.token = token
    self.impersonation = impersonation
  }
}
