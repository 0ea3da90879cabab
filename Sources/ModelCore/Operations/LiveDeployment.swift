internal import FoundationEssentials
internal import Kubernetes

/// A model's Deployment as the server has it right now.
struct LiveDeployment: Sendable {
  typealias Stop = ModelCreation.Stop

  let json: JSONValue
  let deployment: K8s.Deployment

  init(_ object: UnstructuredObject) throws {
    json = object.json
    do {
      deployment = try JSONCoding.decode(K8s.Deployment.self, from: object.json)
    } catch {
      throw APIError.decoding(
        "Deployment \(object.name) could not be read: \(JSONCoding.problem(error))")
    }
  }

  var metadata: K8s.ObjectMeta { deployment.metadata }
  var name: String { metadata.name ?? "" }
  var uid: String { metadata.uid ?? "" }
  var resourceVersion: String { metadata.resourceVersion ?? "" }
  var replicas: Int { deployment.spec?.replicas ?? 1 }
  var isPaused: Bool { deployment.spec?.paused ?? false }
  var isManaged: Bool { ReconcilePlanner.isManaged(metadata) }
  /// Its create did not come to its end.
  var isIncomplete: Bool { annotation(ModelKeys.incomplete) != nil }

  func annotation(_ key: String) -> String? { metadata.annotations?[key] }

  /// GPUs that one replica asks for, as the pods are to be.
  static func gpus(_ deployment: K8s.Deployment) -> Int {
    GPUResource.requests(of: deployment.spec?.template?.spec).values
      .reduce(0) { $0.addingClamped($1) }
  }

  /// The claims that belong to it, by name.
  var ownClaims: [String] {
    if isManaged { return [ModelKeys.claimName(of: name)] }
    return OwnObjects(annotation: annotation(ModelKeys.objects)).references
      .filter { $0.kind == K8s.PersistentVolumeClaim.resourceKind }.map(\.name)
  }

  /// What a managed model was asked to be. Throws where that cannot be read.
  func specification() throws(ModelSpecification.Unreadable) -> ModelSpecification {
    try ModelSpecification(deployment: ReconcilePlanner.completed(deployment))
  }

  var stored: StoredModel {
    var stored = StoredModel(
      id: ModelID(namespace: metadata.namespace ?? "", name: name), uid: uid,
      resourceVersion: resourceVersion, isManaged: isManaged,
      isDeleting: metadata.deletionTimestamp != nil, replicas: replicas,
      replicasBeforeStop: annotation(ModelKeys.replicasBeforeStop).flatMap { Int($0) },
      fields: texts, request: nil, hasToken: false, createdBy: annotation(ModelKeys.createdBy),
      updatedBy: annotation(ModelKeys.updatedBy), updatedAt: annotation(ModelKeys.updatedAt))
    guard isManaged else { return stored }
    do {
      let specification = try specification()
      stored.request = specification.request
      stored.hasToken = specification.hasToken
      stored.fields = ModelFields(specification.request)
    } catch {
      stored.unreadable = error.reason
    }
    return stored
  }

  private var texts: ModelFields {
    var fields = ModelFields()
    let displayName = annotation(ModelKeys.displayName) ?? ""
    fields.displayName = displayName == name ? "" : displayName
    fields.modelDescription = annotation(ModelKeys.description) ?? ""
    fields.tags = annotation(ModelKeys.tags).map(ModelSpecification.tags) ?? []
    return fields
  }

  // MARK: Whether it may be written

  /// Throws where the Deployment is another one than was looked at, or is not ours.
  ///
  /// - Parameters:
  ///   - done: as in `Nothing was deleted`.
  ///   - advice: what to do about one that was not made here.
  static func check(
    _ deployment: K8s.Deployment, uid: String?, organization: String, done: String, advice: String
  ) throws {
    let name = deployment.metadata.name ?? ""
    if let uid, uid != deployment.metadata.uid ?? "" {
      throw Stop(
        .conflict,
        "model \(name) was deleted and made again since you looked. Nothing was \(done): look again."
      )
    }
    let metadata = ReconcilePlanner.completed(deployment).metadata
    let label = metadata.labels?[ModelKeys.organization]
    if let label, label != organization {
      throw Stop(.notFound, "model not found in organization")
    }
    let hasAnnotations =
      metadata.annotations?.keys.contains { $0.hasPrefix(ModelKeys.annotationPrefix) } ?? false
    guard label != nil, ReconcilePlanner.isManaged(metadata) || hasAnnotations else {
      throw Stop(
        .forbidden,
        "\(metadata.namespace ?? "")/\(name) was not made here and is shown read-only. \(advice)")
    }
  }

  /// The same for a change; and what is being deleted is not changed any more.
  func checkChangeable(_ target: ModelTarget, organization: String) throws {
    try Self.check(
      deployment, uid: target.uid, organization: organization, done: "changed",
      advice: "Change it with what made it, or with kubectl.")
    if metadata.deletionTimestamp != nil {
      throw Stop(.conflict, "model \(name) is being deleted. Nothing was changed.")
    }
  }
}

extension ModelOperations {
  /// Throws `APIError`; 404 where there is none.
  func live(_ id: ModelID) async throws -> LiveDeployment {
    try LiveDeployment(
      try await api.get(K8s.Deployment.resourceKind, id.name, namespace: id.namespace))
  }

  /// The same for what needs it before anything else; throws `Stop`.
  func read(_ target: ModelTarget) async throws -> LiveDeployment {
    let live: LiveDeployment
    do {
      live = try await retrying { try await self.live(target.id) }
    } catch let error as APIError where error.isNotFound {
      throw ModelCreation.Stop(.notFound, "model not found in organization")
    } catch {
      throw ModelCreation.Stop(error, doing: "look at Deployment \(target.id)")
    }
    try live.checkChangeable(target, organization: settings.organization)
    if let version = target.resourceVersion, version != live.resourceVersion {
      throw ModelCreation.Stop(.conflict, Self.changedMeanwhile(target.id))
    }
    return live
  }

  static func changedMeanwhile(_ id: ModelID) -> String {
    "model \(id.name) changed since you looked. Nothing was changed: look again."
  }
}
