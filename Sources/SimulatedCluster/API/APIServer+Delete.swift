internal import FoundationEssentials
internal import Kubernetes

/// What a deletion asks for.
struct DeletionRequest: Sendable {
  enum Propagation: String, Sendable {
    case orphan = "Orphan", background = "Background", foreground = "Foreground"
  }

  var propagation: Propagation?
  var uid: String?
  var resourceVersion: String?
  var gracePeriodSeconds: Int64?
  var isDryRun = false

  static let now = DeletionRequest()
}

extension APIServer {
  static let foregroundFinalizer = "foregroundDeletion"
  static let orphanFinalizer = "orphan"

  /// Deletes an object, or marks it where finalizers or a grace period hold it.
  ///
  /// - Returns: the object as it was last, and whether it is gone.
  @discardableResult
  func delete(
    _ resource: ResourceDefinition, _ key: ObjectKey, _ request: DeletionRequest
  ) throws(Refusal) -> (object: StoredObject, isGone: Bool) {
    while true {
      let current = try get(resource, key)
      try check(request, current, resource)
      let marked = marked(current.json, resource, request)
      let isHeld =
        !marked.finalizers.isEmpty || resource.rules.holdsDeletion(of: marked)
        || (marked.integer("metadata", "deletionGracePeriodSeconds") ?? 0) > 0
      if request.isDryRun { return (current, !isHeld) }
      if isHeld {
        if marked == current.json { return (current, false) }
        if let stored = store.replace(current, with: marked) { return (stored, false) }
      } else if let last = store.remove(current) {
        return (last, true)
      }
    }
  }

  private func check(
    _ request: DeletionRequest, _ current: StoredObject, _ resource: ResourceDefinition
  ) throws(Refusal) {
    if let uid = request.uid, uid != current.uid {
      throw .precondition(
        resource, current.key.name,
        "the UID in the precondition (\(uid)) does not match the UID in record (\(current.uid)). The "
          + "object might have been deleted and then recreated")
    }
    let version = String(current.revision)
    if let wanted = request.resourceVersion, wanted != version {
      throw .precondition(
        resource, current.key.name,
        "the ResourceVersion in the precondition (\(wanted)) does not match the ResourceVersion in "
          + "record (\(version)). The object might have been modified")
    }
  }

  /// The object with the marks of its deletion: time, grace period, finalizers of the propagation.
  private func marked(
    _ object: JSONValue, _ resource: ResourceDefinition, _ request: DeletionRequest
  ) -> JSONValue {
    var object = object
    var finalizers = object.finalizers
    switch request.propagation {
    case .orphan:
      finalizers.removeAll { $0 == Self.foregroundFinalizer }
      if !finalizers.contains(Self.orphanFinalizer) { finalizers.append(Self.orphanFinalizer) }
    case .foreground:
      finalizers.removeAll { $0 == Self.orphanFinalizer }
      if !finalizers.contains(Self.foregroundFinalizer) {
        finalizers.append(Self.foregroundFinalizer)
      }
    case .background:
      finalizers.removeAll { $0 == Self.orphanFinalizer || $0 == Self.foregroundFinalizer }
    case nil: break
    }
    object["metadata", "finalizers"] =
      finalizers.isEmpty ? nil : .array(finalizers.map { .string($0) })
    let grace = resource.rules.gracePeriod(of: object, asked: request.gracePeriodSeconds) ?? 0
    if !object.isBeingDeleted {
      object["metadata", "deletionTimestamp"] = .string(
        Timestamp.format(clock.date.addingTimeInterval(Double(grace))))
      object["metadata", "deletionGracePeriodSeconds"] = .integer(grace)
      if resource.hasGeneration {
        object["metadata", "generation"] = .integer(object.generation + 1)
      }
    } else if grace < object.integer("metadata", "deletionGracePeriodSeconds") ?? 0 {
      object["metadata", "deletionGracePeriodSeconds"] = .integer(grace)
    }
    return object
  }
}
