/// What the cluster keeps about a model: what a form starts from and a clone copies.
package struct StoredModel: Equatable, Sendable {
  package var id: ModelID
  package var uid: String
  package var resourceVersion: String
  package var isManaged: Bool
  package var isDeleting: Bool
  /// Asked for, not those that run.
  package var replicas: Int
  /// How many there were before it was stopped; `nil` where that is not noted.
  package var replicasBeforeStop: Int?
  package var fields: ModelFields
  /// What it was created from, never with the token; `nil` where it was not made by the form, or cannot be read.
  package var request: CreateRequest?
  package var hasToken: Bool
  package var createdBy: String?
  package var updatedBy: String?
  /// RFC 3339, as it stands in the annotation.
  package var updatedAt: String?
  /// Why a managed model's request cannot be read, in words: then only its texts, tags and replicas can be changed.
  package var unreadable: String?

  package init(
    id: ModelID, uid: String, resourceVersion: String = "", isManaged: Bool = false,
    isDeleting: Bool = false, replicas: Int = 1, replicasBeforeStop: Int? = nil,
    fields: ModelFields = ModelFields(), request: CreateRequest? = nil, hasToken: Bool = false,
    createdBy: String? = nil, updatedBy: String? = nil, updatedAt: String? = nil,
    unreadable: String? = nil
  ) {
    self.id = id
    self.uid = uid
    self.resourceVersion = resourceVersion
    self.isManaged = isManaged
    self.isDeleting = isDeleting
    self.replicas = replicas
    self.replicasBeforeStop = replicasBeforeStop
    self.fields = fields
    self.request = request
    self.hasToken = hasToken
    self.createdBy = createdBy
    self.updatedBy = updatedBy
    self.updatedAt = updatedAt
    self.unreadable = unreadable
  }

  /// For a write that is to hit this Deployment and no namesake.
  package var target: ModelTarget { ModelTarget(id, uid: uid) }
}
