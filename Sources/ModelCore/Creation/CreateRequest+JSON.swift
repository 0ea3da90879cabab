package import Kubernetes

extension CreateRequest {
  /// Reads the specification's JSON. `null` is absent; what has the wrong type is a finding, and then absent.
  ///
  /// Keys that the specification does not have are warnings: they are mostly misspelt ones.
  package static func read(_ json: JSONValue) -> (request: CreateRequest, findings: [Finding]) {
    var findings: [Finding] = []
    guard var reader = FieldReader(json, &findings) else { return (CreateRequest(), findings) }
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
    reader.warnOfOthers(than: Set(CreateField.allCases.map(\.rawValue)))
    return (request, reader.findings)
  }
}
