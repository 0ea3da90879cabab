internal import FoundationEssentials
internal import Kubernetes

/// One delete, until the last object is gone.
///
/// Kubernetes' garbage collector does the work, by owner reference and in the foreground; what has lost its owner is
/// deleted by UID. Nothing here is done twice by accident: every request names the UID that it is about.
struct ModelDeletion: Sendable {
  let operations: ModelOperations
  let id: ModelID
  let uid: String?
  let resourceVersion: String?
  let keepVolume: Bool
  let progress: @Sendable (String) -> Void

  typealias Stop = ModelCreation.Stop

  private var api: any ClusterAPI { operations.api }

  func run() async -> OperationResult {
    do {
      guard let live = try await live() else { return try await deleteOrphans() }
      let target = try checked(live.deployment)
      let claims = keepVolume ? live.ownClaims : []
      for claim in claims { try await keep(claim, of: target) }
      try await delete(live)
      return try await DeletionWatch(
        deletion: self, uid: target, objects: objects(of: live), kept: claims
      ).run()
    } catch let stop as Stop {
      return stop.result
    } catch {
      return .failed(OperationFailure(error, doing: "delete model \(id.name)"))
    }
  }

  // MARK: The Deployment

  func live() async throws -> LiveDeployment? {
    progress("looking at Deployment \(id)")
    do {
      return try await operations.retrying { try await operations.live(id) }
    } catch let error as APIError where error.isNotFound {
      return nil
    } catch {
      throw Stop(error, doing: "look at Deployment \(id)")
    }
  }

  /// The UID to delete. Throws where the Deployment is another one, or not ours to delete.
  func checked(_ deployment: K8s.Deployment) throws -> String {
    try LiveDeployment.check(
      deployment, uid: uid, organization: operations.settings.organization, done: "deleted",
      advice: "Delete it with what made it, or with kubectl.")
    return deployment.metadata.uid ?? ""
  }

  /// Deletes what was checked, and nothing else: the UID keeps a namesake safe, and the version a Deployment that was given
  /// to somebody else meanwhile. Where only its status changed, which it does all the time, it is checked and sent again.
  private func delete(_ checked: LiveDeployment) async throws {
    progress("deleting Deployment \(id)")
    var live = checked
    for _ in 1...8 {
      let options = DeleteOptions(
        propagation: .foreground,
        preconditions: .init(
          uid: live.uid, resourceVersion: resourceVersion ?? live.resourceVersion))
      do {
        // With these preconditions it may be sent again after an answer that got lost.
        try await operations.retrying {
          try await api.delete(
            K8s.Deployment.resourceKind, id.name, namespace: id.namespace, options: options)
        }
        return
      } catch let error as APIError where error.isNotFound {
        return
      } catch let error as APIError where error.isConflict {
        guard let found = try await self.live(), found.uid == live.uid else { throw changed }
        // A first request whose answer was lost may be what changed it.
        if found.metadata.deletionTimestamp != nil { return }
        guard resourceVersion == nil else { throw changed }
        _ = try self.checked(found.deployment)
        live = found
      } catch let error as APIError where error.mayHaveTakenEffect {
        await operations.outcomes.follow(PendingDeletion(deletion: self, uid: live.uid))
        throw Stop(
          .outcomeUnknown(
            "the connection was lost while Deployment \(id) was being deleted (\(error.description)). "
              + "What became of it is found out and told here as soon as the server answers."))
      } catch {
        throw Stop(error, doing: "delete Deployment \(id)")
      }
    }
    throw changed
  }

  private var changed: Stop {
    Stop(.conflict, "model \(id.name) changed since you looked. Nothing was deleted: look again.")
  }

  // MARK: What belongs to it

  /// What a model from YAML says belongs to it. What does of a managed one is known by its labels.
  func objects(of live: LiveDeployment) -> [OwnObjects.Reference] {
    live.isManaged
      ? [] : OwnObjects(annotation: live.annotation(ModelKeys.objects)).references
  }

  // MARK: The volume

  /// Takes the claim out of the model, so that garbage collection passes it by, and makes sure of that.
  private func keep(_ name: String, of uid: String) async throws {
    progress("keeping PersistentVolumeClaim \(name)")
    for _ in 1...5 {
      guard let claim = try await claim(name) else { return }
      let owners = claim.metadata.ownerReferences ?? []
      guard owners.contains(where: { $0.uid == uid }) else { return }
      if claim.metadata.deletionTimestamp != nil {
        throw Stop(
          .conflict, "PersistentVolumeClaim \(name) is being deleted already: it cannot be kept.")
      }
      let others = try owners.filter { $0.uid != uid }.map { try JSONCoding.value(of: $0) }
      do {
        // The version makes sure that nothing is taken off that somebody put on meanwhile.
        try await api.mergePatch(
          K8s.PersistentVolumeClaim.resourceKind, name, namespace: id.namespace,
          patch: [
            "metadata": [
              "uid": .string(claim.metadata.uid ?? ""),
              "resourceVersion": .string(claim.metadata.resourceVersion ?? ""),
              "ownerReferences": .array(others),
              "annotations": [Ownership.keptAnnotation: .string(id.name)],
            ]
          ])
      } catch let error as APIError where error.isConflict || error.isTransient {
        try await operations.clock.sleep(.milliseconds(300))
      } catch {
        throw Stop(error, doing: "keep PersistentVolumeClaim \(name); nothing was deleted")
      }
    }
    throw Stop(
      .conflict, "PersistentVolumeClaim \(name) could not be kept; nothing was deleted. Try again.")
  }

  private func claim(_ name: String) async throws -> K8s.PersistentVolumeClaim? {
    do {
      return try await operations.retrying {
        try await api.get(K8s.PersistentVolumeClaim.self, name, namespace: id.namespace)
      }
    } catch let error as APIError where error.isNotFound {
      return nil
    } catch {
      throw Stop(error, doing: "look at PersistentVolumeClaim \(name); nothing was deleted")
    }
  }

  // MARK: What has no Deployment

  /// A model whose Deployment is gone may have left objects: what is labelled as ours and belongs to nobody.
  private func deleteOrphans() async throws -> OperationResult {
    let survey = DeletionSurvey(operations: operations, id: id)
    let orphans = try await survey.orphans()
    guard !orphans.isEmpty else {
      return .failed(OperationFailure(.notFound, "model not found in organization"))
    }
    try await remove(orphans)
    return .succeeded(
      "deleted what was left of model \(id.name): "
        + orphans.map(\.label).sorted().joined(separator: ", "))
  }

  /// Deletes by UID, so that a namesake that comes meanwhile stays.
  func remove(_ objects: [LeftOver]) async throws {
    for object in objects {
      progress("deleting \(object.label)")
      do {
        try await operations.retrying {
          try await api.delete(
            object.kind, object.name, namespace: id.namespace,
            options: DeleteOptions(preconditions: .init(uid: object.uid)))
        }
      } catch let error as APIError where error.isNotFound || error.isConflict {
        continue
      } catch {
        throw Stop(error, doing: "delete \(object.label)")
      }
    }
  }
}
