internal import FoundationEssentials
internal import Kubernetes

/// A pod as it is read from a watch: only what the rules read is taken out of its JSON. Pods are by far the most of what a cluster holds, and most
/// of a pod's text (managed fields, environment, mounts, probes) says nothing here.
struct WatchedPod: ReflectedObject {
  /// Name, namespace and version: whose the rest is.
  let metadata: K8s.ObjectMeta
  /// `nil` for pods that are of no model and hold no GPUs.
  let kept: K8s.Pod?
  let placement: KeptPod.Placement?

  init(_ pod: K8s.Pod) {
    metadata = pod.metadata
    kept = pod.kept
    placement = pod.placement
  }

  init(from decoder: any Decoder) throws { self.init(try K8s.Pod(from: decoder)) }

  init(scanning scanner: inout JSONScanner) throws {
    var (metadata, spec) = (K8s.ObjectMeta?.none, K8s.PodSpec?.none)
    var status: K8s.Pod.Status?
    try scanner.members { scanner, key in
      switch key {
      case "metadata": metadata = try Self.metadata(&scanner)
      case "spec": spec = try scanner.object(Self.spec)
      case "status": status = try scanner.object(Self.status)
      default: try scanner.skip()
      }
    }
    guard let metadata else { throw scanner.shapeError("an object has metadata") }
    self.init(K8s.Pod(metadata: metadata, spec: spec, status: status))
  }

  private static func metadata(_ scanner: inout JSONScanner) throws -> K8s.ObjectMeta {
    var meta = K8s.ObjectMeta()
    try scanner.members { scanner, key in
      switch key {
      case "name": meta.name = try scanner.uniqueString()
      case "namespace": meta.namespace = try scanner.string()
      case "uid": meta.uid = try scanner.uniqueString()
      case "resourceVersion": meta.resourceVersion = try scanner.uniqueString()
      case "creationTimestamp": meta.creationTimestamp = try scanner.date()
      case "deletionTimestamp": meta.deletionTimestamp = try scanner.date()
      case "labels":
        meta.labels = scanner.sharing(
          try scanner.dictionary {
            if case "model.aibrix.ai/name" = $0 { true } else { false }
          } _: {
            try $0.string()
          }, as: "pod labels")
      case "ownerReferences":
        meta.ownerReferences = scanner.sharing(
          try scanner.array { try $0.object(K8s.OwnerReference.init) }, as: "pod owners")
      default: try scanner.skip()
      }
    }
    return meta
  }

  // MARK: Specification

  private static func spec(_ scanner: inout JSONScanner) throws -> K8s.PodSpec {
    var containers: [K8s.Container]?
    var spec = K8s.PodSpec(containers: [])
    try scanner.members { scanner, key in
      switch key {
      case "nodeName": spec.nodeName = try scanner.string()
      case "containers":
        containers = scanner.sharing(
          try scanner.array { try $0.object(Self.container) }, as: "pod containers")
      case "initContainers":
        spec.initContainers = scanner.sharing(
          try scanner.array { try $0.object(Self.container) }, as: "pod init containers")
      default: try scanner.skip()
      }
    }
    guard let containers else { throw scanner.shapeError("a pod has containers") }
    spec.containers = containers
    return spec
  }

  private static func container(_ scanner: inout JSONScanner) throws -> K8s.Container {
    var name: String?
    var container = K8s.Container(name: "")
    try scanner.members { scanner, key in
      switch key {
      case "name": name = try scanner.string()
      case "image": container.image = try scanner.string()
      case "resources":
        container.resources = try scanner.object(K8s.ResourceRequirements.init)
      case "restartPolicy": container.restartPolicy = try scanner.string()
      case "startupProbe":
        // That there is one is all that counts.
        container.startupProbe = try scanner.object { scanner in
          try scanner.skip()
          return K8s.Probe(httpGet: nil)
        }
      default: try scanner.skip()
      }
    }
    guard let name else { throw scanner.shapeError("a container has a name") }
    container.name = name
    return container
  }

  // MARK: Status

  private static func status(_ scanner: inout JSONScanner) throws -> K8s.Pod.Status {
    var status = K8s.Pod.Status()
    try scanner.members { scanner, key in
      switch key {
      case "phase": status.phase = try scanner.string()
      case "reason": status.reason = try scanner.string()
      case "message": status.message = try scanner.string()
      case "conditions":
        let all = try scanner.array { try $0.object(K8s.Condition.init) }
        status.conditions = scanner.sharing(
          all.map(K8s.Pod.readConditions), as: "pod conditions")
      case "containerStatuses":
        status.containerStatuses = try scanner.array { try $0.object(K8s.ContainerStatus.init) }
      case "initContainerStatuses":
        status.initContainerStatuses = try scanner.array {
          try $0.object(K8s.ContainerStatus.init)
        }
      default: try scanner.skip()
      }
    }
    return status
  }
}
