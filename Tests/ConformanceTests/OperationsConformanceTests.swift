import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

@Suite("Operations on a cluster", .serialized)
struct OperationsConformanceTests {
  private static let namespace = "jan-models"
  private static let kinds: [ResourceKind] = [
    K8s.Deployment.resourceKind, K8s.ReplicaSet.resourceKind, K8s.Pod.resourceKind,
    K8s.Service.resourceKind, K8s.PersistentVolumeClaim.resourceKind, K8s.Secret.resourceKind,
    .serviceMonitor,
  ]

  private func unique(_ prefix: String) -> String {
    "\(prefix)-\(UInt32.random(in: 0..<0xffff_ffff))"
  }

  private func request(
    _ name: String, image: String = "vllm/vllm-openai:v0.9.0", gpus: Int = 1,
    token: String? = nil
  ) -> CreateRequest {
    var request = CreateRequest(
      name: name, image: image,
      command: ["vllm", "serve", "meta/llama", "--served-model-name", name])
    request.gpuCount = gpus
    request.initialDelaySeconds = 1
    request.storageSize = 1
    request.huggingFaceToken = token.map { HuggingFaceToken($0) }
    return request
  }

  private func id(_ name: String) -> ModelID { ModelID(namespace: Self.namespace, name: name) }

  /// What carries the model's name.
  private func left(_ session: OperationsSession, _ name: String) async throws -> [String] {
    var found: [String] = []
    for kind in Self.kinds {
      let list = try await session.hand.list(
        kind, as: K8s.PartialObjectMetadata.self, namespace: Self.namespace,
        options: ListOptions(labelSelector: "model.aibrix.ai/name=\(name)"))
      found += list.items.map { "\(kind.kind)/\($0.metadata.name ?? "")" }
    }
    return found
  }

  private func make(
    _ session: OperationsSession, _ request: CreateRequest, status: ModelStatus = .running
  ) async throws -> Model {
    try await session.provideVolume(for: request)
    let result = await session.operations.create(request)
    #expect(result == .succeeded("created model \(request.name) in namespace jan-models"))
    let id = id(request.name)
    let came = await eventually { await session.observer.model(id)?.status == status }
    let model = await session.observer.model(id)
    #expect(came, "\(model?.status.rawValue ?? "nothing"): \(model?.reason ?? "")")
    return try #require(model)
  }

  private func delete(_ session: OperationsSession, _ model: Model) async throws {
    let result = await session.operations.delete(model.id, uid: model.uid)
    #expect(
      result == .succeeded("deleted model \(model.name) and everything that belonged to it"))
    #expect(try await left(session, model.name).isEmpty)
    #expect(await eventually { await session.observer.model(model.id) == nil })
  }

  @Test(arguments: OperationsTarget.available)
  func createsAModelAndDeletesItWithoutATrace(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session, request(unique("whole"), token: "hf_a_secret_token"))
      #expect(model.readyReplicas == 1)
      #expect(model.gpu.assigned == 1)
      // The children are watched apart from the Deployment, so that they may be seen after it.
      #expect(await eventually { await session.observer.model(model.id)?.drift.isEmpty == true })
      #expect(
        model.endpoint == "http://\(model.name).jan-models.svc.cluster.local:8000")
      #expect(try await left(session, model.name).count == 7)
      try await delete(session, model)
    }
  }

  @Test(arguments: OperationsTarget.available)
  func bringsBackEveryChildThatIsRemoved(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session, request(unique("children")))
      for kind in [K8s.Service.resourceKind, .serviceMonitor] {
        let before = try await session.hand.get(kind, model.name, namespace: Self.namespace).uid
        try await session.hand.delete(kind, model.name, namespace: Self.namespace)
        #expect(
          await eventually {
            let now = try? await session.hand.get(kind, model.name, namespace: Self.namespace)
            return now.map { $0.uid != before } ?? false
          })
      }
      try await delete(session, model)
    }
  }

  /// Nobody provides a volume: the claim is never bound, the pod never scheduled, and all of it has to go all the same.
  @Test(arguments: OperationsTarget.available.filter { $0 == .real })
  func deletesAModelWhoseVolumeNeverCame(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      var request = request(unique("unbound"))
      request.storageSize = 16_000
      #expect(await session.operations.create(request).isSuccess)
      let id = id(request.name)
      #expect(
        await eventually {
          await session.observer.model(id)?.reason.contains("volume") == true
        })
      try await delete(session, try #require(await session.observer.model(id)))
    }
  }

  /// A field that somebody changes, and where it is.
  struct Change: CustomTestStringConvertible {
    var kind: ResourceKind
    var suffix = ""
    var patch: JSONValue
    var testDescription: String { "\(kind.kind) \(patch)" }
  }

  private static func container(_ change: JSONValue) -> JSONValue {
    ["spec": ["template": ["spec": ["containers": [change]]]]]
  }

  private static let changes: [Change] = [
    Change(
      kind: K8s.Deployment.resourceKind,
      patch: ["metadata": ["labels": ["model.aibrix.ai/port": "1"]]]),
    Change(
      kind: K8s.Deployment.resourceKind,
      patch: ["metadata": ["labels": ["model.aibrix.ai/name": nil]]]),
    Change(
      kind: K8s.Deployment.resourceKind,
      patch: ["metadata": ["labels": ["jan-server.menlo.ai/organization": nil]]]),
    Change(
      kind: K8s.Deployment.resourceKind,
      patch: ["spec": ["template": ["spec": ["tolerations": nil]]]]),
    Change(
      kind: K8s.Deployment.resourceKind,
      patch: ["spec": ["template": ["metadata": ["labels": ["model.aibrix.ai/port": "1"]]]]]),
    Change(
      kind: K8s.Deployment.resourceKind,
      patch: container(["name": "vllm-openai", "image": "other/image:1", "command": ["sh"]])),
    Change(
      kind: K8s.Service.resourceKind,
      patch: ["spec": ["selector": ["model.aibrix.ai/name": "other", "extra": "x"]]]),
    Change(
      kind: K8s.Service.resourceKind,
      patch: ["spec": ["ports": [["name": "serve", "port": 8000, "targetPort": 1]]]]),
    Change(
      kind: K8s.Service.resourceKind,
      patch: ["metadata": ["labels": ["app.kubernetes.io/managed-by": "me"]]]),
    Change(kind: K8s.Service.resourceKind, patch: ["metadata": ["ownerReferences": nil]]),
    Change(
      kind: .serviceMonitor,
      patch: ["spec": ["endpoints": [["port": "serve", "path": "/other", "interval": "30s"]]]]),
    Change(
      kind: K8s.PersistentVolumeClaim.resourceKind, suffix: "-storage",
      patch: ["metadata": ["ownerReferences": nil]]),
    Change(
      kind: K8s.PersistentVolumeClaim.resourceKind, suffix: "-storage",
      patch: ["metadata": ["labels": ["model.aibrix.ai/name": nil]]]),
    Change(
      kind: K8s.Secret.resourceKind, suffix: "-hf-token",
      patch: ["metadata": ["ownerReferences": nil]]),
  ]

  @Test(arguments: OperationsTarget.available)
  func repairsEveryFieldAndThenSendsNothing(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session, request(unique("drift"), token: "hf_a_secret_token"))
      for change in Self.changes {
        session.reconcilerAPI.forget()
        try await session.hand.mergePatch(
          change.kind, model.name + change.suffix, namespace: Self.namespace, patch: change.patch)
        let repaired = await eventually {
          let isQuiet = await session.observer.openPlans.isEmpty
          return isQuiet && !session.reconcilerAPI.writes.isEmpty
        }
        #expect(repaired, "\(change.testDescription)")
      }
      #expect(try await left(session, model.name).contains("Secret/\(model.name)-hf-token"))
      // Several ticks of the timer pass without a request.
      session.reconcilerAPI.forget()
      try await Task.sleep(for: .seconds(4))
      #expect(session.reconcilerAPI.requests.isEmpty)
      let current = try #require(await session.observer.model(model.id))
      #expect(current.drift.isEmpty)
      try await delete(session, current)
    }
  }

  @Test(arguments: OperationsTarget.available)
  func leavesReplicasToTheOperator(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session, request(unique("stop")))
      try await session.hand.mergePatch(
        K8s.Deployment.resourceKind, model.name, namespace: Self.namespace,
        patch: [
          "spec": ["replicas": 0, "template": ["spec": ["tolerations": nil]]]
        ])
      #expect(
        await eventually {
          let model = await session.observer.model(model.id)
          return model?.status == .stopped && model?.drift.isEmpty == true
        })
      try await delete(session, model)
    }
  }

  @Test(arguments: OperationsTarget.available)
  func keepsTheVolume(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session, request(unique("kept")))
      let result = await session.operations.delete(model.id, uid: model.uid, keepVolume: true)
      #expect(result.isSuccess, "\(result)")
      let claim = "\(model.name)-storage"
      #expect(try await left(session, model.name) == ["PersistentVolumeClaim/\(claim)"])
      let again = await session.operations.create(request(model.name))
      #expect(!again.isSuccess)
      try await session.hand.delete(
        K8s.PersistentVolumeClaim.resourceKind, claim, namespace: Self.namespace)
      #expect(await eventually { (try? await left(session, model.name).isEmpty) ?? false })
    }
  }

  @Test(arguments: OperationsTarget.available)
  func neverAdoptsAForeignService(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let name = unique("foreign")
      let service: JSONValue = [
        "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
        "spec": ["ports": [["port": 80]], "selector": ["app": "x"]],
      ]
      let namespace: JSONValue = [
        "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(Self.namespace)],
      ]
      _ = try? await session.hand.create(
        K8s.Namespace.resourceKind, namespace, namespace: nil)
      let before = try await session.hand.create(
        K8s.Service.resourceKind, service, namespace: Self.namespace)
      let result = await session.operations.create(request(name))
      #expect(!result.isSuccess)
      let after = try await session.hand.get(
        K8s.Service.resourceKind, name, namespace: Self.namespace)
      #expect(after.resourceVersion == before.resourceVersion)
      #expect(try await left(session, name).isEmpty)
      try await session.hand.delete(
        K8s.Service.resourceKind, name, namespace: Self.namespace)
    }
  }

  @Test(
    arguments: OperationsTarget.available,
    [
      ("vllm/crash:1", 1, ModelStatus.crashLoopBackOff), ("vllm/nopull:1", 1, .failed),
      ("vllm/vllm-openai:v0.9.0", 9, .pending),
    ])
  func tellsTroubleAndDeletesIt(
    _ target: OperationsTarget, _ trouble: (image: String, gpus: Int, status: ModelStatus)
  ) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(
        session, request(unique("trouble"), image: trouble.image, gpus: trouble.gpus),
        status: trouble.status)
      #expect(await eventually { await session.observer.model(model.id)?.reason.isEmpty == false })
      try await delete(session, model)
    }
  }

  @Test(arguments: OperationsTarget.available)
  func tellsTheDetails(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session, request(unique("details")))
      var last: ModelDetails?
      for await details in await session.observer.details(of: model.id) {
        last = details
        if !details.events.isEmpty && details.pods.first?.isReady == true { break }
      }
      let details = try #require(last)
      #expect(details.eventsUnavailable == nil)
      #expect(details.objects.contains { $0.kind == "Service" && $0.state == "ClusterIP :8000" })
      #expect(!details.conditions.isEmpty)
      try await delete(session, model)
    }
  }
}
