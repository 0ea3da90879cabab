package import Kubernetes

/// Whose an object is that has the name of a model's child.
package enum Ownership: Sendable, Equatable {
  case ours
  /// Ours once: its owner is a Deployment of the same name that is gone. Garbage collection takes it away.
  case previous
  case foreign

  /// Marks a claim that outlives its model because somebody asked for that: nobody's child until it is deleted.
  package static let keptAnnotation = ModelKeys.annotationPrefix + "kept-from"

  /// `metadata` is the object's; `model` and `deploymentUID` are of the model that there is now.
  package init(of metadata: K8s.ObjectMeta, model: String, deploymentUID: String) {
    let owners = metadata.ownerReferences ?? []
    if owners.contains(where: { $0.uid == deploymentUID }) {
      self = .ours
      return
    }
    let labels = metadata.labels ?? [:]
    let isLabelled =
      labels[ModelKeys.managedBy] == ModelKeys.manager && labels[ModelKeys.modelName] == model
    guard isLabelled, metadata.annotations?[Self.keptAnnotation] == nil else {
      self = .foreign
      return
    }
    if owners.isEmpty {
      // A create that died before it could say whose it is, or somebody took the reference off.
      self = .ours
    } else if owners.allSatisfy({ $0.kind == "Deployment" && $0.name == model }) {
      self = .previous
    } else {
      self = .foreign
    }
  }
}
