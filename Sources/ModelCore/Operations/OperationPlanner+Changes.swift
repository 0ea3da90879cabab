internal import FoundationEssentials
internal import Kubernetes

// Plans of what changes or deletes a model that is there.
extension OperationPlanner {
  mutating func update(
    _ target: ModelTarget, _ change: ModelChange, _ base: ModelFields?
  ) async throws {
    let updating = ModelUpdating(
      operations: operations, target: target, change: change, base: base,
      now: operations.clock.now(), progress: { _ in })
    let findings = change.metadataFindings()
    guard !findings.contains(where: { $0.severity == .error }) else {
      plan.findings = findings
      return
    }
    let context = await updating.context()
    let live = try await operations.read(target)
    let draft = try updating.draft(of: live, context)
    plan.findings =
      live.stored.request.map { draft.change.findings(for: $0, in: context) } ?? findings
    if !draft.threeWay.theirs.isEmpty { plan.threeWay = draft.threeWay }
    let decision = draft.decision
    guard decision.patch != nil else {
      plan.notes.append(decision.idle)
      return
    }
    plan.notes.append(contentsOf: draft.remarks)
    plan.restartsPods = draft.restartsPods
    let children = RedeployedChildren(operations: operations, draft: draft)
    let steps = try await children.steps()
    for step in steps where step.isFirst { await add(step, children) }
    await add(live, to: draft.deployment, patch: decision.patch, target)
    for step in steps where !step.isFirst { await add(step, children) }
  }

  mutating func scale(_ target: ModelTarget, _ goal: ModelScaling.Goal) async throws {
    let scaling = operations.scaling(of: target, to: goal)
    if let findings = scaling.findings {
      plan.findings = findings
      return
    }
    let live = try await operations.read(target)
    let decision = try scaling.decide(live, try await scaling.owners())
    guard let patch = decision.patch else {
      plan.notes.append(decision.idle)
      return
    }
    plan.notes.append(decision.done)
    let wanted = live.json.merging(patch: patch)
    let count = wanted["spec", "replicas"]?.integerValue ?? 1
    plan.restartsPods = goal == .restarted || count < live.replicas
    await add(live, to: wanted, patch: patch, target)
  }

  /// The Deployment as it will be.
  private mutating func add(
    _ live: LiveDeployment, to wanted: JSONValue, patch: JSONValue?, _ target: ModelTarget
  ) async {
    let mask = SecretMask(manifests: [live.json, wanted])
    var patch = patch ?? [:]
    patch["metadata", "uid"] = .string(live.uid)
    // What the server would store counts: with its defaults filled in again, and what webhooks add.
    var after = wanted
    let answer = await asked("change Deployment \(target.id)", mask) { [operations, patch] in
      after = try await operations.api.mergePatch(
        K8s.Deployment.resourceKind, target.id.name, namespace: target.id.namespace, patch: patch,
        options: WriteOptions(dryRun: true)
      ).json
    }
    let shown = SecretMask(manifests: [live.json, wanted, after])
    plan.items.append(
      OperationPlan.Item(
        action: .change, kind: K8s.Deployment.resourceKind, namespace: target.id.namespace,
        name: target.id.name, yaml: shown.masked(Self.shown(after)).yamlText,
        changes: FieldDiff(from: live.json, to: after, mask: shown).changes, answer: answer))
  }

  private mutating func add(
    _ step: RedeployedChildren.Step, _ children: RedeployedChildren
  ) async {
    let mask = SecretMask([])
    var answer = OperationPlan.Answer.accepted
    do {
      try await children.write(step, dryRun: true)
    } catch let stop as Stop {
      answer = .refused(stop.failure)
    } catch {
      answer = .refused(OperationFailure(error, doing: "change \(step.label)"))
    }
    plan.items.append(
      OperationPlan.Item(
        action: step.live == nil ? .create : .change, kind: step.kind,
        namespace: step.wanted["metadata", "namespace"]?.stringValue, name: step.name,
        yaml: mask.masked(Self.shown(step.wanted)).yamlText,
        changes: step.live.map { FieldDiff(from: $0, to: step.wanted, mask: mask).changes } ?? [],
        answer: answer))
  }

  /// Without what only the server keeps.
  private static func shown(_ object: JSONValue) -> JSONValue {
    var object = object
    object["status"] = nil
    for field in [
      "managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink",
    ] {
      object["metadata", field] = nil
    }
    return object
  }

  // MARK: Deleting

  mutating func delete(_ target: ModelTarget, keepVolume: Bool) async throws {
    let deletion = ModelDeletion(
      operations: operations, id: target.id, uid: target.uid,
      resourceVersion: target.resourceVersion, keepVolume: keepVolume, progress: { _ in })
    guard let live = try await deletion.live() else {
      let orphans = try await DeletionSurvey(operations: operations, id: target.id).orphans()
      guard !orphans.isEmpty else { throw Stop(.notFound, "model not found in organization") }
      for orphan in orphans { remove(orphan, target, "its model is gone") }
      return
    }
    let uid = try deletion.checked(live.deployment)
    plan.restartsPods = live.replicas > 0
    let mask = SecretMask(manifests: [live.json])
    let answer = await asked("delete Deployment \(target.id)", mask) { [operations] in
      try await operations.api.delete(
        K8s.Deployment.resourceKind, target.id.name, namespace: target.id.namespace,
        options: DeleteOptions(
          propagation: .foreground,
          preconditions: .init(uid: uid, resourceVersion: target.resourceVersion), dryRun: true))
    }
    plan.items.append(
      OperationPlan.Item(
        action: .delete, kind: K8s.Deployment.resourceKind, namespace: target.id.namespace,
        name: target.id.name, yaml: mask.masked(Self.shown(live.json)).yamlText, changes: [],
        answer: answer))
    let survey = DeletionSurvey(
      operations: operations, id: target.id, objects: deletion.objects(of: live))
    for object in try await survey.remaining(of: uid) {
      let isKept = keepVolume && object.kind == K8s.PersistentVolumeClaim.resourceKind
      remove(
        object, target, isKept ? "it is kept" : "Kubernetes deletes it with its owner",
        action: isKept ? .keep : .delete)
    }
  }

  private mutating func remove(
    _ object: LeftOver, _ target: ModelTarget, _ reason: String,
    action: OperationPlan.Action = .delete
  ) {
    plan.items.append(
      OperationPlan.Item(
        action: action, kind: object.kind, namespace: target.id.namespace, name: object.name,
        yaml: "", changes: [], answer: .notAsked(reason)))
  }
}

extension UpdateDraft {
  /// What else there is to know before it is done.
  var remarks: [String] {
    var remarks: [String] = []
    if restartsPods {
      let isAtOnce = deployment["spec", "strategy", "type"] == "Recreate"
      remarks.append(
        live.replicas == 0
          ? "the model is stopped: the change takes effect when it is started"
          : isAtOnce
            ? "its pods end, and new ones are made then: the model does not answer meanwhile"
            : "new pods are made, and the old ones end as those get ready")
    } else {
      remarks.append("no pod restarts")
    }
    let theirs = threeWay.theirs.map(\.field)
    if !theirs.isEmpty {
      let who = threeWay.updatedBy.map { Excerpt.line($0, limit: 80) } ?? "somebody else"
      remarks.append("\(Self.listed(theirs)) stays as \(who) changed it meanwhile")
    }
    return remarks
  }
}

extension YAMLCreation {
  /// An object as it will be when the model is complete.
  func finished(_ manifest: JSONValue) -> JSONValue {
    guard manifest["kind"] == "Deployment" else { return manifest }
    var manifest = manifest
    if !isPaused { manifest["spec", "paused"] = nil }
    manifest["metadata", "annotations", ModelKeys.incomplete] = nil
    return manifest
  }
}
