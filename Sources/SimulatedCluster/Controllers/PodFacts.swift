internal import Kubernetes

// What controllers ask of pods.
extension JSONValue {
  var podPhase: String { string("status", "phase") }
  var isFinishedPod: Bool { podPhase == "Succeeded" || podPhase == "Failed" }
  var nodeName: String { string("spec", "nodeName") }
  var isReadyPod: Bool { condition("Ready")?.string("status") == "True" }

  /// What a pod asks of a node, by resource, in thousandths.
  var podRequests: [String: Int64] {
    var total: [String: Int64] = [:]
    for container in items("spec", "containers") {
      for (name, value) in container.requests { total[name, default: 0] += value }
    }
    // Init containers run one after the other before the others.
    for container in items("spec", "initContainers") {
      for (name, value) in container.requests { total[name] = max(total[name] ?? 0, value) }
    }
    return total
  }

  private var requests: [String: Int64] {
    (self["resources", "requests"]?.objectValue ?? [:])
      .compactMapValues { $0.text.flatMap { Quantity($0) }?.milli }
  }
}
