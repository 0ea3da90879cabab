import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

@Suite("Changes on a cluster", .serialized)
struct ChangesConformanceTests {
  private static let namespace = "jan-models"

  private func unique(_ prefix: String) -> String {
    "\(prefix)-\(UInt32.random(in: 0..<0xffff_ffff))"
  }

  private func make(_ session: OperationsSession, storage: Int = 0) async throws -> StoredModel {
    let name = unique("change")
    var request = CreateRequest(
      name: name, image: "vllm/vllm-openai:v0.9.0",
      command: ["vllm", "serve", "meta/llama", "--served-model-name", name])
    request.gpuCount = 1
    request.initialDelaySeconds = 1
    request.storageSize = storage
    try await session.provideVolume(for: request)
    let result = await session.operations.create(request)
    #expect(result.isSuccess, "\(result)")
    let id = ModelID(namespace: Self.namespace, name: name)
    await running(id, session)
    return try await session.operations.stored(id).get()
  }

  private func running(_ id: ModelID, _ session: OperationsSession) async {
    let came = await eventually {
      let model = await session.observer.model(id)
      return model?.status == .running && model?.drift.isEmpty == true
    }
    let model = await session.observer.model(id)
    #expect(
      came, "\(model?.status.rawValue ?? "nothing"): \(model?.reason ?? "") \(model?.drift ?? [])")
  }

  private func pods(_ id: ModelID, _ session: OperationsSession) async throws -> Set<String> {
    let pods = try await session.hand.list(
      K8s.Pod.self, namespace: id.namespace,
      options: ListOptions(labelSelector: "model.aibrix.ai/name=\(id.name)")
    ).items
    return Set(pods.filter { $0.metadata.deletionTimestamp == nil }.compactMap(\.metadata.uid))
  }

  private func delete(_ id: ModelID, _ session: OperationsSession) async {
    let result = await session.operations.delete(id, uid: nil)
    #expect(result.isSuccess, "\(result)")
  }

  /// The observer sees this version, and then the reconciler finds nothing to do.
  private func isLeftAlone(_ id: ModelID, _ session: OperationsSession) async throws {
    let version = try await session.operations.stored(id).get().resourceVersion
    #expect(
      await eventually {
        let seen = await session.observer.model(id)?.resourceVersion
        return seen.flatMap { Int($0) } ?? 0 >= Int(version) ?? 0
      })
    #expect(await eventually { await session.observer.openPlans.isEmpty })
    await session.reconciler.tick()
    #expect(session.reconcilerAPI.writes.isEmpty)
  }

  @Test(arguments: OperationsTarget.available)
  func textsAndTagsRestartNoPod(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session)
      let before = try await pods(model.id, session)
      let template = try await session.hand.get(
        K8s.Deployment.self, model.id.name, namespace: Self.namespace
      ).spec?.template
      session.reconcilerAPI.forget()
      var change = ModelChange()
      change.displayName = "Renamed"
      change.tags = ["a"]
      let result = await session.operations.update(model.target, change, base: model.fields)
      #expect(result.isSuccess, "\(result)")
      let after = try await session.hand.get(
        K8s.Deployment.self, model.id.name, namespace: Self.namespace)
      // Its generation counts annotations, too: what the pods are made from is what must not change.
      #expect(after.spec?.template == template)
      #expect(try await pods(model.id, session) == before)
      #expect(
        await eventually { await session.observer.model(model.id)?.displayName == "Renamed" })
      try await isLeftAlone(model.id, session)
      // Who started from the same sees what the other did.
      var mine = ModelChange()
      mine.displayName = "Mine"
      guard
        case .failed(let failure) = await session.operations.update(
          model.target, mine, base: model.fields)
      else {
        Issue.record("it is overwritten")
        return
      }
      #expect(failure.threeWay?.conflicts.first?.theirs == .text("Renamed"))
      await delete(model.id, session)
    }
  }

  @Test(arguments: OperationsTarget.available)
  func stopsStartsScalesAndRestarts(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session)
      session.reconcilerAPI.forget()
      #expect(await session.operations.scale(model.target, to: 2).isSuccess)
      #expect(
        await eventually {
          await session.observer.model(model.id)?.readyReplicas == 2
        })
      #expect(await session.operations.stop(model.target).isSuccess)
      #expect(
        await eventually {
          await session.observer.model(model.id)?.status == .stopped
        })
      try await isLeftAlone(model.id, session)
      #expect(await session.operations.start(model.target).isSuccess)
      #expect(
        await eventually {
          await session.observer.model(model.id)?.readyReplicas == 2
        })
      let before = try await pods(model.id, session)
      #expect(await session.operations.restart(model.target).isSuccess)
      #expect(
        await eventually {
          let now = (try? await pods(model.id, session)) ?? before
          return now.count == 2 && now.isDisjoint(with: before)
        })
      try await isLeftAlone(model.id, session)
      await delete(model.id, session)
    }
  }

  @Test(arguments: OperationsTarget.available)
  func redeploysPodsAndService(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session)
      let before = try await pods(model.id, session)
      session.reconcilerAPI.forget()
      var change = ModelChange()
      change.image = "vllm/vllm-openai:v0.9.2"
      change.command = (model.request?.command ?? []) + ["--port", "9000"]
      change.gpuCount = 0
      let write = ModelWrite.update(model.target, change, base: model.fields)
      let plan = await session.operations.plan(write)
      #expect(plan.isAcceptable && plan.restartsPods, "\(plan)")
      let result = await session.operations.perform(write)
      #expect(result.isSuccess, "\(result)")
      #expect(
        await eventually {
          let now = (try? await pods(model.id, session)) ?? before
          return !now.isEmpty && now.isDisjoint(with: before)
        })
      await running(model.id, session)
      let service = try await session.hand.get(
        K8s.Service.self, model.id.name, namespace: Self.namespace)
      #expect(service.spec?.ports?.map(\.port) == [9000])
      let deployment = try await session.hand.get(
        K8s.Deployment.resourceKind, model.id.name, namespace: Self.namespace)
      let pod = deployment.json["spec", "template", "spec"]
      #expect(pod?["tolerations"] == nil)
      #expect(pod?["containers"]?.arrayValue?.first?["resources", "limits"] == nil)
      try await isLeftAlone(model.id, session)
      await delete(model.id, session)
    }
  }

  /// The real control plane's volumes are made by hand, and such may not grow.
  @Test(arguments: OperationsTarget.available)
  func aVolumeGrowsOrTheRefusalIsTold(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let model = try await make(session, storage: 1)
      var change = ModelChange()
      change.storageSize = 2
      let result = await session.operations.update(model.target, change, base: model.fields)
      let claim = try await session.hand.get(
        K8s.PersistentVolumeClaim.resourceKind, "\(model.id.name)-storage",
        namespace: Self.namespace)
      let size = claim.json["spec", "resources", "requests", "storage"]
      if result.isSuccess {
        #expect(size == "2Gi")
      } else {
        guard case .failed(let failure) = result else {
          Issue.record("\(result)")
          return
        }
        #expect(failure.kind == .rejected && failure.field == .storageSize, "\(failure)")
        #expect(size == "1Gi")
        #expect(try await session.operations.stored(model.id).get().fields.storageSize == 1)
      }
      await delete(model.id, session)
    }
  }

  @Test(arguments: OperationsTarget.available)
  func createsFromYAMLAndDeletesWithoutATrace(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      let name = unique("yaml")
      let yaml = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: \(name)
        spec:
          selector:
            matchLabels:
              app: \(name)
          template:
            metadata:
              labels:
                app: \(name)
            spec:
              containers:
              - name: model
                image: vllm/vllm-openai:v0.9.0
                envFrom:
                - configMapRef:
                    name: \(name)-config
                ports:
                - containerPort: 8000
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: \(name)-config
        data:
          MODE: fast
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: \(name)
        spec:
          selector:
            app: \(name)
          ports:
          - port: 8000
            targetPort: 8000
        """
      let request = YAMLRequest(name: name, yaml: yaml)
      let plan = await session.operations.plan(.createFromYAML(request))
      #expect(plan.isAcceptable, "\(plan)")
      let result = await session.operations.createFromYAML(request)
      #expect(result == .succeeded("created model \(name) in namespace default"))
      let id = ModelID(namespace: "default", name: name)
      await running(id, session)
      let model = try #require(await session.observer.model(id))
      #expect(!model.isManaged && model.isOurs)
      let config = ResourceKind(
        group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
      let owners = try await session.hand.get(config, "\(name)-config", namespace: "default")
        .json["metadata", "ownerReferences"]?.arrayValue
      #expect(owners?.map { $0["uid"] } == [.string(model.uid)])
      await delete(id, session)
      for (kind, child) in [(config, "\(name)-config"), (K8s.Service.resourceKind, name)] {
        await #expect(throws: APIError.self) {
          try await session.hand.get(kind, child, namespace: "default")
        }
      }
    }
  }
}
