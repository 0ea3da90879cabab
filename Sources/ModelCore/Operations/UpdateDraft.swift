internal import FoundationEssentials
internal import Kubernetes

/// What a change makes of a model as it is. Pure: the same Deployment gives the same draft.
struct UpdateDraft: Sendable {
  typealias Stop = ModelCreation.Stop

  let live: LiveDeployment
  let threeWay: ThreeWay
  /// What is left to be written: what others made the same, or what is so already, is not in it.
  let change: ModelChange
  /// Of a managed model that is redeployed: its objects as they were asked for, and as they will be.
  let manifests: (old: ModelManifests, new: ModelManifests)?
  /// The Deployment as it will be.
  let deployment: JSONValue

  /// Throws `Stop`: for a conflict with what somebody else did, for a change that is invalid, or that this model cannot have.
  init(
    live: LiveDeployment, change asked: ModelChange, base: ModelFields?, user: String?, now: Date,
    context: ValidationContext
  ) throws {
    self.live = live
    let stored = live.stored
    let asked = asked.normalized(for: live.name)
    if asked.redeploys { try Self.checkRedeployable(live, stored) }
    threeWay = ThreeWay(
      base: base ?? stored.fields, change: asked, current: stored.fields,
      updatedBy: stored.updatedBy, updatedAt: stored.updatedAt)
    try Self.checkConflicts(threeWay, live.name)
    let change = threeWay.effective
    self.change = change
    let findings =
      stored.request.map { change.findings(for: $0, in: context) } ?? change.metadataFindings()
    if findings.contains(where: { $0.severity == .error }) { throw Stop(.invalid(findings)) }
    var annotations = Self.texts(change, on: live)
    if !change.isEmpty {
      annotations[ModelKeys.updatedBy] = user.map(JSONValue.string) ?? .null
      annotations[ModelKeys.updatedAt] = .string(Timestamp.format(now))
    }
    var base = live.json
    guard change.redeploys else {
      manifests = nil
      deployment = base.merging(patch: ["metadata": ["annotations": .object(annotations)]])
      return
    }
    let old = try live.specification()
    var new = old
    new.request = change.applied(to: old.request)
    new.updatedBy = user
    new.updatedAt = Timestamp.format(now)
    let manifests = (ModelManifests(specification: old), ModelManifests(specification: new))
    self.manifests = manifests
    if user == nil { base["metadata", "annotations", ModelKeys.updatedBy] = nil }
    deployment = OwnedFields.replacing(
      try manifests.0.deployment(replicas: nil), with: try manifests.1.deployment(replicas: nil),
      on: base)
  }

  // MARK: What may be changed

  private static func checkRedeployable(_ live: LiveDeployment, _ stored: StoredModel) throws {
    guard live.isManaged else {
      throw Stop(
        .rejected,
        "model \(live.name) comes from YAML: its display name, description and tags can be changed, it can be "
          + "scaled, stopped, started and restarted. For anything else delete it and create it from the "
          + "changed YAML.")
    }
    if let reason = stored.unreadable {
      throw Stop(.rejected, "model \(live.name) cannot be redeployed: \(reason)")
    }
    if let revision = live.annotation(ModelKeys.revision).flatMap({ Int($0) }),
      revision > ModelManifests.revision
    {
      throw Stop(
        .conflict,
        "model \(live.name) cannot be redeployed from here: a newer modeldeck made it (revision "
          + "\(revision) of the objects, this one knows \(ModelManifests.revision)); update modeldeck"
      )
    }
  }

  private static func checkConflicts(_ threeWay: ThreeWay, _ name: String) throws {
    let conflicts = threeWay.conflicts
    guard !conflicts.isEmpty else { return }
    let who = threeWay.updatedBy.map { Excerpt.line($0, limit: 80) } ?? "somebody else"
    let fields = listed(conflicts.map(\.field))
    throw Stop(
      .failed(
        OperationFailure(
          .conflict,
          "\(who) changed \(fields) of model \(name) since you looked, and so did you. Nothing was "
            + "changed: choose what it is to be.",
          field: conflicts.first?.field, threeWay: threeWay)))
  }

  static func listed(_ fields: [CreateField]) -> String {
    let words = fields.map { $0.rawValue.map { $0 == "_" ? " " : String($0) }.joined() }
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  // MARK: Annotations

  /// The texts, each for itself and in the request that is kept with them; members of it that are not known here stay.
  private static func texts(
    _ change: ModelChange, on live: LiveDeployment
  ) -> [String: JSONValue] {
    var annotations: [String: JSONValue] = [:]
    let kept = live.annotation(ModelKeys.specification)
    var request = kept.flatMap { try? JSONValue(parsing: Data($0.utf8)) }
    if request?.objectValue == nil { request = nil }
    if let text = change.displayName {
      annotations[ModelKeys.displayName] = .string(text.isEmpty ? live.name : text)
      request?["display_name"] = Self.member(text)
    }
    if let text = change.modelDescription {
      annotations[ModelKeys.description] = .string(text)
      request?["description"] = Self.member(text)
    }
    if let tags = change.tags {
      let value = JSONValue.array(tags.map(JSONValue.string))
      annotations[ModelKeys.tags] = .string(ModelSpecification.text(of: value))
      request?["tags"] = value
    }
    if let request, !annotations.isEmpty {
      annotations[ModelKeys.specification] = .string(ModelSpecification.text(of: request))
    }
    return annotations
  }

  /// An empty text is left out.
  private static func member(_ text: String) -> JSONValue? {
    guard !text.isEmpty else { return nil }
    return .string(text)
  }

  // MARK: What comes of it

  /// What makes the new Deployment of the one that is there; `nil` where nothing changes.
  var patch: JSONValue? {
    // Not a ternary: a bare nil in it would be JSON's null.
    guard !change.isEmpty else { return nil }
    return OwnedFields.patch(from: live.json, to: deployment)
  }

  /// Whether the pods are replaced.
  var restartsPods: Bool { live.json["spec", "template"] != deployment["spec", "template"] }

  var decision: DeploymentEdit.Decision {
    let name = live.name
    let done = "changed \(Self.listed(change.changed)) of model \(name)"
    return DeploymentEdit.Decision(
      patch: patch, done: done + others, idle: "model \(name) is so already\(others)")
  }

  /// What others changed and stays, for who did not see it.
  private var others: String {
    let fields = threeWay.theirs.map(\.field)
    guard !fields.isEmpty else { return "" }
    let who = threeWay.updatedBy.map { Excerpt.line($0, limit: 80) } ?? "somebody else"
    return "; \(Self.listed(fields)) stays as \(who) changed it meanwhile"
  }
}
