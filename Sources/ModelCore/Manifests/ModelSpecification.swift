package import FoundationEssentials
package import Kubernetes

/// What a managed model was asked to be, kept in its Deployment's annotations: enough to make all its objects again.
package struct ModelSpecification: Equatable, Sendable {
  /// Never with the token, which only its Secret holds.
  package var request: CreateRequest
  /// A Secret holds a token for this model.
  package var hasToken: Bool
  /// As its label holds it; never empty once read from a Deployment.
  package var organization: String
  /// Of the Deployment.
  package var namespace: String
  /// `nil` where the annotation is missing.
  package var createdBy: String?
  /// The same of the last change.
  package var updatedBy: String?
  /// As it stands in the annotation, so that making the manifest again changes nothing.
  package var updatedAt: String?

  /// Why a Deployment cannot be read back: it is shown, and not repaired.
  package struct Unreadable: Error, Equatable, Sendable {
    /// In words, e.g. `the annotation jan-server.menlo.ai/spec is missing`.
    package var reason: String
  }

  /// - Parameter request: its token is left out; that there is one is kept.
  package init(
    request: CreateRequest, organization: String,
    namespace: String = CreateRequest.Defaults.namespace, createdBy: String?, now: Date
  ) {
    self.request = request
    self.request.huggingFaceToken = nil
    hasToken = request.huggingFaceToken != nil
    self.organization = organization
    self.namespace = namespace
    self.createdBy = createdBy
    updatedBy = createdBy
    updatedAt = Timestamp.format(now)
  }

  /// Reads what a Deployment of ours was asked to be. Throws where its annotations do not tell.
  package init(deployment: K8s.Deployment) throws(Unreadable) {
    let annotations = deployment.metadata.annotations ?? [:]
    let name = deployment.metadata.name ?? ""
    guard let text = annotations[ModelKeys.specification] else {
      throw Unreadable(reason: "the annotation \(ModelKeys.specification) is missing")
    }
    request = try Self.request(from: text, name: name)
    hasToken = Self.hasToken(in: text)
    if let displayName = annotations[ModelKeys.displayName] {
      request.displayName = displayName == name ? nil : displayName
    }
    if let description = annotations[ModelKeys.description] {
      request.modelDescription = description.isEmpty ? nil : description
    }
    if let tags = annotations[ModelKeys.tags] { request.tags = Self.tags(from: tags) }
    organization = deployment.metadata.labels?[ModelKeys.organization] ?? ""
    guard !organization.isEmpty else {
      throw Unreadable(reason: "the label \(ModelKeys.organization) is missing")
    }
    namespace = deployment.metadata.namespace ?? CreateRequest.Defaults.namespace
    createdBy = annotations[ModelKeys.createdBy]
    updatedBy = annotations[ModelKeys.updatedBy]
    updatedAt = annotations[ModelKeys.updatedAt]
  }

  /// Tags out of the annotation: a JSON array of texts, or else words separated by commas.
  package static func tags(from text: String) -> [String] {
    if let value = try? JSONValue(parsing: Data(text.utf8)), let elements = value.arrayValue {
      return elements.compactMap(\.stringValue)
    }
    return text.utf8.count > 4_096 ? [] : CreateRequest.tags(in: text)
  }

  // MARK: The annotation

  private static let members: Set<String> = [
    "name", "image", "command", "gpu_count", "initial_delay_seconds", "storage_size", "tags",
    "uses_hugging_face_token", "display_name", "description", "storage_class", "token_secret",
  ]

  /// The canonical JSON: defaults filled in, keys sorted, no token.
  package var json: String {
    var value: JSONValue = [
      "name": .string(request.name),
      "image": .string(request.image),
      "command": .array(request.command.map(JSONValue.string)),
      "gpu_count": .integer(Int64(request.resolvedGPUCount)),
      "initial_delay_seconds": .integer(Int64(request.resolvedInitialDelaySeconds)),
      "storage_size": .integer(Int64(request.resolvedStorageSize)),
      "tags": .array(request.tags.map(JSONValue.string)),
      "uses_hugging_face_token": .bool(hasToken),
    ]
    if let text = request.displayName, !text.isEmpty { value["display_name"] = .string(text) }
    if let text = request.modelDescription, !text.isEmpty { value["description"] = .string(text) }
    if let text = request.resolvedStorageClass { value["storage_class"] = .string(text) }
    if let secret = request.tokenSecret { value["token_secret"] = .string(secret.text) }
    return Self.text(of: value)
  }

  /// All annotations of the Deployment.
  package var annotations: [String: String] {
    var result = [
      ModelKeys.displayName: request.resolvedDisplayName,
      ModelKeys.description: request.modelDescription ?? "",
      ModelKeys.tags: Self.text(of: .array(request.tags.map(JSONValue.string))),
      ModelKeys.specification: json,
      ModelKeys.revision: String(ModelManifests.revision),
    ]
    result[ModelKeys.createdBy] = createdBy
    result[ModelKeys.updatedBy] = updatedBy
    result[ModelKeys.updatedAt] = updatedAt
    return result
  }

  /// JSON text; values made of strings, numbers and arrays always have one.
  static func text(of value: JSONValue) -> String {
    (try? value.encoded()).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func hasToken(in text: String) -> Bool {
    (try? JSONValue(parsing: Data(text.utf8)))?["uses_hugging_face_token"]?.boolValue ?? false
  }

  /// Reads the annotation of a model of that name.
  static func request(
    from text: String, name: String
  ) throws(Unreadable) -> CreateRequest {
    let key = ModelKeys.specification
    guard let value = try? JSONValue(parsing: Data(text.utf8)), value.objectValue != nil else {
      throw Unreadable(reason: "the annotation \(key) is no JSON object")
    }
    guard let image = value["image"]?.stringValue, !image.isEmpty else {
      throw Unreadable(reason: "the annotation \(key) names no image")
    }
    guard let command = value["command"]?.arrayValue?.compactMap(\.stringValue), !command.isEmpty
    else {
      throw Unreadable(reason: "the annotation \(key) has no command")
    }
    // A field that is not known here belongs to a newer version: written again without it, it would be lost.
    if let unknown = value.objectValue?.keys.filter({ !members.contains($0) }).min() {
      throw Unreadable(
        reason:
          "the annotation \(key) has \(Excerpt.quoted(unknown)), which this version does not know")
    }
    if let written = value["name"]?.stringValue, written != name {
      throw Unreadable(
        reason: "the annotation \(key) is of another model, \(Excerpt.quoted(written))")
    }
    var request = CreateRequest(name: name, image: image, command: command)
    request.displayName = value["display_name"]?.stringValue
    request.modelDescription = value["description"]?.stringValue
    request.gpuCount = try number("gpu_count", in: value, CreateRequest.Bounds.gpuCount)
    request.initialDelaySeconds = try number(
      "initial_delay_seconds", in: value, CreateRequest.Bounds.initialDelaySeconds)
    request.storageSize = try number("storage_size", in: value, CreateRequest.Bounds.storageSize)
    request.storageClass = value["storage_class"]?.stringValue
    request.tokenSecret = value["token_secret"]?.stringValue.flatMap(TokenSecret.init)
    request.tags = value["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
    return request
  }

  private static func number(
    _ key: String, in value: JSONValue, _ bounds: ClosedRange<Int>
  ) throws(Unreadable) -> Int? {
    guard let member = value[key], !member.isNull else { return nil }
    guard let number = member.integerValue.flatMap(Int.init(exactly:)), bounds.contains(number)
    else {
      throw Unreadable(
        reason: "\(key) of the annotation \(ModelKeys.specification) is no number that is allowed")
    }
    return number
  }
}
