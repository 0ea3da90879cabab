internal import FoundationEssentials
internal import Kubernetes

// The writes beside create and delete. How each ended is a value; none of them throws.
extension ModelOperations {
  /// Carries out any write, as the named operations do.
  @concurrent
  package func perform(
    _ write: ModelWrite, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    switch write {
    case .create(let request): await create(request, progress: progress)
    case .createFromYAML(let request): await createFromYAML(request, progress: progress)
    case .update(let target, let change, let base):
      await update(target, change, base: base, progress: progress)
    case .scale(let target, let replicas): await scale(target, to: replicas)
    case .stop(let target): await stop(target)
    case .start(let target): await start(target)
    case .restart(let target): await restart(target)
    case .delete(let target, let keepVolume):
      await delete(
        target.id, uid: target.uid, resourceVersion: target.resourceVersion,
        keepVolume: keepVolume, progress: progress)
    case .recreate(let kept): await recreate(kept, progress: progress)
    }
  }

  /// Changes texts and tags, which restarts no pod, or what the model runs, which replaces its pods.
  ///
  /// - Parameter base: what the change started from. Where somebody changed the same field meanwhile, nothing is written and the failure
  ///   says what each made of it; other fields stay as others made them. Without it what is there is overwritten.
  @concurrent
  package func update(
    _ target: ModelTarget, _ change: ModelChange, base: ModelFields? = nil,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    await writing("update", target.id) {
      try await ModelUpdating(
        operations: self, target: target, change: change, base: base, now: clock.now(),
        progress: progress
      ).run()
    }
  }

  /// Sets the number of replicas; zero stops the model. Refused where an autoscaler sets them.
  @concurrent
  package func scale(_ target: ModelTarget, to replicas: Int) async -> OperationResult {
    await scaling(target, .replicas(replicas))
  }

  /// No replicas, until it is started: how many there were is remembered.
  @concurrent
  package func stop(_ target: ModelTarget) async -> OperationResult {
    await scaling(target, .stopped)
  }

  /// As many replicas as before it was stopped, or one.
  @concurrent
  package func start(_ target: ModelTarget) async -> OperationResult {
    await scaling(target, .started)
  }

  /// New pods of the same kind, as `kubectl rollout restart` makes them.
  @concurrent
  package func restart(_ target: ModelTarget) async -> OperationResult {
    await scaling(target, .restarted)
  }

  private func scaling(_ target: ModelTarget, _ goal: ModelScaling.Goal) async -> OperationResult {
    let scaling = scaling(of: target, to: goal)
    return await writing(scaling.verb, target.id) {
      try await scaling.run()
    }
  }

  func scaling(of target: ModelTarget, to goal: ModelScaling.Goal) -> ModelScaling {
    ModelScaling(operations: self, target: target, goal: goal, now: clock.now())
  }

  /// Creates a model from its own manifests: checked, asked about, then made, or nothing of it.
  @concurrent
  package func createFromYAML(
    _ request: YAMLRequest, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    let bundle = request.bundle(in: manifestContext)
    let findings = request.findings(bundle: bundle)
    let secrets = SecretMask(manifests: bundle.objects.map(\.node.json))
    return await writing(
      "create", ModelID(namespace: bundle.namespace, name: request.name)
    ) {
      guard !findings.contains(where: { $0.severity == .error }),
        let creation = creation(of: request, bundle, progress: progress)
      else { return .invalid(findings) }
      try creation.checkGPUs()
      return try await creation.run()
    }.masking(secrets)
  }

  func creation(
    of request: YAMLRequest, _ bundle: ManifestBundle,
    progress: @escaping @Sendable (String) -> Void
  ) -> YAMLCreation? {
    var creation = YAMLCreation(
      operations: self, id: ModelID(namespace: bundle.namespace, name: request.name),
      manifests: bundle.manifests(),
      annotations: YAMLCreation.annotations(
        displayName: request.displayName, description: request.modelDescription,
        tags: request.tags, operations: self, name: request.name), progress: progress)
    creation?.sources = bundle.objects
    return creation
  }

  /// What a text of manifests is read for. Whether the name is free, the server is asked.
  package var manifestContext: ManifestBundle.Context {
    ManifestBundle.Context(
      organization: settings.organization, namespaces: settings.yamlNamespaces)
  }

  /// What the cluster keeps about a model, asked of the server right now.
  @concurrent
  package func stored(_ id: ModelID) async -> Result<StoredModel, OperationFailure> {
    do {
      let live = try await retrying { try await self.live(id) }
      try LiveDeployment.check(
        live.deployment, uid: nil, organization: settings.organization, done: "changed",
        advice: "Look at it with kubectl.")
      return .success(live.stored)
    } catch let stop as ModelCreation.Stop {
      return .failure(stop.failure)
    } catch let error as APIError where error.isNotFound {
      return .failure(OperationFailure(.notFound, "model not found in organization"))
    } catch {
      return .failure(OperationFailure(error, doing: "look at model \(id.name)"))
    }
  }

  /// Does a write that may end early, as ``guarded(_:_:refusal:_:)`` does any.
  ///
  /// - Parameter action: as a verb, for the journal and for what is told.
  func writing(
    _ action: String, _ id: ModelID, _ body: () async throws -> OperationResult
  ) async -> OperationResult {
    await guarded(action, id) {
      do {
        return try await body()
      } catch let stop as ModelCreation.Stop {
        return stop.result
      } catch {
        return .failed(OperationFailure(error, doing: "\(action) model \(id.name)"))
      }
    }
  }
}
