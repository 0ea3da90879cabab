internal import FoundationEssentials
internal import Kubernetes

/// What a redeploy changes beside the Deployment: the size of the volume, the port of the Service.
struct RedeployedChildren: Sendable {
  typealias Stop = ModelCreation.Stop

  struct Step: Sendable {
    var kind: ResourceKind
    var name: String
    /// The object as it is; `nil` where it is made.
    var live: JSONValue?
    /// As it will be.
    var wanted: JSONValue
    /// Before the Deployment: the server may refuse it.
    var isFirst: Bool

    var label: String { "\(kind.kind) \(name)" }
  }

  let operations: ModelOperations
  let draft: UpdateDraft

  private var namespace: String { draft.live.metadata.namespace ?? "" }
  private var name: String { draft.live.name }

  /// What differs from how it is to be, read from the server.
  func steps() async throws -> [Step] {
    guard let (old, new) = draft.manifests else { return [] }
    let owner = ModelManifests.owner(name: name, uid: draft.live.uid)
    var steps: [Step] = []
    if let claim = try new.claim(owner: owner), draft.change.storageSize != nil,
      let step = try await self.claim(claim, isNew: !old.hasVolume)
    {
      steps.append(step)
    }
    let children: [(ResourceKind, JSONValue, JSONValue)] = [
      (K8s.Service.resourceKind, try old.service(owner: owner), try new.service(owner: owner)),
      (
        .serviceMonitor, try old.serviceMonitor(owner: owner), try new.serviceMonitor(owner: owner)
      ),
    ]
    for (kind, before, after) in children where before != after {
      guard let live = try await live(kind, name), isOurs(live) else { continue }
      let wanted = OwnedFields.replacing(before, with: after, on: live.json)
      guard wanted != live.json else { continue }
      steps.append(
        Step(kind: kind, name: name, live: live.json, wanted: wanted, isFirst: false))
    }
    return steps
  }

  /// Grows the claim, or makes one for a model that had none.
  private func claim(_ manifest: JSONValue, isNew: Bool) async throws -> Step? {
    let kind = K8s.PersistentVolumeClaim.resourceKind
    let claimName = ModelKeys.claimName(of: name)
    let path = ["spec", "resources", "requests", "storage"]
    guard let live = try await live(kind, claimName) else {
      return Step(kind: kind, name: claimName, live: nil, wanted: manifest, isFirst: isNew)
    }
    guard isOurs(live) else {
      throw Stop(
        .conflict,
        "\(kind.label(claimName, namespace)) exists already and is not part of the model. It is not touched: "
          + "delete it, or leave the storage as it is.", field: .storageSize)
    }
    guard let wanted = manifest[path: path],
      let size = wanted.stringValue.flatMap({ Quantity($0) }),
      let has = live.json[path: path]?.stringValue.flatMap({ Quantity($0) }), size != has
    else { return nil }
    guard size > has else {
      let text = live.json[path: path]?.stringValue ?? ""
      throw Stop(
        .invalid([
          Finding(
            field: .storageSize,
            message: "the volume has grown to \(text) already: it cannot shrink",
            fix: "Choose \(text) or more, or leave the storage as it is.")
        ]))
    }
    var grown = live.json
    grown[path: path] = wanted
    return Step(kind: kind, name: claimName, live: live.json, wanted: grown, isFirst: true)
  }

  private func isOurs(_ object: UnstructuredObject) -> Bool {
    let metadata = try? JSONCoding.decode(
      K8s.PartialObjectMetadata.self, from: object.json
    ).metadata
    return metadata.map {
      Ownership(of: $0, model: name, deploymentUID: draft.live.uid) == .ours
        && $0.deletionTimestamp == nil
    } ?? false
  }

  private func live(_ kind: ResourceKind, _ name: String) async throws -> UnstructuredObject? {
    do {
      return try await operations.retrying {
        try await operations.api.get(kind, name, namespace: namespace)
      }
    } catch let error as APIError where error.isNotFound {
      return nil
    } catch let error as APIError where error.isForbidden && kind == .serviceMonitor {
      return nil
    } catch {
      throw Stop(error, doing: "look at \(kind.kind) \(name)")
    }
  }

  // MARK: Writing

  /// Throws `Stop` in words.
  func write(_ step: Step, dryRun: Bool) async throws {
    var step = step
    for attempt in 1...4 {
      do {
        return try await operations.retrying { [step] in try await send(step, dryRun: dryRun) }
      } catch let error as APIError where error.isConflict && step.live != nil && attempt < 4 {
        // Changed meanwhile, by its controller most likely: what is there now gets the same change.
        guard let live = try await live(step.kind, step.name) else { return }
        let change = OwnedFields.patch(from: step.live ?? .null, to: step.wanted)
        step.live = live.json
        step.wanted = live.json.merging(patch: change)
      } catch let error as APIError where dryRun && error.lacksDryRun {
        return
      } catch {
        throw refusal(error, step)
      }
    }
  }

  private func send(_ step: Step, dryRun: Bool) async throws {
    let options = WriteOptions(dryRun: dryRun)
    guard let live = step.live else {
      try await operations.api.apply(
        step.kind, step.wanted, namespace: namespace, options: options)
      return
    }
    var patch = OwnedFields.patch(from: live, to: step.wanted)
    guard patch.objectValue?.isEmpty == false else { return }
    patch["metadata", "uid"] = live["metadata", "uid"]
    patch["metadata", "resourceVersion"] = live["metadata", "resourceVersion"]
    try await operations.api.mergePatch(
      step.kind, step.name, namespace: namespace, patch: patch, options: options)
  }

  private func refusal(_ error: any Error, _ step: Step) -> Stop {
    guard step.kind == K8s.PersistentVolumeClaim.resourceKind, let error = error as? APIError,
      [403, 422].contains(error.statusCode ?? 0)
    else { return Stop(error, doing: "change \(step.label)") }
    return Stop(
      .rejected,
      "\(step.label) cannot grow: \(error.description). Nothing was changed.", field: .storageSize)
  }
}
