/// What the cluster keeps about a model: what a form starts from and a clone copies.
package struct StoredModel: Equatable, Sendable {
  package var id: ModelID
  /// Of the Deployment.
  package var uid: String
  /// Of the Deployment when it was read; empty where it is not known.
  package var resourceVersion: String
  /// Made from the simplified request, and kept in repair.
  package var isManaged: Bool
  /// The Deployment is on its way out.
  package var isDeleting: Bool
  /// Asked for, not those that run.
  package var replicas: Int
  /// How many there were before it was stopped; `nil` where that is not noted.
  package var replicasBeforeStop: Int?
  /// What may be changed of it, as it is now.
  package var fields: ModelFields
  /// What it was created from, never with the token; `nil` where it was not made by the form, or cannot be read.
  package var request: CreateRequest?
  /// A Secret of its own holds a Hugging Face token for it.
  package var hasToken: Bool
  /// As the annotation has it; `nil` where there is none.
  package var createdBy: String?
  /// As the annotation has it; `nil` where there is none.
  package var updatedBy: String?
  /// RFC 3339, as it stands in the annotation.
  package var updatedAt: String?
  /// Why a managed model's request cannot be read, in words: then only its texts, tags and replicas can be changed.
  package var unreadable: String?

  /// A model from YAML with one replica, unless it is said otherwise.
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
