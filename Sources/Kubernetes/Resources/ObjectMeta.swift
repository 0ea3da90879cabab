package import FoundationEssentials

extension K8s {
  /// What every object has: name, labels, owners, times.
  package struct ObjectMeta: Codable, Sendable, Equatable {
    package var name: String?
    /// `nil` for kinds without namespaces.
    package var namespace: String?
    /// Of this very object: one that is made anew under the same name has another.
    package var uid: String?
    /// Changes with every write of the object.
    package var resourceVersion: String?
    /// Counts the changes of what is wanted.
    package var generation: Int64?
    package var creationTimestamp: Date?
    /// When it goes, once somebody has deleted it; `nil` until then. Finalizers can hold it longer.
    package var deletionTimestamp: Date?
    package var labels: [String: String]?
    package var annotations: [String: String]?
    /// Whose it is: it is deleted when none of them is there any more.
    package var ownerReferences: [OwnerReference]?
    /// Who has something to do yet before it may go after its deletion.
    package var finalizers: [String]?

    package init(
      name: String? = nil, namespace: String? = nil, labels: [String: String]? = nil,
      annotations: [String: String]? = nil, ownerReferences: [OwnerReference]? = nil
    ) {
      self.name = name
      self.namespace = namespace
      self.labels = labels
      self.annotations = annotations
      self.ownerReferences = ownerReferences
    }

    /// The owner that is the controller, if there is one.
    package var controller: OwnerReference? {
      ownerReferences?.first { $0.controller == true }
    }
  }

  /// An object that another one belongs to, in the same namespace or in none.
  package struct OwnerReference: Codable, Sendable, Equatable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    /// Whether this owner manages the object; at most one does.
    package var controller: Bool?
    /// Whether a foreground deletion of the owner waits for this object.
    package var blockOwnerDeletion: Bool?

    package init(
      apiVersion: String, kind: String, name: String, uid: String, controller: Bool? = nil,
      blockOwnerDeletion: Bool? = nil
    ) {
      self.apiVersion = apiVersion
      self.kind = kind
      self.name = name
      self.uid = uid
      self.controller = controller
      self.blockOwnerDeletion = blockOwnerDeletion
    }
  }

  /// A condition of a Deployment, ReplicaSet, Pod, Node or custom resource.
  package struct Condition: Codable, Sendable, Equatable {
    package var type: String
    /// `True`, `False` or `Unknown`.
    package var status: String
    /// A word for machines.
    package var reason: String?
    /// A sentence for people.
    package var message: String?
    /// When `status` changed last.
    package var lastTransitionTime: Date?
    /// When it was updated last; of the kinds here only Deployments say so.
    package var lastUpdateTime: Date?

    package init(
      type: String, status: String, reason: String? = nil, message: String? = nil,
      lastTransitionTime: Date? = nil, lastUpdateTime: Date? = nil
    ) {
      self.type = type
      self.status = status
      self.reason = reason
      self.message = message
      self.lastTransitionTime = lastTransitionTime
      self.lastUpdateTime = lastUpdateTime
    }

    package var isTrue: Bool { status == "True" }
  }

  /// What a reference to another object says (the `involvedObject` of an Event, for example).
  package struct ObjectReference: Codable, Sendable, Equatable {
    package var apiVersion: String?
    package var kind: String?
    package var namespace: String?
    package var name: String?
    package var uid: String?
    /// Which part of the object is meant, e.g. `spec.containers{vllm}`; `nil` means all of it.
    package var fieldPath: String?

    package init(
      apiVersion: String? = nil, kind: String? = nil, namespace: String? = nil,
      name: String? = nil, uid: String? = nil, fieldPath: String? = nil
    ) {
      self.apiVersion = apiVersion
      self.kind = kind
      self.namespace = namespace
      self.name = name
      self.uid = uid
      self.fieldPath = fieldPath
    }
  }
}
