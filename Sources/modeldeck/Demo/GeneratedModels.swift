import Kubernetes
import ModelCore
import SimulatedCluster

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Many models at once, for trying out sizes: written straight into the simulated cluster, as a create leaves them.
enum GeneratedModels {
  static func create(
    _ count: Int, replicas: Int = 1, organization: String, in api: any ClusterAPI
  ) async throws {
    let namespace = CreateRequest.Defaults.namespace
    try await api.create(
      K8s.Namespace.resourceKind, ["metadata": ["name": .string(namespace)]], namespace: nil)
    for number in 0..<count {
      let manifests = ModelManifests(
        request: request(number), organization: organization, createdBy: "simulate", now: Date())
      let deployment = try await api.create(
        K8s.Deployment.resourceKind, manifests.deployment(replicas: replicas),
        namespace: namespace)
      let owner = ModelManifests.owner(name: manifests.name, uid: deployment.uid)
      try await api.apply(
        K8s.Service.resourceKind, manifests.service(owner: owner), namespace: namespace)
      try await api.apply(
        .serviceMonitor, manifests.serviceMonitor(owner: owner), namespace: namespace)
    }
  }

  private static func request(_ number: Int) -> CreateRequest {
    let digits = String(number)
    let name = "model-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    var request = CreateRequest(
      name: name, image: "vllm/vllm-openai:v0.6.3",
      command: ["vllm", "serve", "Qwen/Qwen2.5-0.5B-Instruct", "--served-model-name", name])
    request.gpuCount = number % 4
    request.storageSize = 0
    request.initialDelaySeconds = 1
    request.tags = ["generated"]
    return request
  }
}
