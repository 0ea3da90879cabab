internal import FoundationEssentials
internal import Kubernetes

struct NodeColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Status"), TableColumn("Roles"), .age, TableColumn("Version"),
    TableColumn("Internal-IP", wide: true), TableColumn("External-IP", wide: true),
    TableColumn("OS-Image", wide: true), TableColumn("Kernel-Version", wide: true),
    TableColumn("Container-Runtime", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let info = object["status", "nodeInfo"] ?? [:]
    var states = [
      object.condition("Ready").map { $0.string("status") == "True" ? "Ready" : "NotReady" }
        ?? "Unknown"
    ]
    if object["spec", "unschedulable"]?.boolValue == true { states.append("SchedulingDisabled") }
    let roles = object.labels.keys.compactMap { key -> String? in
      let prefix = "node-role.kubernetes.io/"
      return key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
    }
    func address(_ type: String) -> JSONValue {
      let found = object.items("status", "addresses").first { $0.string("type") == type }
      return .string(found?.string("address") ?? "<none>")
    }
    return [
      .string(object.name), .string(states.joined(separator: ",")),
      .string(roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")),
      .string(Age.text(of: object, now: now)), .string(info.string("kubeletVersion")),
      address("InternalIP"), address("ExternalIP"), .string(info.string("osImage")),
      .string(info.string("kernelVersion")), .string(info.string("containerRuntimeVersion")),
    ]
  }
}

struct ServiceColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Type"), TableColumn("Cluster-IP"), TableColumn("External-IP"),
    TableColumn("Port(s)"), .age, TableColumn("Selector", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let ports = object.items("spec", "ports").map { port in
      let number = port.integer("port") ?? 0
      let node = port.integer("nodePort").map { ":\($0)" } ?? ""
      return "\(number)\(node)/\(port.string("protocol"))"
    }
    let type = object.string("spec", "type")
    let address = object.string("spec", "clusterIP")
    let pairs = SelectorText.pairs(object["spec", "selector"])
    return [
      .string(object.name), .string(type), .string(address.isEmpty ? "<none>" : address),
      .string(externalAddress(object, type)),
      .string(ports.isEmpty ? "<none>" : ports.joined(separator: ",")),
      .string(Age.text(of: object, now: now)),
      .string(pairs.isEmpty ? "<none>" : pairs.joined(separator: ",")),
    ]
  }

  private func externalAddress(_ object: JSONValue, _ type: String) -> String {
    let external = object.items("spec", "externalIPs").compactMap(\.stringValue)
    switch type {
    case "ExternalName": return object.string("spec", "externalName")
    case "LoadBalancer":
      let ingress = object.items("status", "loadBalancer", "ingress").map { $0.string("ip") }
      return ingress.isEmpty ? "<pending>" : ingress.joined(separator: ",")
    default: return external.isEmpty ? "<none>" : external.joined(separator: ",")
    }
  }
}

struct NamespaceColumns: TableColumns {
  let columns: [TableColumn] = [.name, TableColumn("Status"), .age]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [
      .string(object.name), .string(object.string("status", "phase")),
      .string(Age.text(of: object, now: now)),
    ]
  }
}

struct SecretColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Type"), TableColumn("Data"), .age,
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [
      .string(object.name), .string(object.string("type")),
      .integer(Int64(object["data"]?.objectValue?.count ?? 0)),
      .string(Age.text(of: object, now: now)),
    ]
  }
}

struct EventColumns: TableColumns {
  let columns: [TableColumn] = [
    TableColumn("Last Seen"), TableColumn("Type"), TableColumn("Reason"), TableColumn("Object"),
    TableColumn("Subobject", wide: true), TableColumn("Source", wide: true),
    TableColumn("Message"), TableColumn("First Seen", wide: true),
    TableColumn("Count", wide: true), TableColumn("Name", format: "name", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let involved = object["involvedObject"] ?? [:]
    let last = object["lastTimestamp"]?.stringValue ?? object["eventTime"]?.stringValue
    let first = object["firstTimestamp"]?.stringValue ?? last
    let host = object.string("source", "host")
    let component = object.string("source", "component")
    return [
      .string(Age.text(since: last, now: now)), .string(object.string("type")),
      .string(object.string("reason")),
      .string("\(involved.string("kind").lowercased())/\(involved.string("name"))"),
      .string(involved.string("fieldPath")),
      .string(host.isEmpty ? component : "\(component), \(host)"),
      .string(object.string("message")), .string(Age.text(since: first, now: now)),
      .string(String(object.integer("count") ?? 1)), .string(object.name),
    ]
  }
}

struct LeaseColumns: TableColumns {
  let columns: [TableColumn] = [.name, TableColumn("Holder"), .age]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [
      .string(object.name), .string(object.string("spec", "holderIdentity")),
      .string(Age.text(of: object, now: now)),
    ]
  }
}
