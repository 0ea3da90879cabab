import Kubernetes
import ModelCore

extension HeadlessSession: ModelsSession {
  /// So long it is tried to find out what became of a write whose answer was lost.
  private static let patience: Duration = .seconds(30)

  func updates() async -> AsyncStream<ClusterUpdate> { await observer.updates() }
  func model(_ id: ModelID) async -> Model? { await observer.model(id) }
  func serverVersion() async throws -> String { try await api.serverVersion() }

  func plan(_ write: ModelWrite) async throws(CommandFailure) -> OperationPlan {
    await operations.plan(write)
  }

  func created(_ name: String, in namespace: String?) async -> ModelID {
    ModelID(namespace: namespace ?? operations.settings.namespace, name: name)
  }

  func manifestContext(_ update: ClusterUpdate) -> ManifestBundle.Context {
    let settings = operations.settings
    return ManifestBundle.Context(
      organization: settings.organization, namespaces: settings.yamlNamespaces,
      takenNames: update.creation?.validation.takenNames ?? [:])
  }

  // MARK: Writing

  func perform(
    _ write: ModelWrite, deleteLimit: Duration, _ run: CommandRun
  ) async throws -> OperationResult {
    var operations = operations
    operations.settings.deleteLimit = deleteLimit
    let settlements = await operations.outcomes.settlements()
    let progress = run.progress
    let result = await operations.perform(write) { progress.show($0) }
    progress.clear()
    try Task.checkCancellation()
    guard case .outcomeUnknown(let text) = result else { return result }
    run.say(text)
    progress.show("finding out what became of it")
    guard let settled = await first(of: settlements) else {
      return .outcomeUnknown(
        "what became of it could not be found out. Look: modeldeck get \(write.name)")
    }
    return settled.isDone
      ? .succeeded(settled.message) : .failed(OperationFailure(.other, settled.message))
  }

  private func first(of settlements: AsyncStream<Settlement>) async -> Settlement? {
    await found(within: Self.patience) {
      for await settlement in settlements { return settlement }
      return nil
    }
  }

  /// The watch may tell of a write a moment later than the write's own answer.
  func written(_ id: ModelID) async throws -> Model {
    let observer = observer
    let stored = try? await operations.stored(id).get()
    let model: Model? = await found(within: .seconds(10)) {
      for await update in await observer.updates() {
        let model = update.changed.first { $0.id == id }
        if let model, stored.map({ Self.shows(model, $0) }) ?? true { return model }
      }
      return nil
    }
    guard let model else {
      throw CommandFailure(
        .unavailable, "the write was done, but the cluster did not tell of model \(id) since.")
    }
    return model
  }

  /// Whether a model as the watch told it is what is stored by now.
  private static func shows(_ model: Model, _ stored: StoredModel) -> Bool {
    let fields = ModelFields(model)
    return model.uid == stored.uid && model.desiredReplicas == stored.replicas
      && ModelChange.metadataFields.allSatisfy { fields[$0] == stored.fields[$0] }
  }
}
