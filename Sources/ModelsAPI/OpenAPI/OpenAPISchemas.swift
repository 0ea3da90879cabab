package import Kubernetes
internal import ModelCore

/// The schemas of what is sent and answered, as JSON Schema 2020-12.
package enum OpenAPISchemas {
  static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/components/schemas/\(name)")]
  }

  /// By name, for `components.schemas` of the document.
  package static let all: JSONValue = [
    "Model": model, "Requirements": requirements, "GPURequirements": gpuRequirements,
    "ModelStatus": status, "ModelList": list,
    "ModelAnswer": object(["model": reference("Model")], required: ["model"]),
    "CreateModelRequest": createRequest,
    "CreateModelFromYAMLRequest": yamlRequest,
    "UpdateModelRequest": updateRequest,
    "Message": object(["message": text("What was done.")], required: ["message"]),
    "Error": object(["error": text("What is wrong, and what to do.")], required: ["error"]),
    "Status": object(["status": text("One word.")], required: ["status"]),
  ]

  // MARK: Pieces

  private static func object(
    _ properties: [String: JSONValue], required: [String] = []
  ) -> JSONValue {
    var schema: JSONValue = ["type": "object", "properties": .object(properties)]
    if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
    return schema
  }

  private static func text(_ description: String) -> JSONValue {
    ["type": "string", "description": .string(description)]
  }

  private static func help(_ field: CreateField) -> String { FieldSpecification[field].help }

  private static let status: JSONValue = [
    "type": "string", "enum": .array(ModelStatus.allCases.map { .string($0.rawValue) }),
    "description": "What the model is doing.",
  ]

  // MARK: Answers

  private static let list = object(
    [
      "models": ["type": "array", "items": reference("Model")],
      "total": ["type": "integer", "minimum": 0],
    ], required: ["models", "total"])

  private static let model = object(
    [
      "id": text("The model's name."),
      "organization_id": [
        "type": ["integer", "string"],
        "description": "The organization; a number where it is written as one.",
      ],
      "display_name": text("What people read instead of the name."),
      "description": text("What the model is for."),
      "status": reference("ModelStatus"),
      "huggingface_id": text("The model on the Hugging Face hub that the command serves."),
      "requirements": reference("Requirements"),
      "namespace": text("Where its objects are."),
      "deployment_name": text("The Deployment."),
      "service_name": text("The Service."),
      "endpoint_url": text("Where it answers inside of the cluster."),
      "tags": ["type": "array", "items": ["type": "string"]],
      "managed": [
        "type": "boolean", "description": "Made from the simplified request and kept in repair.",
      ],
      "created_at": ["type": "string", "format": "date-time"],
      "updated_at": ["type": "string", "format": "date-time"],
    ],
    required: [
      "id", "organization_id", "display_name", "status", "namespace", "deployment_name", "tags",
      "managed", "created_at", "updated_at",
    ])

  private static let requirements = object(
    ["cpu": text("CPUs."), "memory": text("Memory."), "gpu": reference("GPURequirements")],
    required: ["cpu", "memory"])

  private static let gpuRequirements = object(
    [
      "min_vram": text("Memory of a GPU at least."), "preferred_vram": text("Better so much."),
      "gpu_type": text("The kind of GPU."), "min_gpus": ["type": "integer", "minimum": 1],
      "max_gpus": ["type": "integer", "minimum": 1],
    ], required: ["min_vram", "preferred_vram", "gpu_type", "min_gpus", "max_gpus"])

  // MARK: Requests: `null` is as good as absent

  private static func optionalText(
    _ field: CreateField, atMost limit: Int, pattern: String
  ) -> JSONValue {
    [
      "type": ["string", "null"], "maxLength": .integer(Int64(limit)),
      "pattern": .string(pattern), "description": .string(help(field)),
    ]
  }

  private static func number(
    _ field: CreateField, _ bounds: ClosedRange<Int>, default value: Int
  ) -> JSONValue {
    [
      "type": ["integer", "null"], "minimum": .integer(Int64(bounds.lowerBound)),
      "maximum": .integer(Int64(bounds.upperBound)), "default": .integer(Int64(value)),
      "description": .string(help(field)),
    ]
  }

  private static let name: JSONValue = [
    "type": "string", "pattern": .string(OpenAPIPatterns.name), "minLength": 1, "maxLength": 63,
    "not": ["const": "yaml"], "description": .string(help(.name)),
  ]

  private static let tags: JSONValue = [
    "type": ["array", "null"], "maxItems": 32, "uniqueItems": true,
    "items": [
      "type": "string", "minLength": 1, "maxLength": 64,
      "pattern": .string(OpenAPIPatterns.filledLine),
    ],
    "description": .string(help(.tags)),
  ]

  private static let texts: [String: JSONValue] = [
    "display_name": optionalText(.displayName, atMost: 256, pattern: OpenAPIPatterns.line),
    "description": optionalText(.description, atMost: 4_096, pattern: OpenAPIPatterns.lines),
    "tags": tags,
  ]

  private static let createRequest = object(
    texts.merging(
      [
        "name": name,
        "image": [
          "type": "string", "minLength": 1, "maxLength": 1_024,
          "pattern": .string(OpenAPIPatterns.image), "description": .string(help(.image)),
        ],
        "command": [
          "type": "array", "minItems": 1,
          "items": [
            "type": "string", "minLength": 1, "maxLength": 131_071,
            "pattern": .string(OpenAPIPatterns.argument),
          ],
          "contains": ["type": "string", "pattern": "--served-model-name"],
          "description":
            "What the container runs. It must contain --served-model-name with the model's name, which a schema cannot say: else the answer is 400.",
        ],
        "gpu_count": number(
          .gpuCount, CreateRequest.Bounds.gpuCount, default: CreateRequest.Defaults.gpuCount),
        "initial_delay_seconds": number(
          .initialDelaySeconds, CreateRequest.Bounds.initialDelaySeconds,
          default: CreateRequest.Defaults.initialDelaySeconds),
        "storage_size": number(
          .storageSize, CreateRequest.Bounds.storageSize,
          default: CreateRequest.Defaults.storageSize),
        "storage_class": optionalText(
          .storageClass, atMost: 253, pattern: OpenAPIPatterns.subdomain),
        "hugging_face_token": [
          "type": ["string", "null"], "writeOnly": true, "maxLength": 512,
          "pattern": .string(OpenAPIPatterns.token),
          "description": .string(help(.huggingFaceToken)),
        ],
      ]
    ) { _, new in new }, required: ["name", "image", "command"])

  private static let yamlRequest = object(
    texts.merging(
      [
        "name": name,
        "yaml_content": [
          "type": "string", "minLength": 1,
          "description":
            "Manifests with exactly one Deployment, separated by ---. What is wrong with them is answered with 400 by line and column.",
        ],
      ]
    ) { _, new in new }, required: ["name", "yaml_content"])

  /// What a create has and an update cannot change may not be there at all.
  private static let updateRequest: JSONValue = {
    let fixed = CreateField.allCases.map(\.rawValue).filter { texts[$0] == nil && $0 != "name" }
    return object(
      texts.merging(fixed.map { ($0, JSONValue.bool(false)) }) { own, _ in own }
    )
  }()
}
