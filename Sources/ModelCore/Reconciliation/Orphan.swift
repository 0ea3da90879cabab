package import Kubernetes

/// An object of ours whose model is gone, or never came to be.
package struct Orphan: Sendable, Hashable {
  package var kind: ResourceKind
  package var name: String
  /// Only the object with this one is removed, and no namesake.
  package var uid: String
  /// The model that it was made for.
  package var model: ModelID
  /// As its label has it.
  package var organization: String

  /// Whether an object that has the name of a model's child belongs to no model any more.
  ///
  /// - Its owner is a Deployment of the model's name that is gone: garbage collection would take it, where that runs.
  /// - It has no owner and there is no Deployment of the name: a create that died left it (the Secret with the token), or somebody took
  ///   the owner away. A claim is not counted here: what is on it may be wanted, and only a person knows.
  static func isOrphan(
    _ metadata: K8s.ObjectMeta, _ kind: ResourceKind, of model: ModelID, _ organization: String,
    deploymentUID: String?
  ) -> Bool {
    let labels = metadata.labels ?? [:]
    guard labels[ModelKeys.managedBy] == ModelKeys.manager,
      labels[ModelKeys.modelName] == model.name, labels[ModelKeys.organization] == organization,
      metadata.deletionTimestamp == nil,
      metadata.annotations?[Ownership.keptAnnotation] == nil
    else { return false }
    let owners = metadata.ownerReferences ?? []
    if owners.isEmpty {
      return deploymentUID == nil && kind != K8s.PersistentVolumeClaim.resourceKind
    }
    return owners.allSatisfy {
      $0.kind == "Deployment" && $0.name == model.name && $0.uid != deploymentUID
    }
  }
}
