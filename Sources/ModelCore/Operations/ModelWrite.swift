/// Which model a write is about, and what of it must not have changed.
package struct ModelTarget: Hashable, Sendable {
  package var id: ModelID
  /// Of the Deployment that was looked at: a namesake that took its place is not touched. `nil` is whichever has the name.
  package var uid: String?
  /// Given, only if nothing about the Deployment changed since, its status included.
  package var resourceVersion: String?

  /// Whichever Deployment has the name, unless it is said otherwise.
  package init(_ id: ModelID, uid: String? = nil, resourceVersion: String? = nil) {
    self.id = id
    self.uid = uid
    self.resourceVersion = resourceVersion
  }

  /// This Deployment and no namesake, whatever changed about it meanwhile.
  package init(_ model: Model) { self.init(model.id, uid: model.uid) }
}

/// A write that somebody asks for, as a value: to be planned, shown, noted down, and carried out.
package enum ModelWrite: Equatable, Sendable {
  case create(CreateRequest)
  case createFromYAML(YAMLRequest)
  /// - Parameter base: what the change started from; without it what is there is overwritten.
  case update(ModelTarget, ModelChange, base: ModelFields?)
  case scale(ModelTarget, replicas: Int)
  case stop(ModelTarget)
  case start(ModelTarget)
  case restart(ModelTarget)
  case delete(ModelTarget, keepVolume: Bool)
  case recreate(KeptModel)

  /// The model that exists already; `nil` for what makes one.
  package var target: ModelTarget? {
    switch self {
    case .create, .createFromYAML, .recreate: nil
    case .update(let target, _, _), .scale(let target, _), .stop(let target), .start(let target),
      .restart(let target), .delete(let target, _):
      target
    }
  }

  /// What it is about, by name.
  package var name: String {
    switch self {
    case .create(let request): request.name
    case .createFromYAML(let request): request.name
    case .recreate(let kept): kept.id.name
    default: target?.id.name ?? ""
    }
  }

  /// As a verb: `create`, `update`, ...
  package var verb: String {
    switch self {
    case .create: "create"
    case .createFromYAML: "create from YAML"
    case .update: "update"
    case .scale: "scale"
    case .stop: "stop"
    case .start: "start"
    case .restart: "restart"
    case .delete: "delete"
    case .recreate: "re-create"
    }
  }
}
