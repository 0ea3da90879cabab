package import FoundationEssentials

extension K8s {
  /// A machine of the cluster.
  package struct Node: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)

    /// What keeps pods that do not tolerate it off the node.
    package struct Taint: Codable, Sendable, Equatable {
      package var key: String
      package var value: String?
      /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
      package var effect: String
    }

    /// What the administrator decides about the node.
    package struct Spec: Codable, Sendable, Equatable {
      /// Cordoned: no new pods come here. `nil` means no.
      package var unschedulable: Bool?
      package var taints: [Taint]?
      package init() {}
    }

    /// What is known of the machine.
    package struct Status: Codable, Sendable, Equatable {
      /// All that the machine has, by resource: `cpu` in cores, `memory` in bytes, `nvidia.com/gpu` in devices.
      package var capacity: [String: Quantity]?
      /// What of it pods can have: all but what the system keeps for itself.
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

  /// A name and an address under which the pods that are selected can be reached.
  package struct Service: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Service", plural: "services")

    /// A port of a Service.
    package struct Port: Codable, Sendable, Equatable {
      package var name: String?
      package var port: Int
      /// The port of the pods, by number or by name; `nil` means the same number.
      package var targetPort: IntOrString?
      /// `TCP`, `UDP` or `SCTP`; `nil` means TCP.
      package var `protocol`: String?

      package init(name: String?, port: Int, targetPort: IntOrString?, protocol: String? = "TCP") {
        self.name = name
        self.port = port
        self.targetPort = targetPort
        self.protocol = `protocol`
      }
    }

    /// Which pods it leads to, and how.
    package struct Spec: Codable, Sendable, Equatable {
      /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`; `nil` means `ClusterIP`.
      package var type: String?
      /// The address that the server gave; `None` for a headless Service.
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

  /// A claim to storage, which is bound to a volume.
  package struct PersistentVolumeClaim: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims")

    /// The storage that is asked for.
    package struct Spec: Codable, Sendable, Equatable {
      /// `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany` or `ReadWriteOncePod`.
      package var accessModes: [String]?
      /// The size that is asked for, in bytes, as the request `storage`.
      package var resources: ResourceRequirements?
      /// `nil` means the default class; empty means none, and only volumes that are there already.
      package var storageClassName: String?
      /// The volume that it is bound to, or wants; `nil` while there is none.
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

    /// How far the claim is bound.
    package struct Status: Codable, Sendable, Equatable {
      /// `Pending`, `Bound` or `Lost`.
      package var phase: String?
      /// The size of the volume, in bytes, as `storage`; may be more than was asked for.
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

  /// Something confidential, such as a token, by key.
  package struct Secret: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Secret", plural: "secrets")

    package var metadata: ObjectMeta
    /// What it is for, e.g. `Opaque`.
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

  /// What a component of the cluster reports about an object; the server forgets it after an hour by default.
  package struct Event: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Event", plural: "events")

    /// How often the same was reported, by reporters that count so; others fill `count`.
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
    /// How often it was reported; `nil` where the reporter does not count, or counts in `series`.
    package var count: Int?
    package var firstTimestamp: Date?
    package var lastTimestamp: Date?
    /// When it was reported first, of reporters that leave the two timestamps out.
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

  /// A namespace; only its metadata is read.
  package struct Namespace: Resource {
    package static let resourceKind = ResourceKind(
      group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    package var metadata: ObjectMeta
    package init(metadata: ObjectMeta) { self.metadata = metadata }
  }

  /// A way to get volumes.
  package struct StorageClass: Resource {
    package static let resourceKind = ResourceKind(
      group: "storage.k8s.io", version: "v1", kind: "StorageClass", plural: "storageclasses",
      isNamespaced: false)

    package var metadata: ObjectMeta
    /// The driver that makes the volumes.
    package var provisioner: String?
    /// Whether claims may be made larger later; `nil` means no.
    package var allowVolumeExpansion: Bool?
    /// `Immediate`, or `WaitForFirstConsumer`: not before a pod uses the claim. `nil` means `Immediate`.
    package var volumeBindingMode: String?

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    /// Whether claims that name no class get this one, by either annotation that Kubernetes knows for it.
    package var isDefault: Bool {
      metadata.annotations?["storageclass.kubernetes.io/is-default-class"] == "true"
        || metadata.annotations?["storageclass.beta.kubernetes.io/is-default-class"] == "true"
    }
  }

  /// A lock that expires: who leads, and until when.
  package struct Lease: Resource {
    package static let resourceKind = ResourceKind(
      group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")

    /// Who holds the lease, and since when.
    package struct Spec: Codable, Sendable, Equatable {
      /// `nil` or empty where nobody holds it.
      package var holderIdentity: String?
      /// How many seconds after `renewTime` others may take it.
      package var leaseDurationSeconds: Int?
      /// `MicroTime` text: kept as it is, because the server wants six digits back.
      package var acquireTime: String?
      /// When the holder renewed it last, as the same text.
      package var renewTime: String?
      /// How often it went from one holder to another.
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
