package import Kubernetes

/// One write that makes a model more like what was asked for: server-side apply with our field manager, or a patch of
/// the version that was read. Doing one twice does no harm.
package struct ReconcileAction: Sendable, Equatable {
  /// Why it is written.
  package enum Intent: Sendable, Hashable {
    /// The caches have no such object. What the server has after all is looked at before anything is written.
    case create
    /// The object is ours, and these fields of it are not as they should be.
    case repair(fields: [String])
  }

  package var kind: ResourceKind
  package var intent: Intent
  /// What is applied: the fields that we own. Without `spec.replicas`, which is the operator's.
  package var manifest: JSONValue
  /// Apply alone would not repair it: see ``OwnedFields/Difference/isStubborn``.
  package var isStubborn = false

  /// What an ordinary apply does, unless it is said otherwise.
  package init(
    kind: ResourceKind, intent: Intent, manifest: JSONValue, isStubborn: Bool = false
  ) {
    self.kind = kind
    self.intent = intent
    self.manifest = manifest
    self.isStubborn = isStubborn
  }

  package var name: String { manifest["metadata", "name"]?.stringValue ?? "" }

  /// What is wrong, in words: `Service llama-7b is missing`, `Deployment llama-7b differs in spec.replicas`.
  package var drift: String {
    switch intent {
    case .create: "\(kind.kind) \(name) is missing"
    case .repair(let fields):
      "\(kind.kind) \(name) differs in \(Self.listed(fields))"
    }
  }

  private static func listed(_ fields: [String]) -> String {
    fields.count <= 3
      ? fields.joined(separator: ", ")
      : fields.prefix(2).joined(separator: ", ") + " and \(fields.count - 2) more fields"
  }
}

/// What to do for one model, and what cannot be done.
package struct ReconcilePlan: Sendable, Equatable {
  package var model: ModelID
  /// The Deployment that the plan was made for.
  package var uid: String
  /// In the order in which they are carried out.
  package var actions: [ReconcileAction]
  /// What stands in the way and has to be settled by a person, in words.
  package var obstacles: [String]

  /// Nothing to do, unless it is said otherwise.
  package init(
    model: ModelID, uid: String, actions: [ReconcileAction] = [], obstacles: [String] = []
  ) {
    self.model = model
    self.uid = uid
    self.actions = actions
    self.obstacles = obstacles
  }

  /// The model is as it was asked for.
  package var isEmpty: Bool { actions.isEmpty && obstacles.isEmpty }
  /// What ``Model/drift`` says.
  package var drift: [String] { actions.map(\.drift) + obstacles }
}
