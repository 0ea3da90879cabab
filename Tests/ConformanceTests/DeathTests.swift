import FoundationEssentials
import Kubernetes
import ModelCore
import Synchronization
import TestSupport
import Testing

/// A program that is killed between any two requests of a create, and another dashboard that comes after it.
@Suite("Deaths in mid-write", .serialized)
struct DeathTests {
  /// The wire of a program that dies at its n-th write: before it is sent, or when it has taken effect and was not answered.
  final class DyingAPI: ClusterAPI {
    private let inner: any ClusterAPI
    private let last: Int
    private let isSent: Bool
    private let count = Mutex(0)
    private let over = Mutex(false)

    init(_ inner: any ClusterAPI, last: Int, isSent: Bool) {
      self.inner = inner
      self.last = last
      self.isSent = isSent
    }

    static let dead = APIError.transport("the program is dead", kind: .refused)
    var isDead: Bool { count.withLock { $0 >= last } }
    /// It is dead, and what it sent last has taken effect.
    var isOver: Bool { over.withLock { $0 } }

    func perform(_ request: APIRequest) async throws -> APIResponse {
      guard !isDead else { return try await never() }
      let isWrite =
        request.method != .get && !request.query.contains { $0.name == "dryRun" }
      guard isWrite else { return try await inner.perform(request) }
      let isLast = count.withLock { count in
        count += 1
        return count == last
      }
      if isLast {
        if isSent { _ = try? await inner.perform(request) }
        over.withLock { $0 = true }
        return try await never()
      }
      return try await inner.perform(request)
    }

    func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
      try await inner.lines(request)
    }

    /// Nothing is heard of it again.
    private func never() async throws -> APIResponse {
      while true { try await Task.sleep(for: .seconds(3_600)) }
    }
  }

  private static let namespace = "jan-models"
  private static let kinds: [ResourceKind] = [
    .deployment, .service, .claim, .secret, .serviceMonitor,
  ]

  private func objects(_ session: OperationsSession, _ name: String) async throws
    -> [UnstructuredObject]
  {
    try await list(session, name, Self.kinds)
  }

  @Test(arguments: OperationsTarget.available)
  func aCreateThatIsKilledIsCompletedOrLeavesNothing(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target, orphanAge: .seconds(1)) { session in
      for last in 1...7 {
        for isSent in [false, true] {
          let name = "death-\(last)-\(isSent ? "sent" : "unsent")-\(UInt16.random(in: 0...9_999))"
          var request = CreateRequest(
            name: name, image: "vllm/vllm-openai:v0.9.0",
            command: ["vllm", "serve", "meta/llama", "--served-model-name", name])
          request.gpuCount = 0
          request.storageSize = 1
          request.huggingFaceToken = HuggingFaceToken("hf_a_secret_token")
          let dying = DyingAPI(session.hand, last: last, isSent: isSent)
          let operations = ModelOperations(
            api: dying, observer: nil,
            settings: .init(organization: session.organization, user: "victim"))
          let creating = Task { await operations.create(request) }
          let isOver = await eventually(within: .seconds(30)) { dying.isOver }
          if last > 6 {
            _ = await creating.value
          } else {
            #expect(isOver)
          }
          let settled = await eventually(within: .seconds(60)) {
            guard let found = try? await objects(session, name) else { return false }
            let deployment = found.first { $0.kind == "Deployment" }
            guard let deployment else { return found.isEmpty }
            let children = found.filter { $0.kind != "Deployment" }
            return children.count == 4
              && children.allSatisfy {
                $0.json["metadata", "ownerReferences"]?.arrayValue?.first?["uid"]
                  == .string(deployment.uid)
              }
          }
          let left = try await objects(session, name).map { "\($0.kind)/\($0.name)" }
          #expect(settled, "\(name): \(left)")
          creating.cancel()
          if left.contains("Deployment/\(name)") {
            let id = ModelID(namespace: Self.namespace, name: name)
            _ = await session.operations.delete(id, uid: nil)
          }
          #expect(try await objects(session, name).isEmpty)
        }
      }
    }
  }

  // MARK: From YAML

  private static let configMap = ResourceKind(
    group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

  private static func manifests(_ name: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: \(name)
      namespace: \(namespace)
    spec:
      selector:
        matchLabels: {model.aibrix.ai/name: \(name)}
      template:
        metadata:
          labels: {model.aibrix.ai/name: \(name)}
        spec:
          containers:
          - name: server
            image: vllm/vllm-openai:v0.9.0
            args: [--model, meta/llama, --served-model-name, \(name)]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: \(name)-config, namespace: \(namespace)}
    data: {a: b}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: \(name)-keys, namespace: \(namespace)}
    stringData: {token: nothing}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: \(name), namespace: \(namespace)}
    spec:
      selector: {model.aibrix.ai/name: \(name)}
      ports:
      - port: 8000
    """
  }

  /// What is left has no pods and says that it is not complete, or it is all there; and it goes as a whole.
  @Test(arguments: OperationsTarget.available)
  func aCreateFromYAMLThatIsKilledLeavesNothingThatRuns(_ target: OperationsTarget) async throws {
    try await OperationsSession.run(on: target) { session in
      for last in 1...6 {
        for isSent in [false, true] {
          let name = "yaml-\(last)-\(isSent ? "sent" : "unsent")-\(UInt16.random(in: 0...9_999))"
          let dying = DyingAPI(session.hand, last: last, isSent: isSent)
          let operations = ModelOperations(
            api: dying, observer: nil,
            settings: .init(organization: session.organization, user: "victim"))
          let request = YAMLRequest(name: name, yaml: Self.manifests(name))
          let result = Mutex<OperationResult?>(nil)
          let creating = Task {
            let answer = await operations.createFromYAML(request)
            result.withLock { $0 = answer }
          }
          // The Deployment, three objects beside it, and the patch that lets its pods come: then it has succeeded.
          let isOver = await eventually(within: .seconds(60)) {
            dying.isOver || result.withLock { $0 != nil }
          }
          #expect(isOver)
          if let answer = result.withLock({ $0 }) { #expect(answer.isSuccess, "\(answer)") }
          if last == 1 { #expect(dying.isOver) }
          let kinds: [ResourceKind] = [.deployment, .service, .secret, Self.configMap]
          let state = try await list(session, name, kinds)
          let others = state.filter { $0.kind != "Deployment" }
          let deployment = state.first { $0.kind == "Deployment" }
          if let deployment {
            let isPaused = deployment.json["spec", "paused"]?.boolValue ?? false
            let says = deployment.json["metadata", "annotations", ModelKeys.incomplete] != nil
            #expect(isPaused == says, "\(name)")
            #expect(isPaused || others.count == 3, "\(name): \(others.map(\.kind))")
            #expect(
              others.allSatisfy {
                $0.json["metadata", "ownerReferences"]?.arrayValue?.first?["uid"]
                  == .string(deployment.uid)
              }, "\(name)")
            if isPaused { #expect(deployment.json["status", "replicas"]?.integerValue ?? 0 == 0) }
            let id = ModelID(namespace: Self.namespace, name: name)
            let result = await session.operations.delete(id, uid: nil)
            #expect(result.isSuccess, "\(name): \(result)")
          } else {
            #expect(others.isEmpty, "\(name): \(others.map(\.kind))")
          }
          creating.cancel()
          let isGone = await eventually(within: .seconds(60)) {
            guard let left = try? await list(session, name, kinds) else { return false }
            return left.isEmpty
          }
          #expect(isGone, "\(name)")
        }
      }
    }
  }

  private func list(
    _ session: OperationsSession, _ name: String, _ kinds: [ResourceKind]
  ) async throws -> [UnstructuredObject] {
    var found: [UnstructuredObject] = []
    for kind in kinds {
      found += try await session.hand.list(
        kind, as: UnstructuredObject.self, namespace: Self.namespace,
        options: ListOptions(labelSelector: "model.aibrix.ai/name=\(name)")
      ).items
    }
    return found
  }
}
