internal import FoundationEssentials

// The verbs, once for kinds known at run time; the typed forms below only decode. All of them are `@concurrent`, because
// decoding a page of a list takes tens of milliseconds that a caller's actor may not have.
extension ClusterAPI {
  /// Reads one object's JSON.
  @concurrent
  package func get(
    _ kind: ResourceKind, _ name: String, namespace: String?
  ) async throws -> UnstructuredObject {
    try decode(
      UnstructuredObject.self,
      from: await perform(.get(kind, name, namespace: namespace)), kind: kind)
  }

  /// Reads one page of a collection; `namespace` `nil` means all of them.
  @concurrent
  package func list<Item: Decodable & Sendable>(
    _ kind: ResourceKind, as type: Item.Type, namespace: String? = nil,
    options: ListOptions = ListOptions()
  ) async throws -> ResourceList<Item> {
    try decode(
      ResourceList<Item>.self,
      from: await perform(.list(kind, namespace: namespace, options: options)), kind: kind)
  }

  /// Watches a collection from a resource version on, with bookmarks. Ends when the server ends it.
  @concurrent
  package func watch<Item: Decodable & Sendable>(
    _ kind: ResourceKind, as type: Item.Type, namespace: String? = nil,
    options: ListOptions, timeoutSeconds: Int? = nil
  ) async throws -> AsyncThrowingStream<WatchEvent<Item>, any Error> {
    let lines = try await lines(
      .watch(kind, namespace: namespace, options: options, timeoutSeconds: timeoutSeconds))
    // Few events wait here: a consumer that falls behind holds the server back.
    let (events, continuation) = AsyncThrowingStream.makeStream(
      of: WatchEvent<Item>.self, bufferingPolicy: .bufferingOldest(64))
    let task = Task { @concurrent in
      do {
        let decoder = JSONCoding.decoder
        for try await line in lines where !line.isEmpty {
          let frame: WatchFrame<Item>
          do {
            frame = try decoder.decode(WatchFrame<Item>.self, from: line)
          } catch {
            throw APIError.decoding(
              "a watch event of \(kind.plural) could not be read: \(JSONCoding.problem(error))")
          }
          guard let event = frame.event else { continue }
          while case .dropped = continuation.yield(event) {
            try await Task.sleep(for: .milliseconds(5))
          }
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    continuation.onTermination = { _ in task.cancel() }
    return events
  }

  /// Creates an object. Throws 409 `AlreadyExists` where the name is taken.
  @discardableResult
  @concurrent
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
  @concurrent
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
  @concurrent
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
  @concurrent
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
  @concurrent
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
      if let type = type as? any DirectlyReadable.Type,
        let value = try type.init(reading: JSONValue(parsing: response.body), kind: kind) as? T
      {
        return value
      }
      return try JSONCoding.decoder.decode(type, from: response.body)
    } catch {
      throw APIError.decoding(
        "the API server's answer about \(kind.plural) could not be read: "
          + JSONCoding.problem(error))
    }
  }
}

extension ClusterAPI {
  /// Reads one object of a typed kind.
  @concurrent
  package func get<R: Resource>(
    _ type: R.Type, _ name: String, namespace: String?
  ) async throws -> R {
    try decode(
      R.self, from: await perform(.get(R.resourceKind, name, namespace: namespace)),
      kind: R.resourceKind)
  }

  /// Reads one page of a typed collection.
  @concurrent
  package func list<R: Resource>(
    _ type: R.Type, namespace: String? = nil, options: ListOptions = ListOptions()
  ) async throws -> ResourceList<R> {
    try await list(R.resourceKind, as: R.self, namespace: namespace, options: options)
  }

  /// Reads a whole typed collection, page by page.
  @concurrent
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
