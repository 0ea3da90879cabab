package import Dashboard
package import FoundationEssentials
package import ModelCore
package import TerminalUI

/// Models and states for the dashboard's tests.
package enum DashboardFixtures {
  /// 2026-01-15 10:30:00 UTC.
  package static let now = Date(timeIntervalSince1970: 1_768_473_000)

  /// User `admin` of organization 1 at the cluster `gpu-prod`.
  package static func configuration(
    isReadOnly: Bool = false, isSimulated: Bool = false, glyphs: Glyphs = .unicode
  ) -> DashboardConfiguration {
    DashboardConfiguration(
      context: "gpu-prod", server: "https://10.0.0.1:6443", organization: "1", user: "admin",
      namespace: "jan-models", isReadOnly: isReadOnly, isSimulated: isSimulated, glyphs: glyphs,
      version: "0.1.0")
  }

  /// A dashboard that has been told of these models at ``now``.
  package static func state(
    _ models: [Model] = [], columns: Int = 80, rows: Int = 24, isReadOnly: Bool = false,
    isSimulated: Bool = false, glyphs: Glyphs = .unicode, connection: Connection = .live,
    creation: CreationContext? = nil
  ) -> DashboardState {
    var state = DashboardState(
      configuration: configuration(
        isReadOnly: isReadOnly, isSimulated: isSimulated, glyphs: glyphs),
      size: Size(rows: rows, columns: columns), now: now)
    _ = update(
      &state,
      .update(
        ClusterUpdate(
          changed: models, isComplete: true, connection: connection, gpus: gpus, asOf: now,
          creation: creation)))
    return state
  }

  /// Two products: 8 GPUs of which 5 are used, and 24 of which 18 are.
  package static let gpus = GPUOverview.totals(
    GPUTotals(products: [
      .init(name: "NVIDIA-A100-SXM4-80GB", total: 8, used: 5),
      .init(name: "NVIDIA-H200", total: 24, used: 18),
    ]))

  /// A model of organization 1 that serves on one GPU.
  package static func model(
    _ name: String, namespace: String = "jan-models", status: ModelStatus = .running,
    reason: String = "", age: TimeInterval = 86_400
  ) -> Model {
    var model = Model(id: ModelID(namespace: namespace, name: name), uid: "uid-\(name)")
    model.organization = "1"
    model.status = status
    model.reason = reason
    model.isManaged = true
    model.isOurs = true
    model.desiredReplicas = status == .stopped ? 0 : 1
    model.readyReplicas = status == .running ? 1 : 0
    model.serviceName = name
    model.endpoint = "http://\(name).\(namespace).svc.cluster.local:8000"
    model.image = "vllm/vllm-openai:v0.6.3"
    model.command = ["vllm", "serve", "--served-model-name", name]
    model.gpu = GPUAssignment(perReplica: 1, requested: model.desiredReplicas)
    model.createdAt = now.addingTimeInterval(-age)
    return model
  }

  private static func placed(
    _ model: Model, _ placements: [(node: String, product: String, count: Int)], perReplica: Int
  ) -> Model {
    var model = model
    model.gpu = GPUAssignment(
      perReplica: perReplica, requested: perReplica * model.desiredReplicas,
      placements: placements.map { .init(node: $0.node, product: $0.product, count: $0.count) })
    model.nodes = placements.map(\.node)
    return model
  }

  /// Twelve models in every status, as a cluster with four nodes has them.
  package static let models: [Model] = {
    var llama = placed(
      model("llama-70b", age: 3 * 86_400 + 7_200),
      [("gpu-node-1", "NVIDIA-H200", 8), ("gpu-node-2", "NVIDIA-H200", 8)], perReplica: 8)
    llama.displayName = "Llama 3.1 70B Instruct"
    llama.modelDescription = "The large model for chat; two replicas."
    llama.tags = ["llama", "chat", "prod"]
    llama.desiredReplicas = 2
    llama.readyReplicas = 2
    llama.gpu.requested = 16
    llama.huggingFaceID = "meta-llama/Llama-3.1-70B-Instruct"
    llama.createdBy = "admin"
    llama.updatedAt = now.addingTimeInterval(-5_000)
    var degraded = placed(
      model("mistral-7b", reason: "degraded: 1 of 2 replicas ready", age: 5_400),
      [("gpu-node-3", "NVIDIA-A100-SXM4-80GB", 1)], perReplica: 1)
    degraded.desiredReplicas = 2
    degraded.gpu.requested = 2
    degraded.restarts = 3
    var crash = placed(
      model(
        "qwen2-72b", status: .crashLoopBackOff,
        reason:
          "container model exits with code 1 (CUDA out of memory), restarted 14 times; next try in 4 min",
        age: 7_200), [("gpu-node-3", "NVIDIA-A100-SXM4-80GB", 4)], perReplica: 4)
    crash.restarts = 14
    var deleting = placed(
      model("bge-reranker", reason: "being deleted: 1 pod terminating", age: 40 * 86_400),
      [("gpu-node-2", "NVIDIA-H200", 1)], perReplica: 1)
    deleting.isDeleting = true
    var drift = placed(
      model("embed-e5", age: 20 * 3_600), [("gpu-node-2", "NVIDIA-H200", 1)], perReplica: 1)
    drift.drift = ["Service embed-e5 is missing"]
    drift.endpoint = nil
    var cpu = model("whisper-cpu", age: 9 * 86_400)
    cpu.gpu = GPUAssignment()
    cpu.nodes = ["cpu-node-1"]
    var unmanaged = model("blue-llama", namespace: "lab", age: 100 * 86_400)
    unmanaged.organization = nil
    unmanaged.isManaged = false
    unmanaged.isOurs = false
    unmanaged.gpu.placements = [.init(node: "gpu-node-4", product: "NVIDIA-H200", count: 1)]
    unmanaged.nodes = ["gpu-node-4"]
    unmanaged.image = "registry.example.com/team-lab/custom-vllm:2024.11"
    var other = model("secret-of-two", namespace: "two")
    other.organization = "2"
    other.isOurs = false
    return [
      llama, degraded, crash, deleting, drift, cpu, unmanaged, other,
      placed(
        model("phi-3-mini", status: .creating, reason: "downloading weights: 38 %", age: 95),
        [("gpu-node-2", "NVIDIA-H200", 1)], perReplica: 1),
      model(
        "deepseek-r1", status: .pending,
        reason:
          "no node has 9 free nvidia.com/gpu: the largest, gpu-node-1, has 8 in all; ask for 8 or fewer",
        age: 640),
      model(
        "gemma-2-27b", status: .failed,
        reason:
          "cannot pull image vllm/vllm-openai:v9.9.9: not found; check the image's name and tag",
        age: 3_000),
      model("falcon-40b", status: .stopped, reason: "zero replicas asked for", age: 200 * 86_400),
      placed(
        model("codellama-34b", age: 42), [("gpu-node-2", "NVIDIA-H200", 2)], perReplica: 2),
    ]
  }()

  /// What belongs to `llama-70b`.
  package static let details: ModelDetails = {
    var details = ModelDetails(id: ModelID(namespace: "jan-models", name: "llama-70b"))
    details.conditions = [
      .init(
        type: "Available", status: "True", reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.", since: now.addingTimeInterval(-7_200)),
      .init(
        type: "Progressing", status: "True", reason: "NewReplicaSetAvailable",
        message: "ReplicaSet \"llama-70b-6f7c9d5b8\" has successfully progressed.",
        since: now.addingTimeInterval(-266_400)),
    ]
    details.pods = (1...2).map { number in
      var pod = ModelDetails.Pod(name: "llama-70b-6f7c9d5b8-x\(number)zq4", phase: "Running")
      pod.isReady = true
      pod.node = "gpu-node-\(number)"
      pod.createdAt = now.addingTimeInterval(-266_400)
      return pod
    }
    details.pods[1].restarts = 1
    details.pods[1].state = "last time it ended with code 137 (killed, out of memory?)"
    details.events = [
      .init(
        isWarning: true, reason: "Unhealthy",
        message: "Readiness probe failed: Get \"http://10.1.2.3:8000/health\": connection refused",
        object: "Pod/llama-70b-6f7c9d5b8-x2zq4", count: 12),
      .init(
        isWarning: false, reason: "Pulled", message: "Container image already present on machine",
        object: "Pod/llama-70b-6f7c9d5b8-x2zq4", count: 1),
    ]
    details.events[0].lastSeen = now.addingTimeInterval(-190)
    details.events[1].lastSeen = now.addingTimeInterval(-260)
    details.objects = [
      .init(kind: "Deployment", name: "llama-70b", state: "2/2 ready"),
      .init(kind: "Service", name: "llama-70b", state: "ClusterIP :8000"),
      .init(kind: "PersistentVolumeClaim", name: "llama-70b-storage", state: "Bound 200Gi"),
      .init(kind: "Secret", name: "llama-70b-hf-token", state: "1 key"),
      .init(kind: "ServiceMonitor", name: "llama-70b", state: "missing"),
    ]
    return details
  }()

  /// A cluster with two storage classes, every prerequisite, at most 4 free GPUs on one node, and `llama-70b` taken.
  package static let creation: CreationContext = {
    var context = CreationContext(
      storageClasses: [
        .init(name: "fast-ssd", isDefault: true), .init(name: "slow-hdd", isDefault: false),
      ], gpus: gpus, mostFreeGPUsOnOneNode: 4)
    context.validation.storageClasses = ["fast-ssd", "slow-hdd"]
    context.validation.defaultStorageClass = "fast-ssd"
    context.validation.largestNodeGPUs = 8
    context.validation.hasAibrix = true
    context.validation.hasGPUOperator = true
    context.validation.takenNames = ["llama-70b": "Deployment jan-models/llama-70b"]
    return context
  }()

  /// Fills the create form in, from the name on, as somebody would, and ends on the tags.
  package static func fillForm(_ robot: inout Robot, servedName: String = "llama-7b") {
    robot.type("llama-7b")
    robot.press("tab")
    robot.type("Llama 2 7B Chat")
    robot.press("tab tab")
    robot.type("vllm/vllm-openai:v0.9.2")
    robot.press("tab")
    robot.paste(
      "python -m vllm.entrypoints.openai.api_server --served-model-name \(servedName) "
        + "--model meta-llama/Llama-2-7b-chat-hf --tensor-parallel-size 2")
    robot.press("tab")
    robot.type("2")
    robot.press("tab tab")
    robot.type("30")
    robot.press("tab tab")
    robot.type("hf_secretsecret")
    robot.press("tab")
    robot.type("llama, chat,7b")
  }
}
