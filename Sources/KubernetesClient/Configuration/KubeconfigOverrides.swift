/// What the command line says about the cluster, over what the files say.
package struct KubeconfigOverrides: Sendable, Equatable {
  /// `--kubeconfig`: the only file that is read.
  package var kubeconfig: String?
  /// `--context`: instead of `current-context`.
  package var context: String?
  /// `--namespace`: instead of the context's.
  package var namespace: String?

  package init(kubeconfig: String? = nil, context: String? = nil, namespace: String? = nil) {
    self.kubeconfig = kubeconfig
    self.context = context
    self.namespace = namespace
  }
}
