internal import FoundationEssentials
internal import Kubernetes

struct SecretRules: KindRules {
  func setDefaults(_ object: inout JSONValue) {
    object.setDefault("type", "Opaque")
    guard let plain = object["stringData"]?.objectValue else { return }
    for (key, value) in plain {
      let text = Data((value.stringValue ?? "").utf8).base64EncodedString()
      object["data", key] = .string(text)
    }
    object["stringData"] = nil
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    for key in (object["data"]?.objectValue ?? [:]).keys.sorted() {
      errors += ConfigKeys.errors(key).map { .invalid("data[\(key)]", .string(key), $0) }
    }
    return errors
  }

  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    if object["type"] != old["type"] {
      return [.invalid("type", object["type"], "field is immutable")]
    }
    return []
  }

  let selectableFields = ["type"]
}

/// The rule for keys of Secrets and ConfigMaps.
enum ConfigKeys {
  static func errors(_ key: String) -> [String] {
    let isLegal = key.utf8.allSatisfy {
      (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 45
        || $0 == 46 || $0 == 95
    }
    guard !isLegal || key.isEmpty else { return [] }
    return [
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
        + "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
        + "'[-._a-zA-Z0-9]+')"
    ]
  }
}

struct NamespaceRules: KindRules {
  func nameErrors(_ name: String) -> [String] { NameRules.label(name) }

  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal) {
    object["spec"] = ["finalizers": ["kubernetes"]]
    object["status"] = ["phase": "Active"]
    object["metadata", "labels", "kubernetes.io/metadata.name"] = .string(object.name)
  }

  func prepareForUpdate(_ object: inout JSONValue, old: JSONValue) {
    object["spec"] = old["spec"]
  }

  /// A namespace goes when the last of its objects has gone.
  func holdsDeletion(of object: JSONValue) -> Bool {
    !object.items("spec", "finalizers").isEmpty
  }

  let selectableFields = ["status.phase"]
}

struct NodeRules: KindRules {
  let selectableFields = ["spec.unschedulable"]

  func selectableValue(_ field: String, of object: JSONValue) -> String {
    object["spec", "unschedulable"]?.text ?? "false"
  }
}

struct LeaseRules: KindRules {
  func validate(_ object: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    if let seconds = object.integer("spec", "leaseDurationSeconds"), seconds <= 0 {
      errors.append(
        .invalid("spec.leaseDurationSeconds", .integer(seconds), "must be greater than 0"))
    }
    if let count = object.integer("spec", "leaseTransitions"), count < 0 {
      errors.append(.notNegative("spec.leaseTransitions", count))
    }
    return errors
  }
}

struct EventRules: KindRules {
  let selectableFields = [
    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
    "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
    "reason", "reportingComponent", "source", "type",
  ]

  func selectableValue(_ field: String, of object: JSONValue) -> String {
    if field == "source" { return object.string("source", "component") }
    return object[path: field.split(separator: ".").map(String.init)]?.text ?? ""
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    let involved = object.string("involvedObject", "namespace")
    guard !involved.isEmpty, involved != object.namespace else { return [] }
    return [
      .invalid(
        "involvedObject.namespace", .string(involved), "does not match event.namespace")
    ]
  }
}
