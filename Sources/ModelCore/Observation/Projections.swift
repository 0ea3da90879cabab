internal import FoundationEssentials
internal import Kubernetes

// What the caches keep of the objects that they watch. A cluster of 30,000 pods is held in tens of megabytes
// because nothing is kept that no face shows and no rule reads.

/// What the caches keep of a pod: of most only what it takes of its node.
struct KeptPod: Sendable, Equatable {
  /// What a pod takes of the node that it is bound to, until it has ended.
  struct Placement: Sendable, Equatable {
    var node: String
    var load: PodLoad
  }

  /// Of a model, or a holder of GPUs.
  var pod: K8s.Pod?
  var placement: Placement?

  /// `nil` where nothing of it is kept.
  init?(_ watched: WatchedPod) {
    pod = watched.kept
    placement = watched.placement
    if pod == nil, placement == nil { return nil }
  }
}

extension K8s.Pod {
  /// What it takes of its node; `nil` where it is on none, or has ended.
  var placement: KeptPod.Placement? {
    guard let node = spec?.nodeName, !node.isEmpty, status?.phase != "Succeeded",
      status?.phase != "Failed"
    else { return nil }
    return KeptPod.Placement(node: node, load: PodLoad(spec))
  }

  /// The pod with what equals another's taken from there. Pods of one ReplicaSet are alike: a list reads what they have in common once, and what
  /// a watch tells of single pods later must not undo that.
  func sharing(with other: K8s.Pod?) -> K8s.Pod {
    guard let other else { return self }
    var pod = self
    func share<Value: Equatable>(_ part: WritableKeyPath<K8s.Pod, Value>) {
      if pod[keyPath: part] == other[keyPath: part] { pod[keyPath: part] = other[keyPath: part] }
    }
    share(\.metadata.labels)
    share(\.metadata.ownerReferences)
    if let spec = other.spec {
      if pod.spec?.containers == spec.containers { pod.spec?.containers = spec.containers }
      if pod.spec?.initContainers == spec.initContainers {
        pod.spec?.initContainers = spec.initContainers
      }
    }
    if let status = other.status, pod.status?.conditions == status.conditions {
      pod.status?.conditions = status.conditions
    }
    return pod
  }

  /// The pod as the caches keep it: of a model with what the rules read, of others with the GPUs that they hold;
  /// `nil` for pods that are neither.
  var kept: K8s.Pod? {
    if metadata.labels?[ModelKeys.modelName] != nil { return trimmed }
    guard status?.phase != "Succeeded", status?.phase != "Failed",
      let node = spec?.nodeName, !node.isEmpty, !GPUResource.requests(of: spec).isEmpty
    else { return nil }
    return holder
  }

  private var trimmed: K8s.Pod {
    var metadata = K8s.ObjectMeta(
      name: metadata.name, namespace: metadata.namespace,
      labels: metadata.labels.map { labels in
        labels.count == 1 ? labels : labels.filter { $0.key == ModelKeys.modelName }
      }, ownerReferences: metadata.ownerReferences)
    metadata.uid = self.metadata.uid
    metadata.creationTimestamp = self.metadata.creationTimestamp
    metadata.deletionTimestamp = self.metadata.deletionTimestamp
    var spec = self.spec.map { spec in
      // Containers are often one array for many pods: what need not change stays that.
      K8s.PodSpec(
        containers: spec.containers.allSatisfy(\.isTrimmed)
          ? spec.containers : spec.containers.map(\.trimmed))
    }
    spec?.initContainers = self.spec?.initContainers?.map(\.trimmed)
    spec?.nodeName = self.spec?.nodeName
    var status = self.status
    status?.podIP = nil
    status?.startTime = nil
    if let conditions = status?.conditions, !conditions.allSatisfy(Self.isRead) {
      status?.conditions = Self.readConditions(conditions)
    }
    return K8s.Pod(metadata: metadata, spec: spec, status: status)
  }

  /// Of the conditions what the rules read: whether it is ready, and why it has no node.
  static func readConditions(_ conditions: [K8s.Condition]) -> [K8s.Condition] {
    conditions.compactMap { condition in
      switch condition.type {
      case "Ready": K8s.Condition(type: "Ready", status: condition.status)
      case "PodScheduled" where !condition.isTrue:
        K8s.Condition(
          type: "PodScheduled", status: condition.status, reason: condition.reason,
          message: condition.message)
      default: nil
      }
    }
  }

  private static func isRead(_ condition: K8s.Condition) -> Bool {
    guard condition.lastTransitionTime == nil, condition.lastUpdateTime == nil else { return false }
    return condition.type == "Ready"
      ? condition.reason == nil && condition.message == nil
      : condition.type == "PodScheduled" && !condition.isTrue
  }

  /// Where it is and what it asks for, and no more.
  private var holder: K8s.Pod {
    var metadata = K8s.ObjectMeta(name: metadata.name, namespace: metadata.namespace)
    metadata.uid = self.metadata.uid
    var spec = K8s.PodSpec(containers: self.spec?.containers.map(\.trimmed) ?? [])
    spec.initContainers = self.spec?.initContainers?.map(\.trimmed)
    spec.nodeName = self.spec?.nodeName
    var status = K8s.Pod.Status()
    // Any phase that has not ended counts alike.
    status.phase = "Running"
    return K8s.Pod(metadata: metadata, spec: spec, status: status)
  }
}

extension K8s.Container {
  fileprivate var trimmed: K8s.Container {
    var container = K8s.Container(name: name)
    container.image = image
    container.resources = resources
    // Whether it is a sidecar, and whether something says that it has started up.
    container.restartPolicy = restartPolicy
    container.startupProbe = startupProbe.map { _ in K8s.Probe(httpGet: nil) }
    return container
  }

  fileprivate var isTrimmed: Bool {
    command == nil && args == nil && ports == nil && env == nil && volumeMounts == nil
      && imagePullPolicy == nil && livenessProbe == nil && readinessProbe == nil
      && startupProbe.map { $0 == K8s.Probe(httpGet: nil) } ?? true
  }
}

extension K8s.ObjectMeta {
  /// Without annotations, and without the version, so that equal content is equal.
  fileprivate var trimmed: K8s.ObjectMeta {
    var metadata = self
    metadata.annotations = nil
    metadata.resourceVersion = nil
    return metadata
  }
}

extension K8s.ReplicaSet {
  /// The set without its template: what a pod looks like is read from the pod.
  var trimmed: K8s.ReplicaSet {
    var set = self
    set.metadata.resourceVersion = nil
    set.metadata.labels = nil
    // Which rollout it belongs to is the one annotation that matters.
    set.metadata.annotations = metadata.annotations?.filter {
      $0.key == "deployment.kubernetes.io/revision"
    }
    set.spec?.template = nil
    set.spec?.selector = nil
    return set
  }
}

extension K8s.Deployment {
  /// The Deployment without the copy that client-side apply keeps of it.
  var trimmed: K8s.Deployment {
    var deployment = self
    deployment.metadata.annotations?["kubectl.kubernetes.io/last-applied-configuration"] = nil
    return deployment
  }
}

extension K8s.Service {
  var trimmed: K8s.Service {
    var service = self
    service.metadata.resourceVersion = nil
    service.metadata.annotations?["kubectl.kubernetes.io/last-applied-configuration"] = nil
    return service
  }
}

extension K8s.PersistentVolumeClaim {
  var trimmed: K8s.PersistentVolumeClaim {
    var claim = self
    claim.metadata.resourceVersion = nil
    claim.metadata.annotations = metadata.annotations?.filter {
      $0.key.hasPrefix(ModelKeys.annotationPrefix)
    }
    return claim
  }
}

extension K8s.PartialObjectMetadata {
  var trimmed: K8s.PartialObjectMetadata {
    var metadata = metadata
    metadata.resourceVersion = nil
    metadata.annotations = nil
    return K8s.PartialObjectMetadata(metadata: metadata)
  }
}

extension CustomObject {
  var trimmed: CustomObject {
    var metadata = metadata
    metadata.resourceVersion = nil
    metadata.annotations = nil
    return CustomObject(metadata: metadata, spec: spec)
  }
}

extension K8s.Node {
  /// The node without heartbeats: they come every few minutes from every node and change nothing here.
  var trimmed: K8s.Node {
    var node = self
    node.metadata.resourceVersion = nil
    node.metadata.annotations = nil
    // Node Feature Discovery's are many, and nothing here reads them.
    node.metadata.labels = metadata.labels?.filter {
      !$0.key.hasPrefix("feature.node.kubernetes.io/")
    }
    node.status?.capacity = nil
    node.status?.allocatable = status?.allocatable?.filter {
      GPUResource.isGPU($0.key) || ["cpu", "memory", "pods"].contains($0.key)
    }
    node.status?.conditions = status?.conditions?.filter { $0.type == "Ready" }.map {
      K8s.Condition(type: $0.type, status: $0.status)
    }
    return node
  }
}

/// A HorizontalPodAutoscaler or PodAutoscaler, read for what it scales alone.
struct AutoscalerObject: ReflectedObject {
  struct Spec: Decodable, Sendable {
    struct Target: Decodable, Sendable {
      var kind: String?
      var name: String?
    }
    var scaleTargetRef: Target?
  }

  var metadata: K8s.ObjectMeta
  var spec: Spec?

  /// The Deployment that it scales, in its own namespace.
  var target: ObjectKey? {
    guard let target = spec?.scaleTargetRef, target.kind == "Deployment", let name = target.name
    else { return nil }
    return ObjectKey(namespace: metadata.namespace ?? "", name: name)
  }
}
