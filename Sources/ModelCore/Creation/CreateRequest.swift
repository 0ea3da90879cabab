/// What a model is created from: the specification's request, and its defaults where a field is absent.
package struct CreateRequest: Equatable, Sendable {
  /// The defaults of the specification, and where they are said: `organization-models-api`, "Automatic Defaults".
  package enum Defaults {
    /// For one replica.
    package static let gpuCount = 1
    /// Seconds before the first probe.
    package static let initialDelaySeconds = 60
    /// In Gi.
    package static let storageSize = 20
    /// Where managed models are made unless the configuration names another namespace.
    package static let namespace = "jan-models"
    /// Where the server listens when its command does not say.
    package static let port = 8000
    /// A quantity of Kubernetes: one core.
    package static let cpuRequest = "1"
    /// A quantity of Kubernetes.
    package static let memoryRequest = "2Gi"
    /// The nodes ask the registry only for an image that they do not have.
    package static let imagePullPolicy = "IfNotPresent"
  }

  /// Names the Deployment and its children, and is what the server answers to; see ``NameRule``.
  package var name: String
  /// Absent: the name.
  package var displayName: String?
  /// Absent: no description.
  package var modelDescription: String?
  /// The container's image, as ``ImageReference`` reads it.
  package var image: String
  /// One element an argument; it replaces the image's entrypoint. It has to name the model, see ``ServedModelName``.
  package var command: [String]
  /// Absent: the default. Zero is a CPU model.
  package var gpuCount: Int?
  /// Seconds. Absent: the default.
  package var initialDelaySeconds: Int?
  /// Gi. Absent: the default. Zero has no volume.
  package var storageSize: Int?
  /// Absent or empty: the cluster's default class.
  package var storageClass: String?
  /// Absent: only public models. It goes into a Secret, and never into an annotation.
  package var huggingFaceToken: HuggingFaceToken?
  /// In place of a token of its own.
  package var tokenSecret: TokenSecret?
  /// In the order in which they were given; never `nil`, empty for none.
  package var tags: [String]

  /// What is left out is absent.
  package init(name: String = "", image: String = "", command: [String] = []) {
    self.name = name
    self.image = image
    self.command = command
    tags = []
  }

  /// With the default where it is absent.
  package var resolvedGPUCount: Int { gpuCount ?? Defaults.gpuCount }
  /// Seconds, with the default where it is absent.
  package var resolvedInitialDelaySeconds: Int {
    initialDelaySeconds ?? Defaults.initialDelaySeconds
  }
  /// In Gi; zero is no volume.
  package var resolvedStorageSize: Int { storageSize ?? Defaults.storageSize }
  /// The name where none is given, or an empty one.
  package var resolvedDisplayName: String {
    guard let displayName, !displayName.isEmpty else { return name }
    return displayName
  }
  /// `nil` is the cluster's default class.
  package var resolvedStorageClass: String? { storageClass?.isEmpty == true ? nil : storageClass }
  /// The `--port` of the command where it has a good one, else the default.
  package var port: Int {
    if case .number(let number) = ServerCommand(command).port { number } else { Defaults.port }
  }
}

/// A Hugging Face token. It is never printed: not by string interpolation, not by a debugger's dump.
package struct HuggingFaceToken: Equatable, Sendable, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable
{
  private let value: String

  /// Takes the text as it is; whether it looks like a token is for the rules.
  package init(_ value: String) { self.value = value }

  /// The token itself, for the Secret and nothing else.
  package func reveal() -> String { value }

  package var description: String { "<redacted>" }
  package var debugDescription: String { "<redacted>" }
  /// Without children: a dump shows nothing of it.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A field of the create request, by the specification's name.
package enum CreateField: String, Sendable, CaseIterable {
  case name
  case displayName = "display_name"
  case description
  case image
  case command
  case gpuCount = "gpu_count"
  case initialDelaySeconds = "initial_delay_seconds"
  case storageSize = "storage_size"
  case storageClass = "storage_class"
  case huggingFaceToken = "hugging_face_token"
  case tags
}

/// One thing that is wrong with a request. Validation returns all of them and throws none.
package struct Finding: Equatable, Sendable {
  /// An error refuses the request; a warning is only told.
  package enum Severity: Sendable { case error, warning }

  /// What it is about: the HTTP API answers each with a code of its own.
  package enum Kind: Sendable {
    /// The request itself is wrong.
    case invalid
    /// The name is taken.
    case conflict
    /// The cluster lacks something that models need.
    case prerequisite
  }

  /// `nil` where it is about the whole request.
  package var field: CreateField?
  package var severity: Severity
  /// Which code the HTTP API answers it with.
  package var kind: Kind
  /// What is wrong; the specification's text where it has one.
  package var message: String
  /// What to do about it.
  package var fix: String
  /// Where in the YAML text it is; `nil` where it is about no text.
  package var position: YAMLPosition?

  /// An invalid request, unless it is said otherwise.
  package init(
    field: CreateField?, severity: Severity = .error, kind: Kind = .invalid, message: String,
    fix: String, position: YAMLPosition? = nil
  ) {
    self.field = field
    self.severity = severity
    self.kind = kind
    self.message = message
    self.fix = fix
    self.position = position
  }
}
