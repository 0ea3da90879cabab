internal import Hummingbird
internal import Kubernetes

/// The OpenAPI documents, as far as kubectl needs them: which kinds there are, which fields they have, and that the server checks fields itself.
struct OpenAPI: Sendable {
  let registry: Registry

  func answer(_ path: [String]) -> Response? {
    switch path {
    case ["openapi", "v3"]: return Response(index)
    case ["openapi", "v2"]:
      // kubectl reads this form as protocol buffers only, and does without where there is none.
      return Response(refusal: .noSuchResource)
    default: break
    }
    guard path.count >= 4, path[1] == "v3" else { return nil }
    let group = path[2] == "apis" && path.count >= 5 ? path[3] : ""
    let version = path[path.count - 1]
    let kinds = registry.all.filter { $0.kind.group == group && $0.kind.version == version }
    guard !kinds.isEmpty else { return Response(refusal: .noSuchResource) }
    return Response(document(kinds, group, version))
  }

  private var index: JSONValue {
    var paths: [String: JSONValue] = [:]
    for definition in registry.all {
      let kind = definition.kind
      let path = kind.group.isEmpty ? "api/\(kind.version)" : "apis/\(kind.group)/\(kind.version)"
      paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)")]
    }
    return ["paths": .object(paths)]
  }

  private func document(
    _ kinds: [ResourceDefinition], _ group: String, _ version: String
  ) -> JSONValue {
    var paths: [String: JSONValue] = [:]
    var schemas: [String: JSONValue] = [:]
    for definition in kinds {
      let kind = definition.kind
      let marker: JSONValue = [
        "group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind),
      ]
      let namespace = kind.isNamespaced ? "{namespace}" : nil
      let path = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
      let scope = namespace.map { "/namespaces/\($0)" } ?? ""
      paths["\(path)\(scope)/\(kind.plural)/{name}"] = [
        "get": operation("get", marker), "put": operation("put", marker),
        "patch": operation("patch", marker), "delete": operation("delete", marker),
      ]
      paths["\(path)\(scope)/\(kind.plural)"] = [
        "get": operation("list", marker), "post": operation("post", marker),
      ]
      schemas["\(kind.group.isEmpty ? "core" : kind.group).\(kind.version).\(kind.kind)"] =
        topLevel(definition, marker)
    }
    for name in referencedTypes(kinds) {
      guard let type = SchemaCatalog.type(name) else { continue }
      schemas[name] = schema(type)
    }
    return [
      "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.32.0-simulated"],
      "paths": .object(paths), "components": ["schemas": .object(schemas)],
    ]
  }

  private func operation(_ action: String, _ marker: JSONValue) -> JSONValue {
    let names = ["dryRun", "fieldManager", "fieldValidation", "force"]
    var operation: JSONValue = [
      "x-kubernetes-group-version-kind": marker, "x-kubernetes-action": .string(action),
      "parameters": .array(
        names.map { ["name": .string($0), "in": "query", "schema": ["type": "string"]] }),
      "responses": ["200": ["description": "OK"]],
    ]
    if action == "patch" {
      operation["requestBody"] = [
        "content": [
          "application/json-patch+json": [:], "application/merge-patch+json": [:],
          "application/apply-patch+yaml": [:],
        ]
      ]
    }
    return operation
  }
}

// MARK: Schemas

extension OpenAPI {
  private func topLevel(_ definition: ResourceDefinition, _ marker: JSONValue) -> JSONValue {
    var properties: [String: JSONValue] = [
      "apiVersion": ["type": "string"], "kind": ["type": "string"],
    ]
    if case .object(let name, _) = definition.schema, let type = SchemaCatalog.type(name) {
      for (name, field) in type.fields { properties[name] = property(field.schema) }
    } else {
      properties["metadata"] = property(.object("ObjectMeta", isAtomic: false))
      properties["spec"] = property(.any)
      properties["status"] = property(.any)
    }
    return [
      "type": "object", "properties": .object(properties),
      "x-kubernetes-group-version-kind": [marker],
    ]
  }

  private func schema(_ type: ObjectSchema) -> JSONValue {
    let required = type.fields.filter { $0.value.isRequired }.keys.sorted()
    var result: JSONValue = [
      "type": "object", "properties": .object(type.fields.mapValues { property($0.schema) }),
    ]
    if !required.isEmpty { result["required"] = .array(required.map { .string($0) }) }
    return result
  }

  private func property(_ schema: Schema) -> JSONValue {
    switch schema {
    case .string, .quantity: ["type": "string"]
    case .bytes: ["type": "string", "format": "byte"]
    case .time, .microTime: ["type": "string", "format": "date-time"]
    case .int32: ["type": "integer", "format": "int32"]
    case .int64: ["type": "integer", "format": "int64"]
    case .number: ["type": "number", "format": "double"]
    case .bool: ["type": "boolean"]
    case .intOrString:
      ["format": "int-or-string", "oneOf": [["type": "integer"], ["type": "string"]]]
    case .any: ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    case .map(let item, _): ["type": "object", "additionalProperties": property(item)]
    case .list(let item, _): ["type": "array", "items": property(item)]
    case .object(let name, _): ["allOf": [["$ref": .string("#/components/schemas/\(name)")]]]
    }
  }

  private func referencedTypes(_ kinds: [ResourceDefinition]) -> Set<String> {
    var found: Set<String> = []
    var open: [Schema] = kinds.flatMap { kind -> [Schema] in
      guard case .object(let name, _) = kind.schema, let type = SchemaCatalog.type(name) else {
        return [.object("ObjectMeta", isAtomic: false)]
      }
      return type.fields.values.map(\.schema)
    }
    while let schema = open.popLast() {
      switch schema {
      case .map(let item, _), .list(let item, _): open.append(item)
      case .object(let name, _):
        guard found.insert(name).inserted, let type = SchemaCatalog.type(name) else { continue }
        open += type.fields.values.map(\.schema)
      default: break
      }
    }
    return found
  }
}
