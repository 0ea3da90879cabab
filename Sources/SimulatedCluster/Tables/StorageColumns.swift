internal import FoundationEssentials
internal import Kubernetes

/// Access modes as kubectl shortens them.
enum AccessModes {
  static func text(_ modes: [JSONValue]) -> String {
    let short = [
      "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX",
      "ReadWriteOncePod": "RWOP",
    ]
    return modes.compactMap { short[$0.stringValue ?? ""] }.joined(separator: ",")
  }
}

struct ClaimColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Status"), TableColumn("Volume"), TableColumn("Capacity"),
    TableColumn("Access Modes"), TableColumn("StorageClass"),
    TableColumn("VolumeAttributesClass"), .age, TableColumn("VolumeMode", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let phase = object.isBeingDeleted ? "Terminating" : object.string("status", "phase")
    return [
      .string(object.name), .string(phase), .string(object.string("spec", "volumeName")),
      .string(object.string("status", "capacity", "storage")),
      .string(AccessModes.text(object.items("status", "accessModes"))),
      .string(object.string("spec", "storageClassName")), "<unset>",
      .string(Age.text(of: object, now: now)), .string(object.string("spec", "volumeMode")),
    ]
  }
}

struct VolumeColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Capacity"), TableColumn("Access Modes"), TableColumn("Reclaim Policy"),
    TableColumn("Status"), TableColumn("Claim"), TableColumn("StorageClass"),
    TableColumn("VolumeAttributesClass"), TableColumn("Reason"), .age,
    TableColumn("VolumeMode", wide: true),
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let claim = object["spec", "claimRef"]
    return [
      .string(object.name), .string(object.string("spec", "capacity", "storage")),
      .string(AccessModes.text(object.items("spec", "accessModes"))),
      .string(object.string("spec", "persistentVolumeReclaimPolicy")),
      .string(object.isBeingDeleted ? "Terminating" : object.string("status", "phase")),
      .string(claim.map { "\($0.string("namespace"))/\($0.string("name"))" } ?? ""),
      .string(object.string("spec", "storageClassName")), "<unset>",
      .string(object.string("status", "reason")), .string(Age.text(of: object, now: now)),
      .string(object.string("spec", "volumeMode")),
    ]
  }
}

struct StorageClassColumns: TableColumns {
  let columns: [TableColumn] = [
    .name, TableColumn("Provisioner"), TableColumn("ReclaimPolicy"),
    TableColumn("VolumeBindingMode"), TableColumn("AllowVolumeExpansion"), .age,
  ]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    let key = "storageclass.kubernetes.io/is-default-class"
    let isDefault = object.annotations[key]?.stringValue == "true"
    return [
      .string(object.name + (isDefault ? " (default)" : "")),
      .string(object.string("provisioner")), .string(object.string("reclaimPolicy")),
      .string(object.string("volumeBindingMode")),
      .bool(object["allowVolumeExpansion"]?.boolValue ?? false),
      .string(Age.text(of: object, now: now)),
    ]
  }
}

struct DefinitionColumns: TableColumns {
  let columns: [TableColumn] = [.name, TableColumn("Created At", type: "date")]

  func cells(_ object: JSONValue, now: Date) -> [JSONValue] {
    [.string(object.name), object["metadata", "creationTimestamp"] ?? .null]
  }
}
