internal import FoundationEssentials
internal import Kubernetes

/// How far one pod has come, and what holds it.
struct PodState: Equatable {
  enum Stage: Equatable { case ready, starting, unscheduled, failed, crashing }

  var stage: Stage
  var reason: String

  init(pod: K8s.Pod, events: EventIndex, now: Date, inventory: GPUInventory?) {
    if pod.isReady {
      self.init(.ready, "")
    } else if pod.hasEnded {
      self.init(.failed, Self.endedReason(of: pod))
    } else if let trouble = Self.containerTrouble(pod, events, now) {
      self = trouble
    } else if let waiting = Self.schedulingTrouble(pod, inventory) {
      self = waiting
    } else {
      self.init(.starting, Self.startingReason(pod, events))
    }
  }

  private init(_ stage: Stage, _ reason: String) {
    self.stage = stage
    self.reason = reason
  }

  /// Why a pod ended as a whole: evicted, refused by the kubelet, its node lost.
  static func endedReason(of pod: K8s.Pod) -> String {
    let message = Excerpt.line(pod.status?.message ?? "")
    switch pod.status?.reason {
    case "Evicted": return "evicted from \(pod.spec?.nodeName ?? "its node"): \(message)"
    case "UnexpectedAdmissionError":
      return "node \(pod.spec?.nodeName ?? "") refused the pod: \(message)"
    case let reason?:
      return message.isEmpty
        ? "the pod failed: \(Excerpt.line(reason))"
        : "the pod failed: \(Excerpt.line(reason)): \(message)"
    case nil:
      let statuses = pod.containers
      if let ended = statuses.compactMap({ $0.state?.terminated }).first {
        return "the pod ended: \(ExitMessage.inWords(ended))"
      }
      return message.isEmpty ? "the pod failed" : "the pod failed: \(message)"
    }
  }

  // MARK: Containers

  private static let pullFailures: Set<String> = [
    "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull",
    "ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed",
  ]
  private static let configFailures: Set<String> = [
    "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreStartHookError",
    "PostStartHookError", "StartError", "ContainerCannotRun", "PreCreateHookError",
  ]

  private static func containerTrouble(
    _ pod: K8s.Pod, _ events: EventIndex, _ now: Date
  ) -> PodState? {
    for status in pod.containers where isDying(status, now) {
      let last = status.state?.terminated ?? status.lastState?.terminated
      var reason = "container \(status.name) keeps crashing"
      if let last { reason += ": \(ExitMessage.inWords(last))" }
      if status.restartCount > 0 { reason += "; restarted \(times(status.restartCount))" }
      return PodState(.crashing, reason)
    }
    for status in pod.containers {
      guard let waiting = status.state?.waiting, let word = waiting.reason else { continue }
      if pullFailures.contains(word) {
        let image = pod.image(ofContainer: status.name) ?? status.image ?? ""
        let pulled = events.events(of: pod).first {
          $0.reason == "Failed" && ($0.message ?? "").hasPrefix("Failed to pull image")
        }
        let message = ImagePullMessage(
          reason: word, image: image, message: waiting.message ?? "", event: pulled?.message)
        return PodState(.failed, message.inWords)
      }
      if configFailures.contains(word) {
        let message = ExitMessage.runtimeMessage(waiting.message ?? "")
        return PodState(
          .failed, "container \(status.name) cannot start: \(message.isEmpty ? word : message)")
      }
    }
    return nil
  }

  private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  /// In CrashLoopBackOff, or between two runs of it: dying again and again without coming up.
  private static func isDying(_ status: K8s.ContainerStatus, _ now: Date) -> Bool {
    if status.state?.waiting?.reason == "CrashLoopBackOff" { return true }
    // An init container that ended well is done.
    if let ended = status.state?.terminated, ended.exitCode == 0, status.ready { return false }
    guard !status.ready, status.restartCount >= 2,
      let last = status.state?.terminated ?? status.lastState?.terminated
    else { return false }
    // A run that lasted long was a working one; what follows it is a start like any other.
    if let from = last.startedAt, let to = last.finishedAt, to.timeIntervalSince(from) > 7_200 {
      return false
    }
    // The kubelet forgets its back-off after ten minutes of running: so do we, once it has started up.
    if let running = status.state?.running, status.started == true, let since = running.startedAt,
      now.timeIntervalSince(since) > 600
    {
      return false
    }
    return true
  }

  // MARK: Scheduling

  private static func schedulingTrouble(_ pod: K8s.Pod, _ inventory: GPUInventory?) -> PodState? {
    guard (pod.spec?.nodeName ?? "").isEmpty else { return nil }
    guard let condition = pod.condition("PodScheduled"), !condition.isTrue else {
      return PodState(.unscheduled, "waiting for the scheduler")
    }
    if condition.reason == "SchedulingGated" {
      return PodState(.unscheduled, "held back by a scheduling gate")
    }
    let message = SchedulerMessage(condition.message ?? "")
    return PodState(.unscheduled, message.inWords(for: pod.spec, inventory: inventory))
  }

  // MARK: Starting

  private static func startingReason(_ pod: K8s.Pod, _ events: EventIndex) -> String {
    let node = pod.spec?.nodeName.map { " on \($0)" } ?? ""
    if let running = pod.containers.first(where: { $0.state?.running != nil && !$0.ready }) {
      let isInit = pod.status?.initContainerStatuses?.contains { $0.name == running.name } ?? false
      if isInit { return "init container \(running.name) is running\(node)" }
      var reason = "starting\(node): loading the model, not ready yet"
      // Before the startup probe has passed, failing probes are how loading looks.
      if running.started == true, pod.hasStartupProbe(running.name) {
        reason = "running\(node), but not ready"
        if let event = events.latest(of: pod, reasons: ["Unhealthy"]) {
          reason += ": \(ProbeMessage.inWords(event.message ?? ""))"
        }
      }
      if let last = running.lastState?.terminated {
        reason += "; restarted \(times(running.restartCount)), last: \(ExitMessage.inWords(last))"
      }
      return reason
    }
    if let ended = pod.containers.first(where: { ($0.state?.terminated?.exitCode ?? 0) != 0 }),
      let state = ended.state?.terminated
    {
      return "container \(ended.name) ended and is being restarted: \(ExitMessage.inWords(state))"
    }
    if let statuses = pod.status?.containerStatuses, !statuses.isEmpty,
      statuses.allSatisfy(\.ready)
    {
      return "its containers run\(node), but the pod is not ready: "
        + "the node does not answer, or a readiness gate is closed"
    }
    if let event = events.latest(
      of: pod, reasons: ["FailedMount", "FailedAttachVolume", "FailedMapVolume"]),
      !isOlder(event, than: events.latest(of: pod, reasons: ["Pulling", "SuccessfulAttachVolume"]))
    {
      return "waiting for its volume\(node): \(Excerpt.line(event.message ?? ""))"
    }
    if let event = events.latest(of: pod, reasons: ["FailedCreatePodSandBox"]) {
      return "its network is not ready\(node): \(Excerpt.line(event.message ?? ""))"
    }
    if let event = events.latest(of: pod, reasons: ["Pulling", "Pulled"]),
      event.reason == "Pulling"
    {
      let image = pod.spec?.containers.first?.image ?? ""
      return "pulling \(Excerpt.line(image, limit: 120))\(node)"
    }
    return "starting\(node): preparing its container"
  }

  private static func isOlder(_ event: K8s.Event, than other: K8s.Event?) -> Bool {
    guard let seen = event.lastSeen, let other = other?.lastSeen else { return false }
    return seen < other
  }
}

extension K8s.Pod {
  /// Init containers first: they run first.
  var containers: [K8s.ContainerStatus] {
    (status?.initContainerStatuses ?? []) + (status?.containerStatuses ?? [])
  }

  func hasStartupProbe(_ container: String) -> Bool {
    spec?.containers.contains { $0.name == container && $0.startupProbe != nil } ?? false
  }

  func image(ofContainer name: String) -> String? {
    let all = (spec?.initContainers ?? []) + (spec?.containers ?? [])
    return all.first { $0.name == name }?.image
  }
}
