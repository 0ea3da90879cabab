internal import FoundationEssentials
package import Kubernetes

/// The models of an organization through the Organization Models HTTP API alone, for people who have a token and no
/// kubeconfig: what `modeldeck serve` offers, seen from the other side.
///
/// It reads and writes the specification's JSON. Checks are the server's; what this build knows to be wrong is told
/// before anything is sent.
package struct RemoteModels: Sendable {
  /// The way to the API: paths, bodies and answers are the specification's, not Kubernetes'.
  let api: any ClusterAPI
  private let retry: RetryPolicy
  private let clock: WallClock

  package init(
    api: any ClusterAPI, retry: RetryPolicy = RetryPolicy(cap: .seconds(8)),
    clock: WallClock = .system
  ) {
    self.api = api
    self.retry = retry
    self.clock = clock
  }

  /// The specification's path of the collection.
  static let path = "/v1/organization/models"

  /// What the API has no operation for, in words; it is told instead of being tried.
  package static func notOffered(_ what: String) -> OperationFailure {
    OperationFailure(
      .notOffered,
      "the Models API does not offer to \(what): use a kubeconfig, without --server.")
  }

  // MARK: Reading

  /// All models of the token's organization, by name. Throws `APIError`.
  @concurrent
  package func list() async throws -> [Model] {
    let body = try await answer(APIRequest(.get, Self.path, purpose: "list models"))
    guard let members = body["models"]?.arrayValue else {
      throw APIError.decoding(
        "the answer is no list of models: is this the address of modeldeck serve?")
    }
    return members.compactMap(Model.init(json:)).sorted { $0.id < $1.id }
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

  /// The whole list again and again: the specification has no watch. The first comes as soon as it is there.
  ///
  /// - Parameter interval: between the end of one reading and the next.
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
      var pause = interval
      do {
        let models = try await list()
        let now = clock.now()
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
        let connection: Connection
        if failure?.isForbidden == true {
          connection = .forbidden(missing: "list models: \(failure?.description ?? "")")
        } else if last == nil {
          connection = .connecting(attempt: attempt, error: failure?.description)
        } else {
          connection = .disconnected(
            since: since, error: failure?.description ?? "the answer could not be read",
            nextAttempt: clock.now().addingTimeInterval(pause / .seconds(1)))
        }
        yield(Self.update(last?.models ?? [], connection: connection, asOf: last?.asOf))
      }
      guard (try? await clock.sleep(pause)) != nil else { return }
    }
  }

  private static func update(
    _ models: [Model], connection: Connection, asOf: Date?
  ) -> ClusterUpdate {
    var update = ClusterUpdate(
      changed: models, isComplete: true, connection: connection,
      gpus: .forbidden(missing: "the Models API does not tell about nodes"), asOf: asOf)
    for kind in UnreadKinds.Kind.allCases where kind != .services {
      update.unread.set(kind, why: "the Models API does not tell")
    }
    return update
  }
}
