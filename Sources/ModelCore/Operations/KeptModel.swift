package import Kubernetes

/// What is kept of a model before it is deleted, so that it can be made again: never with a secret.
package struct KeptModel: Equatable, Sendable {
  /// From what it is made again.
  package enum Content: Equatable, Sendable {
    /// A managed model: the request, without its token.
    case managed(CreateRequest)
    /// A model from YAML: its objects, the Deployment first, without what the server fills in and without Secrets.
    case manifests([JSONValue])
  }

  /// Where it was: it is made again in the same place.
  package var id: ModelID
  /// Of the Deployment that was deleted.
  package var uid: String
  package var content: Content
  /// Empty where it was the name.
  package var displayName: String
  /// Empty for none.
  package var modelDescription: String
  package var tags: [String]
  /// Asked for when it was deleted; so many it gets again.
  package var replicas: Int
  /// Of a stopped model those that start brings back; `nil` where that was not noted.
  package var replicasBeforeStop: Int?
  /// It used a token, which has to be put in again.
  package var hadToken: Bool
  /// Claims that outlive it, by name, with their UIDs: it takes them back when it is made again.
  package var claims: [String: String]
  /// What will be missing, and what that means: one sentence each.
  package var warnings: [String]

  /// A model with one replica that lacks nothing, unless it is said otherwise.
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
