package import FoundationEssentials
internal import Kubernetes
package import ModelCore

/// What happened to one model, as one line of a plain stream: what matters first, the time last.
///
/// For screen readers and logs: nothing moves, nothing is coloured, and a line never needs the one before it.
package struct ChangeLine: Sendable, Equatable {
  /// Without time and line end; it may hold what a cluster says, and is made printable by ``line(at:)``.
  package var text: String
  /// Whether somebody should look.
  package var isUrgent: Bool

  /// A model that is new, or there from the beginning.
  ///
  /// - Parameter hidesReplicas: how many there are is not known, as through an HTTP API.
  package init(appeared model: Model, hidesReplicas: Bool = false) {
    isUrgent = Self.isUrgent(model)
    text =
      "\(Self.state(model)): \(model.name)\(Self.place(model, hidesReplicas))\(Self.tail(model))"
  }

  /// A model that is gone. Nobody is asked to look.
  package init(removed id: ModelID) {
    isUrgent = false
    text = "deleted: \(id.name) in \(id.namespace)"
  }

  /// What changed of a model; `nil` where that is nothing that a person would be told.
  package init?(from old: Model, to new: Model, hidesReplicas: Bool = false) {
    let place = Self.place(new, hidesReplicas)
    isUrgent = Self.isUrgent(new)
    if old.isDeleting != new.isDeleting, new.isDeleting {
      text = "deleting: \(new.name)\(place)"
    } else if old.status != new.status {
      text =
        "\(Self.state(new)): \(new.name), was \(old.status.rawValue)"
        + "\(place)\(Self.tail(new))"
    } else if old.readyReplicas != new.readyReplicas || old.desiredReplicas != new.desiredReplicas
      || old.reason != new.reason || old.drift != new.drift || old.restarts != new.restarts
    {
      let restarts = new.restarts > old.restarts ? ", restarts \(new.restarts)" : ""
      text = "\(Self.state(new)): \(new.name)\(restarts)\(place)\(Self.tail(new))"
    } else if old.nodes != new.nodes || old.gpu != new.gpu || old.endpoint != new.endpoint {
      text = "moved: \(new.name)\(place)\(Self.tail(new))"
    } else if old.displayName != new.displayName || old.tags != new.tags
      || old.modelDescription != new.modelDescription || old.image != new.image
      || old.command != new.command
    {
      text = "changed: \(new.name)\(place)"
    } else {
      return nil
    }
  }

  /// The line with its time.
  package func line(at time: Date) -> String {
    "\(Excerpt.line(text, limit: 600)) [\(Timestamp.format(time))]\n"
  }

  private static func isUrgent(_ model: Model) -> Bool {
    model.status == .failed || model.status == .crashLoopBackOff
  }

  private static func state(_ model: Model) -> String {
    let word = ModelListing.status(of: model)
    return isUrgent(model) ? "ATTENTION \(word)" : word
  }

  private static func place(_ model: Model, _ hidesReplicas: Bool) -> String {
    let nodes = model.nodes.isEmpty ? "" : " on \(model.nodes.joined(separator: ", "))"
    let replicas =
      hidesReplicas ? "" : ", \(model.readyReplicas)/\(model.desiredReplicas) ready"
    return "\(replicas)\(nodes), in \(model.namespace)"
  }

  private static func tail(_ model: Model) -> String {
    model.reason.isEmpty ? "" : " - \(model.reason)"
  }
}
