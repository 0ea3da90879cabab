package import Kubernetes

/// Decides what a managed model lacks. Pure: the same objects give the same plan.
package enum ReconcilePlanner {
  /// What to do for a model; an empty plan where all is as it should be, or where the model is not ours to repair.
  ///
  /// Desired is what the Deployment's own annotations say. A model that is being deleted is left alone.
  package static func plan(for observed: ObservedModel) -> ReconcilePlan {
    let metadata = observed.deployment.metadata
    var plan = ReconcilePlan(model: observed.id, uid: metadata.uid ?? "")
    guard isManaged(metadata), metadata.deletionTimestamp == nil, !plan.uid.isEmpty else {
      return plan
    }
    if let revision = newerRevision(metadata) {
      plan.obstacles.append(
        "not repaired from here: a newer modeldeck made it (revision \(revision) of the objects, "
          + "this one knows \(ModelManifests.revision)); update modeldeck")
      return plan
    }
    do {
      let manifests = ModelManifests(
        specification: try ModelSpecification(deployment: completed(observed.deployment)))
      try Comparison(observed: observed, manifests: manifests).run(into: &plan)
    } catch let error as ModelSpecification.Unreadable {
      plan.obstacles.append("not repaired: \(error.reason)")
    } catch {
      plan.obstacles.append("not repaired: its objects cannot be derived from its annotations")
    }
    return plan
  }

  /// The revision of a model's objects where this version does not know it: repaired from here, they would lose what is new.
  private static func newerRevision(_ metadata: K8s.ObjectMeta) -> Int? {
    guard let revision = metadata.annotations?[ModelKeys.revision].flatMap({ Int($0) }),
      revision > ModelManifests.revision
    else { return nil }
    return revision
  }

  /// Labelled as ours: everything else is looked at and never changed.
  package static func isManaged(_ metadata: K8s.ObjectMeta) -> Bool {
    metadata.labels?[ModelKeys.managedBy] == ModelKeys.manager
  }

  /// The manifest of a claim with the specification of the one that is there.
  ///
  /// The fields stay in it: server-side apply takes away what its manager applied before and leaves out now.
  static func claim(_ manifest: JSONValue, keeping found: JSONValue) -> JSONValue {
    var manifest = manifest
    for field in manifest["spec"]?.objectValue?.keys.sorted() ?? [] {
      manifest["spec", field] = found["spec", field]
    }
    if let size = found["spec", "resources", "requests", "storage"] {
      manifest["spec", "resources"] = ["requests": ["storage": size]]
    }
    return manifest
  }

  /// Whose it is stands on the Deployment and on its pods; a label that was taken off the first is read off the second.
  static func completed(_ deployment: K8s.Deployment) -> K8s.Deployment {
    var deployment = deployment
    if deployment.metadata.labels?[ModelKeys.organization] == nil {
      deployment.metadata.labels?[ModelKeys.organization] =
        deployment.spec?.template?.metadata?.labels?[ModelKeys.organization]
    }
    return deployment
  }
}

/// One model's comparison, kind by kind.
private struct Comparison {
  let observed: ObservedModel
  let manifests: ModelManifests
  let owner: K8s.OwnerReference

  init(observed: ObservedModel, manifests: ModelManifests) {
    self.observed = observed
    self.manifests = manifests
    owner = ModelManifests.owner(
      name: manifests.name, uid: observed.deployment.metadata.uid ?? "")
  }

  func run(into plan: inout ReconcilePlan) throws {
    try deployment(into: &plan)
    try child(
      .init(K8s.Service.resourceKind, try manifests.service(owner: owner)),
      observed.service, into: &plan)
    if let claim = try manifests.claim(owner: owner) {
      try self.claim(claim, into: &plan)
    }
    if observed.servesServiceMonitors {
      try child(
        .init(.serviceMonitor, try manifests.serviceMonitor(owner: owner)),
        observed.serviceMonitor, into: &plan)
    }
    if let secret = try manifests.tokenSecret(owner: owner) {
      try self.secret(secret, into: &plan)
    }
  }

  // MARK: The Deployment

  private func deployment(into plan: inout ReconcilePlan) throws {
    let desired = try manifests.deployment(replicas: nil)
    let found = try observed.deployment.manifest()
    let differences = OwnedFields.differences(desired: desired, observed: found)
    guard !differences.isEmpty else { return }
    var manifest = desired
    manifest["metadata", "uid"] = .string(owner.uid)
    plan.actions.append(
      ReconcileAction(
        kind: K8s.Deployment.resourceKind, intent: .repair(fields: differences.map(\.path)),
        manifest: manifest, isStubborn: differences.contains(where: \.isStubborn)))
  }

  // MARK: Children

  private struct Wanted {
    var kind: ResourceKind
    var manifest: JSONValue

    init(_ kind: ResourceKind, _ manifest: JSONValue) {
      self.kind = kind
      self.manifest = manifest
    }

    var label: String {
      "\(kind.kind) \(manifest["metadata", "name"]?.stringValue ?? "")"
    }
  }

  private func child<Value: ReflectedObject & Equatable & Encodable>(
    _ wanted: Wanted, _ observed: Observed<Value>, into plan: inout ReconcilePlan
  ) throws {
    switch observed {
    case .unknown: return
    case .absent:
      plan.actions.append(
        ReconcileAction(kind: wanted.kind, intent: .create, manifest: wanted.manifest))
    case .present(let object):
      guard isTouchable(object.metadata, wanted, into: &plan) else { return }
      repair(wanted, found: try JSONCoding.value(of: object), into: &plan)
    }
  }

  private func repair(_ wanted: Wanted, found: JSONValue, into plan: inout ReconcilePlan) {
    var desired = wanted.manifest
    // Which kind it is was settled by where it was read.
    desired["apiVersion"] = nil
    desired["kind"] = nil
    let differences = OwnedFields.differences(desired: desired, observed: found)
    guard !differences.isEmpty else { return }
    var manifest = wanted.manifest
    // Applied with its UID it changes this object or nothing: it never makes one that is gone meanwhile.
    manifest["metadata", "uid"] = found["metadata", "uid"]
    plan.actions.append(
      ReconcileAction(
        kind: wanted.kind, intent: .repair(fields: differences.map(\.path)), manifest: manifest,
        isStubborn: differences.contains(where: \.isStubborn)))
  }

  /// Whether the object is ours and stays. What is not ours is named and left alone.
  private func isTouchable(
    _ metadata: K8s.ObjectMeta, _ wanted: Wanted, into plan: inout ReconcilePlan
  ) -> Bool {
    switch Ownership(of: metadata, model: manifests.name, deploymentUID: owner.uid) {
    case .ours: break
    case .previous:
      plan.obstacles.append(
        "\(wanted.label) is of an earlier model of that name and about to be removed")
      return false
    case .foreign:
      plan.obstacles.append("\(wanted.label) is not of this model and stays untouched")
      return false
    }
    if metadata.deletionTimestamp != nil {
      plan.obstacles.append("\(wanted.label) is being deleted")
      return false
    }
    return true
  }

  /// What a claim asks for may not change, but for a size that somebody let grow: so what is there is asked for.
  private func claim(_ manifest: JSONValue, into plan: inout ReconcilePlan) throws {
    let wanted = Wanted(K8s.PersistentVolumeClaim.resourceKind, manifest)
    guard case .present(let claim) = observed.claim else {
      return try child(wanted, observed.claim, into: &plan)
    }
    guard isTouchable(claim.metadata, wanted, into: &plan) else { return }
    let found = try JSONCoding.value(of: claim)
    repair(
      Wanted(wanted.kind, ReconcilePlanner.claim(manifest, keeping: found)), found: found,
      into: &plan)
  }

  /// The token is in the Secret and nowhere else: a Secret that is gone cannot be made again.
  private func secret(_ manifest: JSONValue, into plan: inout ReconcilePlan) throws {
    var wanted = Wanted(K8s.Secret.resourceKind, manifest)
    // Only the metadata are read and owned; what the Secret holds is nobody's business here.
    wanted.manifest["type"] = nil
    wanted.manifest["stringData"] = nil
    guard case .present(let secret) = observed.secret else {
      // It may have lost the label by which it is found: then the server has it, and only then anything is written.
      if observed.secret == .absent {
        plan.actions.append(
          ReconcileAction(kind: wanted.kind, intent: .create, manifest: wanted.manifest))
      }
      return
    }
    guard isTouchable(secret.metadata, wanted, into: &plan) else { return }
    repair(wanted, found: try JSONCoding.value(of: secret), into: &plan)
  }
}
