import Kubernetes

extension K8s.Node {
  /// A ready node with GPUs.
  static func gpu(
    _ name: String, _ count: Int, product: String? = "NVIDIA-H200", isReady: Bool = true,
    isCordoned: Bool = false, resource: String = "nvidia.com/gpu"
  ) -> K8s.Node {
    var node = K8s.Node(metadata: K8s.ObjectMeta(name: name))
    node.metadata.labels = product.map { ["nvidia.com/gpu.product": $0] }
    node.spec = K8s.Node.Spec()
    node.spec?.unschedulable = isCordoned ? true : nil
    node.status = K8s.Node.Status()
    node.status?.allocatable = [resource: Quantity(count)]
    node.status?.conditions = [K8s.Condition(type: "Ready", status: isReady ? "True" : "Unknown")]
    return node
  }
}

extension K8s.Pod {
  /// A pod that asks for GPUs, on a node.
  static func gpu(
    _ uid: String, on node: String?, _ count: Int, phase: String = "Running",
    resource: String = "nvidia.com/gpu"
  ) -> K8s.Pod {
    var pod = K8s.Pod(metadata: K8s.ObjectMeta(name: uid))
    pod.metadata.uid = uid
    var container = K8s.Container(name: "c")
    container.resources = K8s.ResourceRequirements(limits: [resource: Quantity(count)])
    pod.spec = K8s.PodSpec(containers: [container])
    pod.spec?.nodeName = node
    pod.status = K8s.Pod.Status()
    pod.status?.phase = phase
    return pod
  }
}
