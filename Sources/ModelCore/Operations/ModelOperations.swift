internal import FoundationEssentials
package import Kubernetes

/// The writes that people ask for. Every face calls these, so all of them check and say the same.
///
/// None of them throws: how it ended is a value, in words for a person.
package struct ModelOperations: Sendable {
  /// For whom and where it is written.
  package struct Settings: Sendable {
    /// Whose the models are that are made and changed.
    package var organization: String
    /// Where managed models are made.
    package var namespace: String
    /// Who asks, for the annotations `created-by` and `updated-by`.
    package var user: String?
    /// Refuses every write.
    package var isReadOnly = false
    /// Where models from YAML may go; the first is meant where the text names none.
    package var yamlNamespaces: [String]
    /// What may not be done on this cluster.
    package var guards = GuardRails()
    /// How long a delete waits for the last object.
    package var deleteLimit: Duration = .seconds(180)

    /// Models from YAML may go to `default` and to the namespace.
    package init(
      organization: String = "1", namespace: String = CreateRequest.Defaults.namespace,
      user: String? = nil
    ) {
      self.organization = organization
      self.namespace = namespace
      self.user = user
      yamlNamespaces = namespace == "default" ? ["default"] : ["default", namespace]
    }
  }

  package var settings: Settings
  /// What the reconciler has to leave alone meanwhile.
  package let busy: BusyModels
  let api: any ClusterAPI
  let observer: ClusterObserver?
  let clock: WallClock
  let steady: SteadyClock
  /// What becomes of writes whose outcome was not known when they ended.
  package let outcomes: OutcomeBook
  /// Where writes are noted down; `nil` where nobody keeps a journal.
  let journal: JournalDesk?
  let retry: RetryPolicy

  /// - Parameter observer: spares requests and lets names, classes and sizes be checked before anything is sent; without
  ///   it the server alone is asked.
  package init(
    api: any ClusterAPI, observer: ClusterObserver?, settings: Settings,
    journal: JournalDesk? = nil, clock: WallClock = .system, busy: BusyModels = BusyModels(),
    retry: RetryPolicy = RetryPolicy(cap: .seconds(8)), steady: SteadyClock = .system
  ) {
    self.api = api
    self.observer = observer
    self.settings = settings
    self.clock = clock
    self.busy = busy
    self.retry = retry
    self.steady = steady
    self.journal = journal
    outcomes = OutcomeBook(journal: journal)
  }

  /// Creates a model: checks, preflight, dry run of everything, then the objects.
  ///
  /// - Parameter progress: told in words what is being done; never with the token.
  @concurrent
  package func create(
    _ request: CreateRequest, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    let id = ModelID(namespace: settings.namespace, name: request.name)
    let refusal = settings.guards.refusal(ofGPUs: request.resolvedGPUCount, for: request.name)
    return await guarded("create", id, refusal: refusal) {
      await ModelCreation(operations: self, request: request, progress: progress).run()
        .masking(SecretMask(token: request.huggingFaceToken))
    }
  }

  /// Deletes a model with everything that belongs to it, and waits until the last object is gone.
  ///
  /// - Parameters:
  ///   - uid: of the Deployment that was looked at; a namesake that took its place is not touched.
  ///   - resourceVersion: given, only if nothing about the Deployment changed since, its status included.
  ///   - keepVolume: the claim and what is on it outlive the model.
  @concurrent
  package func delete(
    _ id: ModelID, uid: String?, resourceVersion: String? = nil, keepVolume: Bool = false,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> OperationResult {
    await guarded("delete", id, refusal: settings.guards.deleteRefusal) {
      await ModelDeletion(
        operations: self, id: id, uid: uid, resourceVersion: resourceVersion,
        keepVolume: keepVolume, progress: progress
      ).run()
    }
  }
}

extension ModelOperations {
  /// Does what can be done twice, again and again while the server is briefly away. Throws the last error.
  func retrying<Value: Sendable>(
    _ attempts: Int = 5, _ body: () async throws -> Value
  ) async throws -> Value {
    var generator = SystemRandomNumberGenerator()
    var attempt = 1
    while true {
      do {
        return try await body()
      } catch let error as APIError where error.isTransient && attempt < attempts {
        try await clock.sleep(
          retry.delay(attempt: attempt, retryAfter: error.retryAfter, using: &generator))
        attempt += 1
      }
    }
  }
}

extension ModelOperations {
  /// What an object is called and whose it is, and not what it holds; `nil` where there is none.
  func metadata(
    of kind: ResourceKind, _ name: String, in namespace: String
  ) async throws -> K8s.ObjectMeta? {
    var request = APIRequest.get(kind, name, namespace: namespace)
    request.accept = K8s.PartialObjectMetadata.objectAccept
    do {
      let body = try await retrying { [request] in try await api.perform(request).body }
      return try JSONCoding.decoder.decode(K8s.PartialObjectMetadata.self, from: body).metadata
    } catch let error as APIError where error.isNotFound {
      return nil
    } catch is DecodingError {
      throw APIError.decoding("\(kind.kind) \(name) could not be read")
    }
  }
}

extension APIError {
  /// Worth asking again, and harmless where asking twice is.
  var isTransient: Bool {
    switch self {
    case .transport(_, let kind): kind != .tls && kind != .nameNotFound
    case .timedOut: true
    case .decoding, .unauthorized: false
    case .status(let status, _):
      [429, 500, 502, 503, 504].contains(status.code ?? 0)
        || (status.code == 409 && status.reason == "Conflict"
          && details(status) == "resourcequotas")
    }
  }

  private func details(_ status: K8s.Status) -> String { status.details?.kind ?? "" }

  /// Whether a write may have taken effect although it was not confirmed: etcd's own time-outs come as 500 and 504.
  var mayHaveTakenEffect: Bool { isOutcomeUnknown || statusCode == 500 || statusCode == 502 }
}

extension OperationFailure {
  /// What failed, in words.
  ///
  /// - Parameter task: what was tried, as in `create Service llama-7b`.
  init(_ error: any Error, doing task: String) {
    guard let error = error as? APIError else {
      self.init(.other, "could not \(task): it was cancelled")
      return
    }
    let paths = error.details?.causes?.compactMap(\.field).filter { !$0.isEmpty } ?? []
    // A webhook may name a field beside its message alone.
    let unnamed = paths.filter { !error.description.contains($0) }
    let text =
      error.description + (unnamed.isEmpty ? "" : " (\(unnamed.joined(separator: ", ")))")
    switch error {
    case .unauthorized:
      self.init(.unauthenticated, "could not \(task): \(text)")
    case .transport, .timedOut, .decoding:
      self.init(.unavailable, "could not \(task): \(text)")
    case .status(let status, _):
      switch status.code ?? 0 {
      case 400, 422: self.init(.rejected, "could not \(task): \(text)")
      case 401: self.init(.unauthenticated, "could not \(task): the credentials were refused")
      case 403: self.init(.forbidden, "not allowed to \(task): \(text)")
      case 404: self.init(.notFound, "could not \(task): \(text)")
      case 409: self.init(.conflict, "could not \(task): \(text)")
      case 429, 500...599: self.init(.unavailable, "could not \(task): \(text)")
      default: self.init(.other, "could not \(task): \(text)")
      }
      path = paths.first
    }
  }
}
