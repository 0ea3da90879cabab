internal import Kubernetes

extension APIServer {
  /// Changes an object: PUT, the patches and the subresources.
  ///
  /// The change is made from the current object and stored only if it is still current; otherwise it is made again, unless the client named
  /// the version that it changes.
  func update(
    _ resource: ResourceDefinition, _ key: ObjectKey, subresource: Subresource? = nil,
    _ request: WriteRequest, change: (StoredObject) throws(Refusal) -> JSONValue
  ) throws(Refusal) -> StoredObject {
    while true {
      let current = try get(resource, key)
      let wanted = try change(current)
      let object = try settled(wanted, over: current.json, resource, subresource, request)
      if let stored = try commit(object, over: current, resource, request) { return stored }
      guard wanted.resourceVersion.isEmpty || wanted.resourceVersion == current.json.resourceVersion
      else { throw .modified(resource, key.name) }
    }
  }

  /// The object as it will be stored: what may not change kept, defaults filled in, checked.
  private func settled(
    _ wanted: JSONValue, over old: JSONValue, _ resource: ResourceDefinition,
    _ subresource: Subresource?, _ request: WriteRequest
  ) throws(Refusal) -> JSONValue {
    var object = try decoded(wanted, as: resource, request)
    try checkIdentity(object, over: old, resource)
    keepMetadata(&object, old)
    keepOtherParts(&object, old, resource, subresource)
    resource.rules.setDefaults(&object)
    resource.rules.prepareForUpdate(&object, old: old)
    if resource.hasGeneration, subresource != .status {
      let isSame = resource.rules.isSameWish(object, old)
      object["metadata", "generation"] = .integer(old.generation + (isSame ? 0 : 1))
    }
    let errors =
      MetadataRules.validateUpdate(object, old: old, resource) + resource.rules.validate(object)
      + resource.rules.validateUpdate(object, old: old)
    guard errors.isEmpty else { throw .invalid(resource, old.name, errors) }
    try checkExpansion(of: object, over: old, resource)
    request.track(&object, old: old, resource, subresource: subresource, at: timestamp)
    return object
  }

  /// Stores the object unless nothing changed; `nil` where another write came first.
  func commit(
    _ object: JSONValue, over current: StoredObject, _ resource: ResourceDefinition,
    _ request: WriteRequest
  ) throws(Refusal) -> StoredObject? {
    if ManagedFields.isSame(object, current.json) { return current }
    if request.isDryRun {
      return StoredObject(
        resource: current.resource, key: current.key, revision: current.revision, json: object)
    }
    if object.isBeingDeleted, object.finalizers.isEmpty,
      !resource.rules.holdsDeletion(of: object),
      (object.integer("metadata", "deletionGracePeriodSeconds") ?? 0) == 0
    {
      return finish(object, over: current)
    }
    return store.replace(current, with: object)
  }

  /// The last finalizer is gone: so is the object.
  private func finish(_ object: JSONValue, over current: StoredObject) -> StoredObject? {
    store.remove(current, leaving: object)
  }

  private func checkIdentity(
    _ object: JSONValue, over old: JSONValue, _ resource: ResourceDefinition
  ) throws(Refusal) {
    guard object.name == old.name else {
      throw .badRequest(
        "the name of the object (\(object.name)) does not match the name on the URL (\(old.name))")
    }
    if !object.resourceVersion.isEmpty, object.resourceVersion != old.resourceVersion {
      throw .modified(resource, old.name)
    }
    if !object.uid.isEmpty, object.uid != old.uid {
      throw .conflict(
        resource, old.name,
        "StorageError: invalid object, Code: 4, Key: \(storageKey(resource, old)), ResourceVersion: 0, "
          + "AdditionalErrorMsg: Precondition failed: UID in precondition: \(object.uid), UID in "
          + "object meta: \(old.uid)")
    }
  }

  /// The admission plugin PersistentVolumeClaimResize: only what was made for a class that allows it may grow.
  private func checkExpansion(
    of object: JSONValue, over old: JSONValue, _ resource: ResourceDefinition
  ) throws(Refusal) {
    let path = ["spec", "resources", "requests", "storage"]
    guard resource.id == BuiltIn.claims, object[path: path] != old[path: path] else { return }
    let name = old.string("spec", "storageClassName")
    let storageClass = store.object(BuiltIn.storageClasses, ObjectKey(namespace: "", name: name))
    guard storageClass?.json["allowVolumeExpansion"]?.boolValue != true else { return }
    throw .forbidden(
      resource, old.name,
      "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
        + "support resize")
  }

  /// Where a real server keeps an object, which its errors show.
  private func storageKey(_ resource: ResourceDefinition, _ object: JSONValue) -> String {
    let path = [resource.kind.plural, object.namespace, object.name].filter { !$0.isEmpty }
    return "/registry/" + path.joined(separator: "/")
  }

  private func keepMetadata(_ object: inout JSONValue, _ old: JSONValue) {
    for field in [
      "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
      "resourceVersion", "namespace", "generateName", "generation",
    ] {
      object["metadata", field] = old["metadata", field]
    }
    object["metadata", "selfLink"] = nil
  }

  /// An update of the object keeps its status, and an update of the status keeps all else.
  private func keepOtherParts(
    _ object: inout JSONValue, _ old: JSONValue, _ resource: ResourceDefinition,
    _ subresource: Subresource?
  ) {
    switch subresource {
    case .status:
      var result = old
      result["status"] = object["status"]
      result["metadata", "managedFields"] = object["metadata", "managedFields"]
      result["metadata", "annotations"] = object["metadata", "annotations"]
      object = result
    default:
      if resource.hasStatus { object["status"] = old["status"] }
    }
  }
}
