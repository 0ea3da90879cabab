package import Kubernetes
internal import ModelCore

/// The schemas of what is sent and answered, as JSON Schema 2020-12.
package enum OpenAPISchemas {
  static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/components/schemas/\(name)")]
  }

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

  private static func optionalText(_ field: CreateField, atMost limit: Int? = nil) -> JSONValue {
    var schema: JSONValue = ["type": ["string", "null"], "description": .string(help(field))]
    if let limit { schema["maxLength"] = .integer(Int64(limit)) }
    return schema
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
    "type": "string", "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$", "minLength": 1, "maxLength": 63,
    "not": ["const": "yaml"], "description": .string(help(.name)),
  ]

  private static let tags: JSONValue = [
    "type": ["array", "null"], "maxItems": 32, "uniqueItems": true,
    "items": ["type": "string", "minLength": 1, "maxLength": 64],
    "description": .string(help(.tags)),
  ]

  private static let texts: [String: JSONValue] = [
    "display_name": optionalText(.displayName, atMost: 256),
    "description": optionalText(.description, atMost: 4_096),
    "tags": tags,
  ]

  private static let createRequest = object(
    texts.merging(
      [
        "name": name,
        "image": [
          "type": "string", "minLength": 1, "examples": ["vllm/vllm-openai:latest"],
          "description": .string(help(.image)),
        ],
        "command": [
          "type": "array", "items": ["type": "string", "minLength": 1], "minItems": 1,
          "contains": ["type": "string", "pattern": "--served-model-name"],
          "description":
            "What the container runs; it must contain --served-model-name with the model's name.",
        ],
        "gpu_count": number(
          .gpuCount, CreateRequest.Bounds.gpuCount, default: CreateRequest.Defaults.gpuCount),
        "initial_delay_seconds": number(
          .initialDelaySeconds, CreateRequest.Bounds.initialDelaySeconds,
          default: CreateRequest.Defaults.initialDelaySeconds),
        "storage_size": number(
          .storageSize, CreateRequest.Bounds.storageSize,
          default: CreateRequest.Defaults.storageSize),
        "storage_class": optionalText(.storageClass),
        "hugging_face_token": [
          "type": ["string", "null"], "writeOnly": true, "maxLength": 512,
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
          "description": "Manifests with exactly one Deployment, separated by ---.",
        ],
      ]
    ) { _, new in new }, required: ["name", "yaml_content"])

  private static let updateRequest = object(texts)
}
