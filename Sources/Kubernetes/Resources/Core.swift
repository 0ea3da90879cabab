package import FoundationEssentials

extension K8s {
  package struct Node: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)

    package struct Taint: Codable, Sendable, Equatable {
      package var key: String
      package var value: String?
      package var effect: String
    }

    package struct Spec: Codable, Sendable, Equatable {
      package var unschedulable: Bool?
      package var taints: [Taint]?
      package init() {}
    }

    package struct Status: Codable, Sendable, Equatable {
      package var capacity: [String: Quantity]?
      package var allocatable: [String: Quantity]?
      package var conditions: [Condition]?
      package init() {}
    }

    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
      self.metadata = metadata
      self.spec = spec
      self.status = status
    }
  }

  package struct Service: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Service", plural: "services")

    package struct Port: Codable, Sendable, Equatable {
      package var name: String?
      package var port: Int
      package var targetPort: IntOrString?
      package var `protocol`: String?

      package init(name: String?, port: Int, targetPort: IntOrString?, protocol: String? = "TCP") {
        self.name = name
        self.port = port
        self.targetPort = targetPort
        self.protocol = `protocol`
      }
    }

    package struct Spec: Codable, Sendable, Equatable {
      package var type: String?
      package var clusterIP: String?
      package var selector: [String: String]?
      package var ports: [Port]?

      package init(
        type: String? = nil, selector: [String: String]? = nil, ports: [Port]? = nil
      ) {
        self.type = type
        self.selector = selector
        self.ports = ports
      }
    }

    package var metadata: ObjectMeta
    package var spec: Spec?

    package init(metadata: ObjectMeta, spec: Spec? = nil) {
      self.metadata = metadata
      self.spec = spec
    }
  }

  package struct PersistentVolumeClaim: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims")

    package struct Spec: Codable, Sendable, Equatable {
      package var accessModes: [String]?
      package var resources: ResourceRequirements?
      package var storageClassName: String?
      package var volumeName: String?

      package init(
        accessModes: [String]? = nil, resources: ResourceRequirements? = nil,
        storageClassName: String? = nil
      ) {
        self.accessModes = accessModes
        self.resources = resources
        self.storageClassName = storageClassName
      }
    }

    package struct Status: Codable, Sendable, Equatable {
      /// `Pending`, `Bound` or `Lost`.
      package var phase: String?
      package var capacity: [String: Quantity]?
      package init() {}
    }

    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
      self.metadata = metadata
      self.spec = spec
      self.status = status
    }
  }

  package struct Secret: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Secret", plural: "secrets")

    package var metadata: ObjectMeta
    package var type: String?
    /// Base64 text by key.
    package var data: [String: String]?
    /// Plain text by key; write-only.
    package var stringData: [String: String]?

    package init(
      metadata: ObjectMeta, type: String? = nil, stringData: [String: String]? = nil
    ) {
      self.metadata = metadata
      self.type = type
      self.stringData = stringData
    }
  }

  package struct Event: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Event", plural: "events")

    package struct Series: Codable, Sendable, Equatable {
      package var count: Int?
      package var lastObservedTime: Date?
    }

    package var metadata: ObjectMeta
    package var involvedObject: ObjectReference
    package var reason: String?
    package var message: String?
    /// `Normal` or `Warning`.
    package var type: String?
    package var count: Int?
    package var firstTimestamp: Date?
    package var lastTimestamp: Date?
    package var eventTime: Date?
    package var series: Series?

    package init(
      metadata: ObjectMeta, involvedObject: ObjectReference, reason: String? = nil,
      message: String? = nil, type: String? = nil
    ) {
      self.metadata = metadata
      self.involvedObject = involvedObject
      self.reason = reason
      self.message = message
      self.type = type
    }

    /// When it was last seen, from whichever of the fields the reporter filled.
    package var lastSeen: Date? {
      series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp
        ?? metadata.creationTimestamp
    }
  }

  package struct Namespace: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    package var metadata: ObjectMeta
    package init(metadata: ObjectMeta) { self.metadata = metadata }
  }

  package struct StorageClass: Resource {
    package static let resourceKind = ResourceKind(
      group: "storage.k8s.io", version: "v1", kind: "StorageClass", plural: "storageclasses",
      isNamespaced: false)

    package var metadata: ObjectMeta
    package var provisioner: String?
    package var allowVolumeExpansion: Bool?
    package var volumeBindingMode: String?

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    package var isDefault: Bool {
      metadata.annotations?["storageclass.kubernetes.io/is-default-class"] == "true"
        || metadata.annotations?["storageclass.beta.kubernetes.io/is-default-class"] == "true"
    }
  }

  package struct Lease: Resource {
    package static let resourceKind = ResourceKind(
      group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")

    package struct Spec: Codable, Sendable, Equatable {
      package var holderIdentity: String?
      package var leaseDurationSeconds: Int?
      /// `MicroTime` text: kept as it is, because the server wants six digits back.
      package var acquireTime: String?
      package var renewTime: String?
      package var leaseTransitions: Int?
      package init() {}
    }

    package var metadata: ObjectMeta
    package var spec: Spec?

    package init(metadata: ObjectMeta, spec: Spec? = nil) {
      self.metadata = metadata
      self.spec = spec
    }
  }
}
