import ModelCore

extension Binding {
  /// What only a cluster itself offers, by the names of the keys: an HTTP API has no operation for it.
  static let onlyOnClusters: Set<String> = [
    "action-keep", "clone", "delete-keep", "form-fit", "form-namespace", "kubectl", "organizations",
    "redeploy",
    "restart", "scale", "start", "stop", "undo",
    "yaml-kubectl",
  ]
}

extension DashboardState {
  /// Whether the models are worked on through an HTTP API, which tells and does less than a cluster.
  var isRemote: Bool { configuration.way == .httpAPI }

  /// Why a key does nothing here whatever the models are, as a sentence; `nil` where it does something.
  func offerRefusal(_ id: String) -> String? {
    guard isRemote, Binding.onlyOnClusters.contains(id) else { return nil }
    return "This is \(RemoteModels.notTold): it needs a kubeconfig."
  }

  /// Where new models are made, as in a title: `jan-models on prod`, or `prod` where an HTTP API decides the rest.
  var creationPlace: String {
    namespace.isEmpty ? configuration.context : "\(namespace) on \(configuration.context)"
  }
}

extension DashboardConfiguration {
  /// `organization 7`
  var organizationText: String {
    organization.isEmpty ? "the token's organization" : "organization \(organization)"
  }
}
