internal import Kubernetes

/// A node of a simulated cluster.
package struct NodeSpec: Sendable, Equatable {
  /// What keeps pods that do not tolerate it off the node.
  package struct Taint: Sendable, Equatable {
    package var key: String
    /// Empty means without a value.
    package var value: String
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    package var effect: String

    package init(key: String, value: String = "", effect: String = "NoSchedule") {
      self.key = key
      self.value = value
      self.effect = effect
    }
  }

  package var name: String
  /// Whole GPUs; 0 makes a node without any, and without their labels.
  package var gpus: Int
  /// The GPU product as GPU Operator's labels name it.
  package var product: String
  /// Memory of one GPU, in MiB.
  package var gpuMemoryMiB: Int
  /// CPU cores, of which pods can have all but one.
  package var cpus: Int
  /// Memory of the node, in GiB.
  package var memoryGiB: Int
  /// Whether its kubelet reports.
  package var isReady: Bool
  /// Whether new pods are kept off it.
  package var isCordoned: Bool
  package var taints: [Taint]

  /// By default a ready machine with 8 H200, 64 cores and 512 GiB of memory.
  package init(
    name: String, gpus: Int = 8, product: String = "NVIDIA-H200", gpuMemoryMiB: Int = 143_771,
    cpus: Int = 64, memoryGiB: Int = 512, isReady: Bool = true, isCordoned: Bool = false,
    taints: [Taint] = []
  ) {
    self.name = name
    self.gpus = gpus
    self.product = product
    self.gpuMemoryMiB = gpuMemoryMiB
    self.cpus = cpus
    self.memoryGiB = memoryGiB
    self.isReady = isReady
    self.isCordoned = isCordoned
    self.taints = taints
  }

  /// Nodes `gpu-0`, `gpu-1`, ... with the same GPUs.
  package static func uniform(
    _ count: Int, gpus: Int = 8, product: String = "NVIDIA-H200", gpuMemoryMiB: Int = 143_771
  ) -> [NodeSpec] {
    (0..<count).map {
      NodeSpec(name: "gpu-\($0)", gpus: gpus, product: product, gpuMemoryMiB: gpuMemoryMiB)
    }
  }
}

extension NodeSpec {
  /// The node with the labels that GPU feature discovery gives it.
  func json(index: Int, now: JSONValue) -> JSONValue {
    var resources: JSONValue = [
      "cpu": .string(String(cpus)), "memory": .string("\(memoryGiB)Gi"),
      "ephemeral-storage": "1000Gi", "pods": "110",
    ]
    if gpus > 0 { resources["nvidia.com/gpu"] = .string(String(gpus)) }
    var allocatable = resources
    allocatable["cpu"] = .string(String(max(1, cpus - 1)))
    allocatable["memory"] = .string("\(max(1, memoryGiB - 12))Gi")
    allocatable["ephemeral-storage"] = "900Gi"
    var spec: JSONValue = ["podCIDR": .string("10.244.\(index % 250).0/24")]
    if isCordoned { spec["unschedulable"] = true }
    if !taints.isEmpty {
      spec["taints"] = .array(
        taints.map {
          var taint: JSONValue = ["key": .string($0.key), "effect": .string($0.effect)]
          if !$0.value.isEmpty { taint["value"] = .string($0.value) }
          return taint
        })
    }
    return [
      "apiVersion": "v1", "kind": "Node",
      "metadata": ["name": .string(name), "labels": labels(index: index)], "spec": spec,
      "status": [
        "capacity": resources, "allocatable": allocatable, "conditions": conditions(now),
        "addresses": [
          ["type": "InternalIP", "address": .string("10.0.\(index / 250).\(index % 250 + 1)")],
          ["type": "Hostname", "address": .string(name)],
        ],
        "nodeInfo": [
          "machineID": .string(name), "systemUUID": .string(name), "bootID": .string(name),
          "kernelVersion": "6.1.0", "osImage": "Simulated Linux",
          "containerRuntimeVersion": "containerd://1.7.24", "kubeletVersion": "v1.32.0",
          "kubeProxyVersion": "v1.32.0", "operatingSystem": "linux", "architecture": "amd64",
        ],
      ],
    ]
  }

  private func labels(index: Int) -> JSONValue {
    var labels: JSONValue = [
      "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "node.kubernetes.io/instance-type": .string("simulated.\(gpus)gpu"),
      "topology.kubernetes.io/zone": .string("zone-\(index % 3)"),
    ]
    guard gpus > 0 else { return labels }
    labels["nvidia.com/gpu.present"] = "true"
    labels["nvidia.com/gpu.product"] = .string(product)
    labels["nvidia.com/gpu.memory"] = .string(String(gpuMemoryMiB))
    labels["nvidia.com/gpu.count"] = .string(String(gpus))
    labels["nvidia.com/gpu.replicas"] = "1"
    labels["nvidia.com/gpu.sharing-strategy"] = "none"
    labels["nvidia.com/mig.capable"] = "true"
    labels["nvidia.com/mig.strategy"] = "single"
    return labels
  }

  private func conditions(_ now: JSONValue) -> JSONValue {
    func condition(_ type: String, _ status: String, _ reason: String, _ text: String) -> JSONValue
    {
      [
        "type": .string(type), "status": .string(status), "reason": .string(reason),
        "message": .string(text), "lastHeartbeatTime": now, "lastTransitionTime": now,
      ]
    }
    return [
      condition(
        "MemoryPressure", "False", "KubeletHasSufficientMemory",
        "kubelet has sufficient memory available"),
      condition(
        "DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
      condition(
        "PIDPressure", "False", "KubeletHasSufficientPID",
        "kubelet has sufficient PID available"),
      isReady
        ? condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")
        : condition(
          "Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."),
    ]
  }
}
