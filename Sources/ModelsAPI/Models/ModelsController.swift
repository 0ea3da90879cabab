internal import FoundationEssentials
internal import HTTPTypes
package import Kubernetes
internal import Logging
internal import ModelCore

/// The six operations of the specification, for one caller at a time.
package struct ModelsController: Sendable {
  /// How long it bears with the cluster.
  package struct Settings: Sendable {
    /// For so long after the cluster was lost its last known models are answered.
    package var staleness: Duration = .seconds(15)
    /// How long a write waits until reads show it.
    package var settling: Duration = .seconds(10)

    /// 15 s of old models, 10 s for a write to be seen.
    package init() {}
  }

  let backend: any ModelsBackend
  let settings: Settings
  let clock: WallClock

  /// `clock` tells how old the models are, and when one was made that the cluster has not told yet.
  package init(
    backend: any ModelsBackend, settings: Settings = Settings(), clock: WallClock = .system
  ) {
    self.backend = backend
    self.settings = settings
    self.clock = clock
  }

  /// A request of a caller who may make it.
  struct Call: Sendable {
    var caller: Caller
    var modelID: String?
    var query: QueryParameters
    /// What the caller has already.
    var known = KnownTags.none
    /// `nil` where the operation has none.
    var body: JSONValue?
    /// Takes what is wrong and not for who asked.
    var logger: Logger
  }

  func answer(_ operation: APIOperation, _ call: Call) async throws -> APIAnswer {
    let shelf = try openShelf()
    switch operation {
    case .listModels: return try list(call, shelf)
    case .getModel:
      let name = call.modelID ?? ""
      guard let read = shelf.answer(name, of: call.caller.organization, unless: call.known) else {
        throw AnswerNow(.notFound, APIText.notFound)
      }
      return APIAnswer(read)
    case .createModel: return await create(call, shelf)
    case .createModelFromYAML: return await createFromYAML(call, shelf)
    case .updateModel: return try await update(call, shelf)
    case .deleteModel: return try await delete(call, shelf)
    case .openAPI, .health, .readiness, .metrics:
      throw AnswerNow(.notFound, APIText.unknownPath)
    }
  }

  // MARK: Whether there is anything to answer from

  /// The models, where they are known well enough. Throws ``AnswerNow``.
  private func openShelf() throws -> ModelShelf {
    guard let shelf = backend.shelf else { throw AnswerNow(.forbidden, APIText.notConfigured) }
    if let problem = unavailability(of: shelf) { throw AnswerNow(problem) }
    return shelf
  }

  /// What stands in the way of answering from these models; `nil` where nothing does.
  func unavailability(of shelf: ModelShelf) -> APIAnswer? {
    switch shelf.connection {
    case .live: return nil
    case .loading: return shelf.hasSynced ? nil : Self.unavailable(APIText.loading)
    case .connecting(_, let error):
      return Self.unavailable(error == nil ? APIText.loading : APIText.away)
    case .disconnected(let since, _, _):
      guard shelf.hasSynced else { return Self.unavailable(APIText.loading) }
      let age = clock.now().timeIntervalSince(since)
      return age > settings.staleness.seconds ? Self.unavailable(APIText.away) : nil
    case .forbidden: return .error(.badGateway, APIText.refused)
    }
  }

  private static func unavailable(_ text: String) -> APIAnswer {
    APIAnswer.error(.serviceUnavailable, text).retry(after: 2)
  }

  // MARK: Reading

  private func list(_ call: Call, _ shelf: ModelShelf) throws -> APIAnswer {
    let query = try ListQuery(call.query)
    return APIAnswer(shelf.list(query, of: call.caller.organization, unless: call.known))
  }

  /// The caller's own model; another organization's is not found like one that never was.
  private func model(_ call: Call, _ shelf: ModelShelf) throws -> Model {
    guard let name = call.modelID, let model = shelf.model(name, of: call.caller.organization)
    else { throw AnswerNow(.notFound, APIText.notFound) }
    return model
  }

  // MARK: Writing

  private func create(_ call: Call, _ shelf: ModelShelf) async -> APIAnswer {
    let (request, findings) = CreateRequest.read(call.body ?? .null)
    guard !findings.hasErrors else {
      return WriteAnswer.findings(findings, model: request.name)
    }
    let writer = backend.writer(for: call.caller)
    let result = await writer.create(request)
    if !result.isPartial, let failure = failure(result, request.name, "create", call) {
      return failure
    }
    let id = ModelID(namespace: writer.namespace, name: request.name)
    let stored = await settled(id, shelf, call) { $0 != nil }
    // Its Service comes right behind it; where Services may not be read it is not waited for long.
    _ = await shelf.model(id, within: settings.settling / 5) { $0?.endpoint != nil }
    return created(
      Model(creating: request, id: id, for: call.caller, stored: stored, now: clock.now()))
  }

  private func createFromYAML(_ call: Call, _ shelf: ModelShelf) async -> APIAnswer {
    let (request, findings) = YAMLRequest.read(call.body ?? .null)
    guard !findings.hasErrors else {
      return WriteAnswer.findings(findings, model: request.name)
    }
    let (result, id) = await backend.writer(for: call.caller).create(request)
    if !result.isPartial, let failure = failure(result, request.name, "create", call) {
      return failure
    }
    let stored = await settled(id, shelf, call) { $0 != nil }
    return created(
      Model(creating: request, id: id, for: call.caller, stored: stored, now: clock.now()))
  }

  private func update(_ call: Call, _ shelf: ModelShelf) async throws -> APIAnswer {
    let model = try model(call, shelf)
    let (change, findings) = ModelChange.read(call.body ?? .null)
    guard !findings.hasErrors else { return WriteAnswer.findings(findings, model: model.name) }
    guard !change.isEmpty else { return APIAnswer(.ok, SpecificationJSON.answer(model)) }
    let result = await backend.writer(for: call.caller).update(model, change)
    if let failure = failure(result, model.name, "update", call) { return failure }
    var stored = await settled(model.id, shelf, call) { $0.map(change.isDone) ?? true } ?? model
    // What was written is answered also where the cluster tells it late.
    change.apply(to: &stored)
    return APIAnswer(.ok, SpecificationJSON.answer(stored))
  }

  private func delete(_ call: Call, _ shelf: ModelShelf) async throws -> APIAnswer {
    let model = try model(call, shelf)
    let result = await backend.writer(for: call.caller).delete(model)
    // Accepted: from now on it is gone for who asks, however long the cluster takes.
    let isAccepted =
      if case .failed(let failure) = result { failure.kind == .overdue } else { false }
    if !isAccepted, let failure = failure(result, model.name, "delete", call) { return failure }
    _ = await settled(model.id, shelf, call) { $0?.uid != model.uid }
    return APIAnswer(.ok, SpecificationJSON.deleted(model.name))
  }

  private func failure(
    _ result: OperationResult, _ name: String, _ task: String, _ call: Call
  ) -> APIAnswer? {
    switch result {
    case .failed(let failure) where failure.kind != .conflict && failure.kind != .notFound:
      call.logger.warning(
        "A write failed", metadata: ["task": "\(task) \(name)", "error": "\(failure.message)"])
    case .outcomeUnknown(let text):
      call.logger.warning(
        "A write is not settled", metadata: ["task": "\(task) \(name)", "error": "\(text)"])
    case .failed, .invalid, .succeeded: break
    }
    return WriteAnswer.failure(result, model: Excerpt.line(name, limit: 80), task: task)
  }

  private func created(_ model: Model) -> APIAnswer {
    APIAnswer(.created, SpecificationJSON.answer(model))
      .with(.location, "/v1/organization/models/\(model.name)")
  }

  /// Waits until reads show what was written.
  private func settled(
    _ id: ModelID, _ shelf: ModelShelf, _ call: Call, _ isSo: (Model?) -> Bool
  ) async -> Model? {
    let outcome = await shelf.model(id, within: settings.settling, until: isSo)
    if !outcome.isSo {
      call.logger.warning("The cluster tells a write late", metadata: ["model": "\(id)"])
    }
    return outcome.model
  }
}

extension [Finding] {
  var hasErrors: Bool { contains { $0.severity == .error } }
}

extension ModelChange {
  /// Whether the model is as it was asked for.
  func isDone(in model: Model) -> Bool {
    var changed = model
    apply(to: &changed)
    return changed.displayName == model.displayName
      && changed.modelDescription == model.modelDescription && changed.tags == model.tags
  }

  /// Puts the texts into a model that is answered.
  func apply(to model: inout Model) {
    if let displayName { model.displayName = displayName.isEmpty ? model.name : displayName }
    if let modelDescription { model.modelDescription = modelDescription }
    if let tags { model.tags = tags }
  }
}

extension Model {
  /// A managed model right after it was made, as the specification answers it: pending.
  init(
    creating request: CreateRequest, id: ModelID, for caller: Caller, stored: Model?, now: Date
  ) {
    self = stored ?? Model(id: id, uid: "")
    organization = caller.organization
    displayName = request.resolvedDisplayName
    modelDescription = request.modelDescription ?? ""
    tags = request.tags
    status = .pending
    isManaged = true
    gpu = GPUAssignment(perReplica: request.resolvedGPUCount)
    serviceName = id.name
    port = request.port
    endpoint = "http://\(id.name).\(id.namespace).svc.cluster.local:\(request.port)"
    createdAt = createdAt ?? now
    updatedAt = updatedAt ?? now
  }

  /// A model from YAML right after it was made: creating.
  init(
    creating request: YAMLRequest, id: ModelID, for caller: Caller, stored: Model?, now: Date
  ) {
    self = stored ?? Model(id: id, uid: "")
    organization = caller.organization
    displayName = request.displayName.flatMap { $0.isEmpty ? nil : $0 } ?? displayName
    modelDescription = request.modelDescription ?? modelDescription
    tags = request.tags
    status = .creating
    isManaged = false
    createdAt = createdAt ?? now
    updatedAt = updatedAt ?? now
  }
}
