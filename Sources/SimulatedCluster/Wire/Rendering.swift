internal import FoundationEssentials
internal import Kubernetes
internal import NIOCore

/// Turns objects into the form that was asked for.
struct Rendering: Sendable {
  let resource: ResourceDefinition
  let representation: Representation
  let now: Date
  /// What the rows of a table carry with them: `Metadata`, `Object` or `None`.
  var includeObject = "Metadata"

  func buffer(_ object: StoredObject) -> ByteBuffer {
    // Stored JSON is of the first version; another version of a custom kind differs in its name only.
    if representation == .object, object.json.string("apiVersion") == resource.kind.apiVersion {
      return object.encoded
    }
    return json(object.json).buffer
  }

  private func json(_ object: JSONValue) -> JSONValue {
    switch representation {
    case .table:
      return table([object], metadata: ["resourceVersion": .string(object.resourceVersion)])
    case .partialMetadata: return partial(object)
    default:
      var object = object
      object["apiVersion"] = .string(resource.kind.apiVersion)
      return object
    }
  }

  func buffer(_ page: ListPage) -> ByteBuffer {
    var metadata: JSONValue = ["resourceVersion": .string(String(page.revision))]
    if let token = page.continueToken { metadata["continue"] = .string(token) }
    if let remaining = page.remaining {
      metadata["remainingItemCount"] = .integer(Int64(remaining))
    }
    if representation == .table {
      return table(page.objects.map(\.json), metadata: metadata).buffer
    }
    let isPartial = representation == .partialMetadata
    var buffer = ByteBufferAllocator().buffer(capacity: 1024 * (page.objects.count + 1))
    let kind = isPartial ? "PartialObjectMetadataList" : "\(resource.kind.kind)List"
    let version = isPartial ? "meta.k8s.io/v1" : resource.kind.apiVersion
    buffer.writeString("{\"kind\":\"\(kind)\",\"apiVersion\":\"\(version)\",\"metadata\":")
    buffer.writeImmutableBuffer(metadata.buffer)
    buffer.writeString(",\"items\":[")
    for (index, object) in page.objects.enumerated() {
      if index > 0 { buffer.writeString(",") }
      buffer.writeImmutableBuffer(self.buffer(object))
    }
    buffer.writeString("]}\n")
    return buffer
  }

  private func partial(_ object: JSONValue) -> JSONValue {
    [
      "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
      "metadata": object.metadata,
    ]
  }

  private func table(_ objects: [JSONValue], metadata: JSONValue) -> JSONValue {
    [
      "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
      "columnDefinitions": .array(resource.columns.columns.map(\.json)),
      "rows": .array(
        objects.map { object in
          var row: JSONValue = ["cells": .array(resource.columns.cells(object, now: now))]
          switch includeObject {
          case "None": break
          case "Object": row["object"] = object
          default: row["object"] = partial(object)
          }
          return row
        }),
    ]
  }

  /// A line of a watch.
  func event(_ type: String, _ object: StoredObject) -> ByteBuffer {
    line(type, buffer(object))
  }

  func bookmark(_ revision: Int64, endsInitialState: Bool = false) -> ByteBuffer {
    var metadata: JSONValue = [
      "resourceVersion": .string(String(revision)), "creationTimestamp": .null,
    ]
    if endsInitialState {
      metadata["annotations"] = ["k8s.io/initial-events-end": "true"]
    }
    let object: JSONValue =
      switch representation {
      case .table:
        [
          "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
          "columnDefinitions": .array(resource.columns.columns.map(\.json)), "rows": [],
        ]
      case .partialMetadata:
        [
          "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
          "metadata": metadata,
        ]
      default:
        [
          "kind": .string(resource.kind.kind), "apiVersion": .string(resource.kind.apiVersion),
          "metadata": metadata,
        ]
      }
    return line("BOOKMARK", object.buffer)
  }

  static func error(_ refusal: Refusal) -> ByteBuffer { line("ERROR", refusal.json.buffer) }

  private func line(_ type: String, _ object: ByteBuffer) -> ByteBuffer { Self.line(type, object) }

  private static func line(_ type: String, _ object: ByteBuffer) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: object.readableBytes + 40)
    buffer.writeString("{\"type\":\"\(type)\",\"object\":")
    buffer.writeImmutableBuffer(object)
    buffer.writeString("}\n")
    return buffer
  }
}
