internal import FoundationEssentials

// The verbs, once for kinds known at run time; the typed forms below only decode.
extension ClusterAPI {
  /// Reads one object's JSON.
  package func get(
    _ kind: ResourceKind, _ name: String, namespace: String?
  ) async throws -> UnstructuredObject {
    try decode(
      UnstructuredObject.self,
      from: await perform(.get(kind, name, namespace: namespace)), kind: kind)
  }

  /// Reads one page of a collection; `namespace` `nil` means all of them.
  package func list<Item: Decodable & Sendable>(
    _ kind: ResourceKind, as type: Item.Type, namespace: String? = nil,
    options: ListOptions = ListOptions()
  ) async throws -> ResourceList<Item> {
    try decode(
      ResourceList<Item>.self,
      from: await perform(.list(kind, namespace: namespace, options: options)), kind: kind)
  }

  /// Watches a collection from a resource version on, with bookmarks. Ends when the server ends it.
  package func watch<Item: Decodable & Sendable>(
    _ kind: ResourceKind, as type: Item.Type, namespace: String? = nil,
    options: ListOptions, timeoutSeconds: Int? = nil
  ) async throws -> AsyncThrowingStream<WatchEvent<Item>, any Error> {
    let lines = try await lines(
      .watch(kind, namespace: namespace, options: options, timeoutSeconds: timeoutSeconds))
    return AsyncThrowingStream { continuation in
      let task = Task { @concurrent in
        do {
          let decoder = JSONCoding.decoder
          for try await line in lines {
            let frame: WatchFrame<Item>
            do {
              frame = try decoder.decode(WatchFrame<Item>.self, from: line)
            } catch {
              throw APIError.decoding("a watch event of \(kind.plural) could not be read")
            }
            if let event = frame.event { continuation.yield(event) }
          }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  /// Creates an object. Throws 409 `AlreadyExists` where the name is taken.
  @discardableResult
  package func create(
    _ kind: ResourceKind, _ object: JSONValue, namespace: String?,
    options: WriteOptions = WriteOptions()
  ) async throws -> UnstructuredObject {
    try decode(
      UnstructuredObject.self,
      from: await perform(.create(kind, object, namespace: namespace, options: options)), kind: kind
    )
  }

  /// Replaces an object; with `metadata.resourceVersion` set only if it is still that version.
  @discardableResult
  package func update(
    _ kind: ResourceKind, _ object: JSONValue, namespace: String?,
    options: WriteOptions = WriteOptions()
  ) async throws -> UnstructuredObject {
    try decode(
      UnstructuredObject.self,
      from: await perform(.update(kind, object, namespace: namespace, options: options)), kind: kind
    )
  }

  /// Server-side apply: creates or changes the fields that the object names, and owns them.
  @discardableResult
  package func apply(
    _ kind: ResourceKind, _ object: JSONValue, namespace: String?,
    options: WriteOptions = WriteOptions()
  ) async throws -> UnstructuredObject {
    try decode(
      UnstructuredObject.self,
      from: await perform(.apply(kind, object, namespace: namespace, options: options)), kind: kind)
  }

  /// JSON merge patch (RFC 7396) of an object or a subresource.
  @discardableResult
  package func mergePatch(
    _ kind: ResourceKind, _ name: String, namespace: String?, patch: JSONValue,
    subresource: String? = nil, options: WriteOptions = WriteOptions()
  ) async throws -> UnstructuredObject {
    try decode(
      UnstructuredObject.self,
      from: await perform(
        .mergePatch(
          kind, name, namespace: namespace, patch: patch, subresource: subresource,
          options: options)), kind: kind)
  }

  /// Deletes an object. 404 is thrown as any other refusal; 409 where a precondition does not hold.
  package func delete(
    _ kind: ResourceKind, _ name: String, namespace: String?,
    options: DeleteOptions = DeleteOptions()
  ) async throws {
    _ = try await perform(.delete(kind, name, namespace: namespace, options: options))
  }

  private func decode<T: Decodable>(
    _ type: T.Type, from response: APIResponse, kind: ResourceKind
  ) throws -> T {
    do {
      return try JSONCoding.decoder.decode(type, from: response.body)
    } catch {
      throw APIError.decoding(
        "the API server's answer about \(kind.plural) could not be read: "
          + String(decoding: response.body.prefix(120), as: UTF8.self))
    }
  }
}

extension ClusterAPI {
  /// Reads one object of a typed kind.
  package func get<R: Resource>(
    _ type: R.Type, _ name: String, namespace: String?
  ) async throws -> R {
    let object = try await get(R.resourceKind, name, namespace: namespace)
    do {
      return try JSONCoding.decode(R.self, from: object.json)
    } catch {
      throw APIError.decoding("the \(R.resourceKind.kind) '\(name)' could not be read")
    }
  }

  /// Reads one page of a typed collection.
  package func list<R: Resource>(
    _ type: R.Type, namespace: String? = nil, options: ListOptions = ListOptions()
  ) async throws -> ResourceList<R> {
    try await list(R.resourceKind, as: R.self, namespace: namespace, options: options)
  }

  /// Reads a whole typed collection, page by page.
  package func listAll<R: Resource>(
    _ type: R.Type, namespace: String? = nil, options: ListOptions = ListOptions(limit: 500)
  ) async throws -> [R] {
    var items: [R] = []
    var options = options
    repeat {
      let page = try await list(R.self, namespace: namespace, options: options)
      items += page.items
      options.continue = page.metadata.continue
    } while options.continue?.isEmpty == false
    return items
  }
}
