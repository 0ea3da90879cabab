internal import FoundationEssentials
internal import Kubernetes

extension ModelOperations {
  /// What creating a model would do, with the server's answer to a dry run of each object. Nothing is written.
  @concurrent
  package func planCreation(_ request: CreateRequest) async -> OperationPlan {
    var plan = OperationPlan()
    let context = await observer?.creationContext.validation ?? ValidationContext()
    plan.findings = request.findings(in: context)
    guard plan.findings.allSatisfy({ $0.severity != .error }) else { return plan }
    do {
      let isThere = try await hasNamespace()
      let monitors = (try? await retrying { try await self.api.serves(.serviceMonitor) }) ?? false
      for (kind, manifest) in try plannedObjects(request, monitors: monitors) {
        plan.items.append(try await item(kind, manifest, request, isNamespaceThere: isThere))
      }
      plan.notes = ["The Deployment owns the other objects: they are deleted with it."]
      if !isThere {
        plan.notes.append("Namespace \(settings.namespace) is not there yet, and is made first.")
      }
    } catch {
      plan.problem = OperationFailure(error, doing: "plan model \(request.name)")
    }
    return plan
  }

  private func hasNamespace() async throws -> Bool {
    do {
      let namespace = settings.namespace
      _ = try await retrying {
        try await self.api.get(K8s.Namespace.self, namespace, namespace: nil)
      }
      return true
    } catch let error as APIError where error.isNotFound {
      return false
    } catch let error as APIError where error.isForbidden {
      return true
    }
  }

  private func plannedObjects(
    _ request: CreateRequest, monitors: Bool
  ) throws -> [(ResourceKind, JSONValue)] {
    let manifests = ModelManifests(
      request: request, organization: settings.organization, namespace: settings.namespace,
      createdBy: settings.user, now: clock.now())
    var objects: [(ResourceKind, JSONValue)] = [
      (K8s.Deployment.resourceKind, try manifests.deployment()),
      (K8s.Service.resourceKind, try manifests.service(owner: nil)),
    ]
    if let claim = try manifests.claim(owner: nil) {
      objects.append((K8s.PersistentVolumeClaim.resourceKind, claim))
    }
    if let secret = try manifests.tokenSecret(owner: nil) {
      objects.append((K8s.Secret.resourceKind, secret))
    }
    if monitors { objects.append((.serviceMonitor, try manifests.serviceMonitor(owner: nil))) }
    return objects
  }

  private func item(
    _ kind: ResourceKind, _ manifest: JSONValue, _ request: CreateRequest, isNamespaceThere: Bool
  ) async throws -> OperationPlan.Item {
    let name = manifest["metadata", "name"]?.stringValue ?? ""
    var shown = manifest
    if shown["stringData"] != nil {
      shown["stringData"] = [ModelKeys.tokenKey: .string("<redacted>")]
    }
    var answer = OperationPlan.Answer.notAsked("its namespace is not there yet")
    if isNamespaceThere {
      do {
        let namespace = settings.namespace
        _ = try await retrying {
          try await self.api.create(
            kind, manifest, namespace: namespace, options: WriteOptions(dryRun: true))
        }
        answer = .accepted
      } catch let error as APIError where error.description.contains("does not support dry run") {
        answer = .notAsked("a webhook of the cluster cannot say beforehand")
      } catch let error as APIError where error.isForbidden && kind == .serviceMonitor {
        answer = .notAsked("no permission to create it: the model goes without")
      } catch {
        let failure = OperationFailure(error, doing: "create \(kind.kind) \(name)")
        if case .failed(let clean) = OperationResult.failed(failure)
          .masking(SecretMask(token: request.huggingFaceToken))
        {
          answer = .refused(clean)
        }
      }
    }
    return OperationPlan.Item(
      action: .create, kind: kind, namespace: settings.namespace, name: name,
      yaml: shown.yamlText, changes: [], answer: answer)
  }
}

extension ClusterObserver {
  /// What a model was made from, as it was last seen; `nil` where that cannot be read.
  package func lastSeen(_ id: ModelID) -> StoredModel? {
    guard let deployment = cache.deployments[id], let model = model(id) else { return nil }
    let specification = try? ModelSpecification(deployment: deployment)
    return StoredModel(
      id: id, uid: model.uid, resourceVersion: deployment.metadata.resourceVersion ?? "",
      isManaged: model.isManaged, isDeleting: model.isDeleting,
      replicas: deployment.spec?.replicas ?? 1, fields: ModelFields(model),
      request: model.isManaged ? specification?.request : nil,
      hasToken: specification?.hasToken ?? false)
  }
}
