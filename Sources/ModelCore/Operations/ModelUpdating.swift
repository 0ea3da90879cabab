internal import FoundationEssentials
internal import Kubernetes

/// One update: of texts and tags, or of what a model runs, in one write of its Deployment.
///
/// The Deployment is where it counts: its annotations say what the model is, and a version that was looked at is
/// replaced by one that was wanted. A volume grows before that, because the server may refuse it; what follows from the
/// Deployment, its Service and ServiceMonitor, comes after and would be put right by the reconciler as well.
struct ModelUpdating: Sendable {
  typealias Stop = ModelCreation.Stop

  let operations: ModelOperations
  let target: ModelTarget
  let change: ModelChange
  let base: ModelFields?
  let now: Date
  let progress: @Sendable (String) -> Void

  private var name: String { target.id.name }

  func run() async throws -> OperationResult {
    let findings = change.metadataFindings()
    if findings.contains(where: { $0.severity == .error }) { return .invalid(findings) }
    let context = await context()
    progress("changing model \(name)")
    guard change.redeploys else { return try await edit(context).run() }
    return try await redeploy(context)
  }

  func context() async -> ValidationContext {
    await operations.observer?.creationContext.validation ?? ValidationContext()
  }

  func draft(of live: LiveDeployment, _ context: ValidationContext) throws -> UpdateDraft {
    let draft = try UpdateDraft(
      live: live, change: change, base: base, user: operations.settings.user, now: now,
      context: context)
    if let gpus = draft.change.gpuCount {
      try operations.checkGPUs(gpus, replicas: live.replicas, of: live.name)
    }
    return draft
  }

  /// A second look at what was written already finds it so, where the connection was lost: by the values, or else by
  /// who wrote it and when.
  func edit(_ context: ValidationContext) -> DeploymentEdit {
    DeploymentEdit(operations: operations, target: target, task: "update model \(name)") { live in
      try draft(of: live, context).decision
    }
  }

  // MARK: Redeploying

  private func redeploy(_ context: ValidationContext) async throws -> OperationResult {
    let live = try await operations.read(target)
    let draft = try draft(of: live, context)
    guard draft.manifests != nil else { return try await edit(context).run() }
    let children = RedeployedChildren(operations: operations, draft: draft)
    let steps = try await children.steps()
    progress("checking the objects with the API server")
    for step in steps { try await children.write(step, dryRun: true) }
    try await dryRun(draft)
    for step in steps where step.isFirst {
      progress("changing \(step.label)")
      try await children.write(step, dryRun: false)
    }
    progress("changing Deployment \(target.id)")
    let result = try await edit(context).run()
    guard result.isSuccess else { return result }
    return await finish(steps.filter { !$0.isFirst }, children, result)
  }

  func dryRun(_ draft: UpdateDraft) async throws {
    guard var patch = draft.patch else { return }
    patch["metadata", "uid"] = .string(draft.live.uid)
    do {
      // Without the version: somebody who is faster meanwhile is looked at when it counts.
      _ = try await operations.retrying { [patch] in
        try await operations.api.mergePatch(
          K8s.Deployment.resourceKind, name, namespace: target.id.namespace, patch: patch,
          options: WriteOptions(dryRun: true))
      }
    } catch let error as APIError where error.lacksDryRun {
      return
    } catch {
      throw Stop(error, doing: "update Deployment \(target.id)")
    }
  }

  private func finish(
    _ steps: [RedeployedChildren.Step], _ children: RedeployedChildren, _ result: OperationResult
  ) async -> OperationResult {
    var failures: [OperationFailure] = []
    for step in steps {
      progress("changing \(step.label)")
      do {
        try await children.write(step, dryRun: false)
      } catch let stop as Stop {
        if case .failed(let failure) = stop.result { failures.append(failure) }
      } catch {
        failures.append(OperationFailure(error, doing: "change \(step.label)"))
      }
    }
    guard let first = failures.first else { return result }
    var failure = OperationFailure(
      first.kind,
      "model \(name) was changed, but \(first.message). The reconciler completes it as soon as it can."
    )
    failure.isPartial = true
    return .failed(failure)
  }
}

extension APIError {
  /// A webhook of the cluster cannot tell beforehand; the write itself will.
  var lacksDryRun: Bool { description.contains("does not support dry run") }
}
