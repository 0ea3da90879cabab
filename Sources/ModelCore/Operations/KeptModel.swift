package import Kubernetes

/// What is kept of a model before it is deleted, so that it can be made again: never with a secret.
package struct KeptModel: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    /// A managed model: the request, without its token.
    case managed(CreateRequest)
    /// A model from YAML: its objects, the Deployment first, without what the server fills in and without Secrets.
    case manifests([JSONValue])
  }

  package var id: ModelID
  /// Of the Deployment that was deleted.
  package var uid: String
  package var content: Content
  package var displayName: String
  package var modelDescription: String
  package var tags: [String]
  package var replicas: Int
  package var replicasBeforeStop: Int?
  package var hadToken: Bool
  /// Claims that outlive it, by name, with their UIDs: it takes them back when it is made again.
  package var claims: [String: String]
  /// What will be missing, and what that means: one sentence each.
  package var warnings: [String]

  package init(
    id: ModelID, uid: String = "", content: Content, displayName: String = "",
    modelDescription: String = "", tags: [String] = [], replicas: Int = 1,
    replicasBeforeStop: Int? = nil, hadToken: Bool = false, claims: [String: String] = [:],
    warnings: [String] = []
  ) {
    self.id = id
    self.uid = uid
    self.content = content
    self.displayName = displayName
    self.modelDescription = modelDescription
    self.tags = tags
    self.replicas = replicas
    self.replicasBeforeStop = replicasBeforeStop
    self.hadToken = hadToken
    self.claims = claims
    self.warnings = warnings
  }
}
