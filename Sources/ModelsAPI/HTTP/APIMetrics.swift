internal import ModelCore
internal import Synchronization

/// Counts what the server does, and writes it as Prometheus reads it (text format 0.0.4).
package final class APIMetrics: Sendable {
  private struct Key: Hashable {
    var operation: String
    var method: String
    var status: Int
  }

  private struct Histogram {
    var buckets = [Int](repeating: 0, count: APIMetrics.bounds.count)
    var count = 0
    var sum = 0.0
  }

  private struct State {
    var requests: [Key: Int] = [:]
    var durations: [String: Histogram] = [:]
    var inFlight = 0
    var refusedTokens = 0
    var limited = 0
  }

  /// Upper ends of the buckets, in seconds.
  fileprivate static let bounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  private let state = Mutex(State())

  /// Everything at 0.
  package init() {}

  func began() { state.withLock { $0.inFlight += 1 } }

  /// - Parameter operation: `none` where the path is not one of ours: made-up paths make no new series.
  func ended(operation: String, method: String, status: Int, seconds: Double) {
    state.withLock { state in
      state.inFlight -= 1
      state.requests[Key(operation: operation, method: method, status: status), default: 0] += 1
      var histogram = state.durations[operation] ?? Histogram()
      histogram.count += 1
      histogram.sum += seconds
      for (index, bound) in Self.bounds.enumerated() where seconds <= bound {
        histogram.buckets[index] += 1
      }
      state.durations[operation] = histogram
      if status == 401 { state.refusedTokens += 1 }
      if status == 429 { state.limited += 1 }
    }
  }

  /// - Parameter age: of the models that are answered, in seconds; `nil` where none were read.
  func text(models: [ModelStatus: Int]?, isReady: Bool, age: Double?) -> String {
    var lines: [String] = []
    func describe(_ name: String, _ type: String, _ help: String) {
      lines.append("# HELP modeldeck_\(name) \(help)")
      lines.append("# TYPE modeldeck_\(name) \(type)")
    }
    let state = state.withLock { $0 }
    describe("http_requests_total", "counter", "Requests that were answered.")
    let requests = state.requests.sorted {
      ($0.key.operation, $0.key.method, $0.key.status)
        < ($1.key.operation, $1.key.method, $1.key.status)
    }
    for (key, count) in requests {
      lines.append(
        "modeldeck_http_requests_total{operation=\"\(key.operation)\",method=\"\(key.method)\","
          + "status=\"\(key.status)\"} \(count)")
    }
    describe("http_request_duration_seconds", "histogram", "Time from a request to its answer.")
    for (operation, histogram) in state.durations.sorted(by: { $0.key < $1.key }) {
      let name = "modeldeck_http_request_duration_seconds"
      for (bound, count) in zip(Self.bounds, histogram.buckets) {
        lines.append("\(name)_bucket{operation=\"\(operation)\",le=\"\(bound)\"} \(count)")
      }
      lines.append("\(name)_bucket{operation=\"\(operation)\",le=\"+Inf\"} \(histogram.count)")
      lines.append("\(name)_sum{operation=\"\(operation)\"} \(histogram.sum)")
      lines.append("\(name)_count{operation=\"\(operation)\"} \(histogram.count)")
    }
    func single(_ name: String, _ type: String, _ help: String, _ value: String) {
      describe(name, type, help)
      lines.append("modeldeck_\(name) \(value)")
    }
    single("http_requests_in_flight", "gauge", "Requests being answered.", "\(state.inFlight)")
    single("tokens_refused_total", "counter", "Requests answered 401.", "\(state.refusedTokens)")
    single("requests_limited_total", "counter", "Requests answered 429.", "\(state.limited)")
    single("ready", "gauge", "1 where the models are known.", isReady ? "1" : "0")
    if let age {
      single("cache_age_seconds", "gauge", "Age of the models that are answered.", "\(age)")
    }
    if let models {
      describe("models", "gauge", "Models by status.")
      for status in ModelStatus.allCases {
        lines.append("modeldeck_models{status=\"\(status.rawValue)\"} \(models[status] ?? 0)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
