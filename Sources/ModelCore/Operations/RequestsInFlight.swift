internal import FoundationEssentials
internal import Kubernetes

/// What a model's servers are working on right now, as far as they tell.
package struct RequestsInFlight: Equatable, Sendable {
  /// Requests that are being answered, of all pods that told.
  package var running = 0
  /// Requests that wait for their turn, of all pods that told.
  package var waiting = 0
  /// Pods that told, of those that serve.
  package var answered = 0
  /// Pods that serve, whether they were asked or not.
  package var pods = 0

  /// Nothing unless it is given.
  package init(running: Int = 0, waiting: Int = 0, answered: Int = 0, pods: Int = 0) {
    self.running = running
    self.waiting = waiting
    self.answered = answered
    self.pods = pods
  }

  /// Reads the metrics of one server; `nil` where it does not count its requests.
  ///
  /// Source: vLLM's documentation, "Production Metrics": the gauges `vllm:num_requests_running` and
  /// `vllm:num_requests_waiting`, one for each model of the server; the format is Prometheus' text format.
  init?(metrics text: String) {
    let running = Self.sum(of: "vllm:num_requests_running", in: text)
    guard let running else { return nil }
    self.init(
      running: running, waiting: Self.sum(of: "vllm:num_requests_waiting", in: text) ?? 0,
      answered: 1, pods: 1)
  }

  private static func sum(of name: String, in text: String) -> Int? {
    var sum: Int?
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(name) {
      let rest = line.dropFirst(name.count)
      // Another metric may begin with the same letters.
      guard rest.first == "{" || rest.first == " " else { continue }
      let values = rest.first == "{" ? rest.drop { $0 != "}" }.dropFirst() : rest
      guard let value = values.split(separator: " ").first.flatMap({ Double($0) }),
        value.isFinite, value >= 0, value < 1e9
      else { continue }
      sum = (sum ?? 0) + Int(value)
    }
    return sum
  }
}

extension ModelOperations {
  /// So many pods are asked at most, and so long.
  private static let askedPods = 8
  private static let askingLimit: Duration = .seconds(3)

  /// Asks the pods that serve a model, through the API server, how many requests they have; `nil` where that is not known: none
  /// tells, the API server does not let through, or it takes too long.
  ///
  /// - Parameter port: where the server listens in its pods.
  @concurrent
  package func requestsInFlight(of id: ModelID, port: Int) async -> RequestsInFlight? {
    await found(within: Self.askingLimit, clock: clock) { await self.asked(id, port) }
  }

  private func asked(_ id: ModelID, _ port: Int) async -> RequestsInFlight? {
    let options = ListOptions(labelSelector: "\(ModelKeys.modelName)=\(id.name)", limit: 100)
    guard let pods = try? await api.list(K8s.Pod.self, namespace: id.namespace, options: options)
    else { return nil }
    let serving = pods.items.filter(\.isReady).compactMap(\.metadata.name)
    var total = RequestsInFlight(pods: serving.count)
    await withTaskGroup(of: RequestsInFlight?.self) { group in
      for pod in serving.prefix(Self.askedPods) {
        group.addTask { await self.metrics(of: pod, in: id.namespace, port: port) }
      }
      for await answer in group {
        guard let answer else { continue }
        total.running += answer.running
        total.waiting += answer.waiting
        total.answered += 1
      }
    }
    return total.answered > 0 ? total : nil
  }

  private func metrics(
    of pod: String, in namespace: String, port: Int
  ) async -> RequestsInFlight? {
    let path = K8s.Pod.resourceKind.path(
      namespace: namespace, name: "\(pod):\(port)", subresource: "proxy/metrics")
    let request = APIRequest(
      .get, path, accept: "text/plain, */*",
      purpose: "read the metrics of pod \(namespace)/\(pod)")
    guard let response = try? await api.perform(request) else { return nil }
    return RequestsInFlight(metrics: String(decoding: response.body, as: UTF8.self))
  }
}
