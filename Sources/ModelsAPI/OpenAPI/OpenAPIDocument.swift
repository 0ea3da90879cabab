internal import HTTPTypes
package import Kubernetes
internal import ModelCore

/// `/openapi.json`: made from the table that the server routes by.
package enum OpenAPIDocument {
  /// The document, OpenAPI 3.1: every route with its parameters, bodies and answers.
  package static func json(version: String) -> JSONValue {
    var paths: JSONValue = [:]
    for route in APIRoute.all {
      let method = route.method.rawValue.lowercased()
      paths[path: [route.template, method]] = OpenAPIOperation(route: route).json
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Organization Models API",
        "description":
          "An organization's AI models on Kubernetes: list, create, update and delete them.",
        "version": .string(version),
      ],
      "servers": [["url": "/"]],
      "tags": [
        ["name": "models", "description": "The models of the organization that the token names."],
        ["name": "server", "description": "The server itself."],
      ],
      "paths": paths,
      "components": [
        "schemas": OpenAPISchemas.all,
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description":
              "A JSON Web Token that names the organization and the role: reader reads, owner also writes.",
          ]
        ],
      ],
    ]
  }
}

/// One operation of the document.
struct OpenAPIOperation {
  let route: APIRoute

  private var isOpen: Bool { if case .everybody = route.access { true } else { false } }
  private var isRead: Bool { [.listModels, .getModel].contains(route.operation) }
  private var isWrite: Bool { if case .owners = route.access { true } else { false } }

  var json: JSONValue {
    var operation: JSONValue = [
      "operationId": .string(route.operation.rawValue),
      "summary": .string(summary),
      "tags": [.string(isOpen ? "server" : "models")],
      "responses": responses,
      "security": isOpen ? [] : [["token": []]],
    ]
    let parameters = self.parameters
    if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
    if let schema = requestSchema {
      var content: JSONValue = ["schema": OpenAPISchemas.reference(schema)]
      content["examples"] = requestExample.map {
        ["specification": ["summary": "As the specification shows it.", "value": $0]]
      }
      operation["requestBody"] = ["required": true, "content": ["application/json": content]]
    }
    return operation
  }

  private var summary: String {
    switch route.operation {
    case .listModels: "List the organization's models"
    case .createModel: "Create and deploy a model"
    case .createModelFromYAML: "Create a model from Kubernetes manifests"
    case .getModel: "Get one model"
    case .updateModel: "Update display name, description and tags; no pod restarts"
    case .deleteModel: "Delete a model and its Kubernetes resources"
    case .openAPI: "This document"
    case .health: "Whether the server runs"
    case .readiness: "Whether the models are known and requests can be answered"
    case .metrics: "Metrics for Prometheus"
    }
  }

  private var requestSchema: String? {
    switch route.operation {
    case .createModel: "CreateModelRequest"
    case .createModelFromYAML: "CreateModelFromYAMLRequest"
    case .updateModel: "UpdateModelRequest"
    default: nil
    }
  }

  private var requestExample: JSONValue? {
    switch route.operation {
    case .createModel: SpecificationExamples.create
    case .createModelFromYAML: SpecificationExamples.createFromYAML
    case .updateModel: SpecificationExamples.update
    default: nil
    }
  }

  // MARK: Parameters

  private var parameters: [JSONValue] {
    var parameters: [JSONValue] = []
    if route.segments.contains(.modelID) {
      parameters.append([
        "name": "model_id", "in": "path", "required": true,
        "schema": ["type": "string", "minLength": 1, "not": ["const": "yaml"]],
        "description": "The model's name.",
      ])
    }
    if isRead {
      parameters.append([
        "name": "If-None-Match", "in": "header", "required": false,
        "schema": ["type": "string"],
        "description":
          "The ETag of the answer that is known; the answer is 304 without a body where nothing is new.",
      ])
    }
    guard route.operation == .listModels else { return parameters }
    parameters.append(
      query("status", OpenAPISchemas.reference("ModelStatus"), "Only models with this status."))
    parameters.append(
      query("managed", ["type": "boolean"], "Only models that are managed, or only the others."))
    parameters.append(
      query(
        "tag", ["type": "array", "items": ["type": "string"]],
        "Only models with this tag; given several times, with all of them."))
    parameters.append(
      query(
        "limit", ["type": "integer", "minimum": 1, "maximum": 1_000],
        "So many models at most; total counts all."))
    parameters.append(
      query("after", ["type": "string"], "Only models whose id comes after this one."))
    return parameters
  }

  private func query(_ name: String, _ schema: JSONValue, _ description: String) -> JSONValue {
    [
      "name": .string(name), "in": "query", "required": false, "schema": schema,
      "description": .string(description),
    ]
  }

  // MARK: Responses

  /// The statuses that this operation may answer, beside its good one.
  private var failures: [Int] {
    switch route.operation {
    case .readiness: return [503]
    case .openAPI, .health, .metrics: return []
    default: break
    }
    var codes = [400, 401, 403, 429, 500, 502, 503]
    if isWrite { codes += [409, 504] }
    if route.segments.contains(.modelID) { codes += [404, 405] }
    if requestSchema != nil { codes += [408, 413, 415] }
    return codes.sorted()
  }

  private var success: (code: Int, json: JSONValue) {
    switch route.operation {
    case .listModels: return (200, Self.tagged(Self.answer("The models.", "ModelList")))
    case .getModel:
      var answer = Self.tagged(Self.answer("The model.", "ModelAnswer"))
      answer["links"] = links([.updateModel, .deleteModel])
      return (200, answer)
    case .updateModel:
      var answer = Self.answer("The model as it is now.", "ModelAnswer")
      answer["links"] = links([.getModel, .deleteModel])
      return (200, answer)
    case .deleteModel: return (200, Self.answer("It is deleted.", "Message"))
    case .createModel, .createModelFromYAML:
      var answer = Self.answer("The model, and where it is.", "ModelAnswer")
      answer["headers"] = [
        "Location": ["schema": ["type": "string"], "description": "The path of the model."]
      ]
      answer["links"] = links([.getModel, .updateModel, .deleteModel])
      return (201, answer)
    case .openAPI:
      return (200, Self.content("The document.", "application/json", ["type": "object"]))
    case .health, .readiness: return (200, Self.answer("It is.", "Status"))
    case .metrics: return (200, Self.content("The metrics.", "text/plain", ["type": "string"]))
    }
  }

  /// What can be asked next about the model that an answer names.
  private func links(_ operations: [APIOperation]) -> JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: operations.map { operation in
          (
            operation.rawValue,
            [
              "operationId": .string(operation.rawValue),
              "parameters": ["model_id": "$response.body#/model/id"],
            ]
          )
        }))
  }

  /// With the header that says which answer it is.
  private static func tagged(_ answer: JSONValue) -> JSONValue {
    var answer = answer
    answer["headers"] = [
      "ETag": [
        "schema": ["type": "string"],
        "description":
          "What this answer is known by: the same for the same organization as long as nothing changes.",
      ]
    ]
    return answer
  }

  private static func answer(_ description: String, _ schema: String) -> JSONValue {
    content(description, "application/json", OpenAPISchemas.reference(schema))
  }

  private static func content(
    _ description: String, _ type: String, _ schema: JSONValue
  ) -> JSONValue {
    ["description": .string(description), "content": .object([type: ["schema": schema]])]
  }

  private var responses: JSONValue {
    let success = success
    var responses: [String: JSONValue] = [String(success.code): success.json]
    if isRead {
      responses["304"] = Self.tagged(["description": "What the caller has is still so."])
    }
    for code in failures { responses[String(code)] = Self.failure(code) }
    return .object(responses)
  }

  private static func failure(_ code: Int) -> JSONValue {
    var answer = answer(meaning[code] ?? "It failed.", "Error")
    if [429, 503, 504].contains(code) {
      answer["headers"] = [
        "Retry-After": [
          "schema": ["type": "integer"],
          "description": "After so many seconds it is worth asking again.",
        ]
      ]
    }
    if code == 405 {
      answer["headers"] = [
        "Allow": ["schema": ["type": "string"], "description": "The methods of that path."]
      ]
    }
    if code == 401 {
      answer["headers"] = [
        "WWW-Authenticate": [
          "schema": ["type": "string"], "description": "What is wanted: Bearer.",
        ]
      ]
    }
    return answer
  }

  private static let meaning: [Int: String] = [
    400: "The request is not valid; the text says what and what to do.",
    401: "There is no token, or it is not valid.",
    403: "The role may not do that, or the cluster lacks what models need.",
    404: "The organization has no such model.",
    405: "There is a path of that name, so no model has it: yaml.",
    408: "The body did not come in time.",
    409: "The name is taken, or somebody else changed the model at the same time.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too many requests of this subject.",
    500: "The server failed.",
    502: "The cluster refused what the server asked it for.",
    503: "The cluster cannot be reached, or its models are not known yet.",
    504: "The cluster's answer was lost: whether it was done is not known.",
  ]
}
