internal import Kubernetes

/// Where in an object: the field names alone, for rules, and as text for people.
struct FieldPath {
  var fields: [String] = []
  var text = ""

  func member(_ name: String) -> FieldPath {
    FieldPath(fields: fields + [name], text: text.isEmpty ? name : "\(text).\(name)")
  }

  func element(_ key: String) -> FieldPath { FieldPath(fields: fields, text: "\(text)[\(key)]") }

  /// Below `resources`, a size limit or a capacity, where values are quantities.
  var holdsQuantity: Bool {
    fields.last == "sizeLimit" || fields.contains("requests") || fields.contains("limits")
      || fields.contains("capacity")
  }
}

/// What has to be known of the API's own schema to compare and to repair.
enum FieldRules {
  /// The fields that tell the elements of a list apart: the `listMapKey`s of the schema.
  private static let keys: [String: [String]] = [
    "containers": ["name"], "initContainers": ["name"], "env": ["name"], "volumes": ["name"],
    "volumeMounts": ["mountPath"], "ownerReferences": ["uid"],
    "ports": ["containerPort", "port"], "endpoints": ["port"],
  ]
  /// Lists whose every element has to be there, in any order, among others. The schema calls tolerations atomic,
  /// but admission adds its own, and taking those away again and again would be a fight.
  static let sets: Set<String> = ["tolerations", "accessModes", "finalizers"]

  /// By which field the elements of a list are told apart; `nil` where the list counts as a whole.
  static func key(of field: String, in desired: [JSONValue]) -> String? {
    keys[field]?.first { desired.first?[$0] != nil }
  }

  /// Whether two elements are the same thing. Of ports the protocol counts too; TCP is what the server fills in.
  static func isSame(_ a: JSONValue, _ b: JSONValue, key: String) -> Bool {
    a[key] == b[key]
      && (a["protocol"]?.stringValue ?? "TCP") == (b["protocol"]?.stringValue ?? "TCP")
  }

  // MARK: What must not be there

  private static let probes: Set<String> = ["startupProbe", "readinessProbe", "livenessProbe"]
  /// What the server fills in beside our fields where nothing else may stand.
  private static let defaults: [String: JSONValue] = [
    "successThreshold": 1, "scheme": "HTTP", "initialDelaySeconds": 0, "readOnly": false,
    "optional": false,
  ]

  /// What stands beside the wanted members and changes what they mean.
  static func unwanted(
    in found: JSONValue, beside wanted: [String: JSONValue], at fields: [String]
  ) -> [(String, JSONValue)] {
    let members = found.objectValue ?? [:]
    let extra: [(key: String, value: JSONValue)]
    if isExclusive(fields) {
      extra = members.filter { wanted[$0.key] == nil && defaults[$0.key] != $0.value }
    } else {
      extra = forbidden(in: fields).compactMap { name in
        wanted[name] == nil ? members[name].map { (name, $0) } : nil
      }
    }
    return extra.filter { !$0.value.isVoid }.map { ($0.key, $0.value) }
  }

  /// Objects in which nothing may stand but what we put there.
  private static func isExclusive(_ fields: [String]) -> Bool {
    guard let last = fields.last else { return false }
    if fields == ["spec", "selector"] { return true }
    if last == "limits" || last == "requests" { return fields.dropLast().last == "resources" }
    if probes.contains(last) { return true }
    if last == "httpGet" || last == "emptyDir" || last == "secretKeyRef" { return true }
    return last == "env" || last == "volumeMounts" || last == "strategy"
  }

  /// Members that we never set: where somebody does, the pods run something else or somewhere else.
  private static func forbidden(in fields: [String]) -> [String] {
    switch fields {
    case ["spec", "template", "spec"]: ["nodeSelector"]
    case ["spec", "template", "spec", "containers"]: ["args"]
    default: []
    }
  }

  // MARK: What apply cannot repair

  /// Fields of which one excludes another (the sources of a volume, the actions of a probe, a strategy and its settings), and maps and
  /// lists into which apply only merges: changed by hand, they are put in place as a whole.
  static func isStubborn(_ fields: [String]) -> Bool {
    if fields.first == "spec", fields.count > 1,
      ["selector", "ports", "endpoints"].contains(fields[1])
    {
      return true
    }
    return fields.contains { field in
      probes.contains(field) || replaced.contains(field)
    } || fields.last == "containers"
  }

  private static let replaced: Set<String> = [
    "strategy", "resources", "env", "volumes", "volumeMounts", "nodeSelector", "args",
  ]

  /// Whether a value that differs is replaced whole, and not field by field.
  static func isUnit(_ fields: [String]) -> Bool {
    guard let last = fields.last else { return false }
    return fields == ["spec", "selector"] || probes.contains(last) || replaced.contains(last)
  }
}

extension JSONValue {
  /// Nothing, or an empty collection, which the API does not tell from nothing.
  var isVoid: Bool {
    switch self {
    case .null: true
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    default: false
    }
  }
}
