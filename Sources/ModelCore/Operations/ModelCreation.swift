internal import FoundationEssentials
internal import Kubernetes

/// One create, from the checks to the last child.
///
/// The order is the safety: nothing is sent before everything was checked; the name is taken by one POST that either
/// works or touches nothing; what comes after can be done again by the reconciler. Only the token's Secret goes first,
/// because the token exists nowhere else. Where nothing depends on an order (questions, dry runs, children) requests go at once.
struct ModelCreation: Sendable {
  let operations: ModelOperations
  let request: CreateRequest
  let manifests: ModelManifests
  let progress: @Sendable (String) -> Void
  /// Of a model that is made again: as many as it had.
  var replicas = 1
  var replicasBeforeStop: Int?
  /// Its claims that were kept, by name, with their UIDs.
  var keptClaims: [String: String] = [:]

  init(
    operations: ModelOperations, request: CreateRequest,
    progress: @escaping @Sendable (String) -> Void
  ) {
    self.operations = operations
    self.request = request
    self.progress = progress
    manifests = ModelManifests(
      request: request, organization: operations.settings.organization,
      namespace: operations.settings.namespace, createdBy: operations.settings.user,
      now: operations.clock.now())
  }

  var api: any ClusterAPI { operations.api }
  var name: String { request.name }
  var namespace: String { operations.settings.namespace }

  /// Whether the model gets a ServiceMonitor, which is optional.
  enum Monitoring: Sendable {
    case included
    case notServed
    case notAllowed
  }

  /// Ends a create early with what is to be said.
  struct Stop: Error {
    var result: OperationResult

    var isForbidden: Bool {
      if case .failed(let failure) = result { failure.kind == .forbidden } else { false }
    }

    init(_ result: OperationResult) { self.result = result }

    init(_ kind: OperationFailure.Kind, _ message: String, field: CreateField? = nil) {
      result = .failed(OperationFailure(kind, message, field: field))
    }

    init(_ error: any Error, doing task: String) {
      result = .failed(OperationFailure(error, doing: task))
    }
  }

  /// So long after the Secret was begun the Deployment's POST is sent at the latest: the sweep of Secrets without
  /// Deployment waits three times as long.
  static let secretLifetime: Duration = .seconds(20)

  func run() async -> OperationResult {
    do {
      try await check()
      var monitoring = try await preflight(CreationPreflight(self))
      progress("checking the objects with the API server")
      try await dryRun(&monitoring)
      let begun = operations.steady.now()
      let secret = try await createSecret()
      let deadline = secret.map { _ in begun + Self.secretLifetime }
      let deployment = try await createDeployment(
        takingBack: secret, deadline: deadline, monitoring: monitoring)
      return await createChildren(of: deployment, secret: secret, monitoring: monitoring)
    } catch let stop as Stop {
      return stop.result
    } catch {
      return .failed(OperationFailure(error, doing: "create model \(name)"))
    }
  }

  /// Asks the server whether the model can be made, and whether it gets a ServiceMonitor.
  func preflight(_ preflight: CreationPreflight) async throws -> Monitoring {
    progress("checking what the cluster needs")
    async let servesMonitors = preflight.servesServiceMonitors()
    try await preflight.admit()
    let serviceMonitor = await servesMonitors
    try await preflight.freeNames(try names(serviceMonitor: serviceMonitor))
    return serviceMonitor ? .included : .notServed
  }

  /// The names that have to be free, beside the Deployment's own.
  func names(serviceMonitor: Bool) throws -> [OwnObjects.Reference] {
    let owner = ModelManifests.owner(name: name, uid: "")
    var names = try children(owner: owner, serviceMonitor: serviceMonitor).map {
      OwnObjects.Reference(kind: $0.kind, name: $0.name)
    }
    if manifests.specification.hasToken {
      names.append(
        .init(kind: K8s.Secret.resourceKind, name: ModelKeys.tokenSecretName(of: name)))
    }
    return names
  }

  /// Everything that can be known without asking the server.
  private func check() async throws {
    let context = await operations.observer?.creationContext.validation ?? ValidationContext()
    let findings = request.findings(in: context)
    let errors = findings.filter { $0.severity == .error }
    guard !errors.isEmpty else { return }
    throw Stop(.invalid(findings))
  }

  // MARK: Dry run

  /// - Parameter monitoring: where a ServiceMonitor may not be made, the model goes without.
  private func dryRun(_ monitoring: inout Monitoring) async throws {
    var posts = [Child(kind: K8s.Deployment.resourceKind, manifest: try deployment())]
    if let secret = try manifests.tokenSecret(owner: nil) {
      posts.insert(Child(kind: K8s.Secret.resourceKind, manifest: secret), at: 0)
    }
    // Nothing is stored, so any identity will do for the owner.
    let owner = ModelManifests.owner(name: name, uid: YAMLCreation.nobody)
    let children = try children(owner: owner, serviceMonitor: monitoring == .included)
    let requests = posts.map { ($0, isPost: true) } + children.map { ($0, isPost: false) }
    let answers = await requests.resultsAtOnce { object, isPost in
      try await dry(object, isPost: isPost)
    }
    for ((object, _), answer) in zip(requests, answers) {
      do {
        try answer.get()
      } catch let stop as Stop where object.kind == .serviceMonitor && stop.isForbidden {
        monitoring = .notAllowed
      }
    }
  }

  private func dry(_ object: Child, isPost: Bool) async throws {
    let options = WriteOptions(dryRun: true)
    do {
      _ = try await operations.retrying {
        isPost
          ? try await api.create(
            object.kind, object.manifest, namespace: namespace, options: options)
          : try await api.apply(
            object.kind, object.manifest, namespace: namespace, options: options)
      }
    } catch let error as APIError where error.isAlreadyExists {
      throw taken(error)
    } catch let error as APIError where error.lacksDryRun {
      return
    } catch {
      let failure = OperationFailure(error, doing: "create \(object.label)")
      throw Stop(.failed(failure.about(object.kind)))
    }
  }

  private func taken(_ error: APIError) -> Stop {
    Stop(
      .conflict,
      "the name '\(name)' is taken in namespace \(namespace): \(error.description). "
        + "Choose another name.",
      field: .name)
  }

  // MARK: The Secret

  /// Stores the token. Returns the Secret's UID; `nil` where there is no token.
  private func createSecret() async throws -> String? {
    guard var secret = try manifests.tokenSecret(owner: nil) else { return nil }
    // Tells this create's Secret from another's, should the answer get lost.
    secret["metadata", "annotations"] = [
      ModelKeys.updatedAt: .string(manifests.specification.updatedAt ?? "")
    ]
    let name = ModelKeys.tokenSecretName(of: name)
    progress("creating Secret \(name) with the token")
    let outcome = await Post(
      operations: operations, kind: K8s.Secret.resourceKind, manifest: secret,
      namespace: namespace, accept: K8s.PartialObjectMetadata.objectAccept
    ).run()
    switch outcome {
    case .created(let uid): return uid
    case .taken:
      throw Stop(
        .conflict,
        "Secret \(namespace)/\(name) exists already and is not touched. "
          + "Delete it, or choose another name.", field: .name)
    case .refused(let error): throw Stop(error, doing: "create Secret \(name)")
    case .unknown(let error):
      throw Stop(
        .unavailable,
        "could not create Secret \(name): \(error.description). Nothing else was created; "
          + "should the Secret exist after all, it is removed after a while. Try again.")
    }
  }

  // MARK: The Deployment

  func deployment() throws -> JSONValue {
    var deployment = try manifests.deployment(replicas: replicas)
    if let replicasBeforeStop {
      deployment["metadata", "annotations", ModelKeys.replicasBeforeStop] = .string(
        String(replicasBeforeStop))
    }
    return deployment
  }

  private func createDeployment(
    takingBack secret: String?, deadline: Duration?, monitoring: Monitoring
  ) async throws -> String {
    progress("creating Deployment \(namespace)/\(name)")
    let outcome = await Post(
      operations: operations, kind: K8s.Deployment.resourceKind,
      manifest: try deployment(), namespace: namespace, accept: nil, deadline: deadline
    ).run()
    switch outcome {
    case .created(let uid): return uid
    case .taken(let error):
      await takeBack(secret)
      throw taken(error)
    case .refused(let error):
      await takeBack(secret)
      throw Stop(error, doing: "create Deployment \(name)")
    case .unknown(let error):
      // The Secret stays: if the Deployment came to be, its pods need it. If not, it is swept.
      await operations.outcomes.follow(
        PendingCreation(creation: self, secret: secret, monitoring: monitoring))
      throw Stop(
        .outcomeUnknown(
          "the connection was lost while Deployment \(namespace)/\(name) was being created "
            + "(\(error.description)). Whether it exists is not known yet: it is found out and told here "
            + "as soon as the server answers."))
    }
  }

  private func takeBack(_ secret: String?) async {
    guard let secret else { return }
    progress("removing the Secret again")
    _ = try? await operations.retrying {
      try await api.delete(
        K8s.Secret.resourceKind, ModelKeys.tokenSecretName(of: name), namespace: namespace,
        options: DeleteOptions(preconditions: .init(uid: secret)))
    }
  }

  // MARK: The children

  struct Child: Sendable {
    var kind: ResourceKind
    var manifest: JSONValue

    var name: String { manifest["metadata", "name"]?.stringValue ?? "" }
    var label: String { "\(kind.kind) \(name)" }
  }

  func children(owner: K8s.OwnerReference, serviceMonitor: Bool) throws -> [Child] {
    var children: [Child] = []
    if let claim = try manifests.claim(owner: owner) {
      children.append(Child(kind: K8s.PersistentVolumeClaim.resourceKind, manifest: claim))
    }
    children.append(
      Child(kind: K8s.Service.resourceKind, manifest: try manifests.service(owner: owner)))
    if serviceMonitor {
      children.append(
        Child(kind: .serviceMonitor, manifest: try manifests.serviceMonitor(owner: owner)))
    }
    return children
  }

  /// From here on the model exists: what fails is named, and the reconciler goes on with it.
  func createChildren(
    of uid: String, secret: String?, monitoring: Monitoring
  ) async -> OperationResult {
    let owner = ModelManifests.owner(name: name, uid: uid)
    // What is on a volume that was kept is the model's before anything is applied to the claim.
    let kept: [Piece] = keptClaims.sorted { $0.key < $1.key }.map { claim, uid in
      let id = ModelID(namespace: namespace, name: name)
      progress("taking back PersistentVolumeClaim \(claim)")
      return (
        "take back PersistentVolumeClaim \(claim)",
        { try await operations.takeBack(claim, uid: uid, of: id, owner: owner) }
      )
    }
    var tasks: [Piece] = []
    if let secret {
      tasks.append(
        (
          "give Secret \(ModelKeys.tokenSecretName(of: name)) its owner",
          {
            try await own(secret: secret, owner: owner)
          }
        ))
    }
    let children = (try? children(owner: owner, serviceMonitor: monitoring == .included)) ?? []
    for child in children {
      progress("creating \(child.label)")
      tasks.append(("create \(child.label)", { try await apply(child) }))
    }
    var failures = await self.failures(of: kept)
    failures += await self.failures(of: tasks)
    guard let first = failures.first else {
      let without =
        monitoring == .notAllowed
        ? " without a ServiceMonitor: no permission to create servicemonitors" : ""
      return .succeeded("created model \(name) in namespace \(namespace)\(without)")
    }
    let more = failures.count > 1 ? " (and \(failures.count - 1) more)" : ""
    var failure = OperationFailure(
      first.kind,
      "Deployment \(namespace)/\(name) was created, but \(first.message)\(more). "
        + "The reconciler completes the model as soon as it can; deleting the model takes it back.")
    failure.isPartial = true
    return .failed(failure)
  }

  private typealias Piece = (name: String, body: @Sendable () async throws -> Void)

  /// Does all of them at once; returns why some failed, in their order.
  private func failures(of pieces: [Piece]) async -> [OperationFailure] {
    let answers = await pieces.resultsAtOnce { piece in
      try await operations.retrying { try await piece.body() }
    }
    return zip(pieces, answers).compactMap { piece, answer in
      guard case .failure(let error) = answer else { return nil }
      return (error as? Stop)?.failure ?? OperationFailure(error, doing: piece.name)
    }
  }

  /// Not forced: a field that somebody else holds means that the object is not ours.
  private func apply(_ child: Child) async throws {
    for _ in 1...3 {
      do {
        try await api.apply(child.kind, child.manifest, namespace: namespace)
        return
      } catch let error as APIError where error.isConflict {
        // Whoever reconciles may be making it at this very moment: the next try finds its own fields there.
        try await operations.clock.sleep(.milliseconds(200))
      }
    }
    try await api.apply(child.kind, child.manifest, namespace: namespace)
  }

  /// By merge patch with the UID: it changes this Secret or nothing, and cannot make an empty one.
  ///
  /// Where the Secret was swept because the Deployment came so late, it is made again: the token is still known here.
  private func own(secret uid: String, owner: K8s.OwnerReference) async throws {
    do {
      try await api.mergePatch(
        K8s.Secret.resourceKind, ModelKeys.tokenSecretName(of: name), namespace: namespace,
        patch: [
          "metadata": [
            "uid": .string(uid), "ownerReferences": [try JSONCoding.value(of: owner)],
          ]
        ])
    } catch let error as APIError where error.isNotFound {
      guard let secret = try manifests.tokenSecret(owner: owner) else { return }
      try await api.create(K8s.Secret.resourceKind, secret, namespace: namespace)
    }
  }
}

extension CreationPreflight {
  init(_ creation: ModelCreation, isDry: Bool = false) {
    self.init(
      operations: creation.operations, name: creation.name, namespace: creation.namespace,
      progress: creation.progress, isDry: isDry, keptClaims: creation.keptClaims)
  }
}
