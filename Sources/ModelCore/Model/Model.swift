package import FoundationEssentials

/// Which model: names are unique in the cluster among managed models, others may share one across namespaces.
package struct ModelID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Empty only where it is not known yet, as of a model that an HTTP API was asked to make.
  package var namespace: String
  /// Of the Deployment.
  package var name: String

  /// Checks neither of them.
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
    /// Of all the model's pods on that node.
    package var count: Int

    /// `product` is `nil` where no label says it.
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

  /// A model without GPUs, unless it is said otherwise.
  package init(perReplica: Int = 0, requested: Int = 0, placements: [Placement] = []) {
    self.perReplica = perReplica
    self.requested = requested
    self.placements = placements
  }

  /// On all nodes together; more than ``requested`` while a rollout has old and new pods.
  package var assigned: Int { placements.reduce(0) { $0 + $1.count } }
  /// The distinct products, in the order of the nodes.
  package var products: [String] {
    var seen: Set<String> = []
    return placements.compactMap(\.product).filter { seen.insert($0).inserted }
  }
}

/// A model as every face shows it, derived from its Deployment and what belongs to that.
package struct Model: Equatable, Sendable, Identifiable {
  /// Namespace and name of its Deployment.
  package var id: ModelID
  /// Identity and version of the Deployment: the preconditions of every write.
  package var uid: String
  /// Changes also with the status; empty where it is not known.
  package var resourceVersion: String
  /// The organization of its label; `nil` where it has none.
  package var organization: String?
  /// What people read; the name where nothing else was given.
  package var displayName: String
  /// Empty for none.
  package var modelDescription: String
  /// In the order of the annotation.
  package var tags: [String]
  /// As the specification's words have it, from the Deployment and its pods.
  package var status: ModelStatus
  /// Why it has this status, in words an operator can act on; empty where there is nothing to say.
  package var reason: String
  /// Labelled `app.kubernetes.io/managed-by: jan-server`: reconciled, and its children are ours.
  package var isManaged: Bool
  /// May be changed and deleted by us: managed, or made from YAML by this organization.
  package var isOurs: Bool
  /// The Deployment is on its way out.
  package var isDeleting: Bool
  /// What the Deployment asks for; 0 for a model that was stopped.
  package var desiredReplicas: Int
  /// Ready pods of any revision.
  package var readyReplicas: Int
  /// What it asks for and where its pods hold it.
  package var gpu: GPUAssignment
  /// Nodes of its pods, distinct and sorted, with or without GPUs.
  package var nodes: [String]
  /// `http://<service>.<namespace>.svc.cluster.local:<port>`; `nil` where there is no Service.
  package var endpoint: String?
  /// `nil` where there is none, or Services are not known.
  package var serviceName: String?
  /// Where the server listens in its pods.
  package var port: Int
  /// Restarts of all containers of all its current pods.
  package var restarts: Int
  /// Of the container that serves.
  package var image: String
  /// `command` and `args` of the container that serves, one after the other.
  package var command: [String]
  /// `org/name`, where the command names one; see ``HuggingFaceID``.
  package var huggingFaceID: String?
  /// When the Deployment was made; `nil` where that is not known.
  package var createdAt: Date?
  /// When it was changed last through us, else when it was made.
  package var updatedAt: Date?
  /// `nil` where no annotation says it.
  package var createdBy: String?
  /// Fields or objects that differ from what was asked for and will be or were just repaired, in words.
  package var drift: [String]

  package var name: String { id.name }
  package var namespace: String { id.namespace }

  /// A model of which no more is known: pending, without replicas, on the default port.
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
