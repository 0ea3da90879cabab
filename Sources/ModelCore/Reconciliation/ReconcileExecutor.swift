internal import FoundationEssentials
internal import Kubernetes

/// Carries out the actions of a plan.
struct ReconcileExecutor: Sendable {
  struct Result: Sendable {
    /// What was wrong and is right now; of repairs the fields that are.
    var repaired: [ReconcileAction] = []
    /// What turned out to be right already: the caches were behind.
    var unneeded: [ReconcileAction] = []
    /// What the server accepted and did not store so: admission changes it back.
    var contested: [ReconcileAction] = []
    /// The first thing that failed, and why. What follows is tried all the same.
    var failure: (drift: [String], error: String)?
    /// Of the last object that was repaired, for the journal.
    var before: String?
    var after: String?

    /// - Parameter left: fields that are not as they should be in what the server stored.
    mutating func note(_ action: ReconcileAction, left: [String]) {
      if case .repair(let fields) = action.intent {
        let right = fields.filter { !left.contains($0) }
        if !right.isEmpty { repaired.append(action.about(right)) }
      } else {
        repaired.append(action)
      }
      if !left.isEmpty { contested.append(action.about(left)) }
    }
  }

  let api: any ClusterAPI
  /// A journal is kept: what an object was is looked at before it is repaired.
  var isNoted = false

  @concurrent
  func execute(_ actions: [ReconcileAction], of plan: ReconcilePlan) async -> Result {
    var result = Result()
    for action in actions {
      do {
        if isNoted { result.before = await digest(of: action, in: plan.model.namespace) }
        guard let answer = try await execute(action, of: plan) else {
          result.unneeded.append(action)
          continue
        }
        result.after = ObjectDigest.of(answer.json)
        result.note(action, left: action.differences(to: answer.json).map(\.path))
      } catch is FencedAPI.Closed {
        // Another dashboard writes now: it looks at the same drift.
        return result
      } catch {
        guard result.failure == nil else { continue }
        let failure = OperationFailure(error, doing: "apply \(action.kind.kind) \(action.name)")
        result.failure = ([action.drift], failure.message)
      }
    }
    return result
  }

  private func digest(of action: ReconcileAction, in namespace: String) async -> String? {
    guard case .repair = action.intent, action.kind != K8s.Secret.resourceKind else { return nil }
    let found = try? await api.get(action.kind, action.name, namespace: namespace)
    return found.map { ObjectDigest.of($0.json) }
  }

  /// Returns the server's answer; `nil` where there was nothing to do after all.
  private func execute(
    _ action: ReconcileAction, of plan: ReconcilePlan
  ) async throws -> UnstructuredObject? {
    let namespace = plan.model.namespace
    switch action.intent {
    case .repair:
      return try await repair(action, namespace: namespace)
    case .create:
      guard let found = try await find(action, namespace: namespace) else {
        guard action.kind != K8s.Secret.resourceKind else { throw Self.lostToken }
        return try await api.apply(action.kind, action.manifest, namespace: namespace)
      }
      return try await settle(action, with: found, of: plan)
    }
  }

  /// Applies the manifest. It names the UID: an object that is gone meanwhile is not made anew by a repair.
  ///
  /// Where apply would leave something behind, or is refused because of what is in the way, our fields are put into the
  /// object as it is and the difference is patched, if it is still that version.
  private func repair(
    _ action: ReconcileAction, namespace: String
  ) async throws -> UnstructuredObject {
    if !action.isStubborn {
      do {
        let answer = try await api.apply(
          action.kind, action.manifest, namespace: namespace, options: WriteOptions(force: true))
        // What is left otherwise is what admission changed: it would do so again.
        if !action.differences(to: answer.json).contains(where: \.isStubborn) { return answer }
      } catch let error as APIError where error.statusCode == 422 {
        // Something that is not ours makes our fields invalid.
      }
    }
    return try await replace(action, namespace: namespace)
  }

  private func replace(
    _ action: ReconcileAction, namespace: String
  ) async throws -> UnstructuredObject {
    var attempt = 1
    while true {
      let live = try await api.get(action.kind, action.name, namespace: namespace)
      guard live.uid == action.manifest["metadata", "uid"]?.stringValue else {
        throw APIError.status(
          .init(code: 409, reason: "Conflict", message: "it was deleted and made again meanwhile"))
      }
      let wanted = OwnedFields.enforced(action.manifest, on: live.json)
      guard wanted != live.json else { return live }
      do {
        var patch = OwnedFields.patch(from: live.json, to: wanted)
        patch["metadata", "uid"] = .string(live.uid)
        patch["metadata", "resourceVersion"] = .string(live.resourceVersion)
        return try await api.mergePatch(
          action.kind, action.name, namespace: namespace, patch: patch)
      } catch let error as APIError where error.isConflict && attempt < 3 {
        attempt += 1
      }
    }
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
      manifest["metadata", "uid"] = .string(found.uid)
      var repair = action
      repair.manifest = manifest
      // Metadata alone come without the kind of what they are of.
      var json = found.json
      json["kind"] = manifest["kind"]
      json["apiVersion"] = manifest["apiVersion"]
      let differences = repair.differences(to: json)
      guard !differences.isEmpty, metadata.deletionTimestamp == nil else { return nil }
      repair.isStubborn = differences.contains(where: \.isStubborn)
      return try await self.repair(repair, namespace: plan.model.namespace)
    }
  }

  private static let lostToken = APIError.status(
    .init(
      code: 404, reason: "NotFound",
      message:
        "it is gone, and the Hugging Face token with it. It cannot be made again from here: create it with "
        + "the key '\(ModelKeys.tokenKey)', or delete and create the model"))

  private func find(
    _ action: ReconcileAction, namespace: String
  ) async throws -> UnstructuredObject? {
    var request = APIRequest.get(action.kind, action.name, namespace: namespace)
    // What a Secret holds is never fetched.
    if action.kind == K8s.Secret.resourceKind {
      request.accept = K8s.PartialObjectMetadata.objectAccept
    }
    do {
      return UnstructuredObject(try JSONValue(parsing: try await api.perform(request).body))
    } catch let error as APIError where error.isNotFound {
      return nil
    }
  }

  // MARK: Orphans

  /// Removes an object without model, after a last look at the server. Returns whether it is gone by this.
  @concurrent
  func remove(_ orphan: Orphan, organization: String) async -> Bool {
    let id = orphan.model
    do {
      let deployment = try await metadata(of: K8s.Deployment.resourceKind, id.name, id.namespace)
      guard let found = try await metadata(of: orphan.kind, orphan.name, id.namespace),
        found.uid == orphan.uid,
        Orphan.isOrphan(found, orphan.kind, of: id, organization, deploymentUID: deployment?.uid)
      else { return false }
      try await api.delete(
        orphan.kind, orphan.name, namespace: id.namespace,
        options: DeleteOptions(
          preconditions: .init(uid: found.uid, resourceVersion: found.resourceVersion)))
      return true
    } catch {
      return false
    }
  }

  private func metadata(
    of kind: ResourceKind, _ name: String, _ namespace: String
  ) async throws -> K8s.ObjectMeta? {
    var request = APIRequest.get(kind, name, namespace: namespace)
    request.accept = K8s.PartialObjectMetadata.objectAccept
    do {
      let body = try await api.perform(request).body
      return try JSONCoding.decoder.decode(K8s.PartialObjectMetadata.self, from: body).metadata
    } catch let error as APIError where error.isNotFound {
      return nil
    }
  }
}

extension ReconcileAction {
  /// What of the manifest an object as the server has it does not have so.
  func differences(to found: JSONValue) -> [OwnedFields.Difference] {
    var manifest = manifest
    // Write-only: the server answers with other fields.
    manifest["stringData"] = nil
    return OwnedFields.differences(desired: manifest, observed: found)
  }

  func about(_ fields: [String]) -> ReconcileAction {
    var action = self
    action.intent = .repair(fields: fields)
    return action
  }
}
