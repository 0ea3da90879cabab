internal import Kubernetes

extension APIServer {
  /// Server-side apply: the object gets the fields of a configuration, its manager owns them, and fields that it applied before
  /// and applies no longer go.
  ///
  /// - Returns: the object, and whether it was created.
  func apply(
    _ resource: ResourceDefinition, _ key: ObjectKey, _ manifest: JSONValue,
    subresource: Subresource?, _ request: WriteRequest
  ) throws(Refusal) -> (object: StoredObject, isNew: Bool) {
    guard !request.fieldManager.isEmpty else {
      throw .invalidOptions(
        "PatchOptions", .required("fieldManager", "is required for apply patch"))
    }
    let configuration = try configuration(manifest, resource, key, request)
    let manager = ManagedFields.Manager(
      name: request.fieldManager, operation: .apply, apiVersion: resource.kind.apiVersion,
      subresource: subresource?.rawValue ?? "")
    while true {
      guard store.object(resource.id, key) != nil else {
        guard subresource == nil else { throw .notFound(resource, key.name) }
        return (try createByApply(resource, key, configuration, manager, request), true)
      }
      let object = try update(
        resource, key, subresource: subresource, request.appliedBy(manager, configuration)
      ) { current throws(Refusal) in
        let version = configuration.resourceVersion
        guard version.isEmpty || version == String(current.revision) else {
          throw .modified(resource, key.name)
        }
        var merged = try merged(configuration, into: current.json, resource, manager, request)
        if configuration.resourceVersion.isEmpty { merged["metadata", "resourceVersion"] = nil }
        return merged
      }
      return (object, false)
    }
  }

  /// The manifest as an object of its kind, refused where it is none.
  private func configuration(
    _ manifest: JSONValue, _ resource: ResourceDefinition, _ key: ObjectKey, _ request: WriteRequest
  ) throws(Refusal) -> JSONValue {
    if !manifest.items("metadata", "managedFields").isEmpty {
      throw .badRequest("metadata.managedFields must be nil")
    }
    let version = manifest.string("apiVersion")
    guard version == resource.kind.apiVersion else {
      throw .badRequest(
        "Incorrect version specified in apply patch. Specified patch version: \(version), expected: "
          + resource.kind.apiVersion)
    }
    if let schema = resource.schema,
      let problem = AppliedConfiguration.problem(manifest, schema)
    {
      throw Refusal(
        code: 500, reason: "",
        message: "failed to create typed patch object (\(key.namespace)/\(key.name); "
          + "\(resource.kind.group)/\(resource.kind.version), Kind=\(resource.kind.kind)): \(problem)"
      )
    }
    var configuration = try decoded(manifest, as: resource, request)
    if let name = manifest["metadata", "name"]?.stringValue, name != key.name {
      throw .badRequest(
        "the name of the object (\(name)) does not match the name on the URL (\(key.name))")
    }
    let namespace = configuration.namespace
    guard namespace.isEmpty || namespace == key.namespace else {
      throw .badRequest(
        "the namespace of the object (\(namespace)) does not match the namespace on the request "
          + "(\(key.namespace))")
    }
    configuration["metadata", "name"] = .string(key.name)
    if resource.kind.isNamespaced {
      configuration["metadata", "namespace"] = .string(key.namespace)
    }
    return configuration
  }

  private func createByApply(
    _ resource: ResourceDefinition, _ key: ObjectKey, _ configuration: JSONValue,
    _ manager: ManagedFields.Manager, _ request: WriteRequest
  ) throws(Refusal) -> StoredObject {
    guard configuration.uid.isEmpty else {
      throw .conflict(
        resource, key.name,
        "uid mismatch: the provided object specified uid \(configuration.uid), and no existing "
          + "object was found")
    }
    var configuration = configuration
    configuration["metadata", "resourceVersion"] = nil
    return try create(
      resource, in: key.namespace, configuration, request.appliedBy(manager, configuration))
  }

  /// The object with the configuration laid over it; refused where that changes what others own.
  private func merged(
    _ configuration: JSONValue, into live: JSONValue, _ resource: ResourceDefinition,
    _ manager: ManagedFields.Manager, _ request: WriteRequest
  ) throws(Refusal) -> JSONValue {
    let schema = resource.schema ?? .any
    let managed = ManagedFields(live)
    let applied = ManagedFields.fields(of: configuration, resource)
    var merged = FieldTree.merge(configuration, into: live, schema)
    if let last = managed[manager] {
      let owned = managed.owned(except: manager).union(applied)
      merged =
        FieldTree.prune(merged, schema, removing: last.subtracting(applied), owned: owned)
        ?? merged
      merged["metadata", "managedFields"] = live["metadata", "managedFields"]
    }
    let difference = FieldTree.compare(live, merged, schema)
    let changed = difference.added.union(difference.modified)
    if !request.isForced {
      let conflicts = managed.entries.filter { $0.manager != manager }
        .flatMap { entry in
          entry.fields.intersection(changed).intersection(applied.withAncestors)
            .paths.map { (manager: entry.manager, path: $0) }
        }
      if !conflicts.isEmpty { throw Refusal.applyConflict(conflicts) }
    }
    return merged
  }
}

extension FieldSet {
  /// The set with every container on the way to its members.
  fileprivate var withAncestors: FieldSet {
    var result = self
    for (element, child) in children {
      result.members.insert(element)
      result.children[element] = child.withAncestors
    }
    return result
  }
}

extension ManagedFields {
  /// What a manager owns that applies a configuration.
  static func fields(of configuration: JSONValue, _ resource: ResourceDefinition) -> FieldSet {
    FieldTree.fields(of: configuration, resource.schema ?? .any).subtractingTrees(unowned)
  }

  /// Notes that a manager owns what it applied, and nobody else what that changed.
  static func trackApply(
    _ object: inout JSONValue, old: JSONValue?, _ resource: ResourceDefinition,
    _ manager: Manager, _ configuration: JSONValue, at time: JSONValue
  ) {
    var managed = ManagedFields(old)
    let applied = fields(of: configuration, resource)
    let difference = FieldTree.compare(old ?? [:], object, resource.schema ?? .any)
    managed.forget(difference.removed)
    if old != nil {
      managed.take(
        difference.added.union(difference.modified).intersection(applied), for: manager)
    }
    managed.set(applied, for: manager, at: time)
    object["metadata", "managedFields"] = managed.json
  }
}

extension Refusal {
  /// 409: applying would change fields of other managers.
  static func applyConflict(
    _ conflicts: [(manager: ManagedFields.Manager, path: String)]
  ) -> Refusal {
    let text: String
    if conflicts.count == 1 {
      text = "conflict with \(conflicts[0].manager.text): \(conflicts[0].path)"
    } else {
      let byManager = Dictionary(grouping: conflicts) { $0.manager.text }
      text = byManager.sorted { $0.key < $1.key }
        .map { manager, conflicts in
          "conflicts with \(manager):\n" + conflicts.map { "- \($0.path)" }.joined(separator: "\n")
        }
        .joined(separator: "\n")
    }
    let causes = conflicts.map { conflict -> JSONValue in
      [
        "reason": "FieldManagerConflict",
        "message": .string("conflict with \(conflict.manager.text)"),
        "field": .string(conflict.path),
      ]
    }
    let count = conflicts.count == 1 ? "1 conflict" : "\(conflicts.count) conflicts"
    return Refusal(
      code: 409, reason: "Conflict", message: "Apply failed with \(count): \(text)",
      details: ["causes": .array(causes)])
  }
}
