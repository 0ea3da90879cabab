import Foundation
import Kubernetes
import KubernetesClient
import ModelCore
import TestSupport
import Testing

/// What a user sees and does who may not do everything.
@Suite("Restricted users", .timeLimit(.minutes(15)))
struct RestrictedTests {
  private let deployments = K8s.Deployment.resourceKind
  private let reading: Set<String> = ["get", "list", "watch"]

  private func refusal(_ body: () async throws -> Void) async -> K8s.Status? {
    do {
      try await body()
      return nil
    } catch APIError.status(let status, _) {
      return status
    } catch {
      Issue.record("no status: \(error)")
      return nil
    }
  }

  @Test(arguments: Target.all)
  func refusalsNameVerbKindAndPlace(_ target: Target) async throws {
    try await target.runRestricted(to: reading) { box, user, api in
      let everywhere = await refusal { _ = try await api.list(K8s.Deployment.self) }
      #expect(everywhere?.code == 403)
      #expect(everywhere?.reason == "Forbidden")
      #expect(
        everywhere?.message
          == "deployments.apps is forbidden: User \"\(user)\" cannot list resource "
          + "\"deployments\" in API group \"apps\" at the cluster scope")
      #expect(everywhere?.details?.kind == "deployments")
      #expect(everywhere?.details?.group == "apps")
      let node = await refusal { _ = try await api.get(K8s.Node.self, "gpu-0", namespace: nil) }
      #expect(
        node?.message
          == "nodes \"gpu-0\" is forbidden: User \"\(user)\" cannot get resource \"nodes\" "
          + "in API group \"\" at the cluster scope")
      #expect(node?.details?.name == "gpu-0")
      // Whether it is allowed is looked at before whether there is such a kind.
      let nothing = ResourceKind(
        group: "nothing.example.com", version: "v1", kind: "Nothing", plural: "nothings")
      let unknown = await refusal { _ = try await api.get(nothing, "x", namespace: "default") }
      #expect(unknown?.code == 403)
      _ = try await api.list(K8s.Deployment.self, namespace: box.namespace)
      let create = await refusal {
        try await api.create(
          deployments, ["metadata": ["name": "x"]], namespace: box.namespace)
      }
      #expect(
        create?.message
          == "deployments.apps is forbidden: User \"\(user)\" cannot create resource "
          + "\"deployments\" in API group \"apps\" in the namespace \"\(box.namespace)\"")
      let delete = await refusal {
        try await api.delete(K8s.Service.resourceKind, "x", namespace: box.namespace)
      }
      #expect(
        delete?.message
          == "services \"x\" is forbidden: User \"\(user)\" cannot delete resource \"services\" "
          + "in API group \"\" in the namespace \"\(box.namespace)\"")
    }
  }

  @Test(arguments: Target.all)
  func applyingWhatIsNotThereNeedsTheRightToCreate(_ target: Target) async throws {
    try await target.runRestricted(to: reading.union(["patch"])) { box, _, api in
      let refused = await refusal {
        try await api.apply(
          Sandbox.configMap,
          [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": "a", "namespace": .string(box.namespace)],
          ], namespace: box.namespace, options: WriteOptions(fieldManager: "somebody"))
      }
      #expect(refused?.code == 403)
      #expect(refused?.message == "configmaps \"a\" is forbidden: ")
    }
  }

  /// Everything but writing.
  @Test(arguments: Target.all)
  func whatMayNotBeWrittenIsKnownBeforeItIsTried(_ target: Target) async throws {
    try await target.runRestricted(to: reading) { box, _, api in
      let reviewer = AccessReviewer(api: api, namespace: box.namespace)
      let running = Task { await reviewer.run() }
      let rights = ModelRights.creating(in: box.namespace)
      await reaches("the rights are known") { await reviewer.board.refusal(of: rights) != nil }
      #expect(
        await reviewer.board.refusal(of: rights)
          == "no permission to create deployments.apps and services or to patch services "
          + "in namespace \(box.namespace) (ask for the verbs create and patch)")
      #expect(
        await reviewer.board.refusal(of: ModelRights.deleting(in: box.namespace))
          == "no permission to delete deployments.apps in namespace \(box.namespace) "
          + "(ask for the verb delete)")
      running.cancel()
    }
  }

  @Test(arguments: Target.all)
  func whoMayDoEverythingIsRefusedNothing(_ target: Target) async throws {
    try await target.run { box in
      let reviewer = AccessReviewer(api: box.api, namespace: box.namespace)
      let running = Task { await reviewer.run() }
      let right = AccessRight("delete", deployments)
      await reaches("the rights are known") { await reviewer.board[right] == true }
      #expect(await !reviewer.board.hasDenials)
      running.cancel()
    }
  }

  /// One namespace is enough to make a model, watch it and delete it.
  @Test(arguments: Target.all)
  func aModelLivesInTheOneNamespaceThatIsAllowed(_ target: Target) async throws {
    try await target.runRestricted(to: ["*"]) { box, _, api in
      let observer = ClusterObserver(
        api: api, settings: .init(organization: "1", namespace: box.namespace))
      let running = Task { await observer.run() }
      defer { running.cancel() }
      let updates = Task {
        for await update in await observer.updates() where update.connection == .live {
          if update.scope != nil, update.unread.why(.services, in: box.namespace) == nil {
            return Optional(update)
          }
        }
        return nil
      }
      let update = try #require(await updates.value)
      #expect(update.scope == box.namespace)
      #expect(
        update.unread.why(.services, in: "elsewhere")
          == "no permission to list services in all namespaces")
      #expect(update.unread.why(.pods, in: box.namespace) == nil)
      await reaches("the nodes are known to be out of reach") {
        await observer.creationContext.gpus
          == .forbidden(missing: "no permission to list nodes")
      }
      let operations = ModelOperations(
        api: api, observer: observer,
        settings: .init(organization: "1", namespace: box.namespace, user: "restricted"))
      let name = "model-" + Site.suffix()
      var request = CreateRequest(
        name: name, image: "vllm/vllm-openai:v0.6.3",
        command: ["vllm", "serve", "Qwen/Qwen2.5-0.5B", "--served-model-name", name])
      request.gpuCount = 1
      request.storageSize = 0
      let result = await operations.create(request)
      guard case .succeeded = result else {
        Issue.record("not created: \(result)")
        return
      }
      let id = ModelID(namespace: box.namespace, name: request.name)
      await reaches("it runs") { await observer.model(id)?.status == .running }
      let model = try #require(await observer.model(id))
      #expect(model.gpu.placements.map(\.product) == [nil])
      #expect(model.endpoint != nil)
      let deleted = await operations.delete(id, uid: model.uid, keepVolume: false)
      guard case .succeeded = deleted else {
        Issue.record("not deleted: \(deleted)")
        return
      }
    }
  }
}
