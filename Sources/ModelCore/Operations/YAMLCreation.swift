internal import FoundationEssentials
internal import Kubernetes

/// One create of a model from its own manifests, from the checks to the last object.
///
/// Nobody completes such a model later, since only who wrote it knows what belongs to it. So the Deployment comes first and *paused*:
/// it takes the name, it owns what follows, and makes no pods. When all is there one patch lets it go. What a program
/// that dies leaves is a Deployment without pods that says so in an annotation, and that takes everything with it when it
/// is deleted. What fails is taken back by UID.
struct YAMLCreation: Sendable {
  typealias Stop = ModelCreation.Stop

  let operations: ModelOperations
  let id: ModelID
  /// As it is sent.
  let deployment: JSONValue
  /// Without owners, in the order in which they are made.
  let others: [JSONValue]
  let progress: @Sendable (String) -> Void
  /// What it has to say when it is complete.
  let isPaused: Bool
  /// What somebody wrote, for the lines of what is refused; empty where nobody did.
  var sources: [ManifestBundle.Object] = []
  /// Its claims that were kept, by name, with their UIDs: they are there already.
  var keptClaims: [String: String] = [:]

  var api: any ClusterAPI { operations.api }
  var name: String { id.name }

  /// - Parameters:
  ///   - manifests: the Deployment among them, labelled.
  ///   - annotations: what is said about the model.
  init?(
    operations: ModelOperations, id: ModelID, manifests: [JSONValue],
    annotations: [String: String], progress: @escaping @Sendable (String) -> Void
  ) {
    guard var deployment = manifests.first(where: { $0["kind"] == "Deployment" }) else {
      return nil
    }
    let others = manifests.filter { OwnObjects.reference($0) != nil }
      .sorted { Self.rank($0) < Self.rank($1) }
    isPaused = deployment["spec", "paused"]?.boolValue ?? false
    deployment["metadata", "namespace"] = .string(id.namespace)
    deployment["spec", "paused"] = true
    for (key, value) in annotations {
      deployment["metadata", "annotations", key] = .string(value)
    }
    deployment["metadata", "annotations", ModelKeys.objects] = .string(
      OwnObjects(manifests: others).annotation)
    deployment["metadata", "annotations", ModelKeys.incomplete] = .string(
      annotations[ModelKeys.updatedAt] ?? "")
    self.operations = operations
    self.id = id
    self.deployment = deployment
    self.others = others
    self.progress = progress
  }

  /// What pods need comes before what finds them, and what scales them last.
  private static func rank(_ manifest: JSONValue) -> Int {
    let order = ["ConfigMap", "Secret", "PersistentVolumeClaim", "Service", "ServiceMonitor"]
    return order.firstIndex(of: manifest["kind"]?.stringValue ?? "") ?? order.count
  }

  /// What is said about a new model.
  static func annotations(
    displayName: String?, description: String?, tags: [String], operations: ModelOperations,
    name: String
  ) -> [String: String] {
    var request = CreateRequest(name: name)
    request.displayName = displayName
    request.modelDescription = description
    request.tags = tags
    var annotations = ModelSpecification(
      request: request, organization: operations.settings.organization,
      createdBy: operations.settings.user, now: operations.clock.now()
    ).annotations
    // These are of managed models alone.
    annotations[ModelKeys.specification] = nil
    annotations[ModelKeys.revision] = nil
    return annotations
  }

  var preflight: CreationPreflight {
    CreationPreflight(
      operations: operations, name: name, namespace: id.namespace, progress: progress,
      keptClaims: keptClaims)
  }

  /// Throws where the model asks for more GPUs than one may have here.
  func checkGPUs() throws {
    guard let typed = try? JSONCoding.decode(K8s.Deployment.self, from: deployment) else { return }
    try operations.checkGPUs(
      LiveDeployment.gpus(typed), replicas: typed.spec?.replicas ?? 1, of: name)
  }

  // MARK: Running

  func run() async throws -> OperationResult {
    let preflight = preflight
    progress("checking what the cluster needs")
    try await preflight.admit()
    try await preflight.freeNames(OwnObjects(manifests: others).references)
    progress("checking the objects with the API server")
    try await dryRun()
    let uid = try await createDeployment()
    return await complete(uid)
  }

  private func dryRun() async throws {
    for manifest in [deployment] + others.map({ owned($0, by: Self.nobody) }) {
      guard let reference = Self.reference(manifest) else { continue }
      if case .refused(let failure) = await dryRun(manifest, reference) {
        throw Stop(.failed(failure))
      }
    }
  }

  func dryRun(
    _ manifest: JSONValue, _ reference: OwnObjects.Reference
  ) async -> OperationPlan.Answer {
    let answer = await answer(to: manifest, reference)
    guard case .refused(let failure) = answer else { return answer }
    return .refused(failure.placed(in: sources, at: reference))
  }

  private func answer(
    to manifest: JSONValue, _ reference: OwnObjects.Reference
  ) async -> OperationPlan.Answer {
    let task = "create \(reference.label)"
    if isKept(reference) { return .notAsked("it was kept, and is taken back") }
    do {
      _ = try await operations.retrying {
        try await api.create(
          reference.kind, manifest, namespace: id.namespace, options: WriteOptions(dryRun: true))
      }
      return .accepted
    } catch let error as APIError where error.lacksDryRun {
      return .notAsked(error.description)
    } catch let error as APIError where error.isAlreadyExists {
      return .refused(taken(reference).failure)
    } catch let error as APIError where error.isNotFound && error.details?.name?.isEmpty ?? true {
      return .refused(
        OperationFailure(
          .prerequisites,
          "could not \(task): the cluster does not know \(reference.kind.kind) "
            + "(\(reference.kind.apiVersion))"))
    } catch {
      return .refused(OperationFailure(error, doing: task))
    }
  }

  /// Nothing is stored by a dry run, so any identity will do.
  static let nobody = "00000000-0000-0000-0000-000000000000"

  static func reference(_ manifest: JSONValue) -> OwnObjects.Reference? {
    if manifest["kind"] == "Deployment" {
      return OwnObjects.Reference(
        kind: K8s.Deployment.resourceKind,
        name: manifest["metadata", "name"]?.stringValue ?? "")
    }
    return OwnObjects.reference(manifest)
  }

  func owned(_ manifest: JSONValue, by uid: String) -> JSONValue {
    var manifest = manifest
    let owner = ModelManifests.owner(name: name, uid: uid)
    manifest["metadata", "namespace"] = .string(id.namespace)
    manifest["metadata", "ownerReferences"] = (try? JSONCoding.value(of: owner)).map { [$0] }
    return manifest
  }

  private func taken(_ reference: OwnObjects.Reference) -> Stop {
    if reference.kind == K8s.Deployment.resourceKind {
      return Stop(
        .conflict, "the name '\(name)' is taken by Deployment \(id). Choose another name.",
        field: .name)
    }
    return Stop(
      .conflict,
      "\(reference.kind.label(reference.name, id.namespace)) exists already and is not part of a model. "
        + "It is not touched: delete it, or choose another name.")
  }

  // MARK: Writing

  private func createDeployment() async throws -> String {
    progress("creating Deployment \(id)")
    let outcome = await Post(
      operations: operations, kind: K8s.Deployment.resourceKind, manifest: deployment,
      namespace: id.namespace, accept: nil
    ).run()
    switch outcome {
    case .created(let uid): return uid
    case .taken:
      throw taken(.init(kind: K8s.Deployment.resourceKind, name: name))
    case .refused(let error): throw Stop(error, doing: "create Deployment \(name)")
    case .unknown(let error):
      await operations.outcomes.follow(PendingYAMLCreation(creation: self))
      throw Stop(
        .outcomeUnknown(
          "the connection was lost while Deployment \(id) was being created (\(error.description)). "
            + "Whether it exists is not known yet: it is found out, completed and told here as soon as the "
            + "server answers."))
    }
  }

  /// Makes what is missing and lets the pods come. Can be done again.
  func complete(_ uid: String) async -> OperationResult {
    do {
      for manifest in others {
        guard let reference = OwnObjects.reference(manifest), !isKept(reference) else { continue }
        progress("creating \(reference.label)")
        try await create(owned(manifest, by: uid), reference, uid: uid)
      }
      progress("starting model \(name)")
      let result = try await release(uid)
      guard result.isSuccess else { return result }
      return await takenBackClaims(uid)
    } catch let stop as Stop {
      if case .outcomeUnknown = stop.result { return await followed(stop.result) }
      return await takenBack(uid, stop.result)
    } catch {
      return await takenBack(uid, .failed(OperationFailure(error, doing: "create model \(name)")))
    }
  }

  private func isKept(_ reference: OwnObjects.Reference) -> Bool {
    reference.kind == K8s.PersistentVolumeClaim.resourceKind && keptClaims[reference.name] != nil
  }

  /// Last of all: while the Deployment may still be removed again, nothing that was kept may go with it.
  private func takenBackClaims(_ uid: String) async -> OperationResult {
    for (claim, claimUID) in keptClaims.sorted(by: { $0.key < $1.key }) {
      do {
        try await operations.takeBack(
          claim, uid: claimUID, of: id, owner: ModelManifests.owner(name: name, uid: uid))
      } catch {
        let failure = (error as? Stop)?.failure
        return .succeeded(
          "created model \(name) in namespace \(id.namespace), whose volume \(claim) is not part of it: "
            + (failure ?? OperationFailure(error, doing: "take it back")).message)
      }
    }
    return .succeeded("created model \(name) in namespace \(id.namespace)")
  }

  private func create(
    _ manifest: JSONValue, _ reference: OwnObjects.Reference, uid: String
  ) async throws {
    let outcome = await Post(
      operations: operations, kind: reference.kind, manifest: manifest, namespace: id.namespace,
      accept: K8s.PartialObjectMetadata.objectAccept
    ).run()
    switch outcome {
    case .created: return
    case .taken:
      if try await isOwn(reference, uid) { return }
      throw taken(reference)
    case .refused(let error): throw Stop(error, doing: "create \(reference.label)")
    case .unknown(let error):
      throw Stop(
        .outcomeUnknown(
          "the connection was lost while \(reference.label) of model \(name) was being created "
            + "(\(error.description)). Its Deployment exists and has no pods yet: the model is completed, and "
            + "that is told here, as soon as the server answers."))
    }
  }

  private func isOwn(_ reference: OwnObjects.Reference, _ uid: String) async throws -> Bool {
    let metadata = try await operations.metadata(
      of: reference.kind, reference.name, in: id.namespace)
    return metadata?.isOwned(by: [uid]) ?? false
  }

  /// The pods may come.
  private func release(_ uid: String) async throws -> OperationResult {
    try await DeploymentEdit(
      operations: operations, target: ModelTarget(id, uid: uid), task: "start model \(name)"
    ) { live in
      let done = "model \(name) is complete"
      guard live.isIncomplete else {
        return DeploymentEdit.Decision(patch: nil, done: done, idle: done)
      }
      return DeploymentEdit.Decision(
        patch: [
          "spec": ["paused": isPaused ? true : nil],
          "metadata": ["annotations": [ModelKeys.incomplete: nil]],
        ], done: done, idle: done)
    }.run()
  }

  private func followed(_ result: OperationResult) async -> OperationResult {
    await operations.outcomes.follow(PendingYAMLCreation(creation: self))
    return result
  }

  // MARK: Taking back

  /// Deletes the Deployment that was made, and with it what it owns.
  private func takenBack(_ uid: String, _ result: OperationResult) async -> OperationResult {
    progress("removing Deployment \(id) again")
    do {
      try await operations.retrying {
        try await api.delete(
          K8s.Deployment.resourceKind, name, namespace: id.namespace,
          options: DeleteOptions(propagation: .background, preconditions: .init(uid: uid)))
      }
      return result
    } catch let error as APIError where error.isNotFound || error.isConflict {
      return result
    } catch {
      guard case .failed(var failure) = result else { return result }
      failure.isPartial = true
      failure.message +=
        " Deployment \(id) could not be removed again (\(OperationFailure(error, doing: "delete it").message)): "
        + "it has no pods; delete the model, and all it has is deleted."
      return .failed(failure)
    }
  }
}

/// A create from YAML whose Deployment is not known to be there, or to be complete.
struct PendingYAMLCreation: PendingOutcome {
  var creation: YAMLCreation

  var operations: ModelOperations { creation.operations }
  var id: ModelID { creation.id }
  var action: String { "create" }

  func look(absence: Duration) async throws -> (settlement: Settlement?, isLast: Bool) {
    let live: LiveDeployment
    do {
      live = try await operations.live(id)
    } catch let error as APIError where error.isNotFound {
      guard absence >= Self.patience else { return (nil, false) }
      return (told(false, "was not created: nothing of it is there"), false)
    }
    let sent = creation.deployment["metadata", "annotations"]?.objectValue ?? [:]
    let isOwn = sent.allSatisfy { key, value in
      key == ModelKeys.incomplete || live.json["metadata", "annotations", key] == value
    }
    guard isOwn else {
      return (told(false, "was not created: somebody else's Deployment has the name"), true)
    }
    guard live.metadata.deletionTimestamp == nil else {
      return (told(false, "is being deleted"), true)
    }
    switch await creation.complete(live.uid) {
    case .succeeded: return (told(true, "was created after all"), true)
    case .failed(let failure): return (told(false, "was not created: \(failure.message)"), true)
    case .outcomeUnknown, .invalid: return (nil, true)
    }
  }

  private func told(_ isDone: Bool, _ text: String) -> Settlement {
    Settlement(model: id, isDone: isDone, message: "model \(id.name) \(text)")
  }
}

extension ModelCreation.Stop {
  /// What it says, where it is a failure.
  var failure: OperationFailure {
    switch result {
    case .failed(let failure): failure
    case .succeeded(let text), .outcomeUnknown(let text): OperationFailure(.other, text)
    case .invalid(let findings):
      OperationFailure(.rejected, findings.first?.message ?? "the request is invalid")
    }
  }
}
