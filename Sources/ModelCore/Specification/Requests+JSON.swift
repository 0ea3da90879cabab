package import Kubernetes

extension YAMLRequest {
  /// Reads the specification's body of a create from YAML; what has the wrong type is a finding, and then absent.
  package static func read(_ json: JSONValue) -> (request: YAMLRequest, findings: [Finding]) {
    var findings: [Finding] = []
    guard var reader = FieldReader(json, &findings) else {
      return (YAMLRequest(name: "", yaml: ""), findings)
    }
    var request = YAMLRequest(
      name: reader.text(.name) ?? "", yaml: reader.text(yamlContent) ?? "")
    request.displayName = reader.text(.displayName)
    request.modelDescription = reader.text(.description)
    request.tags = reader.texts(.tags) ?? []
    if [nil, .null, ""].contains(reader.members[yamlContent]) {
      reader.findings.append(
        Finding(
          field: nil, message: "\(yamlContent) is required",
          fix: "Send the manifests as one text, with exactly one Deployment."))
    }
    reader.warnOfOthers(than: ["name", "display_name", "description", "tags", yamlContent])
    return (request, reader.findings)
  }

  /// The specification's name of the field with the manifests.
  package static let yamlContent = "yaml_content"
}

extension ModelChange {
  /// Reads the specification's body of an update: what is absent stays, `""` and `[]` empty it.
  ///
  /// A field that a create has and an update has not is an error: to leave it out in silence would say that it was changed.
  package static func read(_ json: JSONValue) -> (change: ModelChange, findings: [Finding]) {
    var findings: [Finding] = []
    var change = ModelChange()
    guard var reader = FieldReader(json, &findings) else { return (change, findings) }
    change.displayName = reader.text(.displayName)
    change.modelDescription = reader.text(.description)
    change.tags = reader.texts(.tags)
    let changeable: Set<CreateField> = [.displayName, .description, .tags]
    for field in CreateField.allCases where !changeable.contains(field) && field != .name {
      guard reader.members[field.rawValue] != nil else { continue }
      reader.findings.append(
        Finding(
          field: field, message: "\(field.rawValue) cannot be updated",
          fix:
            "Send display_name, description and tags only; for the rest delete and create the model."
        ))
    }
    reader.warnOfOthers(than: Set(CreateField.allCases.map(\.rawValue)))
    return (change, reader.findings)
  }
}
