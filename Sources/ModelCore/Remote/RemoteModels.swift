internal import FoundationEssentials
package import Kubernetes

/// The models of an organization through the Organization Models HTTP API alone, for people who have a token and no
/// kubeconfig: what `modeldeck serve` offers, seen from the other side.
///
/// It reads and writes the specification's JSON. Checks are the server's; what this build knows to be wrong is told
/// before anything is sent.
package struct RemoteModels: Sendable {
  /// How it is worked on.
  package struct Settings: Sendable {
    /// Refuses every write.
    package var isReadOnly = false
    /// What may not be done there.
    package var guards = GuardRails()
    /// For so long it is tried to find out what became of a write whose answer was lost.
    package var settling: Duration = .seconds(30)

    package init() {}
  }

  package var settings: Settings
  /// The way to the API: paths, bodies and answers are the specification's, not Kubernetes'.
  let api: any ClusterAPI
  let journal: JournalDesk?
  let retry: RetryPolicy
  let clock: WallClock
  /// Signalled when the models are to be read at once.
  private let wake = WakeSignal()

  package init(
    api: any ClusterAPI, settings: Settings = Settings(), journal: JournalDesk? = nil,
    retry: RetryPolicy = RetryPolicy(cap: .seconds(8)), clock: WallClock = .system
  ) {
    self.api = api
    self.settings = settings
    self.journal = journal
    self.retry = retry
    self.clock = clock
  }

  /// The specification's path of the collection.
  static let path = "/v1/organization/models"
  /// So many models are asked for at once.
  static let pageSize = 500

  /// Why something is not known.
  package static let notTold = "not offered by the HTTP API"

  /// What the API has no operation for, in words; it is told instead of being tried.
  package static func notOffered(_ what: String) -> OperationFailure {
    OperationFailure(
      .notOffered, "the HTTP API does not offer to \(what): that needs a kubeconfig.")
  }

  /// What of the cluster is not known through the API.
  package static let unread: UnreadKinds = {
    var unread = UnreadKinds()
    for kind in UnreadKinds.Kind.allCases where kind != .services {
      unread.set(kind, why: notTold)
    }
    return unread
  }()

  // MARK: Reading

  /// All models of the token's organization, by name, page by page. Throws `APIError`.
  @concurrent
  package func list() async throws -> [Model] {
    var models: [Model] = []
    var last: String?
    while true {
      let (members, total) = try await page(after: last)
      models += members.compactMap(Model.init(json:))
      let end = members.last?["id"]?.stringValue
      // A server without pages answers everything at once, and the same again.
      guard members.count >= Self.pageSize, members.count < total, let end, end > last ?? "" else {
        return models.sorted { $0.id < $1.id }
      }
      last = end
    }
  }

  private func page(after last: String?) async throws -> (members: [JSONValue], total: Int) {
    var query = [APIRequest.QueryItem("limit", "\(Self.pageSize)")]
    if let last { query.append(.init("after", last)) }
    let body: JSONValue
    do {
      body = try await answer(APIRequest(.get, Self.path, query: query, purpose: "list models"))
    } catch let error as APIError where error.isNotFound {
      throw APIError.decoding(
        "there is no Organization Models API at this address: \(error.description)")
    }
    guard let members = body["models"]?.arrayValue else {
      throw APIError.decoding(
        "the answer is no list of models: is this the address of modeldeck serve?")
    }
    let total = body["total"]?.integerValue.flatMap(Int.init(exactly:))
    return (members, total ?? members.count)
  }

  /// All models with what is known beside them. Throws `APIError`.
  @concurrent
  package func current() async throws -> ClusterUpdate {
    Self.update(try await list(), connection: .live, asOf: clock.now())
  }

  /// What a form can start from: the texts and tags alone.
  @concurrent
  package func stored(_ id: ModelID) async -> Result<StoredModel, OperationFailure> {
    let task = "read model \(id.name)"
    do {
      let model = try await model(named: id.name)
      return .success(
        StoredModel(
          id: model.id, uid: model.uid, isManaged: model.isManaged, fields: ModelFields(model),
          updatedAt: model.updatedAt.map(Timestamp.format),
          unreadable: "what it runs is \(Self.notTold)"))
    } catch {
      return .failure(OperationFailure(error, doing: task))
    }
  }

  /// One model. Throws `APIError`; 404 where there is none in this organization.
  @concurrent
  package func model(named name: String) async throws -> Model {
    let body = try await answer(
      APIRequest(.get, Self.path(of: name), purpose: "read model \(name)"))
    guard let model = body["model"].flatMap(Model.init(json:)) else {
      throw APIError.decoding("the answer is no model: is this the address of modeldeck serve?")
    }
    return model
  }

  /// The version of the server, as its OpenAPI document says it. Throws `APIError`.
  @concurrent
  package func serverVersion() async throws -> String {
    let document = try await answer(
      APIRequest(.get, "/openapi.json", purpose: "ask for the version"))
    guard let version = document["info", "version"]?.stringValue else {
      throw APIError.decoding("the server does not tell its version")
    }
    return version
  }

  static func path(of name: String) -> String { "\(path)/\(name.percentEncodedSegment)" }

  func answer(_ request: APIRequest) async throws -> JSONValue {
    let body = try await api.perform(request).body
    do {
      return try JSONValue(parsing: body)
    } catch {
      throw APIError.decoding("the answer to '\(request.purpose)' is no JSON")
    }
  }

  // MARK: Following

  /// Reads the models at once and not only at the next turn.
  package func readNow() { wake.signal() }

  /// The whole list again and again: the specification has no watch. The first comes as soon as it is there. For one reader.
  ///
  /// - Parameter interval: between the end of one reading and the next; more where a reading takes long.
  package func updates(every interval: Duration = .seconds(2)) -> AsyncStream<ClusterUpdate> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let task = Task { await follow(every: interval) { continuation.yield($0) } }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func follow(
    every interval: Duration, _ yield: @Sendable (ClusterUpdate) -> Void
  ) async {
    var generator = SystemRandomNumberGenerator()
    var last: (models: [Model], asOf: Date)?
    var failedSince: Date?
    var attempt = 0
    while !Task.isCancelled {
      var pause: Duration
      let start = clock.steady()
      do {
        let models = try await list()
        let now = clock.now()
        let taken = Duration.seconds(max(0, clock.steady().timeIntervalSince(start)))
        // Many dashboards at one server, and one at a slow server, must not keep it busy with this.
        pause = max(interval, taken * 4) * Double.random(in: 0.9...1.1, using: &generator)
        // The list is sent whole, so that a reader that missed one has all the same what is there.
        yield(Self.update(models, connection: .live, asOf: now))
        last = (models, now)
        failedSince = nil
        attempt = 0
      } catch is CancellationError {
        return
      } catch {
        attempt += 1
        let failure = error as? APIError
        pause = retry.delay(attempt: attempt, retryAfter: failure?.retryAfter, using: &generator)
        let since = failedSince ?? clock.now()
        failedSince = since
        let text = failure?.description ?? "the answer could not be read"
        let connection: Connection =
          last == nil
          ? .connecting(attempt: attempt, error: text)
          : .disconnected(
            since: since, error: text,
            nextAttempt: clock.now().addingTimeInterval(pause.seconds))
        yield(Self.update(last?.models, connection: connection, asOf: last?.asOf))
      }
      await wake.wait(atMost: pause, clock: clock)
    }
  }

  /// - Parameter models: `nil` while none were read.
  private static func update(
    _ models: [Model]?, connection: Connection, asOf: Date?
  ) -> ClusterUpdate {
    var update = ClusterUpdate(
      changed: models ?? [], isComplete: models != nil, connection: connection, gpus: .notOffered,
      asOf: asOf)
    update.isSettled = models != nil
    update.unread = unread
    if let models { update.creation = creation(models) }
    return update
  }

  /// What a form can check: the names that this organization has taken, and nothing of the cluster.
  private static func creation(_ models: [Model]) -> CreationContext {
    var validation = ValidationContext()
    for model in models {
      validation.takenNames[model.name] = "model \(model.id) of this organization"
    }
    return CreationContext(validation: validation, gpus: .notOffered)
  }
}
