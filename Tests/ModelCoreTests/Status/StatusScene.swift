import FoundationEssentials
import Kubernetes
import ModelCore

/// A Deployment with its ReplicaSets, pods and events, as a test tells it.
struct StatusScene {
  static let now = Date(timeIntervalSince1970: 1_700_000_000)

  var deployment: K8s.Deployment
  var replicaSets: [K8s.ReplicaSet] = []
  var pods: [K8s.Pod] = []
  var events: [K8s.Event] = []
  var inventory: GPUInventory?
  var last: ModelStatus?

  init(replicas: Int? = 1) {
    var metadata = K8s.ObjectMeta(name: "m", namespace: "jan-models")
    metadata.uid = "d"
    metadata.generation = 1
    deployment = K8s.Deployment(metadata: metadata)
    var spec = K8s.Deployment.Spec(replicas: replicas)
    spec.progressDeadlineSeconds = 5_400
    deployment.spec = spec
    var status = K8s.Deployment.Status()
    status.observedGeneration = 1
    deployment.status = status
  }

  /// A ReplicaSet of the Deployment with a revision, and pods of it.
  mutating func add(set name: String = "rs", revision: Int = 1, _ pods: K8s.Pod...) {
    var set = K8s.ReplicaSet(metadata: K8s.ObjectMeta(name: name))
    set.metadata.uid = name
    set.metadata.annotations = ["deployment.kubernetes.io/revision": String(revision)]
    set.metadata.ownerReferences = [ModelManifests.owner(name: "m", uid: "d")]
    replicaSets.append(set)
    for var pod in pods {
      pod.metadata.ownerReferences = [
        K8s.OwnerReference(
          apiVersion: "apps/v1", kind: "ReplicaSet", name: name, uid: name, controller: true)
      ]
      self.pods.append(pod)
    }
  }

  mutating func condition(
    _ type: String, _ status: String, _ reason: String, _ message: String = ""
  ) {
    let before = deployment.status?.conditions ?? []
    deployment.status?.conditions =
      before + [
        K8s.Condition(type: type, status: status, reason: reason, message: message)
      ]
  }

  mutating func event(_ pod: String, _ reason: String, _ message: String, ago: Double = 0) {
    var event = K8s.Event(
      metadata: K8s.ObjectMeta(name: "e\(events.count)"),
      involvedObject: K8s.ObjectReference(kind: "Pod", name: pod, uid: pod), reason: reason,
      message: message, type: "Warning")
    event.lastTimestamp = Self.now.addingTimeInterval(-ago)
    events.append(event)
  }

  var result: (status: ModelStatus, reason: String) {
    ModelCondition.evaluate(
      deployment: deployment, replicaSets: replicaSets, pods: pods, events: events, now: Self.now,
      inventory: inventory, last: last)
  }
}

extension K8s.Pod {
  /// A pod bound to a node, from its status as JSON; `nil` for `node` is one that is not scheduled.
  static func with(
    _ name: String = "p", node: String? = "gpu-1", gpus: Int = 1, status json: String
  ) -> K8s.Pod {
    var pod = K8s.Pod(metadata: K8s.ObjectMeta(name: name))
    pod.metadata.uid = name
    var container = K8s.Container(name: "server")
    container.image = "vllm/vllm-openai:v1"
    container.resources = K8s.ResourceRequirements(limits: ["nvidia.com/gpu": Quantity(gpus)])
    container.startupProbe = K8s.Probe(httpGet: .init(path: "/health", port: .int(8000)))
    pod.spec = K8s.PodSpec(containers: [container])
    pod.spec?.nodeName = node
    let value = try? JSONValue(parsing: Data(json.utf8))
    pod.status = value.flatMap { try? JSONCoding.decode(K8s.Pod.Status.self, from: $0) }
    precondition(pod.status != nil, "no pod status: \(json)")
    return pod
  }

  static func ready(_ name: String = "p", node: String = "gpu-1") -> K8s.Pod {
    with(
      name, node: node,
      status: """
        {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
         "containerStatuses": [{"name": "server", "ready": true, "started": true, "restartCount": 0,
          "state": {"running": {"startedAt": "2023-11-14T20:00:00Z"}}}]}
        """)
  }

  static func unscheduled(
    _ name: String = "p", gpus: Int = 1, message: String, reason: String = "Unschedulable"
  ) -> K8s.Pod {
    var pod = with(name, node: nil, gpus: gpus, status: #"{"phase": "Pending"}"#)
    pod.status?.conditions = [
      K8s.Condition(type: "PodScheduled", status: "False", reason: reason, message: message)
    ]
    return pod
  }

  /// A pod whose container waits.
  static func waiting(
    pod name: String = "p", _ reason: String, _ message: String = "", restarts: Int = 0,
    last: String = "null"
  ) -> K8s.Pod {
    var pod = with(
      name,
      status: """
        {"phase": "Pending", "containerStatuses": [{"name": "server", "ready": false,
         "restartCount": \(restarts), "state": {"waiting": {"reason": "\(reason)"}},
         "lastState": {"terminated": \(last)}}]}
        """)
    pod.status?.containerStatuses?[0].state?.waiting?.message = message
    return pod
  }

  /// A pod whose container runs and is not ready.
  static func starting(
    _ name: String = "p", restarts: Int = 0, last: String = "null", started: Bool = false,
    since: String = "2023-11-14T22:13:00Z"
  ) -> K8s.Pod {
    with(
      name,
      status: """
        {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
         "containerStatuses": [{"name": "server", "ready": false, "started": \(started),
          "restartCount": \(restarts), "state": {"running": {"startedAt": "\(since)"}},
          "lastState": {"terminated": \(last)}}]}
        """)
  }

  func terminating() -> K8s.Pod {
    var pod = self
    pod.metadata.deletionTimestamp = StatusScene.now
    return pod
  }
}
