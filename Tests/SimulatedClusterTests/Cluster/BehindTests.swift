import Foundation
import Kubernetes
import KubernetesClient
import SimulatedCluster
import TestSupport
import Testing

/// What is behind the API: the logs of containers, and the servers in pods.
@Suite("Logs and proxies")
struct BehindTests {
  private static let command: JSONValue = [
    "containers": [
      [
        "name": "main", "image": "vllm:1",
        "command": ["vllm", "serve", "org/m", "--served-model-name", "m", "--port", "9000"],
        "ports": [["containerPort": 9000]],
        "readinessProbe": [
          "httpGet": ["path": "/health", "port": 9000], "initialDelaySeconds": 2,
        ],
      ]
    ]
  ]

  private func pod(_ cluster: SimulatedCluster) throws -> String {
    try #require(try cluster.pods.first?["metadata", "name"]?.stringValue)
  }

  private func log(
    _ pod: String, _ query: [String: String] = [:]
  ) -> APIRequest {
    APIRequest(
      .get, K8s.Pod.resourceKind.path(namespace: "default", name: pod, subresource: "log"),
      query: query.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) },
      purpose: "read a log")
  }

  private func lines(
    _ api: HTTPClusterAPI, _ pod: String, _ query: [String: String] = [:]
  ) async throws -> [String] {
    let body = try await api.perform(log(pod, query)).body
    return String(decoding: body, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Why it is refused.
  private func refusal(
    _ api: HTTPClusterAPI, _ request: APIRequest
  ) async -> (code: Int?, text: String) {
    do {
      _ = try await api.perform(request)
      return (nil, "")
    } catch let error as APIError {
      return (error.statusCode, error.description)
    } catch {
      return (nil, "\(error)")
    }
  }

  // MARK: Logs

  @Test func aServerTellsOfItsStartAndGoesOn() async throws {
    try await withCluster { cluster in
      try cluster.deploy("m", template: Self.command)
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      let api = try cluster.client()
      let name = try pod(cluster)
      let all = try await lines(api, name)
      #expect(all.contains { $0.hasSuffix("server: model org/m, served as m") })
      #expect(all.contains { $0.hasSuffix("server: listening on 0.0.0.0:9000") })
      #expect(
        await eventually { (try? await lines(api, name).count) ?? 0 > all.count })
      let tail = try await lines(api, name, ["tailLines": "2", "timestamps": "true"])
      #expect(tail.count == 2)
      let times = tail.compactMap {
        $0.split(separator: " ").first.flatMap { Timestamp.parse(String($0)) }
      }
      #expect(times.count == 2 && times[0] <= times[1])
      #expect(try await lines(api, name, ["tailLines": "0"]).isEmpty)
      #expect(try await lines(api, name, ["limitBytes": "5"]).joined().utf8.count == 5)
      let since = Timestamp.format(Date().addingTimeInterval(3_600))
      #expect(try await lines(api, name, ["sinceTime": since]).isEmpty)
      await api.shutdown()
    }
  }

  @Test func aLogIsFollowedUntilItsPodIsGone() async throws {
    try await withCluster { cluster in
      try cluster.deploy("m", template: Self.command)
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      let api = try cluster.client()
      let name = try pod(cluster)
      var seen = 0
      for try await line in try await api.lines(log(name, ["follow": "true"])) {
        #expect(!line.isEmpty)
        seen += 1
        if seen == 14 {
          try cluster.delete(K8s.Deployment.resourceKind, "m", namespace: "default")
        }
      }
      #expect(seen >= 14)
      await api.shutdown()
    }
  }

  @Test func whatRanBeforeARestartIsKept() async throws {
    try await withCluster { cluster in
      try cluster.deploy("m", template: Self.command)
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      let api = try cluster.client()
      let name = try pod(cluster)
      let none = await refusal(api, log(name, ["previous": "true"]))
      #expect(none.code == 400)
      #expect(
        none.text.contains("previous terminated container \"main\" in pod \"\(name)\" not found"))
      try cluster.crashPod(name, namespace: "default")
      #expect(
        await eventually {
          let status = try? cluster.pods.first?["status", "containerStatuses"]?.arrayValue?.first
          return status?["restartCount"] == 1
        })
      let before = try await lines(api, name, ["previous": "true"])
      #expect(before.contains { $0.contains("RuntimeError") })
      await api.shutdown()
    }
  }

  @Test func whyThereIsNoLogIsToldInTheServersWords() async throws {
    try await withCluster { cluster in
      try cluster.deploy("m", image: "example/nopull:1")
      #expect(
        await eventually {
          let status = try? cluster.pods.first?["status", "containerStatuses"]?.arrayValue?.first
          return status?["state", "waiting", "reason"] == "ImagePullBackOff"
        })
      let api = try cluster.client()
      let name = try pod(cluster)
      let waiting = await refusal(api, log(name))
      #expect(waiting.code == 400)
      #expect(waiting.text.contains("is waiting to start"))
      #expect(await refusal(api, log(name, ["container": "x"])).text.contains("is not valid"))
      #expect(await refusal(api, log(name, ["tailLines": "-1"])).code == 422)
      #expect(await refusal(api, log("none")).code == 404)
      await api.shutdown()
    }
  }

  // MARK: Proxies

  private func ask(
    _ kind: ResourceKind, _ name: String, _ path: String, body: JSONValue? = nil
  ) throws -> APIRequest {
    var request = APIRequest(
      body == nil ? .get : .post,
      kind.path(namespace: "default", name: name, subresource: "proxy/" + path),
      purpose: "ask what is behind \(name)")
    request.body = try body?.encoded()
    return request
  }

  private func answer(_ api: HTTPClusterAPI, _ request: APIRequest) async -> JSONValue? {
    (try? await api.perform(request).body).flatMap { try? JSONValue(parsing: $0) }
  }

  @Test func aModelIsAskedThroughItsServiceAndItsPods() async throws {
    try await withCluster { cluster in
      let service = K8s.Service.resourceKind
      try cluster.create(
        service,
        [
          "metadata": ["name": "m"],
          "spec": [
            "selector": ["app": "m"],
            "ports": [["name": "http", "port": 8000, "targetPort": 9000]],
          ],
        ], namespace: "default")
      let api = try cluster.client()
      let early = await refusal(api, try ask(service, "m:8000", "v1/models"))
      #expect(early.code == 503)
      #expect(early.text.contains("no endpoints available for service \"m\""))
      #expect(
        await refusal(api, try ask(service, "m:81", "v1/models")).text
          .contains("no service port 81 found"))
      #expect(await refusal(api, try ask(service, "none:80", "")).code == 404)
      try cluster.deploy("m", template: Self.command)
      let models = try ask(service, "m:8000", "v1/models")
      #expect(await eventually { await answer(api, models)?["object"] == "list" })
      let first = await answer(api, models)?["data"]?.arrayValue?.first
      #expect(first?["id"] == "m" && first?["root"] == "org/m")
      let name = try pod(cluster)
      let behindPod = try ask(K8s.Pod.resourceKind, "\(name):9000", "v1/models")
      #expect(await answer(api, behindPod)?["data"]?.arrayValue?.count == 1)
      let closed = await refusal(api, try ask(K8s.Pod.resourceKind, "\(name):81", "v1/models"))
      #expect(closed.code == 503 && closed.text.contains("connection refused"))
      try await completions(api, service)
      await api.shutdown()
    }
  }

  private func completions(_ api: HTTPClusterAPI, _ service: ResourceKind) async throws {
    let chat = await answer(
      api,
      try ask(
        service, "m:http", "v1/chat/completions",
        body: ["model": "m", "messages": [["role": "user", "content": "Who are you?"]]]))
    let choice = chat?["choices"]?.arrayValue?.first
    #expect(choice?["message", "role"] == "assistant" && choice?["finish_reason"] == "stop")
    let cut = await answer(
      api,
      try ask(
        service, "m:8000", "v1/completions", body: ["prompt": "One, two,", "max_tokens": 2]))
    #expect(cut?["usage", "completion_tokens"] == 2)
    let stranger = await refusal(
      api, try ask(service, "m:8000", "v1/completions", body: ["model": "x", "prompt": "a"]))
    #expect(stranger.code == 404)
    let metrics = try await api.perform(try ask(service, "m:8000", "metrics")).body
    let text = String(decoding: metrics, as: UTF8.self)
    #expect(text.contains("vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 0.0\n"))
    #expect(text.contains("vllm:request_success_total{engine=\"0\",model_name=\"m\"} 2.0\n"))
  }

  @Test func whoMayNotAskIsRefused() async throws {
    try await withCluster { cluster in
      let token = cluster.admit(
        SimulatedUser("reader", rules: [.init(["get", "list", "watch"], ["pods", "pods/log"])]))
      try cluster.deploy("m", template: Self.command)
      #expect(await eventually { (try? cluster.pods.first?.isReady) == true })
      let api = try cluster.client(token: token)
      let name = try pod(cluster)
      #expect(try await !lines(api, name).isEmpty)
      let proxy = await refusal(api, try ask(K8s.Pod.resourceKind, "\(name):9000", "v1/models"))
      #expect(proxy.code == 403)
      await api.shutdown()
    }
  }
}
