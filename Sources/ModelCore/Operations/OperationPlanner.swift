internal import FoundationEssentials
internal import Kubernetes

extension ModelOperations {
  /// What a write would do, with the server's answer to a dry run of each object. Nothing is written.
  @concurrent
  package func plan(_ write: ModelWrite) async -> OperationPlan {
    var planner = OperationPlanner(operations: self)
    do {
      try await planner.run(write)
    } catch let stop as ModelCreation.Stop {
      if case .invalid(let findings) = stop.result {
        planner.plan.findings = findings
      } else {
        planner.plan.problem = stop.failure
        planner.plan.threeWay = stop.failure.threeWay
      }
    } catch {
      planner.plan.problem = OperationFailure(error, doing: "plan to \(write.verb) \(write.name)")
    }
    return planner.plan
  }
}

/// Makes the plan of one write.
struct OperationPlanner: Sendable {
  typealias Stop = ModelCreation.Stop

  let operations: ModelOperations
  var plan = OperationPlan()

  var api: any ClusterAPI { operations.api }

  init(operations: ModelOperations) { self.operations = operations }

  mutating func run(_ write: ModelWrite) async throws {
    switch write {
    case .create(let request):
      try await create(
        ModelCreation(operations: operations, request: request, progress: { _ in }))
    case .createFromYAML(let request): try await createFromYAML(request)
    case .recreate(let kept): try await recreate(kept)
    case .update(let target, let change, let base): try await update(target, change, base)
    case .scale(let target, let replicas): try await scale(target, .replicas(replicas))
    case .stop(let target): try await scale(target, .stopped)
    case .start(let target): try await scale(target, .started)
    case .restart(let target): try await scale(target, .restarted)
    case .delete(let target, let keepVolume): try await delete(target, keepVolume: keepVolume)
    }
  }

  // MARK: New models

  private mutating func create(_ creation: ModelCreation) async throws {
    let context = await operations.observer?.creationContext.validation ?? ValidationContext()
    plan.findings = creation.request.findings(in: context)
    let mask = SecretMask(token: creation.request.huggingFaceToken)
    let namespace = creation.namespace
    var reason = await invalid()
    var monitoring = true
    if reason == nil {
      let preflight = CreationPreflight(creation, isDry: true)
      monitoring = await preflight.servesServiceMonitors()
      let names = try creation.names(serviceMonitor: monitoring)
      reason = try await self.preflight(preflight, names, mask)
    }
    if let secret = try creation.manifests.tokenSecret(owner: nil) {
      await add(K8s.Secret.resourceKind, secret, namespace, mask, reason)
    }
    await add(
      K8s.Deployment.resourceKind, try creation.deployment(), namespace, mask, reason)
    let owner = ModelManifests.owner(name: creation.name, uid: YAMLCreation.nobody)
    for child in try creation.children(owner: owner, serviceMonitor: monitoring) {
      await add(child.kind, child.manifest, namespace, mask, reason)
      if child.kind == .serviceMonitor, case .refused(let failure) = plan.items.last?.answer,
        failure.kind == .forbidden
      {
        plan.items.removeLast()
        plan.notes.append("without a ServiceMonitor: \(failure.message)")
      }
    }
  }

  private func invalid() async -> String? {
    plan.findings.contains { $0.severity == .error } ? "the request is not valid yet" : nil
  }

  /// Returns why the server is not asked about the objects; `nil` where it is.
  private mutating func preflight(
    _ preflight: CreationPreflight, _ names: [OwnObjects.Reference], _ mask: SecretMask
  ) async throws -> String? {
    do {
      if try await preflight.admit() {
        await add(
          K8s.Namespace.resourceKind, try preflight.namespaceManifest(), nil, mask, nil)
        return "namespace \(preflight.namespace) does not exist yet"
      }
      try await preflight.freeNames(names)
      return nil
    } catch let stop as Stop {
      plan.problem = stop.failure.masking(mask)
      return "the model cannot be made"
    }
  }

  /// One object that would be made.
  private mutating func add(
    _ kind: ResourceKind, _ manifest: JSONValue, _ namespace: String?, _ mask: SecretMask,
    _ reason: String?
  ) async {
    let name = manifest["metadata", "name"]?.stringValue ?? ""
    var answer = OperationPlan.Answer.notAsked(reason ?? "")
    if reason == nil {
      answer = await asked("create \(kind.kind) \(name)", mask) { [operations] in
        try await operations.api.create(
          kind, manifest, namespace: namespace, options: WriteOptions(dryRun: true))
      }
      if case .refused(let failure) = answer { answer = .refused(failure.about(kind)) }
    }
    var shown = manifest
    // Who owns it has no identity yet.
    shown["metadata", "ownerReferences"] = nil
    plan.items.append(
      OperationPlan.Item(
        action: .create, kind: kind, namespace: namespace, name: name,
        yaml: mask.masked(shown).yamlText, changes: [], answer: answer))
  }

  func asked(
    _ task: String, _ mask: SecretMask, _ body: () async throws -> Void
  ) async -> OperationPlan.Answer {
    do {
      try await operations.retrying { try await body() }
      return .accepted
    } catch let error as APIError where error.lacksDryRun {
      return .notAsked(mask.masked(error.description))
    } catch let error as APIError where error.isTransient {
      return .notAsked(mask.masked(OperationFailure(error, doing: task).message))
    } catch {
      return .refused(OperationFailure(error, doing: task).masking(mask))
    }
  }

  private mutating func createFromYAML(_ request: YAMLRequest) async throws {
    let bundle = request.bundle(in: operations.manifestContext)
    plan.findings = request.findings(bundle: bundle)
    guard await invalid() == nil,
      let creation = operations.creation(of: request, bundle, progress: { _ in })
    else { return }
    try creation.checkGPUs()
    try await create(creation)
  }

  private mutating func create(_ creation: YAMLCreation) async throws {
    let mask = SecretMask(manifests: creation.others + [creation.deployment])
    var preflight = creation.preflight
    preflight.isDry = true
    let references = OwnObjects(manifests: creation.others).references
    let reason = try await self.preflight(preflight, references, mask)
    for manifest in [creation.deployment] + creation.others {
      guard let reference = YAMLCreation.reference(manifest) else { continue }
      var answer = OperationPlan.Answer.notAsked(reason ?? "")
      if reason == nil {
        let isDeployment = reference.kind == K8s.Deployment.resourceKind
        let sent = isDeployment ? manifest : creation.owned(manifest, by: YAMLCreation.nobody)
        answer = await creation.dryRun(sent, reference)
        if case .refused(let failure) = answer { answer = .refused(failure.masking(mask)) }
      }
      plan.items.append(
        OperationPlan.Item(
          action: .create, kind: reference.kind, namespace: creation.id.namespace,
          name: reference.name, yaml: mask.masked(creation.finished(manifest)).yamlText,
          changes: [], answer: answer))
    }
  }

  private mutating func recreate(_ kept: KeptModel) async throws {
    plan.notes += kept.warnings
    if let creation = operations.creation(of: kept, progress: { _ in }) {
      try await create(creation)
    } else if let creation = operations.yamlCreation(of: kept, progress: { _ in }) {
      try await create(creation)
    } else {
      throw Stop(.other, "nothing was kept of model \(kept.id.name)")
    }
  }
}
