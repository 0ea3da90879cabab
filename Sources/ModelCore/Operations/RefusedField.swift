internal import Kubernetes

// To which field of a form, or place of a text, a refusal of the API server belongs.

extension OperationFailure {
  /// Beside which field of the create form the refusal of one of the model's objects is told.
  func about(_ kind: ResourceKind) -> OperationFailure {
    guard field == nil, self.kind == .rejected || self.kind == .forbidden else { return self }
    var failure = self
    failure.field = Self.field(
      kind.kind, path ?? "", isQuota: message.contains("exceeded quota"), message)
    return failure
  }

  private static func field(
    _ kind: String, _ path: String, isQuota: Bool, _ message: String
  ) -> CreateField? {
    if path == "metadata.name" { return .name }
    switch kind {
    case "PersistentVolumeClaim":
      if path.contains("storageClassName") { return .storageClass }
      return isQuota || path.contains("resources") ? .storageSize : nil
    case "Deployment":
      // A quota counts what pods ask for; only the GPUs of it are a field.
      if isQuota { return message.contains("gpu") ? .gpuCount : nil }
      let last = ServerPath(path).steps.last { if case .key = $0 { true } else { false } }
      if path.contains("resources") { return path.contains("gpu") ? .gpuCount : nil }
      switch last {
      case .key("image"): return .image
      case .key("command"), .key("args"): return .command
      case .key("initialDelaySeconds"): return .initialDelaySeconds
      default: return nil
      }
    default: return nil
    }
  }

  /// The place of the manifest that was refused: the field that the server names, else where the object begins.
  func placed(in objects: [ManifestBundle.Object], at reference: OwnObjects.Reference)
    -> OperationFailure
  {
    guard [.rejected, .forbidden, .conflict, .prerequisites].contains(kind),
      let object = objects.first(where: {
        $0.kind == reference.kind && $0.name == reference.name
      })
    else { return self }
    var failure = self
    failure.position = path.map { object.node.place(of: ServerPath($0)) } ?? object.node.position
    return failure
  }
}
