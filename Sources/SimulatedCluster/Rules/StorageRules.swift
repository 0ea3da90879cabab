internal import Kubernetes

struct ClaimRules: KindRules {
  func setDefaults(_ object: inout JSONValue) {
    if object["spec"] != nil, object["spec", "volumeMode"] == nil {
      object["spec", "volumeMode"] = "Filesystem"
    }
  }

  func prepareForCreate(_ object: inout JSONValue, in server: APIServer) throws(Refusal) {
    object["status"] = ["phase": "Pending"]
    if !object.finalizers.contains(VolumeController.protectionFinalizer) {
      object["metadata", "finalizers"] = .array(
        object.items("metadata", "finalizers") + [.string(VolumeController.protectionFinalizer)])
    }
    guard object["spec", "storageClassName"] == nil, object["spec"] != nil else { return }
    let classes = server.store.objects(BuiltIn.storageClasses).objects
    let chosen = classes.filter { Self.isDefault($0.json) }
      .max {
        ($0.json.string("metadata", "creationTimestamp"), $1.key.name)
          < ($1.json.string("metadata", "creationTimestamp"), $0.key.name)
      }
    if let chosen { object["spec", "storageClassName"] = .string(chosen.key.name) }
  }

  private static func isDefault(_ storageClass: JSONValue) -> Bool {
    [
      "storageclass.kubernetes.io/is-default-class",
      "storageclass.beta.kubernetes.io/is-default-class",
    ]
    .contains { storageClass.annotations[$0]?.stringValue == "true" }
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    let modes = object.items("spec", "accessModes").compactMap(\.stringValue)
    if modes.isEmpty {
      errors.append(.required("spec.accessModes", "at least 1 access mode is required"))
    }
    let known = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
    for mode in modes where !known.contains(mode) {
      errors.append(.notSupported("spec.accessModes", mode, known))
    }
    guard let storage = object["spec", "resources", "requests", "storage"] else {
      errors.append(.required("spec.resources[storage]"))
      return errors
    }
    let invalid = PodTemplateValidation.quantity(storage, field: "spec.resources[storage]")
    errors += invalid
    if invalid.isEmpty, let size = storage.text.flatMap({ Quantity($0) }), size.nanos <= 0 {
      errors.append(.invalid("spec.resources[storage]", storage, "must be greater than zero"))
    }
    return errors
  }

  func validateUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    if fixedPart(object) != fixedPart(old) {
      errors.append(
        .forbidden(
          "spec",
          "spec is immutable after creation except resources.requests and volumeAttributesClassName "
            + "for bound claims"))
    }
    let before = size(old)
    if old["status", "phase"] != "Bound", size(object) != before,
      fixedPart(object) == fixedPart(old)
    {
      errors.append(
        .forbidden(
          "spec",
          "spec is immutable after creation except resources.requests and volumeAttributesClassName "
            + "for bound claims"))
    }
    if let before, let after = size(object), after < before {
      errors.append(
        .forbidden("spec.resources.requests.storage", "field can not be less than previous value"))
    }
    return errors
  }

  private func size(_ claim: JSONValue) -> Quantity? {
    claim["spec", "resources", "requests", "storage"]?.text.flatMap { Quantity($0) }
  }

  private func fixedPart(_ claim: JSONValue) -> JSONValue? {
    var spec = claim["spec"]
    spec?["resources", "requests", "storage"] = nil
    spec?["volumeName"] = nil
    return spec
  }
}

struct StorageClassRules: KindRules {
  func setDefaults(_ object: inout JSONValue) {
    object.setDefault("reclaimPolicy", "Delete")
    object.setDefault("volumeBindingMode", "Immediate")
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    object.string("provisioner").isEmpty ? [.required("provisioner")] : []
  }
}

/// Custom resource definitions: creating one serves its kind.
struct DefinitionRules: KindRules {
  func setDefaults(_ object: inout JSONValue) {
    guard var names = object["spec", "names"] else { return }
    let kind = names.string("kind")
    names.setDefault("singular", .string(kind.lowercased()))
    names.setDefault("listKind", .string("\(kind)List"))
    object["spec", "names"] = names
    if object["spec", "conversion"] == nil { object["spec", "conversion"] = ["strategy": "None"] }
  }

  func validate(_ object: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    let name = "\(object.string("spec", "names", "plural")).\(object.string("spec", "group"))"
    if object.name != name {
      errors.append(
        .invalid(
          "metadata.name", .string(object.name),
          "must be spec.names.plural+\".\"+spec.group"))
    }
    if object.items("spec", "versions").isEmpty { errors.append(.required("spec.versions")) }
    errors += PodTemplateValidation.oneOf(
      object["spec", "scope"], ["Cluster", "Namespaced"], field: "spec.scope")
    return errors
  }
}
