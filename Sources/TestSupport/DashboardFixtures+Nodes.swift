package import Dashboard
import Kubernetes
package import ModelCore

extension DashboardFixtures {
  /// A node with GPUs that are shared, cordoned, in use or free.
  private static func node(
    _ name: String, gpus: Int, product: String, memory: Int, labels: [String: String] = [:],
    change: (inout K8s.Node) -> Void = { _ in }
  ) -> K8s.Node {
    var node = K8s.Node(metadata: K8s.ObjectMeta(name: name))
    node.metadata.labels = [
      "nvidia.com/gpu.product": product, "nvidia.com/gpu.memory": String(memory),
    ].merging(labels) { _, new in new }
    node.spec = K8s.Node.Spec()
    node.status = K8s.Node.Status()
    node.status?.allocatable = ["nvidia.com/gpu": Quantity(gpus)]
    node.status?.conditions = [K8s.Condition(type: "Ready", status: "True")]
    change(&node)
    return node
  }

  private static func pod(_ name: String, on node: String, gpus: Int) -> K8s.Pod {
    var pod = K8s.Pod(metadata: K8s.ObjectMeta(name: name))
    pod.metadata.uid = name
    var container = K8s.Container(name: "c")
    container.resources = K8s.ResourceRequirements(limits: ["nvidia.com/gpu": Quantity(gpus)])
    pod.spec = K8s.PodSpec(containers: [container])
    pod.spec?.nodeName = node
    return pod
  }

  /// Five nodes: full, partly free, shared, cordoned and not ready.
  package static let nodes: [String: GPUInventory.Node] = GPUInventory(
    nodes: [
      node("gpu-node-1", gpus: 8, product: "NVIDIA-H200", memory: 143_771),
      node("gpu-node-2", gpus: 8, product: "NVIDIA-H200", memory: 143_771),
      node(
        "gpu-node-3", gpus: 8, product: "NVIDIA-L4-SHARED", memory: 23_034,
        labels: ["nvidia.com/gpu.replicas": "4", "nvidia.com/gpu.sharing-strategy": "time-slicing"]),
      node("gpu-node-4", gpus: 8, product: "NVIDIA-H200", memory: 143_771) {
        $0.spec?.unschedulable = true
      },
      node("gpu-node-5", gpus: 8, product: "NVIDIA-H200", memory: 143_771) {
        $0.status?.conditions = [K8s.Condition(type: "Ready", status: "Unknown")]
      },
    ],
    pods: [pod("a", on: "gpu-node-1", gpus: 8), pod("b", on: "gpu-node-2", gpus: 5)]
  ).all

  /// What a server says to a new model.
  package static let planSheet = PlanSheet(
    answer: .accepted("the server would do this (dry run of 2 objects)"),
    warnings: ["the cluster has no default storage class: the volume may never be made"],
    objects: [
      .init(
        label: "Deployment jan-models/llama-7b", note: "created",
        yaml: """
          apiVersion: apps/v1
          kind: Deployment
          metadata:
            name: llama-7b
            namespace: jan-models
          spec:
            replicas: 1
          """),
      .init(
        label: "Secret jan-models/llama-7b-hf-token", note: "created",
        yaml: "apiVersion: v1\nkind: Secret\nstringData:\n  token: <redacted>\n"),
    ])
}
