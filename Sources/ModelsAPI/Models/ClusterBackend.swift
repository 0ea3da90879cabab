package import ModelCore

/// The core on a cluster.
package struct ClusterBackend: ModelsBackend {
  private let models: ModelShelf
  private let operations: ModelOperations

  /// - Parameter operations: of any organization: each writer gets a copy for its own.
  package init(shelf: ModelShelf, operations: ModelOperations) {
    models = shelf
    self.operations = operations
  }

  /// What is given at the beginning: never `nil`.
  package var shelf: ModelShelf? { models }

  /// Writes with the caller's organization and subject, and in the one namespace that is seen where that is not all.
  package func writer(for caller: Caller) -> any ModelWriter {
    var operations = operations
    operations.settings.organization = caller.organization
    operations.settings.user = caller.subject
    if let scope = models.scope { operations.settings.namespace = scope }
    return OperationsWriter(operations: operations)
  }
}

private struct OperationsWriter: ModelWriter {
  let operations: ModelOperations

  var namespace: String { operations.settings.namespace }

  func create(_ request: CreateRequest) async -> OperationResult {
    await operations.create(request)
  }

  func create(_ request: YAMLRequest) async -> (OperationResult, ModelID) {
    // Organizations share the namespaces: what is there already may be another's.
    var context = operations.manifestContext
    context.isShared = true
    let id = ModelID(namespace: request.bundle(in: context).namespace, name: request.name)
    let findings = request.findings(in: context)
    guard !findings.hasErrors else { return (.invalid(findings), id) }
    return (await operations.createFromYAML(request), id)
  }

  func update(_ model: Model, _ change: ModelChange) async -> OperationResult {
    await operations.update(ModelTarget(model), change)
  }

  func delete(_ model: Model) async -> OperationResult {
    await operations.delete(model.id, uid: model.uid)
  }
}
