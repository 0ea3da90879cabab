internal import FoundationEssentials
internal import Kubernetes

/// What controllers share: the store, the server's verbs, the clock and the events they record.
final class ControllerContext {
  let server: APIServer
  let events: EventRecorder
  var store: ObjectStore { server.store }
  var clock: any SimulationClock { server.clock }

  init(server: APIServer, events: EventRecorder) {
    self.server = server
    self.events = events
  }

  var now: JSONValue { server.timestamp }

  func object(_ item: ObjectReference) -> StoredObject? { store.object(item.resource, item.key) }

  /// The objects of a kind that name an owner as their controller.
  func controlled(by owner: StoredObject, _ resource: ResourceID) -> [StoredObject] {
    store.dependents(of: owner.uid)
      .filter { $0.resource == resource }
      .compactMap { object($0) }
      .filter { $0.json.controllerReference?.string("uid") == owner.uid }
  }

  /// Changes an object where there is something to change.
  @discardableResult
  func change(
    _ item: ObjectReference, _ change: (inout JSONValue) -> Void
  ) -> StoredObject? {
    while let current = object(item) {
      var json = current.json
      change(&json)
      if json == current.json { return current }
      guard let resource = server.registry.definition(item.resource) else { return nil }
      if let stored = try? server.commit(json, over: current, resource, .controller) {
        return stored
      }
    }
    return nil
  }

  /// Changes what is wished for, which counts as a new generation.
  @discardableResult
  func changeSpec(
    _ item: ObjectReference, _ change: (inout JSONValue) -> Void
  ) -> StoredObject? {
    self.change(item) { json in
      let before = json["spec"]
      change(&json)
      if json["spec"] != before {
        json["metadata", "generation"] = .integer(json.generation + 1)
      }
    }
  }

  func create(
    _ resource: ResourceID, in namespace: String, _ json: JSONValue,
    _ request: WriteRequest = .controller
  ) throws(Refusal) -> StoredObject {
    guard let definition = server.registry.definition(resource) else {
      throw .noSuchResource
    }
    return try server.create(definition, in: namespace, json, request)
  }

  func delete(_ item: ObjectReference, _ request: DeletionRequest = .now) {
    guard let definition = server.registry.definition(item.resource) else { return }
    // What is gone already needs no deletion.
    _ = try? server.delete(definition, item.key, request)
  }

  /// A reference to an object as its dependents hold it.
  static func ownerReference(_ owner: StoredObject) -> JSONValue {
    [
      "apiVersion": .string(owner.json.string("apiVersion")),
      "kind": .string(owner.json.string("kind")), "name": .string(owner.key.name),
      "uid": .string(owner.uid), "controller": true, "blockOwnerDeletion": true,
    ]
  }
}

extension StoredObject {
  var reference: ObjectReference { ObjectReference(resource: resource, key: key) }
}

extension JSONValue {
  /// Sets a condition; its transition time changes with its status only.
  mutating func setCondition(
    _ type: String, _ status: String, reason: String, message: String, at now: JSONValue,
    updates: Bool = false
  ) {
    var conditions = self.conditions
    let index = conditions.firstIndex { $0.string("type") == type }
    let old = index.map { conditions[$0] }
    if let old, old.string("status") == status, old.string("reason") == reason,
      old.string("message") == message, !updates
    {
      return
    }
    var new: JSONValue = ["type": .string(type), "status": .string(status)]
    if !reason.isEmpty { new["reason"] = .string(reason) }
    if !message.isEmpty { new["message"] = .string(message) }
    let keepsTime = old?.string("status") == status
    new["lastTransitionTime"] = keepsTime ? old?["lastTransitionTime"] ?? now : now
    if updates { new["lastUpdateTime"] = now }
    if let index, !updates {
      conditions[index] = new
    } else {
      // The Deployment controller moves what it sets to the end.
      if let index { conditions.remove(at: index) }
      conditions.append(new)
    }
    self["status", "conditions"] = .array(conditions)
  }

  mutating func removeCondition(_ type: String) {
    guard condition(type) != nil else { return }
    self["status", "conditions"] = .array(conditions.filter { $0.string("type") != type })
  }
}
