package import FoundationEssentials

/// How current the whole is: what the header tells.
package enum Connection: Equatable, Sendable {
  case connecting(attempt: Int, error: String?)
  /// Connected, the first list is coming in.
  case loading(objects: Int)
  case live
  case disconnected(since: Date, error: String, nextAttempt: Date)
  case forbidden(missing: String)
}

/// GPUs of the cluster by product. Free is never less than zero.
package struct GPUTotals: Equatable, Sendable {
  /// The GPUs of one kind.
  package struct Product: Equatable, Sendable {
    /// As GPU Feature Discovery labels the nodes; without a label the resource's name.
    package var name: String
    /// On nodes that are ready and not cordoned.
    package var total: Int
    /// Asked for by pods on those nodes; may be more than there are where devices broke.
    package var used: Int

    /// Of the same nodes both.
    package init(name: String, total: Int, used: Int) {
      self.name = name
      self.total = total
      self.used = used
    }
  }

  /// Ordered by name. Only nodes that are ready and not cordoned count into `total`.
  package var products: [Product]
  /// GPUs on nodes that are not ready or cordoned.
  package var unavailable: Int
  /// Whether all pods are seen: without, some GPUs that look free are in use.
  package var isUseKnown = true

  package init(products: [Product] = [], unavailable: Int = 0) {
    self.products = products
    self.unavailable = unavailable
  }

  /// Of all products.
  package var total: Int { products.reduce(0) { $0 + $1.total } }
  /// Of all products.
  package var used: Int { products.reduce(0) { $0 + $1.used } }
}

/// Whether the GPU totals are known.
package enum GPUOverview: Equatable, Sendable {
  case unknown
  case totals(GPUTotals)
  /// e.g. `no permission to list nodes`.
  case forbidden(missing: String)
  /// The way to the models does not tell about nodes.
  case notOffered
}

/// What changed since the last update: what the observer sends to a face.
package struct ClusterUpdate: Sendable {
  /// Models that are new or changed.
  package var changed: [Model]
  /// Models that are gone, or not shown any more.
  package var removed: [ModelID]
  /// `changed` is everything there is: forget the models from before.
  package var isComplete: Bool
  /// As it is now, also where it did not change.
  package var connection: Connection
  /// As it is now, also where it did not change.
  package var gpus: GPUOverview
  /// When the data were last known to be current: the last answer, event or bookmark.
  package var asOf: Date?
  /// What is absent and what that means, e.g. that the Aibrix CRD is missing. Empty when all is well.
  package var notices: [String]
  /// The one namespace that is seen, where Deployments may not be listed in all of them.
  package var scope: String?
  /// What of it cannot be read, and why.
  package var unread = UnreadKinds()
  /// Everything was read once, or cannot be read: nothing more comes that was there before.
  package var isSettled = false
  /// What a create form has to know, where that changed since the last update or the update is complete.
  package var creation: CreationContext?

  package init(
    changed: [Model] = [], removed: [ModelID] = [], isComplete: Bool = false,
    connection: Connection, gpus: GPUOverview = .unknown, asOf: Date? = nil,
    notices: [String] = [], creation: CreationContext? = nil
  ) {
    self.changed = changed
    self.removed = removed
    self.isComplete = isComplete
    self.connection = connection
    self.gpus = gpus
    self.asOf = asOf
    self.notices = notices
    self.creation = creation
  }
}

/// What a create form has to know of the cluster to check and to suggest while somebody types.
package struct CreationContext: Equatable, Sendable {
  /// A storage class to choose from.
  package struct StorageClassChoice: Equatable, Sendable {
    package var name: String
    /// What a claim without a class gets.
    package var isDefault: Bool

    /// Of the objects that were listed.
    package init(name: String, isDefault: Bool) {
      self.name = name
      self.isDefault = isDefault
    }
  }

  /// What `CreateRequest.findings(in:)` checks against.
  package var validation: ValidationContext
  /// By name; empty also where the classes may not be listed.
  package var storageClasses: [StorageClassChoice]
  /// For the line that tells what is free.
  package var gpus: GPUOverview
  /// The most GPUs that are free on one node; `nil` while the nodes are not known.
  package var mostFreeGPUsOnOneNode: Int?
  /// By name, with what is free on each as far as pods are seen; `nil` while the nodes are not known.
  package var nodes: [String: GPUInventory.Node]?

  /// Where nothing is known nothing is checked.
  package init(
    validation: ValidationContext = ValidationContext(),
    storageClasses: [StorageClassChoice] = [], gpus: GPUOverview = .unknown,
    mostFreeGPUsOnOneNode: Int? = nil
  ) {
    self.validation = validation
    self.storageClasses = storageClasses
    self.gpus = gpus
    self.mostFreeGPUsOnOneNode = mostFreeGPUsOnOneNode
  }
}

/// What the details pane shows of one model.
package struct ModelDetails: Equatable, Sendable {
  /// One of its pods.
  package struct Pod: Equatable, Sendable {
    package var name: String
    /// Kubernetes' word: `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    package var phase: String
    /// Its condition `Ready` is true.
    package var isReady: Bool
    /// `nil` before the scheduler chose one.
    package var node: String?
    /// Of its containers together, without init containers.
    package var restarts: Int
    /// What a container waits for or died of, in words; empty where all is well.
    package var state: String
    /// `nil` where the server does not say.
    package var createdAt: Date?

    /// Not ready, with nothing to say.
    package init(name: String, phase: String) {
      self.name = name
      self.phase = phase
      isReady = false
      restarts = 0
      state = ""
    }
  }

  /// A condition of the Deployment, or of a ReplicaSet that cannot make its pods.
  package struct Condition: Equatable, Sendable {
    /// Kubernetes' word, e.g. `Available`.
    package var type: String
    /// `True`, `False` or `Unknown`.
    package var status: String
    /// One word; empty where there is none.
    package var reason: String
    /// A sentence of the controller; empty where there is none.
    package var message: String
    /// When the status last changed; `nil` where that is not told.
    package var since: Date?

    package init(
      type: String, status: String, reason: String, message: String, since: Date? = nil
    ) {
      self.type = type
      self.status = status
      self.reason = reason
      self.message = message
      self.since = since
    }
  }

  /// An event of the model or of what belongs to it.
  package struct Event: Equatable, Sendable {
    /// Else it is `Normal`.
    package var isWarning: Bool
    /// One word, e.g. `FailedScheduling`.
    package var reason: String
    /// A sentence of who reported it.
    package var message: String
    /// `Pod/llama-7b-...`
    package var object: String
    /// How often it was seen.
    package var count: Int
    /// `nil` where the event does not say.
    package var lastSeen: Date?

    package init(isWarning: Bool, reason: String, message: String, object: String, count: Int) {
      self.isWarning = isWarning
      self.reason = reason
      self.message = message
      self.object = object
      self.count = count
    }
  }

  /// An object that belongs to the model: Deployment, Service, claim, Secret, ServiceMonitor.
  package struct Object: Equatable, Sendable {
    package var kind: String
    package var name: String
    /// e.g. `Bound 20Gi`, `ClusterIP :8000`, `missing`.
    package var state: String

    package init(kind: String, name: String, state: String) {
      self.kind = kind
      self.name = name
      self.state = state
    }
  }

  package var id: ModelID
  /// By name, also those that are stopping.
  package var pods: [Pod]
  /// Of the Deployment, then what its ReplicaSets were refused.
  package var conditions: [Condition]
  /// Latest first; the same message of the same object once.
  package var events: [Event]
  /// The Deployment first.
  package var objects: [Object]
  /// `nil` when events were read; else why not, e.g. `no permission to list events`.
  package var eventsUnavailable: String?
  /// Events are still on their way.
  package var isReadingEvents: Bool { eventsUnavailable == EventLog.reading }

  /// A model of which no more is known.
  package init(id: ModelID) {
    self.id = id
    pods = []
    conditions = []
    events = []
    objects = []
  }
}
