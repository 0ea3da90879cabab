package import FoundationEssentials

/// Which model: names are unique in the cluster among managed models, others may share one across namespaces.
package struct ModelID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var namespace: String
  package var name: String

  package init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  package var description: String { "\(namespace)/\(name)" }

  package static func < (a: ModelID, b: ModelID) -> Bool {
    (a.name, a.namespace) < (b.name, b.namespace)
  }
}

/// The six words of the specification.
package enum ModelStatus: String, Sendable, CaseIterable, Codable {
  case pending
  case creating
  case running
  case failed
  case stopped
  case crashLoopBackOff = "crash_loop_back_off"
}

/// The GPUs of a model: asked for, and where they are.
package struct GPUAssignment: Equatable, Sendable {
  /// GPUs that a model's pods hold on one node.
  package struct Placement: Equatable, Sendable {
    package var node: String
    /// As GPU Feature Discovery labels the node (`NVIDIA-H200`); `nil` where it does not say.
    package var product: String?
    package var count: Int

    package init(node: String, product: String?, count: Int) {
      self.node = node
      self.product = product
      self.count = count
    }
  }

  /// GPUs that one replica asks for.
  package var perReplica: Int
  /// GPUs that all replicas together ask for.
  package var requested: Int
  /// Ordered by node.
  package var placements: [Placement]

  package init(perReplica: Int = 0, requested: Int = 0, placements: [Placement] = []) {
    self.perReplica = perReplica
    self.requested = requested
    self.placements = placements
  }

  package var assigned: Int { placements.reduce(0) { $0 + $1.count } }
  /// The distinct products, in the order of the nodes.
  package var products: [String] {
    var seen: Set<String> = []
    return placements.compactMap(\.product).filter { seen.insert($0).inserted }
  }
}

/// A model as every face shows it, derived from its Deployment and what belongs to that.
package struct Model: Equatable, Sendable, Identifiable {
  package var id: ModelID
  /// Identity and version of the Deployment: the preconditions of every write.
  package var uid: String
  package var resourceVersion: String
  /// The organization of its label; `nil` where it has none.
  package var organization: String?
  package var displayName: String
  package var modelDescription: String
  package var tags: [String]
  package var status: ModelStatus
  /// Why it has this status, in words an operator can act on; empty where there is nothing to say.
  package var reason: String
  /// Labelled `app.kubernetes.io/managed-by: jan-server`: reconciled, and its children are ours.
  package var isManaged: Bool
  /// May be changed and deleted by us: managed, or made from YAML by this organization.
  package var isOurs: Bool
  package var isDeleting: Bool
  package var desiredReplicas: Int
  package var readyReplicas: Int
  package var gpu: GPUAssignment
  /// Nodes of its pods, distinct and sorted, with or without GPUs.
  package var nodes: [String]
  /// `http://<service>.<namespace>.svc.cluster.local:<port>`; `nil` where there is no Service.
  package var endpoint: String?
  package var serviceName: String?
  package var port: Int
  /// Restarts of all containers of all its current pods.
  package var restarts: Int
  package var image: String
  package var command: [String]
  package var huggingFaceID: String?
  package var createdAt: Date?
  package var updatedAt: Date?
  package var createdBy: String?
  /// Fields or objects that differ from what was asked for and will be or were just repaired, in words.
  package var drift: [String]

  package var name: String { id.name }
  package var namespace: String { id.namespace }

  package init(id: ModelID, uid: String) {
    self.id = id
    self.uid = uid
    resourceVersion = ""
    displayName = id.name
    modelDescription = ""
    tags = []
    status = .pending
    reason = ""
    isManaged = false
    isOurs = false
    isDeleting = false
    desiredReplicas = 0
    readyReplicas = 0
    gpu = GPUAssignment()
    nodes = []
    port = 8000
    restarts = 0
    image = ""
    command = []
    drift = []
  }
}
