package import FoundationEssentials

extension K8s {
  /// What every object has: name, labels, owners, times.
  package struct ObjectMeta: Codable, Sendable, Equatable {
    package var name: String?
    package var namespace: String?
    package var uid: String?
    package var resourceVersion: String?
    package var generation: Int64?
    package var creationTimestamp: Date?
    package var deletionTimestamp: Date?
    package var labels: [String: String]?
    package var annotations: [String: String]?
    package var ownerReferences: [OwnerReference]?
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

  package struct OwnerReference: Codable, Sendable, Equatable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var controller: Bool?
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
    package var reason: String?
    package var message: String?
    package var lastTransitionTime: Date?
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
