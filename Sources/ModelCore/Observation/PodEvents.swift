internal import FoundationEssentials
internal import Kubernetes

/// The few events of pods that tell how a start is going: pulling, mounting, what failed.
struct PodEvents: Sendable {
  /// What the rules of the status read; everything else is not kept.
  static let reasons: Set<String> = [
    "Pulling", "Pulled", "Failed", "FailedMount", "FailedAttachVolume", "FailedMapVolume",
    "SuccessfulAttachVolume", "FailedCreatePodSandBox",
  ]
  private static let perPod = 12

  private var byPod: [String: [ObjectKey: K8s.Event]] = [:]
  private var podByEvent: [ObjectKey: String] = [:]

  /// Takes an event. Returns the pod's name where it is news.
  mutating func set(_ event: K8s.Event) -> String? {
    let key = ObjectKey(event.metadata)
    guard let pod = event.involvedObject.uid, byPod[pod]?[key] != event else { return nil }
    byPod[pod, default: [:]][key] = event
    podByEvent[key] = pod
    if let events = byPod[pod], events.count > Self.perPod,
      let oldest = events.min(by: {
        ($0.value.lastSeen ?? .distantPast) < ($1.value.lastSeen ?? .distantPast)
      })
    {
      remove(event: oldest.key)
    }
    return event.involvedObject.name
  }

  mutating func remove(event key: ObjectKey) {
    guard let pod = podByEvent.removeValue(forKey: key) else { return }
    byPod[pod]?[key] = nil
    if byPod[pod]?.isEmpty == true { byPod[pod] = nil }
  }

  mutating func remove(pod uid: String) {
    for key in byPod.removeValue(forKey: uid)?.keys.map({ $0 }) ?? [] { podByEvent[key] = nil }
  }

  func events(ofPod uid: String) -> [K8s.Event] { byPod[uid].map { Array($0.values) } ?? [] }
}
