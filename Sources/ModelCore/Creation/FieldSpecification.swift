/// A field of the create request as data: the form, its help and the command line are made from this.
package struct FieldSpecification: Equatable, Sendable, Identifiable {
  /// How a value is entered.
  package enum Kind: Equatable, Sendable {
    /// One line.
    case text
    /// Several lines.
    case paragraph
    /// Arguments, one on a line or as a shell line; see ``CommandText``.
    case arguments
    /// A whole number; `unit` is a word such as `Gi`, empty for a plain count.
    case integer(ClosedRange<Int>, unit: String)
    /// One of what the cluster offers; other text may be entered where that is not known.
    case choice
    /// Never shown.
    case secret
    /// Words separated by commas.
    case tags
  }

  package var field: CreateField
  /// What stands beside the input, e.g. `GPUs`.
  package var label: String
  /// One sentence: what it is.
  package var help: String
  /// Where the value comes from when the field is left empty.
  package var origin: String
  /// What the field holds at first; empty where there is no default.
  package var defaultText: String
  /// A request without it is refused.
  package var isRequired: Bool
  /// How it is entered, and what is allowed.
  package var kind: Kind

  package var id: CreateField { field }
  /// The name on a command line, e.g. `gpu-count`.
  package var optionName: String {
    String(field.rawValue.map { $0 == "_" ? "-" : $0 })
  }

  /// All fields in the order of the form.
  package static let all: [FieldSpecification] = CreateField.allCases.map { specification($0) }

  package static subscript(field: CreateField) -> FieldSpecification { specification(field) }

  private static func specification(_ field: CreateField) -> FieldSpecification {
    switch field {
    case .name:
      FieldSpecification(
        field, "Name", .text, isRequired: true,
        help: "Identifies the model, and names its Deployment, its Service and its route.",
        origin: "Required: a-z, 0-9 and -, starting with a letter, at most 63 characters.")
    case .displayName:
      FieldSpecification(
        field, "Display name", .text,
        help: "What people read instead of the name.", origin: "Empty: the name.")
    case .description:
      FieldSpecification(
        field, "Description", .paragraph,
        help: "What the model is for.", origin: "Empty: no description.")
    case .image:
      FieldSpecification(
        field, "Image", .text, isRequired: true,
        help: "The container image of the inference server, e.g. vllm/vllm-openai:v0.9.2.",
        origin: "Required: [registry/]path[:tag][@digest].")
    case .command:
      FieldSpecification(
        field, "Command", .arguments, isRequired: true,
        help: "What the container runs; it replaces the image's entrypoint.",
        origin: "Required: must contain --served-model-name with the model's name.")
    case .gpuCount:
      FieldSpecification(
        field, "GPUs", .integer(CreateRequest.Bounds.gpuCount, unit: ""),
        defaultText: "\(CreateRequest.Defaults.gpuCount)",
        help: "GPUs for each replica, all on one node; 0 is a model on CPUs.",
        origin: "Empty: 1, the specification's default.")
    case .initialDelaySeconds:
      FieldSpecification(
        field, "Initial delay", .integer(CreateRequest.Bounds.initialDelaySeconds, unit: "s"),
        defaultText: "\(CreateRequest.Defaults.initialDelaySeconds)",
        help: "Seconds after the start of the container before its health is checked.",
        origin: "Empty: 60, the specification's default.")
    case .storageSize:
      FieldSpecification(
        field, "Storage", .integer(CreateRequest.Bounds.storageSize, unit: "Gi"),
        defaultText: "\(CreateRequest.Defaults.storageSize)",
        help: "Size of the volume that keeps downloaded weights; 0 has no volume.",
        origin: "Empty: 20 Gi, the specification's default.")
    case .storageClass:
      FieldSpecification(
        field, "Storage class", .choice,
        help: "The kind of volume to make.", origin: "Empty: the cluster's default class.")
    case .huggingFaceToken:
      FieldSpecification(
        field, "Hugging Face token", .secret,
        help: "Lets the server download gated models; it is kept in a Secret and never shown.",
        origin: "Empty: only public models. secret:NAME/KEY uses a Secret that is there.")
    case .tags:
      FieldSpecification(
        field, "Tags", .tags,
        help: "Words to find the model by, separated by commas.", origin: "Empty: no tags.")
    }
  }

  private init(
    _ field: CreateField, _ label: String, _ kind: Kind, isRequired: Bool = false,
    defaultText: String = "", help: String, origin: String
  ) {
    self.field = field
    self.label = label
    self.help = help
    self.origin = origin
    self.defaultText = defaultText
    self.isRequired = isRequired
    self.kind = kind
  }
}
