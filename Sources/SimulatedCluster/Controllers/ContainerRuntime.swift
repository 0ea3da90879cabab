internal import Crypto
internal import FoundationEssentials
internal import Kubernetes

/// One container on its node: pulled, started, ready, dead and started again.
final class ContainerRuntime {
  private enum Phase {
    case creating
    case misconfigured(String)
    case pulling
    case pullFailed
    case pullBackOff(Duration)
    case running
    case terminated
    case backOff(Duration)
    case done
  }

  // How long things take on a real cluster.
  private static let creation = Duration.milliseconds(800)
  private static let pull = Duration.seconds(3)
  private static let failedPull = Duration.seconds(2)
  private static let restart = Duration.seconds(1)
  private static let firstBackOff = Duration.seconds(10)
  private static let longestBackOff = Duration.seconds(300)
  /// A container that ran for so long starts again without a back-off.
  private static let healthyRun = Duration.seconds(600)

  let name: String
  private let podName: String
  private let podUID: String
  private var spec: JSONValue
  private var script: ContainerScript
  private var phase = Phase.creating
  private var since: Duration
  private var restartCount: Int64
  private var backOff: Duration?
  private var pullBackOff = ContainerRuntime.firstBackOff
  private var startedAt = ""
  private var lastTermination: JSONValue?
  private(set) var isReady = false
  var isAskedToCrash = false

  init(_ spec: JSONValue, pod: StoredObject, since: Duration) {
    name = spec.string("name")
    podName = "\(pod.key.name)_\(pod.key.namespace)"
    podUID = pod.uid
    self.spec = spec
    script = ContainerScript(spec, pod: pod.json)
    self.since = since
    let known = pod.json.items("status", "containerStatuses")
      .first { $0.string("name") == spec.string("name") }
    restartCount = known?.integer("restartCount") ?? 0
    lastTermination = known?["lastState", "terminated"]
  }

  var hasSandbox: Bool { if case .creating = phase { false } else { true } }
  var hasStarted: Bool {
    switch phase {
    case .creating, .misconfigured, .pulling, .pullFailed, .pullBackOff: restartCount > 0
    default: true
    }
  }
  var isDone: Bool { if case .done = phase { true } else { false } }
  var hasFailed: Bool { lastTermination?.integer("exitCode") != 0 }

  /// Notes a new image: the container is made again with it.
  func update(_ spec: JSONValue, _ host: RuntimeHost) {
    guard spec["image"] != self.spec["image"] else { return }
    self.spec = spec
    script = ContainerScript(spec, pod: host.pod.json)
    if case .running = phase { restartCount += 1 }
    enter(.creating, at: host.context.clock.elapsed)
  }

  private func enter(_ phase: Phase, at now: Duration) {
    self.phase = phase
    since = now
    isReady = false
  }

  /// Goes through all that has become due; returns how long until the next thing does.
  func advance(to now: Duration, _ host: RuntimeHost) -> Duration? {
    while true {
      let lasting = duration(host)
      guard let lasting else { return nil }
      let end = since + host.context.clock.scaled(lasting)
      // Due a moment later by rounding counts as due, or the timer would spin.
      guard now >= end - .microseconds(100) else {
        let left = end - now
        return left * (lasting / max(host.context.clock.scaled(lasting), .nanoseconds(1)))
      }
      step(at: now, host)
    }
  }

  /// How long the present phase lasts; `nil` where only something outside ends it.
  private func duration(_ host: RuntimeHost) -> Duration? {
    switch phase {
    case .creating: Self.creation
    case .misconfigured: .seconds(10)
    case .pulling: Self.pull
    case .pullFailed: Self.failedPull
    case .pullBackOff(let delay): delay
    case .terminated: Self.restart
    case .backOff(let delay): delay
    case .running:
      if isAskedToCrash {
        .zero
      } else if !isReady, !script.isNeverReady {
        script.lifetime.map { min($0, script.warmUp) } ?? script.warmUp
      } else {
        script.lifetime
      }
    case .done: nil
    }
  }

  private func step(at now: Duration, _ host: RuntimeHost) {
    switch phase {
    case .creating, .misconfigured: create(at: now, host)
    case .pulling: start(at: now, host, wasPulled: true)
    case .pullFailed:
      host.event(name, "BackOff", "Back-off pulling image \"\(image)\"")
      host.event(name, "Failed", "Error: ImagePullBackOff", isWarning: true)
      enter(.pullBackOff(pullBackOff), at: now)
      pullBackOff = min(pullBackOff * 2, Self.longestBackOff)
    case .pullBackOff: failPull(at: now, host)
    case .running: run(at: now, host)
    case .terminated: restartOrEnd(at: now, host)
    case .backOff: startAgain(at: now, host)
    case .done: break
    }
  }

  private var image: String { spec.string("image") }

  private func create(at now: Duration, _ host: RuntimeHost) {
    let missing =
      script.hasNoConfiguration
      ? "configmap \"missing\" not found" : host.configuration(spec)
    if let missing {
      host.event(name, "Failed", "Error: \(missing)", isWarning: true)
      enter(.misconfigured(missing), at: now)
      return
    }
    if script.cannotBePulled {
      failPull(at: now, host)
    } else if host.takeImage(image) || spec.string("imagePullPolicy") == "Always" {
      host.event(name, "Pulling", "Pulling image \"\(image)\"")
      enter(.pulling, at: now)
    } else {
      host.event(
        name, "Pulled", "Container image \"\(image)\" already present on machine")
      start(at: now, host, wasPulled: false)
    }
  }

  private var pullError: String {
    "rpc error: code = NotFound desc = failed to pull and unpack image \"\(image)\": not found"
  }

  private func failPull(at now: Duration, _ host: RuntimeHost) {
    host.event(name, "Pulling", "Pulling image \"\(image)\"")
    host.event(
      name, "Failed", "Failed to pull image \"\(image)\": \(pullError)", isWarning: true)
    host.event(name, "Failed", "Error: ErrImagePull", isWarning: true)
    enter(.pullFailed, at: now)
  }

  private func start(at now: Duration, _ host: RuntimeHost, wasPulled: Bool) {
    if wasPulled {
      host.event(
        name, "Pulled", "Successfully pulled image \"\(image)\" in 3s (3s including waiting)")
    }
    host.event(name, "Created", "Created container: \(name)")
    host.event(name, "Started", "Started container \(name)")
    startedAt = Timestamp.format(host.context.clock.date)
    enter(.running, at: now)
  }

  private func run(at now: Duration, _ host: RuntimeHost) {
    let age = now - since
    let scaled = host.context.clock.scaled
    let isOver = script.lifetime.map { age >= scaled($0) - .microseconds(100) } ?? false
    guard isAskedToCrash || isOver else {
      isReady = true
      return
    }
    let code = isAskedToCrash ? 1 : script.exitCode
    let reason = script.isKilled ? "OOMKilled" : code == 0 ? "Completed" : "Error"
    if age >= scaled(Self.healthyRun) { backOff = nil }
    isAskedToCrash = false
    lastTermination = [
      "exitCode": .integer(code), "reason": .string(reason), "startedAt": .string(startedAt),
      "finishedAt": .string(Timestamp.format(host.context.clock.date)),
      "containerID": .string(identifier),
    ]
    enter(.terminated, at: now)
  }

  private func restartOrEnd(at now: Duration, _ host: RuntimeHost) {
    let policy = host.pod.json.string("spec", "restartPolicy")
    if policy == "Never" || (policy == "OnFailure" && !hasFailed) {
      enter(.done, at: now)
      return
    }
    guard let delay = backOff else {
      // The first time it is started again at once.
      backOff = Self.firstBackOff
      startAgain(at: now, host)
      return
    }
    host.event(
      name, "BackOff",
      "Back-off restarting failed container \(name) in pod \(podName)(\(podUID))", isWarning: true)
    enter(.backOff(delay), at: now)
    backOff = min(delay * 2, Self.longestBackOff)
  }

  private func startAgain(at now: Duration, _ host: RuntimeHost) {
    restartCount += 1
    host.event(name, "Pulled", "Container image \"\(image)\" already present on machine")
    start(at: now, host, wasPulled: false)
  }

  private var identifier: String {
    let digest = SHA256.hash(data: Data("\(podUID)/\(name)/\(restartCount)".utf8))
    return "containerd://"
      + digest.map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
  }

  /// The container's entry in `status.containerStatuses`.
  var status: JSONValue {
    var status: JSONValue = [
      "name": .string(name), "image": .string(image), "imageID": "", "ready": .bool(isReady),
      "restartCount": .integer(restartCount), "state": state, "started": .bool(isStarted),
      "lastState": [:],
    ]
    if restartCount > 0 || !isInTermination, let lastTermination {
      status["lastState"] = ["terminated": lastTermination]
    }
    if hasStarted { status["containerID"] = .string(identifier) }
    return status
  }

  private var isInTermination: Bool {
    switch phase {
    case .terminated, .done: true
    default: false
    }
  }

  private var isStarted: Bool {
    if case .running = phase { return isReady || !script.hasProbe }
    return false
  }

  private var state: JSONValue {
    switch phase {
    case .creating, .pulling: waiting("ContainerCreating", nil)
    case .misconfigured(let text): waiting("CreateContainerConfigError", text)
    case .pullFailed: waiting("ErrImagePull", pullError)
    case .pullBackOff:
      waiting("ImagePullBackOff", "Back-off pulling image \"\(image)\": ErrImagePull: \(pullError)")
    case .running: ["running": ["startedAt": .string(startedAt)]]
    case .terminated, .done: ["terminated": lastTermination ?? [:]]
    case .backOff(let delay):
      waiting(
        "CrashLoopBackOff",
        "back-off \(Self.text(delay)) restarting failed container=\(name) pod=\(podName)(\(podUID))"
      )
    }
  }

  private func waiting(_ reason: String, _ message: String?) -> JSONValue {
    var waiting: JSONValue = ["reason": .string(reason)]
    if let message { waiting["message"] = .string(message) }
    return ["waiting": waiting]
  }

  /// `10s`, `1m20s`: a duration as Go prints it.
  private static func text(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
  }
}
