import Kubernetes
import Logging
import ModelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Fills the embedded cluster with models, and then lets things happen to them, as they do on a real one.
struct DemoScenario: Sendable {
  let api: any ClusterAPI
  let organization: String
  let logger: Logger

  /// Runs until it is cancelled.
  func run() async {
    do {
      try await fill()
      try await live()
    } catch is CancellationError {
      return
    } catch {
      logger.warning("The demonstration stopped", metadata: ["error": "\(error)"])
    }
  }

  private func fill() async throws {
    try await deployUnmanaged()
    let operations = ModelOperations(
      api: api, observer: nil,
      settings: .init(organization: organization, user: "demo"))
    for request in DemoModels.managed {
      let result = await operations.create(request)
      guard case .succeeded = result else {
        logger.warning(
          "A model of the demonstration was not created",
          metadata: ["model": "\(request.name)", "result": "\(result)"])
        continue
      }
      if request.name == DemoModels.stopped { try await scale(request.name, to: 0) }
      if request.name == DemoModels.scaled { try await scale(request.name, to: 2) }
    }
  }

  private func deployUnmanaged() async throws {
    try await api.create(
      K8s.Namespace.resourceKind,
      ["metadata": ["name": .string(DemoModels.unmanagedNamespace)]], namespace: nil)
    try await api.create(
      K8s.Deployment.resourceKind, DemoModels.unmanaged,
      namespace: DemoModels.unmanagedNamespace)
  }

  /// What happens to the models again and again.
  private func live() async throws {
    var isStarted = false
    while true {
      try await Task.sleep(for: .seconds(20))
      // Somebody restarts a model: its pod is replaced, with everything that goes with it.
      try await deletePods(of: "codestral-22b")
      try await Task.sleep(for: .seconds(25))
      // The stopped model is needed for a while, and then not.
      isStarted.toggle()
      try await scale(DemoModels.stopped, to: isStarted ? 1 : 0)
      try await Task.sleep(for: .seconds(25))
      // A Service disappears: the reconciler brings it back.
      try? await api.delete(
        K8s.Service.resourceKind, "bge-m3", namespace: CreateRequest.Defaults.namespace)
    }
  }

  private func scale(_ name: String, to replicas: Int64) async throws {
    try await unlessGone {
      try await api.mergePatch(
        K8s.Deployment.resourceKind, name, namespace: CreateRequest.Defaults.namespace,
        patch: ["spec": ["replicas": .integer(replicas)]],
        options: WriteOptions(fieldManager: "demo"))
    }
  }

  private func deletePods(of name: String) async throws {
    let pods: [K8s.Pod] = try await api.listAll(
      K8s.Pod.self, namespace: CreateRequest.Defaults.namespace,
      options: ListOptions(labelSelector: "\(ModelKeys.modelName)=\(name)"))
    for pod in pods {
      try await unlessGone {
        try await api.delete(
          K8s.Pod.resourceKind, pod.metadata.name ?? "",
          namespace: CreateRequest.Defaults.namespace)
      }
    }
  }

  /// The person in front of the demonstration may have deleted any model.
  private func unlessGone(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as APIError where error.isNotFound || error.isConflict {
      logger.debug("Something of the demonstration is gone", metadata: ["error": "\(error)"])
    }
  }
}
