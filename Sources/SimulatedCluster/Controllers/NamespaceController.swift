internal import Kubernetes

/// Gives every namespace its service account, and empties a namespace that is deleted.
final class NamespaceController: Controller {
  private let context: ControllerContext
  /// Namespaces on their way out.
  private var terminating: Set<String> = []

  init(_ context: ControllerContext) { self.context = context }

  func observe(_ change: Change) -> [ObjectReference] {
    if change.resource == BuiltIn.namespaces {
      let isLeaving = change.kind != .deleted && change.object.json.isBeingDeleted
      if isLeaving {
        terminating.insert(change.key.name)
      } else {
        terminating.remove(change.key.name)
      }
      return [change.object.reference]
    }
    guard change.kind == .deleted, terminating.contains(change.key.namespace) else { return [] }
    return [
      ObjectReference(
        resource: BuiltIn.namespaces,
        key: ObjectKey(namespace: "", name: change.key.namespace))
    ]
  }

  func reconcile(_ item: ObjectReference) -> Duration? {
    guard let namespace = context.object(item) else { return nil }
    let name = item.key.name
    guard namespace.json.isBeingDeleted else {
      furnish(name)
      return nil
    }
    context.change(item) { $0["status", "phase"] = "Terminating" }
    var isEmpty = true
    for definition in context.server.registry.all where definition.kind.isNamespaced {
      for object in context.store.objects(definition.id, in: name).objects {
        if !object.json.isBeingDeleted {
          context.delete(object.reference, DeletionRequest(propagation: .background))
        }
        if context.object(object.reference) != nil { isEmpty = false }
      }
    }
    if isEmpty {
      context.change(item) { $0["spec", "finalizers"] = nil }
    }
    return nil
  }

  private func furnish(_ name: String) {
    guard context.store.object(BuiltIn.serviceAccounts, name, "default") == nil else { return }
    _ = try? context.create(BuiltIn.serviceAccounts, in: name, ["metadata": ["name": "default"]])
    _ = try? context.create(
      BuiltIn.configMaps, in: name, ["metadata": ["name": "kube-root-ca.crt"], "data": [:]])
  }
}
