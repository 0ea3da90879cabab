import FoundationEssentials
import Kubernetes
import ModelCore
import TestSupport
import Testing

/// How many requests a model has, as its pods tell it through the API server.
@Suite("Requests in flight")
struct RequestsInFlightTests {
  private let id = ModelID(namespace: "jan-models", name: "llama-7b")

  /// A cluster whose pods answer for their metrics.
  private struct Site: ClusterAPI {
    let cluster: MemoryCluster
    /// By the part of the path that names pod and port.
    let metrics: [String: String]

    func perform(_ request: APIRequest) async throws -> APIResponse {
      guard request.path.hasSuffix("/proxy/metrics") else {
        return try await cluster.perform(request)
      }
      for (pod, text) in metrics where request.path.contains("/pods/\(pod)/") {
        return APIResponse(statusCode: 200, body: Data(text.utf8))
      }
      throw APIError.status(.init(code: 403, reason: "Forbidden", message: "no"))
    }

    func lines(_ request: APIRequest) async throws -> AsyncThrowingStream<Data, any Error> {
      try await cluster.lines(request)
    }
  }

  private func requests(_ metrics: [String: String], ready: [String]) async -> RequestsInFlight? {
    let cluster = MemoryCluster()
    for name in ["a", "b", "c"] {
      let condition: JSONValue = [
        "type": "Ready", "status": .string(ready.contains(name) ? "True" : "False"),
      ]
      cluster.put(
        [
          "metadata": ["name": .string(name), "labels": ["model.aibrix.ai/name": "llama-7b"]],
          "status": ["phase": "Running", "conditions": [condition]],
        ], kind: K8s.Pod.resourceKind, namespace: "jan-models")
    }
    return await ModelOperations(
      api: Site(cluster: cluster, metrics: metrics), observer: nil,
      settings: ModelOperations.Settings(organization: "1")
    ).requestsInFlight(of: id, port: 8000)
  }

  private let text = """
    # HELP vllm:num_requests_running Number of requests in model execution batches.
    # TYPE vllm:num_requests_running gauge
    vllm:num_requests_running{engine="0",model_name="llama-7b"} 3.0
    vllm:num_requests_running_total{model_name="llama-7b"} 900.0
    vllm:num_requests_waiting{engine="0",model_name="llama-7b"} 1.0

    """

  @Test func theyAreAddedUpOverThePodsThatServe() async {
    let found = await requests(
      ["a%3A8000": text, "b%3A8000": text, "a:8000": text, "b:8000": text], ready: ["a", "b"])
    #expect(found == RequestsInFlight(running: 6, waiting: 2, answered: 2, pods: 2))
  }

  @Test func whoDoesNotTellIsCountedAsSuch() async {
    let found = await requests(["a%3A8000": text, "a:8000": text], ready: ["a", "b"])
    #expect(found == RequestsInFlight(running: 3, waiting: 1, answered: 1, pods: 2))
  }

  @Test func theyAreNotKnownWhereNobodyTells() async {
    #expect(await requests([:], ready: ["a"]) == nil)
    #expect(await requests(["a%3A8000": "<html>", "a:8000": "<html>"], ready: ["a"]) == nil)
    let broken = "vllm:num_requests_running{x=\"1\"} NaN\nvllm:num_requests_running -1\n"
    #expect(await requests(["a%3A8000": broken, "a:8000": broken], ready: ["a"]) == nil)
  }
}
