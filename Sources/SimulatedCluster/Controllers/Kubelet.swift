internal import FoundationEssentials
internal import Kubernetes
internal import Synchronization

/// Plays the kubelet of every node: takes pods through pulling, starting and readiness, restarts what dies, and stops what is deleted.
///
/// What becomes of a container is decided by words in its image's name, see `ContainerScript`.
final class Kubelet: Controller {
  static let component = "kubelet"
  /// What stopping a container takes at most, however long its grace period is.
  private static let stopping = Duration.seconds(2)

  private let context: ControllerContext
  private let commands: KubeletCommands
  private var pods: [String: PodRuntime] = [:]
  /// Pods by the Secret or ConfigMap that they wait for.
  private var waitingFor: [ObjectReference: Set<ObjectReference>] = [:]
  private var podsByNode: [String: Set<ObjectReference>] = [:]
  /// Images that a node has already.
  private var images: [String: Set<String>] = [:]
  private var nextAddress: UInt32 = 0

  init(_ context: ControllerContext, commands: KubeletCommands) {
    self.context = context
    self.commands = commands
  }

  func observe(_ change: Change) -> [ObjectReference] {
    switch change.resource {
    case BuiltIn.pods: return observePod(change)
    case BuiltIn.secrets, BuiltIn.configMaps:
      return Array(waitingFor.removeValue(forKey: change.object.reference) ?? [])
    case BuiltIn.nodes:
      let before = change.previous.map { Self.isReady($0.json) } ?? false
      let after = change.kind != .deleted && Self.isReady(change.object.json)
      return before == after ? [] : Array(podsByNode[change.key.name] ?? [])
    default: return []
    }
  }

  private func observePod(_ change: Change) -> [ObjectReference] {
    let pod = change.object
    guard !pod.json.nodeName.isEmpty else { return [] }
    if change.kind == .deleted {
      pods[pod.uid] = nil
      podsByNode[pod.json.nodeName]?.remove(pod.reference)
      return []
    }
    podsByNode[pod.json.nodeName, default: []].insert(pod.reference)
    // Its own status is nothing new to the kubelet.
    let isOwnWrite =
      change.previous.map {
        $0.json["spec"] == pod.json["spec"]
          && $0.json.isBeingDeleted == pod.json.isBeingDeleted
      } ?? false
    return isOwnWrite && !commands.isAsked(pod.reference) ? [] : [pod.reference]
  }

  private static func isReady(_ node: JSONValue) -> Bool {
    node.condition("Ready")?.string("status") == "True"
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let pod = context.object(item), !pod.json.nodeName.isEmpty else { return nil }
    let node = context.store.object(BuiltIn.nodes, "", pod.json.nodeName)
    // The kubelet of a node that is down does nothing, not even stop what is deleted.
    guard let node, Self.isReady(node.json) else { return nil }
    let runtime = pods[pod.uid] ?? PodRuntime(pod, address: takeAddress(), context.clock)
    pods[pod.uid] = runtime
    if pod.json.isBeingDeleted { return stop(pod, runtime) }
    guard !pod.json.isFinishedPod else { return nil }
    if commands.take(item) { runtime.crash() }
    let missing = mountFailure(pod)
    let delay = runtime.advance(
      to: context.clock.elapsed,
      RuntimeHost(
        pod: pod, context: context, isMounted: missing == nil,
        takeImage: { self.images[pod.json.nodeName, default: []].insert($0).inserted },
        configuration: { self.configurationFailure($0, pod) }))
    context.change(item) { runtime.writeStatus(into: &$0, context) }
    return delay
  }

  private func takeAddress() -> String {
    nextAddress += 1
    return "10.244.\(nextAddress / 250 % 250).\(nextAddress % 250 + 2)"
  }

  private func stop(_ pod: StoredObject, _ runtime: PodRuntime) -> Duration? {
    let now = context.clock.elapsed
    guard let since = runtime.stoppingSince else {
      runtime.stoppingSince = now
      for container in pod.json.items("spec", "containers") {
        context.events.record(
          pod, "Killing", "Stopping container \(container.string("name"))", by: Self.component,
          host: pod.json.nodeName,
          fieldPath: "spec.containers{\(container.string("name"))}")
      }
      return grace(pod)
    }
    guard now >= since + context.clock.scaled(grace(pod)) else { return grace(pod) }
    context.delete(pod.reference, DeletionRequest(uid: pod.uid, gracePeriodSeconds: 0))
    return nil
  }

  private func grace(_ pod: StoredObject) -> Duration {
    min(
      Self.stopping,
      .seconds(pod.json.integer("metadata", "deletionGracePeriodSeconds") ?? 0))
  }

  /// A volume that cannot be mounted: the pod waits for what it comes from.
  private func mountFailure(_ pod: StoredObject) -> String? {
    for volume in pod.json.items("spec", "volumes") {
      let sources: [(ResourceID, String, String?, Bool)] = [
        (
          BuiltIn.secrets, "secret", volume["secret", "secretName"]?.stringValue,
          volume["secret", "optional"]?.boolValue ?? false
        ),
        (
          BuiltIn.configMaps, "configmap", volume["configMap", "name"]?.stringValue,
          volume["configMap", "optional"]?.boolValue ?? false
        ),
      ]
      for case (let resource, let kind, let name?, false) in sources {
        guard context.store.object(resource, pod.key.namespace, name) == nil else { continue }
        wait(for: resource, name, pod)
        let text =
          "MountVolume.SetUp failed for volume \"\(volume.string("name"))\" : \(kind) \"\(name)\" not found"
        context.events.record(
          pod, "FailedMount", text, isWarning: true, by: Self.component, host: pod.json.nodeName)
        return text
      }
    }
    return nil
  }

  private func wait(for resource: ResourceID, _ name: String, _ pod: StoredObject) {
    let source = ObjectReference(
      resource: resource, key: ObjectKey(namespace: pod.key.namespace, name: name))
    waitingFor[source, default: []].insert(pod.reference)
  }

  /// What the environment of a container refers to and is not there, in the kubelet's words.
  private func configurationFailure(_ container: JSONValue, _ pod: StoredObject) -> String? {
    for variable in container.items("env") {
      for (field, resource, kind) in [
        ("secretKeyRef", BuiltIn.secrets, "Secret"),
        ("configMapKeyRef", BuiltIn.configMaps, "ConfigMap"),
      ] {
        guard let reference = variable["valueFrom", field],
          reference["optional"]?.boolValue != true
        else { continue }
        let name = reference.string("name")
        guard let source = context.store.object(resource, pod.key.namespace, name) else {
          wait(for: resource, name, pod)
          return "\(kind.lowercased()) \"\(name)\" not found"
        }
        let key = reference.string("key")
        if source.json["data", key] == nil {
          wait(for: resource, name, pod)
          return "couldn't find key \(key) in \(kind) \(pod.key.namespace)/\(name)"
        }
      }
    }
    for source in container.items("envFrom") {
      for (field, resource, kind) in [
        ("secretRef", BuiltIn.secrets, "secret"), ("configMapRef", BuiltIn.configMaps, "configmap"),
      ] {
        guard let reference = source[field], reference["optional"]?.boolValue != true else {
          continue
        }
        let name = reference.string("name")
        if context.store.object(resource, pod.key.namespace, name) == nil {
          wait(for: resource, name, pod)
          return "\(kind) \"\(name)\" not found"
        }
      }
    }
    return nil
  }
}

/// What a scenario asks the kubelets to do from outside.
final class KubeletCommands: Sendable {
  private let crashes = Mutex<Set<ObjectReference>>([])

  func crash(_ pod: ObjectReference) { crashes.withLock { _ = $0.insert(pod) } }
  func isAsked(_ pod: ObjectReference) -> Bool { crashes.withLock { $0.contains(pod) } }
  func take(_ pod: ObjectReference) -> Bool { crashes.withLock { $0.remove(pod) != nil } }
}
