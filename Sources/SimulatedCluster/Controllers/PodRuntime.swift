internal import FoundationEssentials
internal import Kubernetes

/// What a kubelet does for one pod and what it needs for that.
struct RuntimeHost {
  let pod: StoredObject
  let context: ControllerContext
  let isMounted: Bool
  /// Notes that the node has an image now; `false` where it had it before.
  let takeImage: (String) -> Bool
  /// What is missing in a container's configuration.
  let configuration: (JSONValue) -> String?

  func event(_ container: String, _ reason: String, _ message: String, isWarning: Bool = false) {
    context.events.record(
      pod, reason, message, isWarning: isWarning, by: Kubelet.component, host: pod.json.nodeName,
      fieldPath: "spec.containers{\(container)}")
  }
}

/// One pod on its node.
final class PodRuntime {
  private let uid: String
  private let address: String
  private let startTime: String
  private var containers: [ContainerRuntime]
  var stoppingSince: Duration?
  private var hasSandbox = false

  init(_ pod: StoredObject, address: String, _ clock: any SimulationClock) {
    uid = pod.uid
    let known = pod.json.string("status", "podIP")
    self.address = known.isEmpty ? address : known
    let started = pod.json.string("status", "startTime")
    startTime = started.isEmpty ? Timestamp.format(clock.date) : started
    containers = pod.json.items("spec", "containers").map {
      ContainerRuntime($0, pod: pod, since: clock.elapsed)
    }
  }

  /// Lets the first container die now.
  func crash() { containers.first?.isAskedToCrash = true }

  /// Brings the containers up to date; returns after how long something happens by itself.
  func advance(to now: Duration, _ host: RuntimeHost) -> Duration? {
    guard host.isMounted else { return .seconds(10) }
    let specs = host.pod.json.items("spec", "containers")
    var next: Duration?
    for container in containers {
      guard let spec = specs.first(where: { $0.string("name") == container.name }) else { continue }
      container.update(spec, host)
      let delay = container.advance(to: now, host)
      if let delay { next = min(next ?? delay, delay) }
    }
    hasSandbox = hasSandbox || containers.contains { $0.hasSandbox }
    return next
  }

  func writeStatus(into pod: inout JSONValue, _ context: ControllerContext) {
    let date = context.clock.date
    let statuses = containers.map { $0.status }
    var status = pod["status"] ?? [:]
    status["phase"] = .string(phase(pod))
    status["hostIP"] = "127.0.0.1"
    status["hostIPs"] = [["ip": "127.0.0.1"]]
    status["startTime"] = .string(startTime)
    if hasSandbox {
      status["podIP"] = .string(address)
      status["podIPs"] = [["ip": .string(address)]]
    }
    status["containerStatuses"] = .array(statuses)
    let initial = pod.items("spec", "initContainers")
    if !initial.isEmpty {
      status["initContainerStatuses"] = .array(initial.map(finished))
    }
    pod["status"] = status
    writeConditions(into: &pod, at: .string(Timestamp.format(date)))
  }

  private func phase(_ pod: JSONValue) -> String {
    if containers.allSatisfy(\.isDone) {
      return containers.contains { $0.hasFailed } ? "Failed" : "Succeeded"
    }
    return containers.allSatisfy { !$0.hasStarted } ? "Pending" : "Running"
  }

  private func writeConditions(into pod: inout JSONValue, at now: JSONValue) {
    let unready = containers.filter { !$0.isReady }.map(\.name)
    let isOver = pod.podPhase == "Succeeded"
    let reason = isOver ? "PodCompleted" : unready.isEmpty ? "" : "ContainersNotReady"
    let text =
      isOver || unready.isEmpty
      ? "" : "containers with unready status: [\(unready.joined(separator: " "))]"
    let status = unready.isEmpty ? "True" : "False"
    pod.setCondition(
      "PodReadyToStartContainers", hasSandbox ? "True" : "False", reason: "", message: "", at: now)
    pod.setCondition(
      "Initialized", "True", reason: isOver ? "PodCompleted" : "", message: "", at: now)
    pod.setCondition("Ready", status, reason: reason, message: text, at: now)
    pod.setCondition("ContainersReady", status, reason: reason, message: text, at: now)
    pod.setCondition("PodScheduled", "True", reason: "", message: "", at: now)
  }

  private func finished(_ container: JSONValue) -> JSONValue {
    [
      "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "",
      "ready": true, "started": false, "restartCount": 0, "lastState": [:],
      "state": [
        "terminated": [
          "exitCode": 0, "reason": "Completed", "startedAt": .string(startTime),
          "finishedAt": .string(startTime),
        ]
      ],
    ]
  }
}
