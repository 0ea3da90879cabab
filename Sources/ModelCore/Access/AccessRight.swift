package import Kubernetes

/// One thing that somebody may do or not: a verb on a kind, somewhere.
package struct AccessRight: Hashable, Sendable {
  /// As RBAC has it: `create`, `patch`, `delete`, ...
  package var verb: String
  /// The API group; empty for the core.
  package var group: String
  /// The plural name.
  package var resource: String
  /// `nil`: in all namespaces, or the kind has none.
  package var namespace: String?

  /// A namespace is left out where the kind has none.
  package init(_ verb: String, _ kind: ResourceKind, in namespace: String? = nil) {
    self.verb = verb
    group = kind.group
    resource = kind.plural
    self.namespace = kind.isNamespaced ? namespace : nil
  }

  /// `deployments.apps`, as RBAC's messages and kubectl name it.
  package var qualifiedResource: String { group.isEmpty ? resource : "\(resource).\(group)" }

  /// The same in all namespaces.
  package var everywhere: AccessRight {
    var right = self
    right.namespace = nil
    return right
  }
}

/// Which rights the writes of the product need. The verbs are those of the requests that `ModelCreation`, `ModelDeletion` and
/// `ReconcileExecutor` send; server-side apply of what is not there needs `create` beside `patch`.
package enum ModelRights {
  /// What every new model needs. Its ServiceMonitor is not among it: who may not make one gets a model without, as where
  /// there is no Prometheus operator.
  package static func creating(in namespace: String) -> [AccessRight] {
    [AccessRight("create", K8s.Deployment.resourceKind, in: namespace)]
      + applying(K8s.Service.resourceKind, in: namespace)
  }

  /// What this one needs besides.
  package static func creating(_ request: CreateRequest, in namespace: String) -> [AccessRight] {
    var rights = creating(in: namespace)
    if request.resolvedStorageSize > 0 {
      rights += applying(K8s.PersistentVolumeClaim.resourceKind, in: namespace)
    }
    if request.huggingFaceToken != nil {
      // Its owner is written when the Deployment is there.
      rights += applying(K8s.Secret.resourceKind, in: namespace)
    }
    return rights
  }

  /// Texts and tags, replicas, a restart: all that is on the Deployment.
  package static func changing(in namespace: String) -> [AccessRight] {
    [AccessRight("patch", K8s.Deployment.resourceKind, in: namespace)]
  }

  /// The volume grows by a patch, or is made; the Service follows the port of the command.
  package static func redeploying(
    _ change: ModelChange, in namespace: String
  ) -> [AccessRight] {
    var rights = changing(in: namespace)
    if change.command != nil {
      rights.append(AccessRight("patch", K8s.Service.resourceKind, in: namespace))
    }
    if change.storageSize != nil {
      rights += applying(K8s.PersistentVolumeClaim.resourceKind, in: namespace)
    }
    return rights
  }

  /// A model from YAML: its Deployment is let go by a patch when all is there, and taken back when not.
  package static func creating(
    _ bundle: ManifestBundle, in namespace: String
  ) -> [AccessRight] {
    var kinds: [ResourceKind] = [K8s.Deployment.resourceKind]
    for kind in bundle.objects.map(\.kind) where !kinds.contains(kind) { kinds.append(kind) }
    return kinds.map { AccessRight("create", $0, in: namespace) }
      + changing(in: namespace) + deleting(in: namespace)
  }

  /// What any write needs.
  ///
  /// - Parameter namespace: where new models are made.
  package static func needed(for write: ModelWrite, in namespace: String) -> [AccessRight] {
    let place = write.target?.id.namespace ?? namespace
    switch write {
    case .create(let request): return creating(request, in: place)
    case .createFromYAML(let request):
      let bundle = request.bundle(in: ManifestBundle.Context())
      return creating(bundle, in: bundle.namespace)
    case .update(_, let change, _): return redeploying(change, in: place)
    case .scale, .stop, .start, .restart: return changing(in: place)
    case .delete(_, let keepVolume):
      return deleting(in: place) + (keepVolume ? keepingVolume(in: place) : [])
    case .recreate(let kept):
      guard case .managed(let request) = kept.content else {
        return [AccessRight("create", K8s.Deployment.resourceKind, in: kept.id.namespace)]
          + changing(in: kept.id.namespace) + deleting(in: kept.id.namespace)
      }
      return creating(request, in: kept.id.namespace)
    }
  }

  /// Its children go with the Deployment, by garbage collection, and need no right of ours.
  package static func deleting(in namespace: String) -> [AccessRight] {
    [AccessRight("delete", K8s.Deployment.resourceKind, in: namespace)]
  }

  /// Deleting a model without its volume takes the owner off the claim first.
  package static func keepingVolume(in namespace: String) -> [AccessRight] {
    [AccessRight("patch", K8s.PersistentVolumeClaim.resourceKind, in: namespace)]
  }

  /// What one action of the reconciler needs.
  package static func repairing(
    _ action: ReconcileAction, in namespace: String
  ) -> [AccessRight] {
    switch action.intent {
    case .create: applying(action.kind, in: namespace)
    case .repair: [AccessRight("patch", action.kind, in: namespace)]
    }
  }

  private static func applying(_ kind: ResourceKind, in namespace: String) -> [AccessRight] {
    [AccessRight("create", kind, in: namespace), AccessRight("patch", kind, in: namespace)]
  }

  /// Every right that is asked for ahead, without a place.
  static let asked: [AccessRight] = {
    let kinds: [ResourceKind] = [
      K8s.Deployment.resourceKind, K8s.Service.resourceKind,
      K8s.PersistentVolumeClaim.resourceKind, K8s.Secret.resourceKind, .serviceMonitor,
    ]
    let writes = kinds.flatMap { [AccessRight("create", $0), AccessRight("patch", $0)] }
    return writes + [AccessRight("delete", K8s.Deployment.resourceKind)]
  }()
}
