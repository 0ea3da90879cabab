internal import FoundationEssentials
internal import Kubernetes

// A claim that outlived its model belongs to nobody. A model that is made again from what was kept takes its own back.
extension ModelOperations {
  /// Whether a claim is the one that was kept of a model, and nobody else's since.
  static func isKept(_ claim: K8s.ObjectMeta, uid: String, of model: String) -> Bool {
    claim.uid == uid && claim.annotations?[Ownership.keptAnnotation] == model
      && claim.ownerReferences?.isEmpty ?? true && claim.deletionTimestamp == nil
  }

  /// Makes a kept claim the model's child again. Can be done twice. Throws `Stop` where it is another one by now.
  ///
  /// - Parameters:
  ///   - uid: of the claim that was kept.
  ///   - owner: the new Deployment.
  func takeBack(
    _ claim: String, uid: String, of id: ModelID, owner: K8s.OwnerReference
  ) async throws {
    let kind = K8s.PersistentVolumeClaim.resourceKind
    for _ in 1...5 {
      guard let found = try await metadata(of: kind, claim, in: id.namespace) else { return }
      if found.isOwned(by: [owner.uid]) { return }
      guard Self.isKept(found, uid: uid, of: id.name) else {
        throw ModelCreation.Stop(
          .conflict,
          "\(kind.label(claim, id.namespace)) is not the one that was kept any more. It is not touched."
        )
      }
      do {
        // The version makes sure that this is still what was looked at.
        try await api.mergePatch(
          kind, claim, namespace: id.namespace,
          patch: [
            "metadata": [
              "uid": .string(uid), "resourceVersion": .string(found.resourceVersion ?? ""),
              "ownerReferences": [try JSONCoding.value(of: owner)],
              "annotations": [Ownership.keptAnnotation: .null],
            ]
          ])
        return
      } catch let error as APIError where error.isConflict || error.isTransient {
        try await clock.sleep(.milliseconds(300))
      }
    }
    throw ModelCreation.Stop(
      .conflict, "\(kind.label(claim, id.namespace)) could not be taken back: try again.")
  }
}
