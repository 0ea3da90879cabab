internal import FoundationEssentials
internal import Kubernetes

struct DeploymentColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Ready"), TableColumn("Up-to-date"),
    TableColumn("Available"), .age, TableColumn("Containers", wide: true),
    TableColumn("Images", wide: true), TableColumn("Selector", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let wanted = object.integer("spec", "replicas") ?? 0
    let ready = object.integer("status", "readyReplicas") ?? 0
    return [
      .string(object.name), .string("\(ready)/\(wanted)"),
      .integer(object.integer("status", "updatedReplicas") ?? 0),
      .integer(object.integer("status", "availableReplicas") ?? 0),
      .string(Age.text(of: object, now: now)),
    ] + ContainerCells.cells(object["spec", "template", "spec"], object["spec", "selector"])
  }
}

struct ReplicaSetColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Desired", type: "integer"), TableColumn("Current", type: "integer"),
    TableColumn("Ready", type: "integer"), .age, TableColumn("Containers", wide: true),
    TableColumn("Images", wide: true), TableColumn("Selector", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [
      .string(object.name), .integer(object.integer("spec", "replicas") ?? 0),
      .integer(object.integer("status", "replicas") ?? 0),
      .integer(object.integer("status", "readyReplicas") ?? 0),
      .string(Age.text(of: object, now: now)),
    ] + ContainerCells.cells(object["spec", "template", "spec"], object["spec", "selector"])
  }
}

/// The columns that workloads share in wide output.
enum ContainerCells {
  static func cells(_ podSpec: JSONValue?, _ selector: JSONValue?) -> [JSONValue] {
    let containers = podSpec?["containers"]?.arrayValue ?? []
    return [
      .string(containers.map { $0.string("name") }.joined(separator: ",")),
      .string(containers.map { $0.string("image") }.joined(separator: ",")),
      .string(SelectorText.text(selector)),
    ]
  }
}

/// Selectors as kubectl prints them.
enum SelectorText {
  static func text(_ selector: JSONValue?) -> String {
    guard let selector else { return "<none>" }
    var parts = pairs(selector["matchLabels"])
    for expression in selector.items("matchExpressions") {
      let key = expression.string("key")
      let values = expression.items("values").compactMap(\.stringValue).joined(separator: ",")
      switch expression.string("operator") {
      case "In": parts.append("\(key) in (\(values))")
      case "NotIn": parts.append("\(key) notin (\(values))")
      case "Exists": parts.append(key)
      default: parts.append("!\(key)")
      }
    }
    return parts.isEmpty ? "<none>" : parts.joined(separator: ",")
  }

  static func pairs(_ labels: JSONValue?) -> [String] {
    (labels?.objectValue ?? [:]).strings.sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)" }
  }
}
