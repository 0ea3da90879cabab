internal import FoundationEssentials
internal import Kubernetes

/// kubectl's columns of pods. Source of the rules of STATUS: `kubernetes/pkg/printers/internalversion`.
struct PodColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Ready"), TableColumn("Status"), TableColumn("Restarts"), .age,
    TableColumn("IP", wide: true), TableColumn("Node", wide: true),
    TableColumn("Nominated Node", wide: true), TableColumn("Readiness Gates", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let statuses = object.items("status", "containerStatuses")
    let ready = statuses.filter { $0["ready"]?.boolValue == true }.count
    let total = object.items("spec", "containers").count
    func orNone(_ text: String) -> JSONValue { .string(text.isEmpty ? "<none>" : text) }
    return [
      .string(object.name), .string("\(ready)/\(total)"), .string(Self.status(object)),
      .string(restarts(statuses, now: now)), .string(Age.text(of: object, now: now)),
      orNone(object.string("status", "podIP")), orNone(object.string("spec", "nodeName")),
      orNone(object.string("status", "nominatedNodeName")), "<none>",
    ]
  }

  private func restarts(_ statuses: [JSONValue], now: Date) -> String {
    let count = statuses.reduce(0) { $0 + ($1.integer("restartCount") ?? 0) }
    let last = statuses.compactMap { $0["lastState", "terminated", "finishedAt"]?.stringValue }
      .max()
    guard count > 0, let last else { return String(count) }
    return "\(count) (\(Age.text(since: last, now: now)) ago)"
  }

  /// The one word that kubectl shows for a pod.
  static func status(_ pod: JSONValue) -> String {
    var reason = pod.string("status", "phase")
    if let special = pod["status", "reason"]?.stringValue, !special.isEmpty { reason = special }
    if let failing = initReason(pod) {
      reason = failing
    } else {
      reason = containerReason(pod, reason)
    }
    guard pod.isBeingDeleted else { return reason }
    return pod.string("status", "reason") == "NodeLost" ? "Unknown" : "Terminating"
  }

  private static func initReason(_ pod: JSONValue) -> String? {
    let statuses = pod.items("status", "initContainerStatuses")
    let total = pod.items("spec", "initContainers").count
    for (index, status) in statuses.enumerated() {
      if status.integer("state", "terminated", "exitCode") == 0 { continue }
      if let terminated = status["state", "terminated"] {
        let reason = terminated.string("reason")
        return reason.isEmpty
          ? "Init:ExitCode:\(terminated.integer("exitCode") ?? 0)" : "Init:\(reason)"
      }
      let waiting = status.string("state", "waiting", "reason")
      if !waiting.isEmpty, waiting != "PodInitializing" { return "Init:\(waiting)" }
      return "Init:\(index)/\(total)"
    }
    return nil
  }

  private static func containerReason(_ pod: JSONValue, _ phase: String) -> String {
    var reason = phase
    var hasRunning = false
    for status in pod.items("status", "containerStatuses").reversed() {
      let waiting = status.string("state", "waiting", "reason")
      if !waiting.isEmpty {
        reason = waiting
      } else if let terminated = status["state", "terminated"] {
        let text = terminated.string("reason")
        let code = terminated.integer("exitCode") ?? 0
        let signal = terminated.integer("signal") ?? 0
        reason = !text.isEmpty ? text : signal != 0 ? "Signal:\(signal)" : "ExitCode:\(code)"
      } else if status["ready"]?.boolValue == true, status["state", "running"] != nil {
        hasRunning = true
      }
    }
    guard reason == "Completed", hasRunning else { return reason }
    return pod.condition("Ready")?.string("status") == "True" ? "Running" : "NotReady"
  }
}
