internal import FoundationEssentials
internal import Kubernetes

/// Carries out the actions of a plan.
struct ReconcileExecutor: Sendable {
  struct Result: Sendable {
    /// What was wrong and is right now.
    var repaired: [ReconcileAction] = []
    /// What turned out to be right already: the caches were behind.
    var unneeded: [ReconcileAction] = []
    /// What the server accepted and did not store so: admission changes it back.
    var contested: [ReconcileAction] = []
    /// The first thing that failed, and why. What follows is tried all the same.
    var failure: (drift: [String], error: String)?
  }

  let api: any ClusterAPI

  @concurrent
  func execute(_ actions: [ReconcileAction], of plan: ReconcilePlan) async -> Result {
    var result = Result()
    for action in actions {
      do {
        guard let answer = try await execute(action, of: plan) else {
          result.unneeded.append(action)
          continue
        }
        let left = OwnedFields.differences(desired: action.comparable, observed: answer.json)
        if left.isEmpty {
          result.repaired.append(action)
        } else {
          var contested = action
          contested.intent = .repair(fields: left.map(\.path))
          result.contested.append(contested)
        }
      } catch {
        guard result.failure == nil else { continue }
        let failure = OperationFailure(error, doing: "apply \(action.kind.kind) \(action.name)")
        result.failure = ([action.drift], failure.message)
      }
    }
    return result
  }

  /// Returns the server's answer; `nil` where there was nothing to do after all.
  private func execute(
    _ action: ReconcileAction, of plan: ReconcilePlan
  ) async throws -> UnstructuredObject? {
    let namespace = plan.model.namespace
    switch action.intent {
    case .repair(let fields):
      if action.kind == K8s.Service.resourceKind,
        fields.contains(where: { $0.hasPrefix("spec.ports") })
      {
        try await replacePorts(action, namespace: namespace)
      }
      // The manifest names the UID: an object that is gone meanwhile is not made anew by a repair.
      return try await api.apply(
        action.kind, action.manifest, namespace: namespace, options: WriteOptions(force: true))
    case .create:
      guard let found = try await find(action, namespace: namespace) else {
        return try await api.apply(action.kind, action.manifest, namespace: namespace)
      }
      return try await settle(action, with: found, of: plan)
    }
  }

  /// Ports are told apart by their number: applied, ours would be put beside one whose number was changed, and be refused
  /// because both have the same name. A merge patch puts the list in its place; with the UID it changes this Service or none.
  private func replacePorts(_ action: ReconcileAction, namespace: String) async throws {
    guard let ports = action.manifest["spec", "ports"], let uid = action.manifest["metadata", "uid"]
    else { return }
    try await api.mergePatch(
      action.kind, action.name, namespace: namespace,
      patch: ["metadata": ["uid": uid], "spec": ["ports": ports]])
  }

  /// The caches did not have it and the server does: it is news, has lost its labels, or is not ours.
  private func settle(
    _ action: ReconcileAction, with found: UnstructuredObject, of plan: ReconcilePlan
  ) async throws -> UnstructuredObject? {
    let metadata = try JSONCoding.decode(
      K8s.PartialObjectMetadata.self, from: found.json
    ).metadata
    switch Ownership(of: metadata, model: plan.model.name, deploymentUID: plan.uid) {
    case .foreign:
      throw APIError.status(
        .init(
          code: 409, reason: "Conflict",
          message: "it exists and is not of this model; it is not touched"))
    case .previous:
      throw APIError.status(
        .init(code: 409, reason: "Conflict", message: "an earlier one is still being removed"))
    case .ours:
      var manifest = action.manifest
      if action.kind == K8s.PersistentVolumeClaim.resourceKind {
        manifest = ReconcilePlanner.claim(manifest, keeping: found.json)
      }
      let differences = OwnedFields.differences(desired: manifest, observed: found.json)
      guard !differences.isEmpty, metadata.deletionTimestamp == nil else { return nil }
      manifest["metadata", "uid"] = .string(found.uid)
      return try await api.apply(
        action.kind, manifest, namespace: plan.model.namespace, options: WriteOptions(force: true))
    }
  }

  private func find(
    _ action: ReconcileAction, namespace: String
  ) async throws -> UnstructuredObject? {
    do {
      return try await api.get(action.kind, action.name, namespace: namespace)
    } catch let error as APIError where error.isNotFound {
      return nil
    }
  }

  // MARK: Orphans

  /// Removes a token Secret without model, after a last look at the server. Returns whether it is gone by this.
  @concurrent
  func removeOrphan(_ secret: K8s.ObjectMeta, of id: ModelID) async -> Bool {
    do {
      _ = try await api.get(K8s.Deployment.resourceKind, id.name, namespace: id.namespace)
      return false
    } catch let error as APIError where error.isNotFound {
      let options = DeleteOptions(preconditions: .init(uid: secret.uid))
      do {
        try await api.delete(
          K8s.Secret.resourceKind, secret.name ?? "", namespace: id.namespace, options: options)
        return true
      } catch {
        return false
      }
    } catch {
      return false
    }
  }
}

extension ReconcileAction {
  /// The manifest as far as the server's answer can be compared with it.
  var comparable: JSONValue {
    var manifest = manifest
    manifest["stringData"] = nil
    return manifest
  }
}
