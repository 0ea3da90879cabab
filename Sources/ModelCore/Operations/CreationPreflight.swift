internal import FoundationEssentials
internal import Kubernetes

/// What the server is asked before anything is written: prerequisites, the namespace, and whether the names are free.
///
/// Every check throws `ModelCreation.Stop` where the model cannot be made.
struct CreationPreflight: Sendable {
  let operations: ModelOperations
  let name: String
  let namespace: String
  let progress: @Sendable (String) -> Void
  /// Only looks: makes no namespace and removes nothing that a broken create left.
  var isDry = false
  /// Claims that were kept of this very model, by name, with their UIDs: it takes them back.
  var keptClaims: [String: String] = [:]

  private var api: any ClusterAPI { operations.api }

  /// Whether a model of the name may be made at all. Everything is asked at once, and what stands in the way is told in this order:
  /// what the cluster lacks, the name, the namespace. Only when nothing does an absent namespace is made.
  ///
  /// Returns whether the namespace was, or would have to be, made.
  @discardableResult
  func admit() async throws -> Bool {
    async let aibrix: Void = prerequisite(
      .podAutoscaler, "aibrix CRD not found - required for model deployment")
    async let gpuOperator: Void = prerequisite(
      .clusterPolicy, "GPU operator CRD not found - required for GPU model deployment")
    async let name: Void = uniqueName()
    async let isAbsent = isNamespaceAbsent()
    try await aibrix
    try await gpuOperator
    try await name
    guard try await isAbsent else { return false }
    if !isDry { try await createNamespace() }
    return true
  }

  // MARK: Prerequisites

  private func prerequisite(_ kind: ResourceKind, _ message: String) async throws {
    do {
      let isThere = try await operations.retrying { try await api.hasDefinition(of: kind) }
      guard isThere else { throw ModelCreation.Stop(.prerequisites, message) }
    } catch let error as APIError where error.isForbidden {
      // Not allowed to look is not the same as missing.
      return
    } catch let error as APIError {
      throw ModelCreation.Stop(error, doing: "check the cluster's definitions")
    }
  }

  func servesServiceMonitors() async -> Bool {
    (try? await operations.retrying { try await api.serves(.serviceMonitor) }) ?? false
  }

  // MARK: Names

  /// Aibrix routes by name alone, so a name is taken wherever in the cluster it is used.
  private func uniqueName() async throws {
    let selector = "\(ModelKeys.modelName)=\(name)"
    let options = ListOptions(labelSelector: selector, limit: 5)
    let holders: [K8s.Deployment]
    do {
      holders = try await operations.retrying {
        try await api.list(K8s.Deployment.self, options: options).items
      }
    } catch let error as APIError where error.isForbidden {
      // The Deployment's own POST finds a namesake in the namespace; further than that is not allowed to look.
      return
    } catch {
      throw ModelCreation.Stop(error, doing: "look for models of that name")
    }
    guard let holder = holders.first else { return }
    let place = "\(holder.metadata.namespace ?? "")/\(holder.metadata.name ?? "")"
    let ending = holder.metadata.deletionTimestamp == nil ? "" : ", which is being deleted"
    throw ModelCreation.Stop(
      .conflict,
      "the name '\(name)' is taken by Deployment \(place)\(ending). "
        + "Choose another name: Aibrix routes by name alone, in the whole cluster.",
      field: .name)
  }

  /// An object that has the name of a child and is not this model's is a conflict: it is never adopted.
  func freeNames(_ objects: [OwnObjects.Reference]) async throws {
    let answers = await objects.resultsAtOnce { object in
      try await operations.metadata(of: object.kind, object.name, in: namespace)
    }
    for (object, answer) in zip(objects, answers) {
      let found: K8s.ObjectMeta?
      do {
        found = try answer.get()
      } catch let error as APIError where error.isForbidden {
        // The write decides: by POST, or by an apply that is not forced.
        continue
      } catch {
        throw ModelCreation.Stop(error, doing: "look for \(object.label)")
      }
      guard let found else { continue }
      if object.kind == K8s.PersistentVolumeClaim.resourceKind,
        let uid = keptClaims[object.name], ModelOperations.isKept(found, uid: uid, of: name)
      {
        continue
      }
      if object.kind == K8s.Secret.resourceKind, try await removeLeftOver(found) { continue }
      throw conflict(object.kind, found)
    }
  }

  private func conflict(_ kind: ResourceKind, _ found: K8s.ObjectMeta) -> ModelCreation.Stop {
    let label = kind.label(found.name ?? "", namespace)
    let kept = found.annotations?[Ownership.keptAnnotation] != nil
    let what =
      kept
      ? "\(label) was kept when an earlier model '\(name)' was deleted"
      : "\(label) exists already and is not part of a model"
    return ModelCreation.Stop(
      .conflict, "\(what). It is not touched: delete it, or choose another name.", field: .name)
  }

  /// A Secret of ours without owner is what a create left that died before its Deployment. After a while no create is
  /// still at it; how long that has been is told by the server's clock alone.
  private func removeLeftOver(_ secret: K8s.ObjectMeta) async throws -> Bool {
    let labels = secret.labels ?? [:]
    guard labels[ModelKeys.managedBy] == ModelKeys.manager, labels[ModelKeys.modelName] == name,
      labels[ModelKeys.organization] == operations.settings.organization,
      secret.ownerReferences?.isEmpty ?? true, let uid = secret.uid,
      let created = secret.creationTimestamp, let now = try await serverTime()
    else { return false }
    let left = ModelCreation.secretLifetime.seconds * 3 - now.timeIntervalSince(created)
    guard left <= 0 else {
      throw ModelCreation.Stop(
        .conflict,
        "another create of model '\(name)' began \(Int(now.timeIntervalSince(created))) s ago and has "
          + "not come to its Deployment. Nothing was changed: try again in \(Int(left) + 1) s.",
        field: .name)
    }
    if isDry { return true }
    do {
      try await api.delete(
        K8s.Secret.resourceKind, secret.name ?? "", namespace: namespace,
        options: DeleteOptions(preconditions: .init(uid: uid)))
    } catch let error as APIError where error.isNotFound {
      return true
    } catch {
      throw ModelCreation.Stop(
        error, doing: "remove Secret \(secret.name ?? "") of a broken create")
    }
    return true
  }

  /// The API server's time: it stands on what would be made by a dry run.
  private func serverTime() async throws -> Date? {
    let probe = K8s.Secret(
      metadata: K8s.ObjectMeta(name: "\(name)-time", namespace: namespace), type: "Opaque")
    let answer = try? await operations.retrying {
      try await api.create(
        K8s.Secret.resourceKind, try probe.manifest(), namespace: namespace,
        options: WriteOptions(dryRun: true))
    }
    return answer?.json["metadata", "creationTimestamp"]?.stringValue.flatMap(Timestamp.parse)
  }

  // MARK: The namespace

  private func isNamespaceAbsent() async throws -> Bool {
    do {
      let found = try await operations.retrying {
        try await api.get(K8s.Namespace.self, namespace, namespace: nil)
      }
      if found.metadata.deletionTimestamp != nil {
        throw ModelCreation.Stop(
          .conflict,
          "namespace \(namespace) is being deleted. Wait until it is gone, and try again.")
      }
      return false
    } catch let error as APIError where error.isForbidden {
      return false
    } catch let error as APIError where error.isNotFound {
      return true
    } catch let error as APIError {
      throw ModelCreation.Stop(error, doing: "look at namespace \(namespace)")
    }
  }

  func namespaceManifest() throws -> JSONValue {
    var metadata = K8s.ObjectMeta(name: namespace)
    metadata.labels = [
      ModelKeys.managedBy: ModelKeys.manager,
      "jan-server.menlo.ai/purpose": "model-deployment",
    ]
    return try K8s.Namespace(metadata: metadata).manifest()
  }

  private func createNamespace() async throws {
    progress("creating namespace \(namespace)")
    let manifest = try namespaceManifest()
    do {
      _ = try await operations.retrying {
        try await api.create(K8s.Namespace.resourceKind, manifest, namespace: nil)
      }
    } catch let error as APIError where error.isAlreadyExists {
      return
    } catch let error as APIError where error.isForbidden {
      throw ModelCreation.Stop(
        .forbidden,
        "namespace \(namespace) does not exist and you are not allowed to create it. "
          + "Ask for it, or name another one with --namespace.")
    } catch {
      throw ModelCreation.Stop(error, doing: "create namespace \(namespace)")
    }
  }
}
