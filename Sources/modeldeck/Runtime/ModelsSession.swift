import Dashboard
import KubernetesClient
import ModelCore

/// What a command reads and writes models through: a cluster itself, or an HTTP API.
protocol ModelsSession: Sendable {
  var target: ClusterTarget { get }

  /// All models, once everything that can be read was read.
  ///
  /// - Parameter limit: so long it may take; `nil` waits for ever.
  @discardableResult
  func models(within limit: Duration?) async throws(CommandFailure) -> ClusterUpdate
  /// What changes from now on, beginning with what there is.
  func updates() async -> AsyncStream<ClusterUpdate>
  /// As it is now; `nil` where there is none. Throws `APIError` where that cannot be found out.
  func model(_ id: ModelID) async throws -> Model?
  /// A model that was just written, as it is after that.
  func written(_ id: ModelID) async throws -> Model

  /// Carries out a write, and finds out what became of it where its answer was lost.
  ///
  /// - Parameter deleteLimit: how long a delete waits for the last object.
  func perform(
    _ write: ModelWrite, deleteLimit: Duration, _ run: CommandRun
  ) async throws -> OperationResult
  /// What a write would do.
  func plan(_ write: ModelWrite) async throws(CommandFailure) -> OperationPlan
  /// Which model was made.
  ///
  /// - Parameter namespace: where it was to be made; `nil` where that was not said.
  func created(_ name: String, in namespace: String?) async -> ModelID
  /// What manifests are checked against.
  func manifestContext(_ update: ClusterUpdate) -> ManifestBundle.Context

  /// Of the other side, in words. Throws `APIError`.
  func serverVersion() async throws -> String
  func close() async
}

extension ModelsSession {
  var isRemote: Bool { target.identity.way == .httpAPI }
  var guards: GuardRails { target.identity.guards }
}

extension ClusterTarget {
  /// The way there, for a command. Throws where credentials or certificates cannot be used.
  func open(_ terminal: TerminalHandover?) async throws(CommandFailure) -> any ClusterConnection {
    do {
      return try await connect(terminal)
    } catch let error as KubeconfigError {
      throw CommandFailure(error)
    } catch {
      throw CommandFailure(.invalidInput, "\(error)")
    }
  }
}
