package import Kubernetes

/// What is kept of a model before it is deleted, so that it can be made again: in memory, never with a secret.
package struct KeptModel: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    /// A managed model: the request, without its token.
    case managed(CreateRequest)
    /// A model from YAML: its objects, the Deployment first, without what the server fills in and without Secrets.
    case manifests([JSONValue])
  }

  package var id: ModelID
  package var content: Content
  package var displayName: String
  package var modelDescription: String
  package var tags: [String]
  package var replicas: Int
  package var replicasBeforeStop: Int?
  package var hadToken: Bool
  /// What will be missing, and what that means: one sentence each.
  package var warnings: [String]

  package init(
    id: ModelID, content: Content, displayName: String = "", modelDescription: String = "",
    tags: [String] = [], replicas: Int = 1, replicasBeforeStop: Int? = nil, hadToken: Bool = false,
    warnings: [String] = []
  ) {
    self.id = id
    self.content = content
    self.displayName = displayName
    self.modelDescription = modelDescription
    self.tags = tags
    self.replicas = replicas
    self.replicasBeforeStop = replicasBeforeStop
    self.hadToken = hadToken
    self.warnings = warnings
  }
}
