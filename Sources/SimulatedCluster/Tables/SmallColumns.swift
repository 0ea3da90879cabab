internal import FoundationEssentials
internal import Kubernetes

// Kinds whose tables have one telling column beside name and age.

struct ConfigMapColumns: TableColumns {
  let columns: [TableColumn] = [.name, TableColumn("Data"), .age]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let count =
      (object["data"]?.objectValue?.count ?? 0) + (object["binaryData"]?.objectValue?.count ?? 0)
    return [
      .string(object.name), .integer(Int64(count)), .string(Age.text(of: object, now: now)),
    ]
  }
}

struct ServiceAccountColumns: TableColumns {
  let columns: [TableColumn] = [.name, TableColumn("Secrets"), .age]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [
      .string(object.name), .integer(Int64(object.items("secrets").count)),
      .string(Age.text(of: object, now: now)),
    ]
  }
}

struct EndpointsColumns: TableColumns {
  let columns: [TableColumn] = [.name, TableColumn("Endpoints"), .age]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    var addresses: [String] = []
    for subset in object.items("subsets") {
      for port in subset.items("ports") {
        addresses += subset.items("addresses").map {
          "\($0.string("ip")):\(port.integer("port") ?? 0)"
        }
      }
    }
    var text = addresses.prefix(3).joined(separator: ",")
    if addresses.count > 3 { text += " + \(addresses.count - 3) more..." }
    return [
      .string(object.name), .string(text.isEmpty ? "<none>" : text),
      .string(Age.text(of: object, now: now)),
    ]
  }
}

struct EndpointSliceColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("AddressType"), TableColumn("Ports"), TableColumn("Endpoints"), .age,
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let ports = object.items("ports").map { String($0.integer("port") ?? 0) }
    let addresses = object.items("endpoints").flatMap { $0.items("addresses") }
      .compactMap(\.stringValue)
    func text(_ parts: [String]) -> JSONValue {
      .string(parts.isEmpty ? "<unset>" : parts.joined(separator: ","))
    }
    return [
      .string(object.name), .string(object.string("addressType")), text(ports), text(addresses),
      .string(Age.text(of: object, now: now)),
    ]
  }
}

struct AutoscalerColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Reference"), TableColumn("Targets"), TableColumn("MinPods"),
    TableColumn("MaxPods"), TableColumn("Replicas"), .age,
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let target = object["spec", "scaleTargetRef"] ?? [:]
    let wanted = object.integer("spec", "targetCPUUtilizationPercentage")
    let current = object.integer("status", "currentCPUUtilizationPercentage")
    return [
      .string(object.name), .string("\(target.string("kind"))/\(target.string("name"))"),
      .string(
        "\(current.map { "\($0)%" } ?? "<unknown>")/\(wanted.map { "\($0)%" } ?? "<unset>")"),
      .string(object.integer("spec", "minReplicas").map { String($0) } ?? "<unset>"),
      .integer(object.integer("spec", "maxReplicas") ?? 0),
      .integer(object.integer("status", "currentReplicas") ?? 0),
      .string(Age.text(of: object, now: now)),
    ]
  }
}

struct StatefulSetColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Ready"), .age, TableColumn("Containers", wide: true),
    TableColumn("Images", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let ready = object.integer("status", "readyReplicas") ?? 0
    return [
      .string(object.name), .string("\(ready)/\(object.integer("spec", "replicas") ?? 0)"),
      .string(Age.text(of: object, now: now)),
    ] + ContainerCells.cells(object["spec", "template", "spec"], nil).dropLast()
  }
}
