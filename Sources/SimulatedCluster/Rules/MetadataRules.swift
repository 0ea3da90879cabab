internal import Kubernetes

/// What holds for the metadata of every object.
enum MetadataRules {
  static func validate(_ object: JSONValue, _ resource: ResourceDefinition) -> [FieldError] {
    var errors: [FieldError] = []
    for text in resource.rules.nameErrors(object.name) {
      errors.append(.invalid("metadata.name", object["metadata", "name"], text))
    }
    errors += labels(object["metadata", "labels"], field: "metadata.labels")
    errors += annotations(object["metadata", "annotations"])
    errors += finalizers(object)
    for owner in object.ownerReferences {
      for field in ["apiVersion", "kind", "name", "uid"] where owner.string(field).isEmpty {
        let name = field == "apiVersion" ? "version" : field
        errors.append(
          .invalid("metadata.ownerReferences.\(field)", "", "\(name) must not be empty"))
      }
    }
    let controllers = object.ownerReferences.filter { $0["controller"]?.boolValue == true }
    if controllers.count > 1 {
      errors.append(
        .invalid(
          "metadata.ownerReferences", object["metadata", "ownerReferences"],
          "Only one reference can have Controller set to true. Found \"true\" in references for "
            + "\(controllers[0].string("name")) and \(controllers[1].string("name"))"))
    }
    return errors
  }

  private static func finalizers(_ object: JSONValue) -> [FieldError] {
    let standard = ["kubernetes", APIServer.orphanFinalizer, APIServer.foregroundFinalizer]
    return object.finalizers.enumerated().flatMap { index, name -> [FieldError] in
      let field = "metadata.finalizers[\(index)]"
      if !name.contains("/"), !standard.contains(name) {
        return [
          .invalid(
            field, .string(name),
            "name is neither a standard finalizer name nor is it fully qualified")
        ]
      }
      return NameRules.qualifiedName(name).map { .invalid(field, .string(name), $0) }
    }
  }

  static func validateUpdate(
    _ object: JSONValue, old: JSONValue, _ resource: ResourceDefinition
  ) -> [FieldError] {
    var errors = validate(object, resource)
    if old.isBeingDeleted {
      let added = Set(object.finalizers).subtracting(old.finalizers)
      if !added.isEmpty {
        errors.append(
          .forbidden(
            "metadata.finalizers",
            "no new finalizers can be added if the object is being deleted, found new finalizers "
              + "[]string{\(added.sorted().map { "\"\($0)\"" }.joined(separator: ", "))}"))
      }
    }
    return errors
  }

  static func labels(_ labels: JSONValue?, field: String) -> [FieldError] {
    var errors: [FieldError] = []
    for (key, value) in (labels?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
      errors += NameRules.qualifiedName(key).map { .invalid(field, .string(key), $0) }
      errors += NameRules.labelValue(value.stringValue ?? "").map { .invalid(field, value, $0) }
    }
    return errors
  }

  private static func annotations(_ annotations: JSONValue?) -> [FieldError] {
    var errors: [FieldError] = []
    var size = 0
    for (key, value) in (annotations?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
      errors += NameRules.qualifiedName(key.lowercased()).map {
        .invalid("metadata.annotations", .string(key), $0)
      }
      size += key.utf8.count + (value.stringValue?.utf8.count ?? 0)
    }
    if size > 262_144 {
      errors.append(
        FieldError(
          kind: .tooLong, field: "metadata.annotations", value: "",
          detail: "must have at most 262144 bytes"))
    }
    return errors
  }
}
