/// The value of one field of a model, for comparing and for showing.
package enum FieldValue: Hashable, Sendable, CustomStringConvertible {
  case text(String)
  case list([String])
  case number(Int)

  /// One line for a person; nothing that moves a cursor.
  package var description: String {
    switch self {
    case .text(let text): Excerpt.line(text)
    case .list(let elements): Excerpt.line(elements.joined(separator: " "))
    case .number(let number): String(number)
    }
  }

  /// `nil` where it is of another kind.
  package var text: String? { if case .text(let text) = self { text } else { nil } }
  /// `nil` where it is of another kind.
  package var list: [String]? { if case .list(let list) = self { list } else { nil } }
  /// `nil` where it is of another kind.
  package var number: Int? { if case .number(let number) = self { number } else { nil } }
}

/// The values of the fields of a model that may be changed: what a form starts from, and what is there now.
///
/// `nil` is not known, or not applicable: of a model from YAML only the texts and the tags are fields.
package struct ModelFields: Equatable, Sendable {
  /// Empty where it is the name.
  package var displayName = ""
  /// Empty for none.
  package var modelDescription = ""
  /// In the order of the annotation.
  package var tags: [String] = []
  package var image: String?
  package var command: [String]?
  /// For one replica.
  package var gpuCount: Int?
  /// Seconds.
  package var initialDelaySeconds: Int?
  /// Gi.
  package var storageSize: Int?
  /// `nil` is also the cluster's default class.
  package var storageClass: String?

  /// Nothing but empty texts is known.
  package init() {}

  /// What a row of the table knows: the texts and the tags.
  package init(_ model: Model) {
    displayName = model.displayName == model.name ? "" : model.displayName
    modelDescription = model.modelDescription
    tags = model.tags
  }

  /// All fields, with the defaults filled in.
  package init(_ request: CreateRequest) {
    displayName = request.resolvedDisplayName == request.name ? "" : request.resolvedDisplayName
    modelDescription = request.modelDescription ?? ""
    tags = request.tags
    image = request.image
    command = request.command
    gpuCount = request.resolvedGPUCount
    initialDelaySeconds = request.resolvedInitialDelaySeconds
    storageSize = request.resolvedStorageSize
    storageClass = request.resolvedStorageClass
  }

  /// Takes the value of one field over.
  package mutating func set(_ field: CreateField, from other: ModelFields) {
    switch field {
    case .name, .huggingFaceToken: break
    case .displayName: displayName = other.displayName
    case .description: modelDescription = other.modelDescription
    case .tags: tags = other.tags
    case .image: image = other.image
    case .command: command = other.command
    case .gpuCount: gpuCount = other.gpuCount
    case .initialDelaySeconds: initialDelaySeconds = other.initialDelaySeconds
    case .storageSize: storageSize = other.storageSize
    case .storageClass: storageClass = other.storageClass
    }
  }

  /// `nil` for a field that is not known, and for those that never change.
  package subscript(field: CreateField) -> FieldValue? {
    switch field {
    case .name, .huggingFaceToken: nil
    case .displayName: .text(displayName)
    case .description: .text(modelDescription)
    case .tags: .list(tags)
    case .image: image.map(FieldValue.text)
    case .command: command.map(FieldValue.list)
    case .gpuCount: gpuCount.map(FieldValue.number)
    case .initialDelaySeconds: initialDelaySeconds.map(FieldValue.number)
    case .storageSize: storageSize.map(FieldValue.number)
    case .storageClass: storageClass.map(FieldValue.text)
    }
  }
}
