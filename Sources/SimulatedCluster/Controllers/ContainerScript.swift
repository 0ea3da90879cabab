internal import Kubernetes

/// What becomes of a container, by words in its image's name:
///
/// | word | what happens |
/// |---|---|
/// | `nopull` | the image cannot be pulled |
/// | `noconfig` | its configuration is missing |
/// | `crash` | runs a second and exits with 1, again and again |
/// | `oom` | the same, killed for lack of memory |
/// | `noready` | runs and is never ready |
/// | `slow` | takes ten seconds longer to be ready |
///
/// The annotations `fake.kubelet/run-seconds` (a number or `inf`) and `fake.kubelet/exit-code` of the pod say how long its containers
/// run and how they end.
struct ContainerScript {
  let cannotBePulled: Bool
  let hasNoConfiguration: Bool
  let isNeverReady: Bool
  let isKilled: Bool
  /// For how long it runs; `nil` is for ever.
  let lifetime: Duration?
  let exitCode: Int64
  /// How long after its start it is ready.
  let warmUp: Duration
  let hasProbe: Bool

  /// The longest that readiness probes delay a pod: nobody who watches a simulation wants to wait for their full delays.
  private static let longestWarmUp: Int64 = 6
  private static let jobLifetime = Duration.seconds(3)

  init(_ container: JSONValue, pod: JSONValue) {
    let image = container.string("image")
    cannotBePulled = image.contains("nopull")
    hasNoConfiguration = image.contains("noconfig")
    isNeverReady = image.contains("noready")
    isKilled = image.contains("oom")
    let dies = image.contains("crash") || isKilled
    let annotations = pod.annotations
    let asked = annotations["fake.kubelet/run-seconds"]?.stringValue
    if let asked {
      lifetime = Double(asked).flatMap { $0.isFinite ? .seconds($0) : nil }
    } else if dies {
      lifetime = .seconds(1)
    } else {
      let policy = pod.string("spec", "restartPolicy")
      lifetime = policy == "Always" || policy.isEmpty ? nil : Self.jobLifetime
    }
    let code = annotations["fake.kubelet/exit-code"]?.stringValue.flatMap { Int64($0) }
    exitCode = code ?? (isKilled ? 137 : dies ? 1 : 0)
    let probe = container["readinessProbe"]
    hasProbe = probe != nil || container["startupProbe"] != nil
    let delay = max(probe?.integer("initialDelaySeconds") ?? 0, hasProbe ? 1 : 0)
    let seconds = min(delay, Self.longestWarmUp) + (image.contains("slow") ? 10 : 0)
    warmUp = .seconds(seconds)
  }
}
