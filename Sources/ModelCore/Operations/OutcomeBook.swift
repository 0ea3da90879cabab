internal import FoundationEssentials
internal import Kubernetes
internal import Synchronization

/// What a write came to whose outcome was not known when it ended.
package struct Settlement: Sendable, Equatable {
  package var model: ModelID
  /// Whether it came to what was asked for.
  package var isDone: Bool
  /// One sentence.
  package var message: String

  package init(model: ModelID, isDone: Bool, message: String) {
    self.model = model
    self.isDone = isDone
    self.message = message
  }
}

/// Finds out what became of writes whose outcome was not known, and tells it: however long the server is away.
package actor OutcomeBook {
  private var tasks: [Task<Void, Never>] = []
  private let subscribers = Subscribers<Settlement>(keeping: 100)
  private let journal: JournalDesk?

  init(journal: JournalDesk?) { self.journal = journal }

  /// What is found out from now on.
  package func settlements() -> AsyncStream<Settlement> { subscribers.stream() }

  /// Gives up: the connection is about to be closed.
  package func close() {
    for task in tasks { task.cancel() }
    tasks = []
  }

  func follow(_ pending: some PendingOutcome) {
    tasks.append(Task { await pending.settle { await self.tell($0, action: pending.action) } })
  }

  private func tell(_ settlement: Settlement, action: String) {
    journal?.note(
      action, settlement.model, settlement.isDone ? .settledDone : .settledUndone,
      settlement.message)
    subscribers.tell(settlement)
  }
}

/// A write that is looked after until it is known what it came to.
protocol PendingOutcome: Sendable {
  var operations: ModelOperations { get }
  var id: ModelID { get }
  /// What was tried, as the journal calls it.
  var action: String { get }
  /// Looks once. Returns what is certain; `nil` where that is nothing yet.
  ///
  /// - Parameter absence: for how long the server has answered that nothing happened: a request may be held up on its way.
  func look(absence: Duration) async throws -> (settlement: Settlement?, isLast: Bool)
}

extension PendingOutcome {
  /// So long nothing must have happened before that is believed.
  static var patience: Duration { .seconds(60) }
  /// So long it is looked for something that comes all the same.
  static var limit: Duration { .seconds(600) }

  @concurrent
  func settle(_ tell: @Sendable (Settlement) async -> Void) async {
    var generator = SystemRandomNumberGenerator()
    let policy = RetryPolicy(base: .seconds(1), cap: .seconds(15))
    var attempt = 1
    var since: Duration?
    var told: Settlement?
    while !Task.isCancelled {
      let pause = policy.delay(attempt: attempt, using: &generator)
      guard (try? await operations.clock.sleep(pause)) != nil else { return }
      attempt += 1
      do {
        let now = operations.steady.now()
        let start = since ?? now
        since = start
        let (settlement, isLast) = try await look(absence: now - start)
        if let settlement, settlement != told {
          told = settlement
          await tell(settlement)
        }
        if isLast || now - start > Self.limit { return }
      } catch let error as APIError where error.isForbidden {
        await tell(
          Settlement(
            model: id, isDone: false,
            message: "what became of model \(id.name) cannot be found out: \(error.description)"))
        return
      } catch {
        // Away: how long nothing happened is counted anew when it answers again.
        since = nil
      }
    }
  }

  fileprivate func deployment() async throws -> K8s.Deployment? {
    do {
      return try await operations.api.get(K8s.Deployment.self, id.name, namespace: id.namespace)
    } catch let error as APIError where error.isNotFound {
      return nil
    }
  }

  fileprivate func settlement(_ isDone: Bool, _ message: String) -> Settlement {
    Settlement(model: id, isDone: isDone, message: message)
  }
}

/// A create whose Deployment may or may not have come to be.
struct PendingCreation: PendingOutcome {
  var creation: ModelCreation
  var secret: String?
  var monitoring: ModelCreation.Monitoring

  var operations: ModelOperations { creation.operations }
  var id: ModelID { ModelID(namespace: creation.namespace, name: creation.name) }
  var action: String { "create" }

  func look(absence: Duration) async throws -> (settlement: Settlement?, isLast: Bool) {
    guard let found = try await deployment() else {
      guard absence >= Self.patience else { return (nil, false) }
      return (settlement(false, "model \(id.name) was not created: nothing of it is there"), false)
    }
    let sent = creation.manifests.specification.annotations
    guard sent.allSatisfy({ found.metadata.annotations?[$0.key] == $0.value }) else {
      return (
        settlement(
          false, "model \(id.name) was not created: somebody else's Deployment has the name"), true
      )
    }
    // It is ours to complete: the token is known here and nowhere else.
    let result = await creation.createChildren(
      of: found.metadata.uid ?? "", secret: secret, monitoring: monitoring)
    if case .succeeded = result {
      return (settlement(true, "model \(id.name) was created after all"), true)
    }
    return (
      settlement(
        true, "model \(id.name) was created after all; the reconciler completes what it lacks"),
      true
    )
  }
}

/// A delete that may or may not have been accepted.
struct PendingDeletion: PendingOutcome {
  var deletion: ModelDeletion
  var uid: String

  var operations: ModelOperations { deletion.operations }
  var id: ModelID { deletion.id }
  var action: String { "delete" }

  func look(absence: Duration) async throws -> (settlement: Settlement?, isLast: Bool) {
    guard let found = try await deployment(), found.metadata.uid == uid else {
      return (settlement(true, "model \(id.name) was deleted after all"), true)
    }
    if found.metadata.deletionTimestamp != nil {
      return (
        settlement(true, "model \(id.name) is being deleted: the request had come through"), false
      )
    }
    guard absence >= Self.patience else { return (nil, false) }
    return (settlement(false, "model \(id.name) was not deleted"), false)
  }
}
