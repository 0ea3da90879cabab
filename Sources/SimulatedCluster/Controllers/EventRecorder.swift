internal import DequeModule
internal import FoundationEssentials
internal import Kubernetes

/// Records events; the same one again only counts. They go after an hour, or when there are too many.
final class EventRecorder {
  private struct Identity: Hashable {
    var uid: String
    var component: String
    var type: String
    var reason: String
    var message: String
    var fieldPath: String
  }

  private struct Entry {
    var key: ObjectKey
    var last: Duration
  }

  /// How long events are kept, as by a real API server.
  private static let lifetime = Duration.seconds(3600)
  private static let limit = 20_000

  private let server: APIServer
  private var entries: [Identity: Entry] = [:]
  /// By the time at which they were seen, oldest first. What was seen again is in here more than once, and only its last place counts.
  private var sightings: Deque<(identity: Identity, time: Duration)> = []
  private var serial: UInt64

  init(server: APIServer) {
    self.server = server
    serial = UInt64(server.clock.date.timeIntervalSince1970 * 1_000_000_000)
  }

  func record(
    _ object: StoredObject, _ reason: String, _ message: String, isWarning: Bool = false,
    by component: String, host: String? = nil, fieldPath: String = ""
  ) {
    let type = isWarning ? "Warning" : "Normal"
    let identity = Identity(
      uid: object.uid, component: component, type: type, reason: reason, message: message,
      fieldPath: fieldPath)
    let now = server.clock.elapsed
    expire(now)
    if let entry = entries[identity], count(entry.key) {
      note(identity, entry.key, now)
      return
    }
    var json = event(object, identity)
    json["source"] = ["component": .string(component)]
    if let host { json["source", "host"] = .string(host) }
    json["reportingInstance"] = .string(host ?? "")
    guard let definition = server.registry.definition(BuiltIn.events),
      let stored = try? server.create(definition, in: json.namespace, json, .controller)
    else { return }
    note(identity, stored.key, now)
  }

  private func note(_ identity: Identity, _ key: ObjectKey, _ now: Duration) {
    entries[identity] = Entry(key: key, last: now)
    sightings.append((identity, now))
    guard sightings.count > 4 * Self.limit else { return }
    sightings.removeAll { entries[$0.identity]?.last != $0.time }
  }

  private func event(_ object: StoredObject, _ identity: Identity) -> JSONValue {
    serial += 1
    let namespace = object.key.namespace.isEmpty ? "default" : object.key.namespace
    var involved: JSONValue = [
      "kind": .string(object.json.string("kind")), "name": .string(object.key.name),
      "uid": .string(object.uid), "apiVersion": .string(object.json.string("apiVersion")),
      "resourceVersion": .string(String(object.revision)),
    ]
    if !object.key.namespace.isEmpty { involved["namespace"] = .string(object.key.namespace) }
    if !identity.fieldPath.isEmpty { involved["fieldPath"] = .string(identity.fieldPath) }
    let now = server.timestamp
    return [
      "metadata": [
        "name": .string("\(object.key.name).\(String(serial, radix: 16))"),
        "namespace": .string(namespace),
      ],
      "involvedObject": involved, "reason": .string(identity.reason),
      "message": .string(identity.message), "type": .string(identity.type), "count": 1,
      "firstTimestamp": now, "lastTimestamp": now, "eventTime": .null,
      "reportingComponent": .string(identity.component),
    ]
  }

  /// Counts an event that is there already; `false` where it is not.
  private func count(_ key: ObjectKey) -> Bool {
    guard let current = server.store.object(BuiltIn.events, key) else { return false }
    var json = current.json
    json["count"] = .integer((json.integer("count") ?? 1) + 1)
    json["lastTimestamp"] = server.timestamp
    return server.store.replace(current, with: json) != nil
  }

  private func expire(_ now: Duration) {
    while let oldest = sightings.first,
      entries.count > Self.limit || now - oldest.time > Self.lifetime
    {
      sightings.removeFirst()
      guard let entry = entries[oldest.identity], entry.last == oldest.time else { continue }
      entries[oldest.identity] = nil
      if let object = server.store.object(BuiltIn.events, entry.key) {
        _ = server.store.remove(object)
      }
    }
  }
}
