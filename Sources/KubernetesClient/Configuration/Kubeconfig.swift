/// The kubeconfig files of a user, merged by kubectl's rules.
///
/// For every value the first file that has it wins; for every cluster, user and context the first file that has one of
/// that name wins as a whole. Source: `ClientConfigLoadingRules` of `k8s.io/client-go/tools/clientcmd`.
package struct Kubeconfig: Sendable {
  /// An entry and the file it stands in, against which its relative paths are resolved.
  struct Entry<Value: Sendable>: Sendable {
    var value: Value
    var file: String
  }

  /// A context, for a list to choose from.
  package struct ContextSummary: Sendable, Equatable {
    package var name: String
    /// The cluster that it names; empty where it names none.
    package var cluster: String
    /// The user that it names; empty where it names none.
    package var user: String
    /// `nil` where it names none.
    package var namespace: String?
    /// Whether it is the `current-context`.
    package var isCurrent: Bool
  }

  /// The files that were read; those that are not there are left out.
  package private(set) var files: [String] = []
  /// The `current-context`; `nil` where no file has one.
  package private(set) var currentContext: String?
  private(set) var clusters: [String: Entry<KubeconfigFile.Cluster>] = [:]
  private(set) var users: [String: Entry<KubeconfigFile.User>] = [:]
  private(set) var contexts: [String: Entry<KubeconfigFile.Context>] = [:]

  /// Whether there is nothing at all in it, as when no file was found.
  package var isEmpty: Bool {
    clusters.isEmpty && users.isEmpty && contexts.isEmpty && (currentContext ?? "").isEmpty
  }

  /// The contexts by name.
  package var contextList: [ContextSummary] {
    contexts.keys.sorted().map { name in
      let context = contexts[name]?.value
      return ContextSummary(
        name: name, cluster: context?.cluster ?? "", user: context?.user ?? "",
        namespace: context?.namespace, isCurrent: name == currentContext)
    }
  }

  /// Where kubectl looks: the one file of `--kubeconfig`, else the elements of `KUBECONFIG`, else `~/.kube/config`.
  package static func paths(
    overrides: KubeconfigOverrides, environment: [String: String]
  ) -> [String] {
    if let path = overrides.kubeconfig, !path.isEmpty { return [path] }
    if let list = environment["KUBECONFIG"], !list.isEmpty {
      var paths: [String] = []
      for path in list.split(separator: ":").map(String.init) where !paths.contains(path) {
        paths.append(path)
      }
      return paths
    }
    guard let home = environment["HOME"], !home.isEmpty else { return [] }
    return [home + "/.kube/config"]
  }

  /// Reads and merges the files.
  package static func load(
    overrides: KubeconfigOverrides, environment: [String: String]
  ) throws(KubeconfigError) -> Kubeconfig {
    let isExplicit = !(overrides.kubeconfig ?? "").isEmpty
    var result = Kubeconfig()
    for path in paths(overrides: overrides, environment: environment) {
      guard let data = try FileReader.read(path) else {
        if isExplicit { throw .missingFile(path) }
        continue
      }
      result.merge(try KubeconfigFile.parse(data, path: path), from: path)
    }
    return result
  }

  private mutating func merge(_ file: KubeconfigFile, from path: String) {
    files.append(path)
    if (currentContext ?? "").isEmpty { currentContext = file.currentContext }
    Self.merge(file.clusters, into: &clusters, from: path)
    Self.merge(file.users, into: &users, from: path)
    Self.merge(file.contexts, into: &contexts, from: path)
  }

  private static func merge<Value>(
    _ entries: [KubeconfigFile.Named<Value>]?, into result: inout [String: Entry<Value>],
    from path: String
  ) {
    for entry in entries ?? [] where !entry.name.isEmpty && result[entry.name] == nil {
      if let value = entry.value { result[entry.name] = Entry(value: value, file: path) }
    }
  }
}
