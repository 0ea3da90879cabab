package import ModelCore

/// What the API needs of the core: the models that are there, and the writes, each for one organization.
package protocol ModelsBackend: Sendable {
  /// `nil` where no cluster is configured.
  var shelf: ModelShelf? { get }
  /// The writes in the name of this caller and for its organization alone.
  func writer(for caller: Caller) -> any ModelWriter
}

/// The writes of one caller.
package protocol ModelWriter: Sendable {
  /// Where a managed model is made.
  var namespace: String { get }
  func create(_ request: CreateRequest) async -> OperationResult
  func create(_ request: YAMLRequest) async -> (OperationResult, ModelID)
  func update(_ model: Model, _ change: ModelChange) async -> OperationResult
  func delete(_ model: Model) async -> OperationResult
}

/// No cluster is configured: everything but the documentation is refused.
package struct UnconfiguredBackend: ModelsBackend {
  package init() {}

  /// `nil`: there are no models to answer from.
  package var shelf: ModelShelf? { nil }
  /// Refuses every write in the specification's words.
  package func writer(for caller: Caller) -> any ModelWriter { Refusal() }

  private struct Refusal: ModelWriter {
    var namespace: String { CreateRequest.Defaults.namespace }
    private var refused: OperationResult {
      .failed(OperationFailure(.prerequisites, APIText.notConfigured))
    }
    func create(_ request: CreateRequest) async -> OperationResult { refused }
    func create(_ request: YAMLRequest) async -> (OperationResult, ModelID) {
      (refused, ModelID(namespace: "default", name: request.name))
    }
    func update(_ model: Model, _ change: ModelChange) async -> OperationResult { refused }
    func delete(_ model: Model) async -> OperationResult { refused }
  }
}
