internal import FoundationEssentials
internal import Kubernetes

// Undo of a delete: what is needed to make the model again is read before it is deleted.
extension ModelOperations {
  /// What makes the model again, should it be deleted. Never with a secret: what will be missing is said.
  ///
  /// - Parameters:
  ///   - uid: of the Deployment that is meant; `nil` is whichever has the name.
  ///   - keepsVolume: its claims outlive it, and are taken back.
  @concurrent
  package func keep(
    _ id: ModelID, uid: String? = nil, keepsVolume: Bool = false
  ) async -> Result<KeptModel, OperationFailure> {
    do {
      let live = try await read(ModelTarget(id, uid: uid))
      let stored = live.stored
      var kept = KeptModel(
        id: id, uid: live.uid, content: .manifests([]), displayName: stored.fields.displayName,
        modelDescription: stored.fields.modelDescription, tags: stored.fields.tags,
        replicas: stored.replicas, replicasBeforeStop: stored.replicasBeforeStop,
        hadToken: stored.hasToken, warnings: [])
      if stored.isManaged {
        guard let request = stored.request else {
          return .failure(
            OperationFailure(
              .rejected,
              "model \(id.name) could not be made again: \(stored.unreadable ?? "it cannot be read")"
            ))
        }
        kept.content = .managed(request)
        if stored.hasToken {
          kept.warnings.append(
            "the Hugging Face token is not kept: without it gated models cannot be downloaded")
        }
        if keepsVolume, request.resolvedStorageSize > 0 {
          try await keepClaims([ModelKeys.claimName(of: id.name)], &kept)
        } else if request.resolvedStorageSize > 0 {
          kept.warnings.append("the volume begins empty: the weights are downloaded again")
        }
      } else {
        kept.content = .manifests(
          try await manifests(of: live, keepsVolume: keepsVolume, warnings: &kept.warnings))
        if keepsVolume { try await keepClaims(live.ownClaims, &kept) }
      }
      kept.cleanTexts()
      return .success(kept)
    } catch let stop as ModelCreation.Stop {
      return .failure(stop.failure)
    } catch {
      return .failure(OperationFailure(error, doing: "look at model \(id.name)"))
    }
  }

  private func keepClaims(_ names: [String], _ kept: inout KeptModel) async throws {
    let kind = K8s.PersistentVolumeClaim.resourceKind
    for name in names {
      guard let found = try await metadata(of: kind, name, in: kept.id.namespace),
        let uid = found.uid, found.isOwned(by: [kept.uid])
      else { continue }
      kept.claims[name] = uid
    }
  }

  private func manifests(
    of live: LiveDeployment, keepsVolume: Bool, warnings: inout [String]
  ) async throws -> [JSONValue] {
    var manifests = [CleanManifest.clean(live.json)]
    for reference in OwnObjects(annotation: live.annotation(ModelKeys.objects)).references {
      if reference.kind == K8s.Secret.resourceKind {
        warnings.append(
          "\(reference.label) is not kept, nor what it holds: create it again by hand")
        continue
      }
      do {
        let object = try await retrying {
          try await api.get(
            reference.kind, reference.name, namespace: live.metadata.namespace ?? "")
        }
        let metadata = try JSONCoding.decode(
          K8s.PartialObjectMetadata.self, from: object.json
        ).metadata
        guard metadata.isOwned(by: [live.uid]) else { continue }
        var manifest = object.json
        manifest["apiVersion"] = .string(reference.kind.apiVersion)
        manifest["kind"] = .string(reference.kind.kind)
        manifests.append(CleanManifest.clean(manifest))
        if reference.kind == K8s.PersistentVolumeClaim.resourceKind, !keepsVolume {
          warnings.append("the volume of \(reference.label) begins empty")
        }
      } catch let error as APIError where error.isNotFound {
        continue
      } catch let error as APIError where error.isForbidden {
        warnings.append("\(reference.label) is not kept: \(error.description)")
      }
    }
    return manifests
  }

  /// Makes a model again that was kept, with as many replicas as it had.
  @concurrent
  package func recreate(
    _ kept: KeptModel, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    let result = await writing("re-create", kept.id) {
      switch kept.content {
      case .managed:
        guard let creation = creation(of: kept, progress: progress) else {
          return Self.nothingKept(kept)
        }
        try checkGPUs(
          creation.request.resolvedGPUCount, replicas: kept.replicas, of: kept.id.name)
        return await creation.run()
      case .manifests:
        guard let creation = yamlCreation(of: kept, progress: progress) else {
          return Self.nothingKept(kept)
        }
        try creation.checkGPUs()
        return try await creation.run()
      }
    }
    guard case .succeeded(let text) = result, !kept.warnings.isEmpty else { return result }
    return .succeeded("\(text); \(kept.warnings.joined(separator: "; "))")
  }

  private static func nothingKept(_ kept: KeptModel) -> OperationResult {
    .failed(OperationFailure(.other, "nothing was kept of model \(kept.id.name)"))
  }

  func creation(
    of kept: KeptModel, progress: @escaping @Sendable (String) -> Void
  ) -> ModelCreation? {
    guard case .managed(var request) = kept.content else { return nil }
    request.huggingFaceToken = nil
    var operations = self
    operations.settings.namespace = kept.id.namespace
    var creation = ModelCreation(operations: operations, request: request, progress: progress)
    creation.replicas = kept.replicas
    creation.replicasBeforeStop = kept.replicasBeforeStop
    creation.keptClaims = kept.claims
    return creation
  }

  func yamlCreation(
    of kept: KeptModel, progress: @escaping @Sendable (String) -> Void
  ) -> YAMLCreation? {
    guard case .manifests(let manifests) = kept.content else { return nil }
    var annotations = YAMLCreation.annotations(
      displayName: kept.displayName, description: kept.modelDescription, tags: kept.tags,
      operations: self, name: kept.id.name)
    annotations[ModelKeys.replicasBeforeStop] = kept.replicasBeforeStop.map { String($0) }
    var creation = YAMLCreation(
      operations: self, id: kept.id, manifests: manifests, annotations: annotations,
      progress: progress)
    creation?.keptClaims = kept.claims
    return creation
  }
}

extension KeptModel {
  /// Somebody may have put into its annotations what no model may be made with; it is made again all the same.
  fileprivate mutating func cleanTexts() {
    let before = (displayName, modelDescription, tags)
    displayName = TextRule.cleaned(displayName, .displayName)
    modelDescription = TextRule.cleaned(modelDescription, .description)
    tags = TextRule.cleaned(tags)
    guard before != (displayName, modelDescription, tags) else { return }
    warnings.append("characters that do not belong into its texts are left out")
    guard case .managed(var request) = content else { return }
    request.displayName = displayName.isEmpty ? nil : displayName
    request.modelDescription = modelDescription.isEmpty ? nil : modelDescription
    request.tags = tags
    content = .managed(request)
  }
}

/// An object as somebody would write it: without what the server and its controllers fill in.
enum CleanManifest {
  private static let metadata: Set<String> = ["name", "namespace", "labels", "annotations"]

  static func clean(_ object: JSONValue) -> JSONValue {
    var object = object
    object["status"] = nil
    var metadata = object["metadata"]?.objectValue?.filter { Self.metadata.contains($0.key) } ?? [:]
    if let annotations = metadata["annotations"]?.objectValue {
      let kept = annotations.filter { !isFilledIn($0.key) }
      metadata["annotations"] = .object(kept)
    }
    object["metadata"] = .object(metadata)
    switch object["kind"]?.stringValue {
    case "Service":
      // A headless Service is one because somebody wrote so.
      if object["spec", "clusterIP"] != "None" { object["spec", "clusterIP"] = nil }
      for field in ["clusterIPs", "healthCheckNodePort", "ipFamilies", "ipFamilyPolicy"] {
        object["spec", field] = nil
      }
      let ports = object["spec", "ports"]?.arrayValue?.map { port in
        var port = port
        port["nodePort"] = nil
        return port
      }
      if let ports { object["spec", "ports"] = .array(ports) }
    case "PersistentVolumeClaim":
      object["spec", "volumeName"] = nil
    case "Deployment":
      object["spec", "template", "metadata", "creationTimestamp"] = nil
    default: break
    }
    return object
  }

  private static func isFilledIn(_ annotation: String) -> Bool {
    annotation.hasPrefix(ModelKeys.annotationPrefix)
      || annotation.hasPrefix("pv.kubernetes.io/")
      || annotation.hasPrefix("volume.beta.kubernetes.io/")
      || annotation.hasPrefix("volume.kubernetes.io/")
      || annotation == "deployment.kubernetes.io/revision"
      || annotation == "kubectl.kubernetes.io/last-applied-configuration"
      || annotation.hasPrefix("autoscaling.alpha.kubernetes.io/")
  }
}
