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

    /// Writes are allowed, without guard rails.
    package init() {}
  }

  package var settings: Settings
  /// The way to the API: paths, bodies and answers are the specification's, not Kubernetes'.
  let api: any ClusterAPI
  let journal: JournalDesk?
  let retry: RetryPolicy
  let clock: WallClock
  /// Signalled when the models are to be read at once.
  let wake = WakeSignal()

  /// Asks for nothing yet. `api` carries the address and the token.
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

  /// All models of the token's organization, by name. Throws `APIError`.
  @concurrent
  package func list() async throws -> [Model] {
    var list = RemoteList()
    try await list.read(self)
    return list.models
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
    try Self.json(try await api.perform(request), to: request)
  }

  static func json(_ response: APIResponse, to request: APIRequest) throws(APIError) -> JSONValue {
    do {
      return try JSONValue(parsing: response.body)
    } catch {
      throw APIError.decoding("the answer to '\(request.purpose)' is no JSON")
    }
  }
}
