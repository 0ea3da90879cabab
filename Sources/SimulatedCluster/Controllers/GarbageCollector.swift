internal import Kubernetes

/// Deletes what belongs to owners that are gone, and carries out foreground and orphan deletions.
final class GarbageCollector: Controller {
  private let context: ControllerContext

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    // Events have no owners and are the most frequent change of all.
    if change.resource == BuiltIn.events { return [] }
    let object = change.object
    if change.kind == .deleted {
      // What it owned is to be looked at, and who waits for it to go.
      return Array(context.store.dependents(of: object.uid)) + owners(of: object)
    }
    let isWaiting = object.json.isBeingDeleted && !object.json.finalizers.isEmpty
    let hasNewOwners =
      object.json.ownerReferences != change.previous?.json.ownerReferences ?? []
    return isWaiting || hasNewOwners ? [object.reference] : []
  }

  private func owners(of object: StoredObject) -> [ObjectReference] {
    object.json.ownerReferences.compactMap { reference in
      owner(reference, of: object)?.reference
    }
  }

  /// The owner that a reference names; `nil` where it is gone or another object has its name now.
  private func owner(_ reference: JSONValue, of object: StoredObject) -> StoredObject? {
    guard
      let definition = context.server.registry.definition(
        apiVersion: reference.string("apiVersion"), kind: reference.string("kind"))
    else { return nil }
    let namespace = definition.kind.isNamespaced ? object.key.namespace : ""
    let owner = context.store.object(definition.id, namespace, reference.string("name"))
    return owner?.uid == reference.string("uid") ? owner : nil
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let object = context.object(item) else { return nil }
    if object.json.isBeingDeleted {
      if object.json.finalizers.contains(APIServer.orphanFinalizer) { orphanDependents(of: object) }
      if object.json.finalizers.contains(APIServer.foregroundFinalizer) {
        deleteDependents(of: object)
      }
      return nil
    }
    deleteIfOwnersAreGone(object)
    return nil
  }

  private func deleteIfOwnersAreGone(_ object: StoredObject) {
    let references = object.json.ownerReferences
    guard !references.isEmpty else { return }
    let present = references.filter { owner($0, of: object) != nil }
    // An owner that is deleted in the foreground counts as gone, and waits for this object.
    let solid = present.filter { reference in
      guard let owner = owner(reference, of: object) else { return false }
      return
        !(owner.json.isBeingDeleted
        && owner.json.finalizers.contains(APIServer.foregroundFinalizer))
    }
    if solid.isEmpty {
      let isForeground = !present.isEmpty && !context.store.dependents(of: object.uid).isEmpty
      context.delete(
        object.reference,
        DeletionRequest(propagation: isForeground ? .foreground : .background, uid: object.uid))
    } else if solid.count < references.count {
      context.change(object.reference) {
        $0["metadata", "ownerReferences"] = .array(solid)
      }
    }
  }

  private func deleteDependents(of object: StoredObject) {
    let dependents = context.store.dependents(of: object.uid).compactMap { context.object($0) }
    for dependent in dependents where !dependent.json.isBeingDeleted {
      deleteIfOwnersAreGone(dependent)
    }
    let isBlocked = context.store.dependents(of: object.uid).contains { reference in
      context.object(reference)?.json.ownerReferences.contains {
        $0.string("uid") == object.uid && $0["blockOwnerDeletion"]?.boolValue == true
      } ?? false
    }
    if !isBlocked { removeFinalizer(APIServer.foregroundFinalizer, from: object) }
  }

  private func orphanDependents(of object: StoredObject) {
    for reference in context.store.dependents(of: object.uid) {
      context.change(reference) { json in
        let rest = json.ownerReferences.filter { $0.string("uid") != object.uid }
        json["metadata", "ownerReferences"] = rest.isEmpty ? nil : .array(rest)
      }
    }
    removeFinalizer(APIServer.orphanFinalizer, from: object)
  }

  private func removeFinalizer(_ name: String, from object: StoredObject) {
    context.change(object.reference) { json in
      let rest = json.finalizers.filter { $0 != name }
      json["metadata", "finalizers"] = rest.isEmpty ? nil : .array(rest.map { .string($0) })
    }
  }
}
