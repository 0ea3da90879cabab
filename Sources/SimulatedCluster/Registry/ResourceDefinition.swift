internal import Kubernetes

/// A kind of object that the simulated server serves, and how it treats it.
struct ResourceDefinition: Sendable {
  var kind: ResourceKind
  var singular: String
  var shortNames: [String] = []
  var categories: [String] = []
  /// The verbs of the collection itself, as discovery names them.
  var verbs = [
    "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
  ]
  /// Whether `status` is written by its own subresource only.
  var hasStatus = false
  var scale: Scale?
  /// Whether `metadata.generation` counts the changes of what is wished for.
  var hasGeneration = false
  /// The type of the object; `nil` where nothing is known of its fields (custom resources).
  var schema: Schema?
  /// What the server fills in, refuses and protects in objects of this kind.
  var rules: any KindRules = GenericRules()
  var columns: any TableColumns = GenericColumns()

  /// Where the counts of the subresource `scale` are.
  struct Scale: Sendable, Equatable {
    var replicas = ["spec", "replicas"]
    var statusReplicas = ["status", "replicas"]
    var selector: [String]? = ["spec", "selector"]
  }

  var id: ResourceID { ResourceID(kind.group, kind.plural) }

  /// `deployments.apps`, `pods`: how errors name the kind.
  var qualifiedPlural: String { kind.group.isEmpty ? kind.plural : "\(kind.plural).\(kind.group)" }
  /// `Deployment.apps`, `Pod`: how validation errors name it.
  var qualifiedKind: String { kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)" }

  /// The `details` of a `Status` about an object of this kind.
  func details(_ name: String) -> JSONValue {
    var details: JSONValue = ["kind": .string(kind.plural)]
    if !name.isEmpty { details["name"] = .string(name) }
    if !kind.group.isEmpty { details["group"] = .string(kind.group) }
    return details
  }
}

/// What the server does to objects of a kind apart from storing them.
protocol KindRules: Sendable {
  /// Fills in what a request may leave out; also applied to templates in them.
  func setDefaults(_ object: inout JSONValue)
  /// Removes what a client may not set and sets what only the server knows.
  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal)
  /// Keeps what a client may not change.
  func prepareForUpdate(_ object: inout JSONValue, old: JSONValue)
  /// Whether two versions ask for the same, so that their generation is the same.
  func isSameWish(_ object: JSONValue, _ old: JSONValue) -> Bool
  func validate(_ object: JSONValue) -> [FieldError]
  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError]
  func nameErrors(_ name: String) -> [String]
  /// The fields beside `metadata.name` and `metadata.namespace` that a field selector may name.
  var selectableFields: [String] { get }
  /// The value of a selectable field.
  func selectableValue(_ field: String, of object: JSONValue) -> String
  /// For how long an object that is deleted stays, in seconds; `nil` where it goes at once.
  func gracePeriod(of object: JSONValue, asked: Int64?) -> Int64?
  /// Whether an object stays after its deletion for another reason than its finalizers.
  func holdsDeletion(of object: JSONValue) -> Bool
}

extension KindRules {
  func setDefaults(_ object: inout JSONValue) {}
  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal) {}
  func prepareForUpdate(_ object: inout JSONValue, old: JSONValue) {}
  func isSameWish(_ object: JSONValue, _ old: JSONValue) -> Bool {
    object.withoutStatusAndMetadata == old.withoutStatusAndMetadata
  }
  func validate(_ object: JSONValue) -> [FieldError] { [] }
  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] { [] }
  func nameErrors(_ name: String) -> [String] { NameRules.subdomain(name) }
  var selectableFields: [String] { [] }
  func selectableValue(_ field: String, of object: JSONValue) -> String {
    object[path: field.split(separator: ".").map(String.init)]?.text ?? ""
  }
  func gracePeriod(of object: JSONValue, asked: Int64?) -> Int64? { nil }
  func holdsDeletion(of object: JSONValue) -> Bool { false }
}

/// Kinds of which the server knows no more than their metadata.
struct GenericRules: KindRules {}

extension JSONValue {
  fileprivate var withoutStatusAndMetadata: JSONValue {
    var value = self
    value["metadata"] = nil
    value["status"] = nil
    return value
  }

  /// A scalar as a field selector compares it.
  var text: String? {
    switch self {
    case .string(let value): value
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .double(let value): String(value)
    default: nil
    }
  }
}
