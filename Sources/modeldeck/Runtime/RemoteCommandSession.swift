import Dashboard
import Kubernetes
import ModelCore

/// The models of an HTTP API, for commands.
struct RemoteCommandSession: ModelsSession {
  let target: ClusterTarget
  private let connection: any ClusterConnection
  private let remote: RemoteModels

  /// So long a server that refuses connections may be starting again.
  private static let patience: Duration = .seconds(5)

  /// The way there is made, and nothing is asked yet. Throws where credentials or certificates cannot be used.
  init(_ target: ClusterTarget, settings: ClusterParts.Settings) async throws(CommandFailure) {
    self.target = target
    connection = try await target.open(nil)
    remote = RemoteModels(connection, target: target, settings: settings)
  }

  func close() async { await connection.close() }

  // MARK: Reading

  func models(within limit: Duration?) async throws(CommandFailure) -> ClusterUpdate {
    let clock = ContinuousClock()
    let start = clock.now
    while true {
      do {
        let left = limit.map { max(.zero, start + $0 - clock.now) }
        return try await answered(within: left) { try await remote.current() }
      } catch let error as APIError {
        // A server that says itself that it is not ready yet gets the whole time.
        let isBusy = [429, 503].contains(error.statusCode ?? 0)
        let end = isBusy ? limit : min(Self.patience, limit ?? Self.patience)
        let pause = error.retryAfter ?? .milliseconds(400)
        guard error.mayPass, end.map({ clock.now + pause < start + $0 }) ?? true else {
          throw CommandFailure(error, doing: "read the models")
        }
        guard (try? await Task.sleep(for: pause)) != nil else {
          throw CommandFailure(.interrupted, "")
        }
      } catch {
        throw CommandFailure(.interrupted, "")
      }
    }
  }

  func updates() async -> AsyncStream<ClusterUpdate> { remote.updates() }
  func model(_ id: ModelID) async throws -> Model? {
    do {
      return try await answered(within: Self.patience) { try await remote.model(named: id.name) }
    } catch let error as APIError where error.isNotFound {
      return nil
    }
  }

  /// Does not wait for an answer longer than that; `nil` waits as long as a request may take.
  private func answered<Value: Sendable>(
    within limit: Duration?, _ ask: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let limit else { return try await ask() }
    let answer: Result<Value, any Error>? = await found(within: limit) {
      do { return .success(try await ask()) } catch { return .failure(error) }
    }
    try Task.checkCancellation()
    guard let answer else {
      throw APIError.timedOut("the HTTP API did not answer within \(limit.inWords)")
    }
    return try answer.get()
  }

  func written(_ id: ModelID) async throws -> Model {
    do {
      return try await remote.model(named: id.name)
    } catch let error as APIError {
      throw CommandFailure(error, doing: "read model \(id.name) after it was written")
    }
  }

  func serverVersion() async throws -> String {
    "modeldeck \(try await remote.serverVersion()) (HTTP API)"
  }

  // MARK: Writing

  func perform(
    _ write: ModelWrite, deleteLimit: Duration, _ run: CommandRun
  ) async throws -> OperationResult {
    let progress = run.progress
    let result = await remote.perform(write) { progress.show($0) }
    progress.clear()
    try Task.checkCancellation()
    return result
  }

  func plan(_ write: ModelWrite) async throws(CommandFailure) -> OperationPlan {
    throw CommandFailure(RemoteModels.notOffered("try a write out (--dry-run=server)"))
  }

  func created(_ name: String, in namespace: String?) async -> ModelID {
    let id = ModelID(namespace: "", name: name)
    return (try? await model(id))?.id ?? id
  }

  func manifestContext(_ update: ClusterUpdate) -> ManifestBundle.Context {
    var context = ManifestBundle.Context(
      organization: target.identity.organization ?? "",
      takenNames: update.creation?.validation.takenNames ?? [:])
    context.isPlaceOpen = true
    return context
  }
}

extension RemoteModels {
  /// Through this connection, with what may not be done there.
  init(
    _ connection: any ClusterConnection, target: ClusterTarget, settings: ClusterParts.Settings
  ) {
    var rules = Settings()
    rules.isReadOnly = settings.isReadOnly
    rules.guards = target.identity.guards
    self.init(
      api: connection.api, settings: rules,
      journal: settings.journal.map {
        JournalDesk($0, context: target.identity.context, user: connection.userName)
      })
  }
}
