internal import Kubernetes

/// Who owns which fields of an object: `metadata.managedFields`.
struct ManagedFields: Sendable {
  struct Manager: Hashable, Sendable {
    enum Operation: String, Sendable { case apply = "Apply", update = "Update" }

    var name: String
    var operation: Operation
    var apiVersion: String
    var subresource: String

    /// The manager in the text of a conflict.
    var text: String {
      var text = "\"\(name)\""
      if !subresource.isEmpty { text += " with subresource \"\(subresource)\"" }
      return operation == .update ? "\(text) using \(apiVersion)" : text
    }
  }

  struct Entry: Sendable {
    var manager: Manager
    var fields: FieldSet
    var time: JSONValue
  }

  var entries: [Entry]

  init(_ object: JSONValue?) {
    entries = (object?.items("metadata", "managedFields") ?? []).compactMap { entry in
      guard let operation = Manager.Operation(rawValue: entry.string("operation")) else {
        return nil
      }
      return Entry(
        manager: Manager(
          name: entry.string("manager"), operation: operation,
          apiVersion: entry.string("apiVersion"), subresource: entry.string("subresource")),
        fields: FieldSet(entry["fieldsV1"] ?? [:]), time: entry["time"] ?? .null)
    }
  }

  var json: JSONValue? {
    let list = entries.filter { !$0.fields.isEmpty }.map { entry -> JSONValue in
      var json: JSONValue = [
        "manager": .string(entry.manager.name),
        "operation": .string(entry.manager.operation.rawValue),
        "apiVersion": .string(entry.manager.apiVersion), "time": entry.time,
        "fieldsType": "FieldsV1", "fieldsV1": entry.fields.json,
      ]
      if !entry.manager.subresource.isEmpty {
        json["subresource"] = .string(entry.manager.subresource)
      }
      return json
    }
    return list.isEmpty ? nil : .array(list)
  }

  subscript(manager: Manager) -> FieldSet? {
    entries.first { $0.manager == manager }?.fields
  }

  /// Notes what a manager owns from now on.
  mutating func set(_ fields: FieldSet, for manager: Manager, at time: JSONValue) {
    if let index = entries.firstIndex(where: { $0.manager == manager }) {
      guard entries[index].fields != fields else { return }
      entries[index].fields = fields
      entries[index].time = time
    } else {
      entries.append(Entry(manager: manager, fields: fields, time: time))
    }
  }

  /// What all managers but one own.
  func owned(except manager: Manager) -> FieldSet {
    entries.filter { $0.manager != manager }.reduce(FieldSet()) { $0.union($1.fields) }
  }

  /// Takes fields from all managers but one.
  mutating func take(_ fields: FieldSet, for manager: Manager) {
    for index in entries.indices where entries[index].manager != manager {
      entries[index].fields = entries[index].fields.subtracting(fields)
    }
  }

  /// Forgets fields that the object no longer has.
  mutating func forget(_ removed: FieldSet) {
    for index in entries.indices {
      entries[index].fields = entries[index].fields.subtractingTrees(removed)
    }
  }
}

extension ManagedFields {
  /// Fields that belong to nobody: the server's own and the object's identity.
  static let unowned: FieldSet = {
    let metadata = [
      "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
      "managedFields", "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds",
    ]
    return FieldSet(
      members: [.field("apiVersion"), .field("kind")],
      children: [.field("metadata"): FieldSet(members: Set(metadata.map { .field($0) }))])
  }()

  /// Containers that every object of the API's types has, so that nobody owns them as such.
  private static let structural: FieldSet = {
    let pod: Set<FieldPathElement> = [.field("containers")]
    let template = FieldSet(
      members: [.field("metadata"), .field("spec")],
      children: [.field("spec"): FieldSet(members: pod)])
    let spec = FieldSet(
      members: pod.union([.field("template"), .field("strategy"), .field("resources")]),
      children: [.field("template"): template])
    return FieldSet(
      members: [.field("metadata"), .field("spec"), .field("status")],
      children: [.field("spec"): spec])
  }()

  /// Notes the fields that an update set or changed as its manager's.
  static func trackUpdate(
    _ object: inout JSONValue, old: JSONValue?, _ resource: ResourceDefinition,
    _ request: WriteRequest, subresource: Subresource? = nil, at time: JSONValue
  ) {
    // The cluster's own controllers write too often for books to be kept, and nobody applies what they write.
    guard !request.isController else {
      object["metadata", "managedFields"] = old?["metadata", "managedFields"]
      return
    }
    let schema = resource.schema ?? .any
    var managed = ManagedFields(old)
    if old != nil, object["metadata", "managedFields"] == [] { managed.entries = [] }
    let difference = FieldTree.compare(old ?? [:], object, schema)
    let changed = difference.added.union(difference.modified)
      .subtractingTrees(unowned).subtracting(structural)
    let manager = Manager(
      name: request.fieldManager.isEmpty ? "unknown" : request.fieldManager, operation: .update,
      apiVersion: resource.kind.apiVersion, subresource: subresource?.rawValue ?? "")
    managed.forget(difference.removed)
    managed.take(changed, for: manager)
    if !changed.isEmpty {
      managed.set((managed[manager] ?? FieldSet()).union(changed), for: manager, at: time)
    }
    object["metadata", "managedFields"] = managed.json
  }

  /// Whether two versions of an object differ in nothing but the bookkeeping's times.
  static func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
    stripped(a) == stripped(b) && owners(a) == owners(b)
  }

  private static func stripped(_ object: JSONValue) -> JSONValue {
    var object = object
    object["metadata", "managedFields"] = nil
    object["metadata", "resourceVersion"] = nil
    return object
  }

  private static func owners(_ object: JSONValue) -> [JSONValue] {
    object.items("metadata", "managedFields").map { entry in
      var entry = entry
      entry["time"] = nil
      return entry
    }
  }
}
