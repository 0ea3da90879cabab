package import Kubernetes

extension CreateRequest {
  /// Reads the specification's JSON. `null` is absent; what has the wrong type is a finding, and then absent.
  ///
  /// Keys that the specification does not have are warnings: they are mostly misspelt ones.
  package static func read(_ json: JSONValue) -> (request: CreateRequest, findings: [Finding]) {
    guard let members = json.objectValue else {
      let finding = Finding(
        field: nil, message: "the request is no JSON object", fix: "Send an object of fields.")
      return (CreateRequest(), [finding])
    }
    var reader = Reader(members: members)
    var request = CreateRequest(
      name: reader.text(.name) ?? "", image: reader.text(.image) ?? "",
      command: reader.texts(.command) ?? [])
    request.displayName = reader.text(.displayName)
    request.modelDescription = reader.text(.description)
    request.gpuCount = reader.number(.gpuCount)
    request.initialDelaySeconds = reader.number(.initialDelaySeconds)
    request.storageSize = reader.number(.storageSize)
    request.storageClass = reader.text(.storageClass)
    request.huggingFaceToken = reader.text(.huggingFaceToken)
      .flatMap { $0.isEmpty ? nil : HuggingFaceToken($0) }
    request.tags = reader.texts(.tags) ?? []
    let known = Set(CreateField.allCases.map(\.rawValue))
    for key in members.keys.sorted().lazy.filter({ !known.contains($0) }).prefix(8) {
      reader.findings.append(
        Finding(
          field: nil, severity: .warning, message: "there is no field \(Excerpt.quoted(key))",
          fix: "Remove it, or check its spelling."))
    }
    return (request, reader.findings)
  }

  /// Takes members by type, and notes what is of another.
  private struct Reader {
    let members: [String: JSONValue]
    var findings: [Finding] = []

    private func member(_ field: CreateField) -> JSONValue? {
      guard let member = members[field.rawValue], !member.isNull else { return .none }
      return member
    }

    private mutating func refuse(_ field: CreateField, _ wanted: String) {
      findings.append(
        Finding(
          field: field, message: "\(field.rawValue) is not \(wanted)", fix: "Send \(wanted)."))
    }

    mutating func text(_ field: CreateField) -> String? {
      guard let member = member(field) else { return nil }
      guard let text = member.stringValue else {
        refuse(field, "a string")
        return nil
      }
      return text
    }

    mutating func texts(_ field: CreateField) -> [String]? {
      guard let member = member(field) else { return nil }
      guard let elements = member.arrayValue else {
        refuse(field, "an array of strings")
        return nil
      }
      let texts = elements.compactMap(\.stringValue)
      if texts.count < elements.count { refuse(field, "an array of strings") }
      return texts
    }

    mutating func number(_ field: CreateField) -> Int? {
      guard let member = member(field) else { return nil }
      guard let number = member.integerValue.flatMap(Int.init(exactly:)) else {
        refuse(field, "a whole number")
        return nil
      }
      return number
    }
  }
}
