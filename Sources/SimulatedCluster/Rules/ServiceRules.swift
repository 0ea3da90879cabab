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
    // An address that is none is refused with everything else that is wrong.
    if asked.isEmpty {
      object["spec", "clusterIP"] = .string(server.serviceAddresses.takeServiceAddress())
    } else if asked != "None", AddressPool.isAddress(asked) {
      try take(asked, for: object, in: server)
    }
    object["spec", "clusterIPs"] = [object["spec", "clusterIP"] ?? "None"]
  }

  private func take(
    _ address: String, for object: JSONValue, in server: APIServer
  ) throws(Refusal) {
    guard let definition = server.registry.definition(BuiltIn.services) else { return }
    let why: String
    if !address.hasPrefix("10.96.") {
      why = "provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/16"
    } else if !server.serviceAddresses.take(address) {
      why = "provided IP is already allocated"
    } else {
      return
    }
    throw .invalid(
      definition, object.name,
      [
        .invalid(
          "spec.clusterIPs", goValue: GoText.list([address]),
          "failed to allocated ip:\(address) with error:\(why)")
      ])
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
    var numbers: Set<String> = []
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
      if !numbers.insert("\(number)/\(port.string("protocol"))").inserted {
        errors.append(
          FieldError(kind: .duplicate, field: place, value: GoText.servicePort(port), detail: ""))
      }
    }
    errors += validateAddress(object)
    errors += MetadataRules.labels(object["spec", "selector"], field: "spec.selector")
    return errors
  }

  private func validateAddress(_ object: JSONValue) -> [FieldError] {
    let address = object.string("spec", "clusterIP")
    guard !address.isEmpty, address != "None", !AddressPool.isAddress(address) else { return [] }
    return [
      .invalid(
        "spec.clusterIPs[0]", .string(address),
        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
    ]
  }

  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    let before = old.string("spec", "clusterIP")
    guard !before.isEmpty, object.string("spec", "type") != "ExternalName",
      object["spec", "clusterIP"] != old["spec", "clusterIP"]
    else { return [] }
    return [
      .invalid(
        "spec.clusterIPs[0]",
        goValue: GoText.list(object.items("spec", "clusterIPs").compactMap(\.stringValue)),
        "may not change once set")
    ]
  }

  let selectableFields = ["spec.clusterIP", "spec.type"]
}
