/// One page of a list.
package struct ResourceList<Item: Decodable & Sendable>: Decodable, Sendable {
  /// What a list says about itself.
  package struct Metadata: Decodable, Sendable {
    /// The version of the whole list: where a watch begins.
    package var resourceVersion: String?
    /// The token of the next page; `nil` or empty on the last one.
    package var `continue`: String?
    /// Objects after this page, as far as the server knows: it says nothing of lists with a selector.
    package var remainingItemCount: Int64?
  }

  package var metadata: Metadata
  package var items: [Item]

  private enum CodingKeys: String, CodingKey { case metadata, items }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    metadata = try container.decode(Metadata.self, forKey: .metadata)
    // An empty list is `null` in the JSON of some servers.
    items = try container.decodeIfPresent([Item].self, forKey: .items) ?? []
  }

  init(metadata: Metadata, items: [Item]) {
    self.metadata = metadata
    self.items = items
  }
}

/// What is made of JSON as it is, past `Decodable`, which is many times slower for values of unknown shape.
protocol DirectlyReadable {
  init(reading json: JSONValue, kind: ResourceKind) throws
}

extension UnstructuredObject: DirectlyReadable {
  /// Objects in lists of built-in kinds come without `apiVersion` and `kind`: they are put in.
  init(reading json: JSONValue, kind: ResourceKind) throws {
    guard case .object(var members) = json else {
      throw DecodingError.typeMismatch(
        UnstructuredObject.self, .init(codingPath: [], debugDescription: "this is no object"))
    }
    if members["kind"] == nil { members["kind"] = .string(kind.kind) }
    if members["apiVersion"] == nil { members["apiVersion"] = .string(kind.apiVersion) }
    self.init(.object(members))
  }
}

extension ResourceList: DirectlyReadable where Item == UnstructuredObject {
  init(reading json: JSONValue, kind: ResourceKind) throws {
    let metadata = try JSONCoding.decode(Metadata.self, from: json["metadata"] ?? [:])
    let items = try (json["items"]?.arrayValue ?? []).map {
      try UnstructuredObject(reading: $0, kind: kind)
    }
    self.init(metadata: metadata, items: items)
  }
}

/// What a watch tells.
package enum WatchEvent<Item: Sendable>: Sendable {
  case added(Item)
  case modified(Item)
  case deleted(Item)
  /// Nothing changed up to this resource version: where to resume after a cut.
  case bookmark(resourceVersion: String)
  /// The watch ends here; 410 means: list again.
  case error(K8s.Status)
}

/// The frame of a watch event; the object is decoded by its type.
struct WatchFrame<Item: Decodable & Sendable>: Decodable {
  struct Bookmark: Decodable { var metadata: K8s.ObjectMeta }

  var event: WatchEvent<Item>?

  private enum CodingKeys: String, CodingKey { case type, object }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(String.self, forKey: .type) {
    case "ADDED": event = .added(try container.decode(Item.self, forKey: .object))
    case "MODIFIED": event = .modified(try container.decode(Item.self, forKey: .object))
    case "DELETED": event = .deleted(try container.decode(Item.self, forKey: .object))
    case "BOOKMARK":
      let bookmark = try container.decode(Bookmark.self, forKey: .object)
      event = .bookmark(resourceVersion: bookmark.metadata.resourceVersion ?? "")
    case "ERROR": event = .error(try container.decode(K8s.Status.self, forKey: .object))
    default: event = nil
    }
  }
}
