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

    init(_ inner: any ClusterAPI, last: Int, isSent: Bool) {
      self.inner = inner
      self.last = last
      self.isSent = isSent
    }

    static let dead = APIError.transport("the program is dead", kind: .refused)
    var isDead: Bool { count.withLock { $0 >= last } }

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
    var found: [UnstructuredObject] = []
    for kind in Self.kinds {
      found += try await session.hand.list(
        kind, as: UnstructuredObject.self, namespace: Self.namespace,
        options: ListOptions(labelSelector: "model.aibrix.ai/name=\(name)")
      ).items
    }
    return found
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
            api: dying, observer: nil, settings: .init(organization: "1", user: "victim"))
          let creating = Task { await operations.create(request) }
          let isOver = await eventually(within: .seconds(30)) { dying.isDead }
          if last > 6 {
            _ = await creating.value
          } else {
            #expect(isOver)
          }
          if isSent { try await Task.sleep(for: .milliseconds(200)) }
          // The writer may be another session on the same cluster, whose orphans have to be a minute old.
          let settled = await eventually(within: .seconds(150)) {
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
}
