internal import Kubernetes

/// Keeps the endpoints of services: the addresses of the pods that their selectors match.
final class EndpointsController: Controller {
  private struct Label: Hashable {
    var namespace: String
    var key: String
    var value: String
  }

  private let context: ControllerContext
  private var pods: [Label: Set<ObjectKey>] = [:]
  private var podLabels: [ObjectKey: [String: String]] = [:]
  /// Services by one pair of their selector, so that a pod finds those that may match it.
  private var services: [Label: Set<ObjectKey>] = [:]
  private var selectors: [ObjectKey: [String: String]] = [:]

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    switch change.resource {
    case BuiltIn.services: return observeService(change)
    case BuiltIn.pods: return observePod(change)
    default: return []
    }
  }

  private func observeService(_ change: Change) -> [ObjectReference] {
    let key = change.key
    if let old = selectors.removeValue(forKey: key), let pair = old.min(by: { $0.key < $1.key }) {
      services[Label(namespace: key.namespace, key: pair.key, value: pair.value)]?.remove(key)
    }
    if change.kind != .deleted {
      let selector = (change.object.json["spec", "selector"]?.objectValue ?? [:]).strings
      if let pair = selector.min(by: { $0.key < $1.key }) {
        selectors[key] = selector
        services[
          Label(namespace: key.namespace, key: pair.key, value: pair.value), default: []
        ].insert(key)
      }
    } else {
      context.server.serviceAddresses.giveBack(change.object.json.string("spec", "clusterIP"))
    }
    return [change.object.reference]
  }

  private func observePod(_ change: Change) -> [ObjectReference] {
    let key = change.key
    let before = podLabels[key] ?? [:]
    let after = change.kind == .deleted ? [:] : change.object.json.labels.strings
    if before != after {
      for (name, value) in before {
        let label = Label(namespace: key.namespace, key: name, value: value)
        pods[label]?.remove(key)
        if pods[label]?.isEmpty == true { pods[label] = nil }
      }
      for (name, value) in after {
        pods[Label(namespace: key.namespace, key: name, value: value), default: []].insert(key)
      }
      podLabels[key] = change.kind == .deleted ? nil : after
    }
    let isSame =
      before == after && change.kind == .modified
      && address(change.object.json) == change.previous.map { address($0.json) }
    if isSame { return [] }
    return (matching(before, key.namespace).union(matching(after, key.namespace)))
      .map { ObjectReference(resource: BuiltIn.services, key: $0) }
  }

  /// What of a pod an endpoint shows.
  private func address(_ pod: JSONValue) -> [JSONValue?] {
    [
      pod["status", "podIP"], .bool(pod.isReadyPod), .bool(pod.isBeingDeleted),
      .bool(pod.isFinishedPod), pod["spec", "nodeName"],
    ]
  }

  private func matching(_ labels: [String: String], _ namespace: String) -> Set<ObjectKey> {
    var found: Set<ObjectKey> = []
    for (name, value) in labels {
      for service in services[Label(namespace: namespace, key: name, value: value)] ?? []
      where selectors[service]?.allSatisfy({ labels[$0.key] == $0.value }) == true {
        found.insert(service)
      }
    }
    return found
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    let endpoints = ObjectReference(resource: BuiltIn.endpoints, key: item.key)
    guard let service = context.object(item), !service.json.isBeingDeleted else {
      context.delete(endpoints)
      return nil
    }
    guard let selector = selectors[item.key] else { return nil }
    let pods = selected(selector, item.key.namespace)
    write(endpoints, service, EndpointLists.subsets(service.json, pods))
    writeSlice(service, pods)
    return nil
  }

  private func selected(_ selector: [String: String], _ namespace: String) -> [StoredObject] {
    let candidates = selector.map { pair in
      pods[Label(namespace: namespace, key: pair.key, value: pair.value)] ?? []
    }
    guard var keys = candidates.min(by: { $0.count < $1.count }) else { return [] }
    for other in candidates where keys.count > 0 { keys.formIntersection(other) }
    return keys.sorted { $0.name < $1.name }
      .compactMap { context.store.object(BuiltIn.pods, $0) }
      .filter { !$0.json.isFinishedPod && !$0.json.string("status", "podIP").isEmpty }
  }

  private func write(_ item: ObjectReference, _ service: StoredObject, _ subsets: JSONValue?) {
    if context.object(item) != nil {
      context.change(item) {
        $0["subsets"] = subsets
        $0["metadata", "labels"] = service.json["metadata", "labels"]
      }
      return
    }
    var json: JSONValue = ["metadata": ["name": .string(service.key.name)]]
    json["metadata", "labels"] = service.json["metadata", "labels"]
    json["subsets"] = subsets
    _ = try? context.create(BuiltIn.endpoints, in: service.key.namespace, json)
  }

  private func writeSlice(_ service: StoredObject, _ pods: [StoredObject]) {
    let endpoints = EndpointLists.slice(pods)
    let ports = EndpointLists.ports(service.json, pods)
    let existing = context.controlled(by: service, BuiltIn.endpointSlices).first
    if let existing {
      context.change(existing.reference) {
        guard $0["endpoints"] != endpoints || $0["ports"] != ports else { return }
        $0["endpoints"] = endpoints
        $0["ports"] = ports
        $0["metadata", "generation"] = .integer($0.generation + 1)
      }
      return
    }
    var labels = service.json.labels
    labels["kubernetes.io/service-name"] = .string(service.key.name)
    labels["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io"
    _ = try? context.create(
      BuiltIn.endpointSlices, in: service.key.namespace,
      [
        "metadata": [
          "generateName": .string("\(service.key.name)-"), "labels": .object(labels),
          "ownerReferences": [ControllerContext.ownerReference(service)],
        ],
        "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
      ])
  }
}

/// The lists in Endpoints and EndpointSlices.
private enum EndpointLists {
  private static func target(_ pod: StoredObject) -> JSONValue {
    [
      "kind": "Pod", "namespace": .string(pod.key.namespace), "name": .string(pod.key.name),
      "uid": .string(pod.uid),
    ]
  }

  static func subsets(_ service: JSONValue, _ pods: [StoredObject]) -> JSONValue? {
    guard !pods.isEmpty else { return nil }
    func addresses(_ isReady: Bool) -> [JSONValue] {
      pods.filter { ($0.json.isReadyPod && !$0.json.isBeingDeleted) == isReady }.map {
        [
          "ip": $0.json["status", "podIP"] ?? "", "nodeName": .string($0.json.nodeName),
          "targetRef": target($0),
        ]
      }
    }
    var subset: JSONValue = ["ports": ports(service, pods)]
    let (ready, notReady) = (addresses(true), addresses(false))
    if !ready.isEmpty { subset["addresses"] = .array(ready) }
    if !notReady.isEmpty { subset["notReadyAddresses"] = .array(notReady) }
    return [subset]
  }

  static func slice(_ pods: [StoredObject]) -> JSONValue {
    .array(
      pods.map { pod in
        let isLeaving = pod.json.isBeingDeleted
        return [
          "addresses": [pod.json["status", "podIP"] ?? ""],
          "conditions": [
            "ready": .bool(pod.json.isReadyPod && !isLeaving),
            "serving": .bool(pod.json.isReadyPod),
            "terminating": .bool(isLeaving),
          ], "nodeName": .string(pod.json.nodeName), "targetRef": target(pod),
        ]
      })
  }

  static func ports(_ service: JSONValue, _ pods: [StoredObject]) -> JSONValue {
    .array(
      service.items("spec", "ports").map { port in
        var result: JSONValue = [
          "port": .integer(number(port["targetPort"], pods) ?? port.integer("port") ?? 0),
          "protocol": port["protocol"] ?? "TCP",
        ]
        result["name"] = port["name"] ?? ""
        return result
      })
  }

  /// A port that the service names is looked up in the containers.
  private static func number(_ target: JSONValue?, _ pods: [StoredObject]) -> Int64? {
    if let number = target?.integerValue { return number }
    guard let name = target?.stringValue else { return nil }
    for container in pods.first?.json.items("spec", "containers") ?? [] {
      for port in container.items("ports") where port.string("name") == name {
        return port.integer("containerPort")
      }
    }
    return nil
  }
}
