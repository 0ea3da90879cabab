internal import FoundationEssentials
internal import Kubernetes

struct ServiceRules: KindRules {
  func nameErrors(_ name: String) -> [String] { NameRules.label1035(name) }

  func setDefaults(_ object: inout JSONValue) {
    guard var spec = object["spec"] else { return }
    spec.setDefault("type", "ClusterIP")
    spec.setDefault("sessionAffinity", "None")
    if let ports = spec["ports"]?.arrayValue {
      spec["ports"] = .array(
        ports.map { port in
          var port = port.withDefault("protocol", "TCP")
          let target = port["targetPort"]
          if target == nil || target == 0 || target == "" { port["targetPort"] = port["port"] }
          return port
        })
    }
    if spec.string("type") != "ExternalName" {
      spec.setDefault("ipFamilies", ["IPv4"])
      spec.setDefault("ipFamilyPolicy", "SingleStack")
      spec.setDefault("internalTrafficPolicy", "Cluster")
    }
    object["spec"] = spec
  }

  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal) {
    object["status"] = ["loadBalancer": [:]]
    guard object.string("spec", "type") != "ExternalName" else { return }
    let asked = object.string("spec", "clusterIP")
    if asked.isEmpty {
      object["spec", "clusterIP"] = .string(server.serviceAddresses.takeServiceAddress())
    }
    object["spec", "clusterIPs"] = [object["spec", "clusterIP"] ?? "None"]
  }

  func prepareForUpdate(_ object: inout JSONValue, old: JSONValue) {
    // A manifest that is applied again says nothing of the address that was given.
    for field in ["clusterIP", "clusterIPs"] where object["spec", field] == nil {
      object["spec", field] = old["spec", field]
    }
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    let type = object.string("spec", "type")
    errors += PodTemplateValidation.oneOf(
      object["spec", "type"], ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
      field: "spec.type")
    let ports = object.items("spec", "ports")
    if ports.isEmpty, type != "ExternalName", object.string("spec", "clusterIP") != "None" {
      errors.append(.required("spec.ports"))
    }
    var names: Set<String> = []
    for (index, port) in ports.enumerated() {
      let place = "spec.ports[\(index)]"
      let name = port.string("name")
      if name.isEmpty {
        if ports.count > 1 { errors.append(.required("\(place).name")) }
      } else {
        errors += NameRules.label(name).map { .invalid("\(place).name", .string(name), $0) }
        if !names.insert(name).inserted { errors.append(.duplicate("\(place).name", name)) }
      }
      let number = port.integer("port") ?? 0
      if !(1...65535).contains(number) {
        errors.append(
          .invalid("\(place).port", .integer(number), "must be between 1 and 65535, inclusive"))
      }
      if let target = port["targetPort"] {
        if let number = target.integerValue, !(1...65535).contains(number) {
          errors.append(
            .invalid("\(place).targetPort", target, "must be between 1 and 65535, inclusive"))
        } else if let name = target.stringValue {
          errors += PodTemplateValidation.portName(name).map {
            .invalid("\(place).targetPort", target, $0)
          }
        }
      }
      errors += PodTemplateValidation.oneOf(
        port["protocol"], ["SCTP", "TCP", "UDP"], field: "\(place).protocol")
    }
    errors += MetadataRules.labels(object["spec", "selector"], field: "spec.selector")
    return errors
  }

  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    let before = old.string("spec", "clusterIP")
    guard !before.isEmpty, object.string("spec", "type") != "ExternalName",
      object["spec", "clusterIP"] != old["spec", "clusterIP"]
    else { return [] }
    return [
      .invalid("spec.clusterIPs[0]", object["spec", "clusterIPs"], "may not change once set")
    ]
  }

  let selectableFields = ["spec.clusterIP", "spec.type"]
}

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
