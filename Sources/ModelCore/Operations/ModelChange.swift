/// What is to change about a model. An absent field stays as it is; an empty text or list is a value.
package struct ModelChange: Equatable, Sendable {
  /// An empty text takes it away: then it is the name.
  package var displayName: String?
  /// An empty text takes it away.
  package var modelDescription: String?
  /// All of them, not those that are added; an empty list takes all away.
  package var tags: [String]?
  /// Only of a managed model, like everything below it.
  package var image: String?
  /// All of it, one element an argument.
  package var command: [String]?
  /// For one replica.
  package var gpuCount: Int?
  /// Seconds.
  package var initialDelaySeconds: Int?
  /// Gi. It can only grow.
  package var storageSize: Int?
  /// It never changes: naming another one is an error that says so.
  package var storageClass: String?

  /// Changes nothing.
  package init() {}

  /// What of a form's fields differs from what it started with.
  package init(from base: ModelFields, to mine: ModelFields) {
    for field in Self.fields where mine[field] != base[field] { self[field] = mine[field] }
  }

  /// The specification's PUT: changing these restarts no pod.
  package static let metadataFields: [CreateField] = [.displayName, .description, .tags]
  /// Changing these makes new pods, but for a volume that grows.
  package static let redeployFields: [CreateField] = [
    .image, .command, .gpuCount, .initialDelaySeconds, .storageSize, .storageClass,
  ]
  /// Everything that may be named in a change, in the order of the form.
  package static let fields = metadataFields + redeployFields

  /// `nil` leaves the field as it is; a value of the wrong kind is taken for none.
  package subscript(field: CreateField) -> FieldValue? {
    get {
      switch field {
      case .name, .huggingFaceToken: nil
      case .displayName: displayName.map(FieldValue.text)
      case .description: modelDescription.map(FieldValue.text)
      case .tags: tags.map(FieldValue.list)
      case .image: image.map(FieldValue.text)
      case .command: command.map(FieldValue.list)
      case .gpuCount: gpuCount.map(FieldValue.number)
      case .initialDelaySeconds: initialDelaySeconds.map(FieldValue.number)
      case .storageSize: storageSize.map(FieldValue.number)
      case .storageClass: storageClass.map(FieldValue.text)
      }
    }
    set {
      switch field {
      case .name, .huggingFaceToken: break
      case .displayName: displayName = newValue?.text
      case .description: modelDescription = newValue?.text
      case .tags: tags = newValue?.list
      case .image: image = newValue?.text
      case .command: command = newValue?.list
      case .gpuCount: gpuCount = newValue?.number
      case .initialDelaySeconds: initialDelaySeconds = newValue?.number
      case .storageSize: storageSize = newValue?.number
      case .storageClass: storageClass = newValue?.text
      }
    }
  }

  /// The fields that are named, whether or not they get another value.
  package var changed: [CreateField] { Self.fields.filter { self[$0] != nil } }
  /// No field is named.
  package var isEmpty: Bool { changed.isEmpty }
  /// Whether it is about more than texts and tags.
  package var redeploys: Bool { Self.redeployFields.contains { self[$0] != nil } }

  /// A display name that is the name is none.
  func normalized(for name: String) -> ModelChange {
    var change = self
    if change.displayName == name { change.displayName = "" }
    return change
  }

  /// The request with the change made.
  func applied(to request: CreateRequest) -> CreateRequest {
    var request = request
    if let displayName { request.displayName = displayName.isEmpty ? nil : displayName }
    if let modelDescription {
      request.modelDescription = modelDescription.isEmpty ? nil : modelDescription
    }
    if let tags { request.tags = tags }
    if let image { request.image = image }
    if let command { request.command = command }
    if let gpuCount { request.gpuCount = gpuCount }
    if let initialDelaySeconds { request.initialDelaySeconds = initialDelaySeconds }
    if let storageSize { request.storageSize = storageSize }
    return request
  }

  // MARK: Rules

  /// What is wrong with the texts and the tags: all that can be told without knowing the model.
  package func metadataFindings() -> [Finding] {
    TextRule.displayName(displayName) + TextRule.description(modelDescription)
      + (tags.map(TextRule.tags) ?? [])
  }

  /// Everything that is wrong with the change to a managed model, by the same rules and in the same words as a create.
  ///
  /// - Parameter stored: what the model was asked to be so far.
  package func findings(
    for stored: CreateRequest, in context: ValidationContext = ValidationContext()
  ) -> [Finding] {
    guard redeploys else { return metadataFindings() }
    var context = context
    // The name is its own, and what models need was there when it was made.
    context.takenNames = [:]
    context.hasAibrix = nil
    context.hasGPUOperator = nil
    if self[.storageClass] == nil { context.storageClasses = nil }
    let about = Set(changed + [.command])
    var findings = applied(to: stored).findings(in: context).filter { finding in
      // What is wrong with a text that stays as it is was wrong before, and is nothing of this change.
      if let field = finding.field, Self.metadataFields.contains(field), self[field] == nil {
        return false
      }
      return finding.severity == .error || finding.field.map(about.contains) ?? true
    }
    findings += storageFindings(for: stored)
    return findings
  }

  private func storageFindings(for stored: CreateRequest) -> [Finding] {
    var findings: [Finding] = []
    let old = stored.resolvedStorageSize
    if let storageSize, storageSize < old {
      findings.append(
        Finding(
          field: .storageSize,
          message: "storage_size is \(storageSize), and the volume has \(old) Gi: it cannot shrink",
          fix: "Choose \(old) or more; for a smaller one delete the model and create it again."))
    }
    if let storageClass, storageClass != stored.resolvedStorageClass ?? "" {
      let has = stored.resolvedStorageClass.map { "'\($0)'" } ?? "the cluster's default class"
      findings.append(
        Finding(
          field: .storageClass,
          message: "the storage class of a volume cannot be changed: this one has \(has)",
          fix: "Leave it; for another class delete the model and create it again."))
    }
    return findings
  }
}
